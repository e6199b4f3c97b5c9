//! `cargo xtask rules`: writes the pages of the rules, their index and the schema of project files, which lists their codes;
//! or says which are out of date.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use unit_ide::rules::{RULES, index};

/// Where the pages are, below the repository's root.
const FOLDER: &str = "docs/rules";
/// The schema.
const SCHEMA: &str = "docs/unitls.schema.json";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; list the files that are out of date and fail if there are any
    #[arg(long)]
    check: bool,
}

/// Writes one page a rule, the index and the schema, and removes pages of rules that are gone.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = root.join(FOLDER);
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let mut pages: Vec<(PathBuf, Option<String>)> =
        RULES.iter().map(|rule| (folder.join(rule.code).with_extension("md"), Some(rule.manual()))).collect();
    pages.push((folder.join("README.md"), Some(index())));
    pages.push((root.join(SCHEMA), Some(schema(&root)?)));
    for entry in fs::read_dir(&folder).map_err(|error| failed(&folder, error))?.flatten() {
        if !pages.iter().any(|(path, _)| *path == entry.path()) {
            pages.push((entry.path(), None));
        }
    }
    let mut stale = 0;
    for (path, text) in &pages {
        if fs::read_to_string(path).ok() == *text {
            continue;
        }
        stale += 1;
        let name = path.strip_prefix(&root).unwrap_or(path).display();
        println!("{} {name}", if options.check { "out of date:" } else { "wrote" });
        if !options.check {
            let written = match text {
                Some(text) => fs::write(path, text),
                None => fs::remove_file(path),
            };
            written.map_err(|error| failed(path, error))?;
        }
    }
    match options.check && stale > 0 {
        true => Err("run `cargo xtask rules` and commit what it writes".to_owned()),
        false => Ok(ExitCode::SUCCESS),
    }
}

/// The schema, as the program prints it.
fn schema(root: &Path) -> Result<String, String> {
    let arguments = ["run", "--quiet", "--package", "unitls", "--", "schema"];
    let output = Command::new(env!("CARGO")).current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("cargo run: {error}"))?;
    match String::from_utf8(output.stdout) {
        Ok(schema) if output.status.success() => Ok(schema),
        _ => Err(format!("unitls printed no schema: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
