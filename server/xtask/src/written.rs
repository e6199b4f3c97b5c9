//! Files that tasks write into the repository: written where they differ, or with `--check` only named.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; list the files that are out of date and fail if there are any
    #[arg(long)]
    check: bool,
}

/// A file below the repository's root and what it is to hold; `None` where there is to be none.
pub(crate) type Written = (PathBuf, Option<Vec<u8>>);

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Brings these files of `task` up to date, or says which are not.
///
/// # Errors
///
/// When a file cannot be written, or with `--check` when one is out of date.
pub(crate) fn bring_up_to_date(
    options: &Options,
    task: &str,
    files: Vec<Written>,
) -> Result<ExitCode, String> {
    let root = root();
    let mut stale = false;
    for (name, contents) in files {
        let file = root.join(&name);
        if fs::read(&file).ok() == contents {
            continue;
        }
        stale = true;
        if !options.check {
            let written = match &contents {
                Some(contents) => {
                    file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, contents))
                }
                None => fs::remove_file(&file),
            };
            written.map_err(|error| format!("{}: {error}", name.display()))?;
        }
        println!("{} {}", if options.check { "out of date:" } else { "wrote" }, name.display());
    }
    match options.check && stale {
        true => Err(format!("run `cargo xtask {task}` and commit what it writes")),
        false => Ok(ExitCode::SUCCESS),
    }
}
