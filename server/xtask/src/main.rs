//! Tasks for those who work on unitls: `cargo xtask <task>`.

use std::process::ExitCode;

use clap::Parser;

mod bench_lsp;
mod bench_scan;
mod codegen;
mod codegen_catalog;
mod codegen_grammar;
mod codegen_queries;
mod gen_units;
mod lsp_client;
mod oracle;
mod picture;
mod rules;
mod tidy;
mod written;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tasks for those who work on unitls")]
enum Task {
    /// Write the generated files
    Codegen(written::Options),
    /// Measure unitls beside the null server and other language servers
    BenchLsp(bench_lsp::Options),
    /// Measure the reading of large trees of units
    BenchScan(bench_scan::Options),
    /// Write a tree of many units
    GenUnits(gen_units::Options),
    /// Hold our verdicts on values against those of real systemd
    Oracle(oracle::Options),
    /// Draw the README's picture from the real output
    Picture(written::Options),
    /// Write the pages of the rules into docs/rules
    Rules(written::Options),
    /// Check the habits of this repository that neither the compiler nor clippy checks
    Tidy,
}

fn main() -> ExitCode {
    let outcome = match Task::parse() {
        Task::Codegen(options) => codegen::run(&options),
        Task::BenchLsp(options) => bench_lsp::run(&options),
        Task::BenchScan(options) => bench_scan::run(&options),
        Task::GenUnits(options) => gen_units::run(&options),
        Task::Oracle(options) => oracle::run(&options),
        Task::Picture(options) => picture::run(&options),
        Task::Rules(options) => rules::run(&options),
        Task::Tidy => tidy::run(),
    };
    outcome.unwrap_or_else(|message| {
        eprintln!("{message}");
        ExitCode::FAILURE
    })
}
