//! One systemd unit file, as text and as meaning.
//!
//! [`Document`] is an open file: it keeps a rope, a tree-sitter tree and the typed view [`Unit`] in step
//! while the text is edited. A [`Unit`] alone serves for files that nobody edits.
//!
//! Everything counts in bytes ([`TextRange`]); only [`Position`] counts as editors do, and only here is it
//! converted.

mod document;
mod item;
mod logical;
mod parse;
mod position;
mod range;
mod unit;

pub use document::Document;
pub use item::{Item, ItemKind, Junk};
pub use position::{Encoding, Position, Positions};
pub use range::TextRange;
pub use unit::{Entry, SectionRef, Unit};
