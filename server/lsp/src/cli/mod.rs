//! The command line: the same findings and texts as in the editor.

pub(crate) mod args;
pub(crate) mod check;
pub(crate) mod explain;
mod fix;
mod report;

use std::fmt;
use std::io::Write;

/// Says something about the run on standard error. That nobody listens any more is no error.
fn say(message: fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{message}");
}
