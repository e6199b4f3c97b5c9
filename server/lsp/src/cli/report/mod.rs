//! How findings are written: for people, for scripts, and in the formats of other tools.

mod github;
mod json;
mod sarif;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use unit_ide::diagnostic::{Diagnostic, Related};
use unit_ide::workspace::{File, Workspace};
use unit_syntax::TextRange;

use super::args::Format;

/// A file with its findings.
pub(super) struct Judged<'a> {
    /// The name to show it under.
    pub(super) shown: &'a Path,
    pub(super) file: &'a Arc<File>,
    pub(super) findings: Vec<Diagnostic>,
}

/// What there is to write.
pub(super) struct Report<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) judged: &'a [Judged<'a>],
    /// The name to show a file under.
    pub(super) names: &'a dyn Fn(&Path) -> PathBuf,
    /// What could not be read, and why.
    pub(super) errors: &'a [(PathBuf, String)],
}

impl Report<'_> {
    /// Writes the findings in one of the formats.
    pub(super) fn write(&self, out: &mut impl Write, format: Format) -> io::Result<()> {
        match format {
            Format::Text => text::write(out, self),
            Format::Json => json::write(out, self),
            Format::Sarif => sarif::write(out, self),
            Format::Github => github::write(out, self),
        }
    }

    /// File and line of what belongs to a finding: `a.service:3`.
    fn place_of(&self, related: &Related) -> String {
        let shown = (self.names)(&related.path);
        match self.workspace.file(&related.path) {
            Some(file) => {
                format!("{}:{}", shown.display(), Lines::of_file(file).place(related.range.start).0)
            }
            None => shown.display().to_string(),
        }
    }
}

/// A number of things.
pub(super) fn several(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// A file's text with the starts of its lines.
pub(super) struct Lines {
    text: String,
    starts: Vec<usize>,
}

impl Lines {
    fn of_file(file: &File) -> Self {
        Self::of(&file.unit.text())
    }

    pub(super) fn of(text: &str) -> Self {
        let text = text.to_owned();
        // Lines end as systemd and editors end them: a carriage return alone is enough.
        let ends = text.match_indices(['\n', '\r']).map(|(at, _)| at + 1);
        let ends = ends.filter(|end| !(text[..*end].ends_with('\r') && text[*end..].starts_with('\n')));
        let starts = std::iter::once(0).chain(ends).collect();
        Self { text, starts }
    }

    /// The byte as an index between characters.
    fn boundary(&self, offset: u32) -> usize {
        let mut offset = self.text.len().min(offset as usize);
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// The number of the line that holds `offset`, from 0.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// Line and column of a byte, both from 1, columns in characters.
    pub(super) fn place(&self, offset: u32) -> (usize, usize) {
        let offset = self.boundary(offset);
        let line = self.line(offset);
        (line + 1, self.text[self.starts[line]..offset].chars().count() + 1)
    }

    /// The lines that hold `range`, the number of the first from 1, and the range within them.
    fn excerpt(&self, range: TextRange) -> (&str, usize, std::ops::Range<usize>) {
        let start = self.boundary(range.start);
        let end = self.boundary(range.end).max(start);
        let (first, last) = (self.line(start), self.line(end));
        let from = self.starts[first];
        let to = self.starts.get(last + 1).copied().unwrap_or(self.text.len());
        (&self.text[from..to], first + 1, start - from..end - from)
    }
}
