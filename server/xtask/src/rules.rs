//! `cargo xtask rules`: writes the pages of the rules, their index and the schema of project files, which lists their codes;
//! or says which are out of date.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use unit_ide::rules::{RULES, index};

use crate::written::{Options, Written, bring_up_to_date, root};

/// Where the pages are, below the repository's root.
const FOLDER: &str = "docs/rules";
/// The schema.
const SCHEMA: &str = "docs/unitls.schema.json";

/// Writes one page a rule, the index and the schema, and removes pages of rules that are gone.
pub(crate) fn run(options: &Options) -> Result<ExitCode, String> {
    let root = root();
    let folder = Path::new(FOLDER);
    let page = |name: &str, text: String| (folder.join(name).with_extension("md"), Some(text.into_bytes()));
    let mut files: Vec<Written> = RULES.iter().map(|rule| page(rule.code, rule.manual())).collect();
    files.push(page("README", index()));
    files.push((SCHEMA.into(), Some(schema(&root)?.into_bytes())));
    let failed = |error: std::io::Error| format!("{FOLDER}: {error}");
    fs::create_dir_all(root.join(folder)).map_err(failed)?;
    for entry in fs::read_dir(root.join(folder)).map_err(failed)?.flatten() {
        let there = folder.join(entry.file_name());
        if !files.iter().any(|(path, _)| *path == there) {
            files.push((there, None));
        }
    }
    bring_up_to_date(options, "rules", files)
}

/// The schema, as the program prints it.
fn schema(root: &Path) -> Result<String, String> {
    let arguments = ["run", "--quiet", "--package", "unitls", "--", "schema"];
    let output = Command::new(env!("CARGO")).current_dir(root).args(arguments).output();
    let output = output.map_err(|error| format!("cargo run: {error}"))?;
    match String::from_utf8(output.stdout) {
        Ok(schema) if output.status.success() => Ok(schema),
        _ => Err(format!("unitls printed no schema: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
