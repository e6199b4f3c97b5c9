//! The command line: the same findings and texts as in the editor.

pub(crate) mod args;
pub(crate) mod cat;
pub(crate) mod check;
pub(crate) mod dist;
pub(crate) mod explain;
mod fix;
pub(crate) mod fmt;
pub(crate) mod graph;
mod report;
pub(crate) mod starters;
mod world;

use std::fmt::Arguments;
use std::io::Write;
use std::path::PathBuf;

/// Says something about the run on standard error. That nobody listens any more is no error.
fn say(message: Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "{message}");
}

/// Says what could not be read.
fn say_errors(errors: &[(PathBuf, String)]) {
    for (path, error) in errors {
        say(format_args!("unitls: {}: {error}", path.display()));
    }
}
