//! The tables that `cargo xtask codegen` writes; do not edit them, edit `data/` and `docs/`.

#[rustfmt::skip]
pub(crate) mod dependencies;
#[rustfmt::skip]
pub(crate) mod directives;
#[rustfmt::skip]
pub(crate) mod docs;
#[rustfmt::skip]
pub(crate) mod programs;
#[rustfmt::skip]
pub(crate) mod special_units;
#[rustfmt::skip]
pub(crate) mod tables;
#[rustfmt::skip]
pub(crate) mod value_kinds;
#[rustfmt::skip]
pub mod words;
