//! What systemd knows about unit files: sections, keys, value kinds, words, versions and documentation, as static tables.
//!
//! Facts live in `data/*.toml` and texts in `docs/*.md`; `cargo xtask codegen` turns both into `src/generated/`.
//! Everything here is `'static`: looking something up allocates nothing, and nothing is built at start-up.

mod dependency;
mod directive;
mod doc;
mod generated;
mod man;
mod program;
mod section;
mod special_unit;
pub mod table;
mod unit_type;
mod value_kind;
mod version;
mod word;

pub use dependency::{Condition, ImplicitDependency, Manager, implicit_dependencies, inverse};
pub use directive::{
    Availability, BooleanWords, Deprecation, Directive, Empty, directive, directives, sections_with,
};
pub use doc::{Doc, section_doc};
pub use generated::words;
pub use man::{man_page_url, man_url, manual_page_url};
pub use program::{
    Conduct, Hands, Interpreter, Launcher, Notify, Program, ProgramRow, Ready, Sockets, program_row,
    program_rows,
};
pub use section::Section;
pub use special_unit::{SpecialUnit, special_unit, special_units};
pub use unit_type::UnitType;
pub use value_kind::ValueKind;
pub use version::Version;
pub use word::Word;
