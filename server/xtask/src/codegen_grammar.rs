//! Makes the parser of the grammar out of `grammar/grammar.js`, as `tree-sitter generate` does.
//!
//! The generator is a crate, with a JavaScript engine of its own: nothing needs to be installed for it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The newest ABI that Neovim 0.10 and Helix load.
const ABI: usize = 14;

/// What the generator writes below `grammar/src`.
const FILES: [&str; 6] = [
    "grammar.json",
    "node-types.json",
    "parser.c",
    "tree_sitter/alloc.h",
    "tree_sitter/array.h",
    "tree_sitter/parser.h",
];

/// Takes the workspace's root, gives the files of `grammar/src` and their contents. `Err` is what the
/// generator has against the grammar, warnings included.
pub(crate) fn generate(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let out = tempfile::tempdir().map_err(|error| format!("no directory for the parser: {error}"))?;
    let mut warnings = Vec::new();
    generate_parser_in_directory(
        root.join("grammar"),
        Some(out.path()),
        None::<PathBuf>,
        ABI,
        None,
        Some("native"),
        true,
        OptLevel::default(),
        &mut warnings,
    )
    .map_err(|error| format!("grammar/grammar.js: {error}"))?;
    if let Some(warning) = warnings.first() {
        return Err(format!("grammar/grammar.js: {warning}"));
    }
    let read = |file| {
        let path = out.path().join(file);
        let contents = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok((Path::new("grammar/src").join(file), contents))
    };
    FILES.into_iter().map(read).collect()
}
