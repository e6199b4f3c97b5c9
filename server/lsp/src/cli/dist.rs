//! `unitls completions` and `unitls dist-files`: what packages install beside the program, made from the very definition of
//! the command line.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::{Generator, Shell};
use unit_ide::rules::RULES;

use super::args::{Args, CompletionsArgs, DistFilesArgs};

const NAME: &str = "unitls";
const SHELLS: [Shell; 5] = [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh];

/// Prints what makes a shell complete our command line.
pub(crate) fn completions(args: &CompletionsArgs) -> ExitCode {
    // A pipe closed early is no error.
    let _ = io::stdout().write_all(&completion(args.shell));
    ExitCode::SUCCESS
}

/// Writes man pages and completions into folders of their own; exit status 2 when that fails.
pub(crate) fn files(args: &DistFilesArgs) -> ExitCode {
    match write(&args.dir) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            super::say(format_args!("unitls: {}: {error}", args.dir.display()));
            ExitCode::from(2)
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    let man = folder.join("man");
    fs::create_dir_all(&man)?;
    clap_mangen::generate_to(command(), &man)?;
    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in SHELLS {
        fs::write(completions.join(shell.file_name(NAME)), completion(shell))?;
    }
    Ok(())
}

fn completion(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), NAME, &mut text);
    text
}

/// The command line without what is hidden, which completions would offer, and with the codes of rules, which they should.
fn command() -> Command {
    let whole = Args::command();
    let shown = whole.get_subcommands().filter(|command| !command.is_hide_set());
    let codes = |argument: Arg| {
        let codes = RULES.iter().map(|rule| rule.code);
        argument.value_parser(PossibleValuesParser::new(codes)).hide_possible_values(true)
    };
    Command::new(NAME)
        .version(env!("CARGO_PKG_VERSION"))
        .about(whole.get_about().cloned().unwrap_or_default())
        .long_about(whole.get_long_about().cloned().unwrap_or_default())
        .args(whole.get_arguments())
        .subcommands(shown.cloned())
        .mut_subcommand("check", |check| check.mut_arg("select", codes).mut_arg("ignore", codes))
        .mut_subcommand("explain", |explain| explain.mut_arg("subject", codes))
}
