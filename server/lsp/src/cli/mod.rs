//! The command line: the same findings and texts as in the editor.

pub(crate) mod args;
pub(crate) mod check;
pub(crate) mod explain;
mod report;
