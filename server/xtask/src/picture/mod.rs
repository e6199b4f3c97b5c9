//! `cargo xtask picture`: draws the README's pictures from what unitls makes of the example units.

mod graph;

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::written::{Options, bring_up_to_date, root};

/// The command whose output is shown, below the repository's root.
const ARGUMENTS: &[&str] =
    &["check", "--color", "always", "--systemd-version", "257", "--system-units", "none"];
const CHECKED: &str = "tests/units/diceroll";
/// The units whose graph is shown.
const DRAWN: &str = "tests/units/undead";

/// Draws the pictures, or with `--check` says which are out of date.
///
/// # Errors
///
/// When unitls cannot be built and run, or a file cannot be read or written; with `--check` when one is out of date.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = root();
    let pictures = [
        ("editors/pictures/check.svg", terminal(&root)?),
        ("editors/pictures/graph.svg", graph::svg(&root.join(DRAWN))?),
    ];
    let pictures = pictures.map(|(name, svg)| (name.into(), Some(svg.into_bytes())));
    bring_up_to_date(options, "picture", pictures.into())
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
