//! `cargo xtask codegen`: writes the generated files of every generator, or says which are out of date.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use crate::written::{Options, bring_up_to_date, root};
use crate::{codegen_catalog, codegen_grammar, codegen_queries};

/// Takes the workspace's root, gives generated files as paths below it and their contents.
type Generator = fn(&Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String>;

const GENERATORS: [Generator; 3] =
    [codegen_catalog::generate, codegen_grammar::generate, codegen_queries::generate];

/// Runs every generator. `Err` is what one of them has against its sources.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let mut files = Vec::new();
    for generator in GENERATORS {
        files.extend(generator(&root())?.into_iter().map(|(path, contents)| (path, Some(contents))));
    }
    bring_up_to_date(options, "codegen", files)
}
