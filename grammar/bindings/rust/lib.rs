//! The tree-sitter grammar of systemd unit files, for Rust.
//!
//! The parser is generated from `grammar.js`, which says what the nodes mean. It has a tree without errors
//! for every text; what systemd cannot use is a `junk` node.

use tree_sitter_language::LanguageFn;

unsafe extern "C" {
    fn tree_sitter_systemd() -> *const ();
}

/// The language, for `tree_sitter::Parser::set_language`.
// SAFETY: the generated parser.c defines this function, which returns a valid static TSLanguage.
pub const LANGUAGE: LanguageFn = unsafe { LanguageFn::from_raw(tree_sitter_systemd) };

/// Syntax highlighting, with the capture names of nvim-treesitter.
pub const HIGHLIGHTS_QUERY: &str = include_str!("../../queries/highlights.scm");

/// Scripts inside of commands, and comments.
pub const INJECTIONS_QUERY: &str = include_str!("../../queries/injections.scm");

/// What folds: sections, and lines with continuations.
pub const FOLDS_QUERY: &str = include_str!("../../queries/folds.scm");

/// What can be selected as a whole, with the capture names of nvim-treesitter-textobjects.
pub const TEXTOBJECTS_QUERY: &str = include_str!("../../queries/textobjects.scm");

/// The content of `node-types.json`: every node and the fields it may have.
pub const NODE_TYPES: &str = include_str!("../../src/node-types.json");
