//! `cargo xtask codegen`: writes the generated files of every generator, or says which are out of date.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::{codegen_catalog, codegen_grammar, codegen_queries};

/// Takes the workspace's root, gives generated files as paths below it and their contents.
type Generator = fn(&Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String>;

const GENERATORS: [Generator; 3] =
    [codegen_catalog::generate, codegen_grammar::generate, codegen_queries::generate];

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Write nothing; list the files that are out of date and fail if there are any
    #[arg(long)]
    check: bool,
}

/// Runs every generator. `Err` is what one of them has against its sources.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut stale = Vec::new();
    for generator in GENERATORS {
        for (path, contents) in generator(&root)? {
            let file = root.join(&path);
            if fs::read(&file).is_ok_and(|present| present == contents) {
                continue;
            }
            if !options.check {
                file.parent()
                    .map_or(Ok(()), fs::create_dir_all)
                    .map_err(|error| format!("{}: {error}", path.display()))?;
                fs::write(&file, contents).map_err(|error| format!("{}: {error}", file.display()))?;
            }
            stale.push(path);
        }
    }
    for path in &stale {
        println!("{} {}", if options.check { "out of date:" } else { "wrote" }, path.display());
    }
    if options.check && !stale.is_empty() {
        return Err("run `cargo xtask codegen` and commit what it writes".to_owned());
    }
    Ok(ExitCode::SUCCESS)
}
