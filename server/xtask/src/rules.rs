//! `cargo xtask rules`: writes the pages of the rules and their index, or says which are out of date.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use unit_ide::rules::{RULES, index};

/// Where the pages are, below the repository's root.
const FOLDER: &str = "docs/rules";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; list the files that are out of date and fail if there are any
    #[arg(long)]
    check: bool,
}

/// Writes one page a rule and the index, and removes pages of rules that are gone.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(FOLDER);
    let failed = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, error))?;
    let mut pages: Vec<(PathBuf, Option<String>)> =
        RULES.iter().map(|rule| (folder.join(rule.code).with_extension("md"), Some(rule.manual()))).collect();
    pages.push((folder.join("README.md"), Some(index())));
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
        let name = path.file_name().unwrap_or_default().display();
        println!("{} {FOLDER}/{name}", if options.check { "out of date:" } else { "wrote" });
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
