//! `unitls`: the language server for systemd unit files, and its command line.

mod cli;
mod disk;
mod project;
mod server;
mod settings;
mod systemd;

use std::process::ExitCode;

use clap::Parser;

use cli::args::{Args, Command};

fn main() -> ExitCode {
    // Editors start the server without arguments: no time for parsing any.
    if std::env::args_os().len() == 1 {
        return server::run();
    }
    match Args::parse().command {
        None | Some(Command::Lsp) => server::run(),
        Some(Command::Check(args)) => cli::check::run(&args),
        Some(Command::Fmt(args)) => cli::fmt::run(&args),
        Some(Command::Cat(args)) => cli::cat::run(&args),
        Some(Command::Starters(args)) => cli::starters::run(&args),
        Some(Command::Graph(args)) => cli::graph::run(&args),
        Some(Command::Schema) => cli::explain::schema(),
        Some(Command::Explain(args)) => cli::explain::run(&args),
        Some(Command::Completions(args)) => cli::dist::completions(&args),
        Some(Command::DistFiles(args)) => cli::dist::files(&args),
    }
}
