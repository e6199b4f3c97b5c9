//! Turns `server/catalog/data/*.toml` and `server/catalog/docs/*.md` into the static tables of the crate `unit-catalog`.
//!
//! `data` and `docs` read and check the sources, `emit` writes Rust. Every complaint names the file and the entry.

mod data;
mod docs;
mod emit;
mod programs;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

/// The generated files, as paths below the workspace `root` and their contents.
/// `Err` says which file has what wrong with it; one line per complaint.
pub(crate) fn generate(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let catalog = root.join("server/catalog");
    let data = data::Data::read(&catalog.join("data"))?;
    let docs = docs::Docs::read(&catalog.join("docs"), &data)?;
    let programs = programs::Programs::read(&catalog.join("data"))?;
    let generated = Path::new("server/catalog/src/generated");
    let files = [
        ("value_kinds.rs", emit::value_kinds(&data)),
        ("words.rs", emit::words(&data)),
        ("directives.rs", emit::directives(&data, &docs)),
        ("docs.rs", emit::docs(&docs)),
        ("tables.rs", emit::tables(&data)),
        ("special_units.rs", emit::special_units(&data)),
        ("dependencies.rs", emit::dependencies(&data)),
        ("programs.rs", programs.emit()),
    ];
    Ok(files.into_iter().map(|(name, text)| (generated.join(name), text.into_bytes())).collect())
}
