//! `cargo xtask picture`: draws the README's pictures from what unitls makes of the example units.

mod graph;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The command whose output is shown, below the repository's root.
const ARGUMENTS: &[&str] =
    &["check", "--color", "always", "--systemd-version", "257", "--system-units", "none"];
const CHECKED: &str = "tests/units/diceroll";
/// The units whose graph is shown.
const DRAWN: &str = "tests/units/undead";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a picture is out of date
    #[arg(long)]
    check: bool,
}

/// Draws the pictures, or with `--check` says which are out of date: then the exit code is 1.
///
/// # Errors
///
/// When unitls cannot be built and run, or a file cannot be read or written.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pictures = [
        ("editors/pictures/check.svg", terminal(&root)?),
        ("editors/pictures/graph.svg", graph::svg(&root.join(DRAWN))?),
    ];
    let mut out_of_date = false;
    for (name, svg) in pictures {
        let file = root.join(name);
        if fs::read_to_string(&file).is_ok_and(|present| present == svg) {
            continue;
        }
        if options.check {
            println!("out of date: {name}");
            out_of_date = true;
            continue;
        }
        fs::write(&file, svg).map_err(|error| format!("{name}: {error}"))?;
        println!("wrote {name}");
    }
    Ok(ExitCode::from(u8::from(out_of_date)))
}

/// What a terminal shows of `unitls check`.
fn terminal(root: &Path) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["run", "--quiet", "--package", "unitls", "--"])
        .args(ARGUMENTS)
        .arg(CHECKED)
        .output()
        .map_err(|error| format!("cargo run: {error}"))?;
    let printed =
        String::from_utf8(output.stdout).map_err(|error| format!("unitls printed no text: {error}"))?;
    if printed.is_empty() {
        return Err(format!("unitls printed nothing: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(anstyle_svg::Term::new().render_svg(&format!("$ unitls check {CHECKED}\n{printed}")))
}
