//! Kinds of values: which syntax a key's value has.

use crate::generated::value_kinds::KINDS;
pub use crate::generated::value_kinds::ValueKind;

impl ValueKind {
    /// Every kind, in the order of the declaration.
    pub fn all() -> impl Iterator<Item = ValueKind> {
        KINDS.iter().map(|&(kind, ..)| kind)
    }

    /// The name of the kind in the catalog's data: `time_span`.
    pub fn name(self) -> &'static str {
        KINDS[self as usize].1
    }

    /// What a value of this kind looks like, as Markdown that can follow the word "takes":
    /// "a time span: `5s`, `1min 30s`, or a bare number of seconds".
    pub fn legend(self) -> &'static str {
        KINDS[self as usize].2
    }
}
