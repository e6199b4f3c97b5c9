//! `cargo xtask picture`: draws the README's picture from what unitls prints of the example units.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The command whose output is shown, below the repository's root.
const ARGUMENTS: &[&str] =
    &["check", "--color", "always", "--systemd-version", "257", "--system-units", "none"];
const UNITS: &str = "tests/units/diceroll";
const PICTURE: &str = "editors/pictures/check.svg";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if the picture is out of date
    #[arg(long)]
    check: bool,
}

/// Builds unitls, runs it and writes the picture. `Err` says what could not be run or written.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO"))
        .current_dir(&root)
        .args(["run", "--quiet", "--package", "unitls", "--"])
        .args(ARGUMENTS)
        .arg(UNITS)
        .output()
        .map_err(|error| format!("cargo run: {error}"))?;
    let printed =
        String::from_utf8(output.stdout).map_err(|error| format!("unitls printed no text: {error}"))?;
    if printed.is_empty() {
        return Err(format!("unitls printed nothing: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let svg = anstyle_svg::Term::new().render_svg(&format!("$ unitls check {UNITS}\n{printed}"));
    let file = root.join(PICTURE);
    if fs::read_to_string(&file).is_ok_and(|present| present == svg) {
        return Ok(ExitCode::SUCCESS);
    }
    if options.check {
        println!("out of date: {PICTURE}");
        return Ok(ExitCode::FAILURE);
    }
    fs::write(&file, svg).map_err(|error| format!("{PICTURE}: {error}"))?;
    println!("wrote {PICTURE}");
    Ok(ExitCode::SUCCESS)
}
