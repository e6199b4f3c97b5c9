//! Texts that are hard to read: made of the pieces where readers of unit files go wrong.

use proptest::prelude::*;

/// Pieces of unit files, whole and broken.
const FRAGMENTS: &[&str] = &[
    "[Unit]",
    "[Service]",
    "[",
    "]",
    "[]",
    "[a]b",
    "[x] # c",
    "Description=",
    "ExecStart=",
    "ExecStartPre",
    "Key",
    "=",
    "==",
    "value",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\\",
    "\\\\",
    "\\\n",
    "\\\r\n",
    "\\\r",
    "\\ \n",
    "#",
    ";",
    "# comment",
    "\n# c \\\n",
    "\n ; c\n",
    "\"",
    "'",
    "\"a b\"",
    "it's",
    "%",
    "%n",
    "%%",
    "$",
    "$$",
    "$X",
    "${X}",
    "${",
    "-",
    "-5",
    "@!",
    "~x",
    "/bin/sh -c '",
    "\\x20",
    "é",
    "🦀",
    "\0",
    "\u{1}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{b}",
    "\u{c}",
];

/// One of the pieces, or a character of any kind.
fn fragment() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(FRAGMENTS).prop_map(String::from);
    prop_oneof![20 => known, 1 => any::<char>().prop_map(String::from)]
}

/// A text of up to `pieces` pieces.
pub(crate) fn text(pieces: usize) -> impl Strategy<Value = String> {
    proptest::collection::vec(fragment(), 0..=pieces).prop_map(|pieces| pieces.concat())
}
