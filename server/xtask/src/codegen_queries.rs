//! Writes each editor's copies of the grammar's queries: Neovim takes those of `grammar/queries` as they are, Helix has
//! capture names of its own and fails on directives that it does not know.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What an editor takes.
struct Editor {
    folder: &'static str,
    queries: &'static [&'static str],
    /// Captures that are called differently there.
    names: &'static [(&'static str, &'static str)],
    /// Patterns with one of these words are left out.
    without: &'static [&'static str],
}

const EDITORS: [Editor; 2] = [
    Editor {
        folder: "editors/neovim/queries/systemd",
        queries: &["folds", "highlights", "injections", "textobjects"],
        names: &[],
        without: &[],
    },
    Editor {
        folder: "editors/helix/queries/systemd",
        queries: &["highlights", "injections", "tags", "textobjects"],
        names: &[
            ("assignment.inner", "entry.inside"),
            ("assignment.outer", "entry.around"),
            ("boolean", "constant.builtin.boolean"),
            ("class.inner", "class.inside"),
            ("class.outer", "class.around"),
            ("comment.outer", "comment.around"),
            ("constant.macro", "constant.character"),
            ("error", "diagnostic.error"),
            ("function.call", "function"),
            ("module", "namespace"),
            ("number", "constant.numeric"),
            ("parameter.inner", "parameter.inside"),
            ("parameter.outer", "parameter.around"),
            ("property", "variable.other.member"),
            ("string.escape", "constant.character.escape"),
            // Nothing there has these.
            ("assignment.lhs", ""),
            ("assignment.rhs", ""),
            ("spell", ""),
        ],
        without: &["#offset!"],
    },
];

/// Takes the workspace's root, gives the editors' queries and their contents. `Err` is a query that cannot be read.
pub(crate) fn generate(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
    let mut files = Vec::new();
    for editor in &EDITORS {
        for query in editor.queries {
            let source = format!("grammar/queries/{query}.scm");
            let text =
                fs::read_to_string(root.join(&source)).map_err(|error| format!("{source}: {error}"))?;
            let head = format!("; Written by `cargo xtask codegen` from {source}.\n\n");
            let path = Path::new(editor.folder).join(format!("{query}.scm"));
            files.push((path, (head + &editor.translate(&text)).into_bytes()));
        }
    }
    Ok(files)
}

impl Editor {
    /// The patterns of a query in this editor's words; an empty line ends a pattern.
    fn translate(&self, query: &str) -> String {
        let mut patterns = Vec::new();
        for pattern in query.trim_end().split("\n\n") {
            let told = self.rename(pattern);
            let captures = |text: &str| captures(text).any(|name| !name.starts_with('_'));
            let lost = captures(pattern) && !captures(&told);
            if !lost && !self.without.iter().any(|word| pattern.contains(word)) {
                patterns.push(told);
            }
        }
        patterns.join("\n\n") + "\n"
    }

    fn rename(&self, pattern: &str) -> String {
        let mut renamed = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find('@') {
            let end = at + 1 + name_length(&rest[at + 1..]);
            let name = &rest[at + 1..end];
            let there = self.names.iter().find(|(here, _)| *here == name).map_or(name, |(_, there)| there);
            if there.is_empty() {
                renamed.push_str(rest[..at].trim_end_matches(' '));
            } else {
                renamed.push_str(&rest[..=at]);
                renamed.push_str(there);
            }
            rest = &rest[end..];
        }
        renamed + rest
    }
}

fn captures(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('@').skip(1).map(|rest| &rest[..name_length(rest)])
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helix_gets_its_own_names_and_no_directives() {
        let query = "; Text.\n(comment) @comment @spell\n\n(value) @spell\n\n(key) @property\n\n((a) @b (#offset! @b 0 1))\n";
        assert_eq!(
            EDITORS[1].translate(query),
            "; Text.\n(comment) @comment\n\n(key) @variable.other.member\n"
        );
        assert_eq!(EDITORS[0].translate(query), query);
    }
}
