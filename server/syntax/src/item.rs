//! One logical line of a unit file: what it is, and where its parts lie.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::logical::{Part, Spanning, line_end};
use crate::{Entry, TextRange};

/// May stand at the start of a text, where it means nothing.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// One logical line: the physical lines that `config_parse` joins into one, with all their line endings.
///
/// It knows no absolute place, so that an edit elsewhere leaves it as it is; see [`Entry`] for that. Cloning
/// is cheap: lines that were read together share their text.
#[derive(Clone)]
pub struct Item {
    lines: Arc<Lines>,
    index: u32,
}

/// What a logical line is to systemd's `parse_line`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ItemKind {
    /// Nothing but blanks and continuations.
    Blank,
    /// One line that starts with `#` or `;`.
    Comment,
    /// `[name]`.
    Header,
    /// `key=value`.
    Assignment {
        /// Byte offset of the first `=` in the item's text.
        eq: u32,
    },
    /// A line that systemd cannot use.
    Junk(Junk),
}

/// Why systemd cannot use a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Junk {
    /// "Missing '=', ignoring line."
    MissingEquals,
    /// "Missing key name before '=', ignoring line."
    MissingKey,
    /// "Invalid section header" without a `]` at the end, or "Bad characters in section header" when there
    /// are quotes, backslashes or control characters (tabs as well) inside: systemd stops reading here and
    /// refuses the unit.
    BadHeader,
}

/// Logical lines that were read together: one text, and where each of them ends in it. A closed file is
/// nothing else, and there may be tens of thousands.
struct Lines {
    text: Box<str>,
    rows: Box<[Row]>,
    /// The parts of those that span lines, or have a byte order mark before them, by index.
    spanning: Box<[(u32, Parts)]>,
}

/// One of [`Lines`].
struct Row {
    /// Where it ends in their text, and the next one starts.
    end: u32,
    kind: ItemKind,
}

/// The parts of a header (its name and nothing) or an assignment (key and value).
type Parts = [Spanning; 2];

/// Collects the logical lines of a text from its start on.
#[derive(Default)]
pub(crate) struct LinesBuilder {
    rows: Vec<Row>,
    spanning: Vec<(u32, Parts)>,
}

impl LinesBuilder {
    pub(crate) fn blank(&mut self, text: &str) {
        self.push(text, ItemKind::Blank);
    }

    pub(crate) fn comment(&mut self, text: &str) {
        self.push(text, ItemKind::Comment);
    }

    /// A logical line that is from `[` to `]` from `start` on.
    pub(crate) fn header(&mut self, text: &str, start: u32) {
        let name = Spanning::between_brackets(text, start);
        // systemd's string_is_safe().
        let unsafe_char = |c: char| c.is_ascii_control() || matches!(c, '"' | '\'' | '\\');
        if name.part(text).text().contains(unsafe_char) {
            return self.push(text, ItemKind::Junk(Junk::BadHeader));
        }
        if needs_parts(text, start) {
            let nothing = Spanning::stripped(text, TextRange::at(line_end(text)));
            self.spanning.push((self.rows.len() as u32, [name, nothing]));
        }
        self.push(text, ItemKind::Header);
    }

    /// A logical line with the key between `start` and `eq` and the value behind that.
    pub(crate) fn assignment(&mut self, text: &str, start: u32, eq: u32) {
        if needs_parts(text, start) {
            let key = Spanning::stripped(text, TextRange::new(start, eq));
            let value = Spanning::stripped(text, TextRange::new(eq + 1, line_end(text)));
            self.spanning.push((self.rows.len() as u32, [key, value]));
        }
        self.push(text, ItemKind::Assignment { eq });
    }

    /// A logical line that is none of these; `start` is its first character.
    pub(crate) fn junk(&mut self, text: &str, start: u32) {
        let junk = match text.as_bytes()[start as usize] {
            b'[' => Junk::BadHeader,
            b'=' => Junk::MissingKey,
            _ => Junk::MissingEquals,
        };
        self.push(text, ItemKind::Junk(junk));
    }

    fn push(&mut self, text: &str, kind: ItemKind) {
        self.rows.push(Row { end: self.end() + text.len() as u32, kind });
    }

    /// Where the last line ends.
    fn end(&self) -> u32 {
        self.rows.last().map_or(0, |row| row.end)
    }

    /// Takes the last line away again, and gives the place where it started.
    pub(crate) fn pop(&mut self) -> u32 {
        self.truncate(self.rows.len().saturating_sub(1));
        self.end()
    }

    /// Keeps the first `count` lines.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.rows.truncate(count);
        self.spanning.truncate(self.spanning.partition_point(|(index, _)| (*index as usize) < count));
    }

    /// How many lines there are before the one that starts at `offset`; `None` where none does.
    pub(crate) fn lines_before(&self, offset: u32) -> Option<usize> {
        match offset {
            0 => (!self.rows.is_empty()).then_some(0),
            _ => {
                let before = self.rows.binary_search_by_key(&offset, |row| row.end).ok()? + 1;
                (before < self.rows.len()).then_some(before)
            }
        }
    }

    /// The lines as entries of a text in which the first starts at `base`; `text` is what they were read from.
    pub(crate) fn entries(self, text: &str, base: u32) -> impl Iterator<Item = Entry> + use<> {
        let lines = Arc::new(Lines {
            text: text[..self.end() as usize].into(),
            rows: self.rows.into(),
            spanning: self.spanning.into(),
        });
        (0..lines.rows.len() as u32).map(move |index| Entry {
            start: base + lines.range(index).start,
            item: Item { lines: lines.clone(), index },
        })
    }
}

/// Whether the parts of a line that starts at `start` cannot be found again by stripping blanks.
fn needs_parts(text: &str, start: u32) -> bool {
    start > 0 || text[..line_end(text) as usize].contains(['\n', '\r'])
}

impl Lines {
    fn range(&self, index: u32) -> TextRange {
        let start = index.checked_sub(1).map_or(0, |before| self.rows[before as usize].end);
        TextRange::new(start, self.rows[index as usize].end)
    }
}

impl Item {
    /// The whole lines with their line endings.
    pub fn text(&self) -> &str {
        &self.lines.text[Range::from(self.lines.range(self.index))]
    }

    /// What it is.
    pub fn kind(&self) -> ItemKind {
        self.lines.rows[self.index as usize].kind
    }

    /// Whether both are the same line of the same reading: no edit has touched it in between.
    pub fn is_same(&self, other: &Self) -> bool {
        self.index == other.index && Arc::ptr_eq(&self.lines, &other.lines)
    }

    /// The key, if this is an assignment.
    pub fn key(&self) -> Option<&str> {
        Some(self.key_part()?.text())
    }

    /// The value, if this is an assignment.
    pub fn value(&self) -> Option<&str> {
        Some(self.value_part()?.text())
    }

    /// The section's name, if this is a header.
    pub fn section_name(&self) -> Option<&str> {
        Some(self.name_part()?.text())
    }

    /// Where the key is, in bytes from the item's start.
    pub fn key_range(&self) -> Option<TextRange> {
        Some(self.key_part()?.range())
    }

    /// Where the value is, in bytes from the item's start. An empty value is right behind the `=`.
    pub fn value_range(&self) -> Option<TextRange> {
        Some(self.value_part()?.range())
    }

    /// Where the section's name is, in bytes from the item's start.
    pub fn name_range(&self) -> Option<TextRange> {
        Some(self.name_part()?.range())
    }

    /// Where a byte range of [`Item::value`] comes from, in bytes from the item's start. Clamped to the
    /// value; for an item without value an empty range at its start.
    pub fn value_to_source(&self, logical: TextRange) -> TextRange {
        self.value_part().map_or(TextRange::at(0), |value| value.to_source(logical))
    }

    /// Which byte of [`Item::value`] a place in the item is, the place behind the last byte included. `None`
    /// outside the value, and inside of it in comments and line endings.
    pub fn source_to_value(&self, relative: u32) -> Option<u32> {
        self.value_part()?.to_logical(relative)
    }

    /// Whether the value, counted from the `=`, spans several lines.
    pub fn continuations(&self) -> bool {
        match (self.kind(), self.value_range()) {
            (ItemKind::Assignment { eq }, Some(value)) => {
                self.text()[eq as usize..value.end as usize].contains(['\n', '\r'])
            }
            _ => false,
        }
    }

    fn key_part(&self) -> Option<Part<'_>> {
        let ItemKind::Assignment { eq } = self.kind() else { return None };
        Some(match self.spanning() {
            Some([key, _]) => key.part(self.text()),
            None => Part::on_one_line(self.text(), TextRange::new(0, eq)),
        })
    }

    fn value_part(&self) -> Option<Part<'_>> {
        let ItemKind::Assignment { eq } = self.kind() else { return None };
        let text = self.text();
        Some(match self.spanning() {
            Some([_, value]) => value.part(text),
            None => Part::on_one_line(text, TextRange::new(eq + 1, line_end(text))),
        })
    }

    fn name_part(&self) -> Option<Part<'_>> {
        let ItemKind::Header = self.kind() else { return None };
        let text = self.text();
        Some(match self.spanning() {
            Some([name, _]) => name.part(text),
            None => {
                let line = Part::on_one_line(text, TextRange::new(0, line_end(text)));
                line.between_brackets()
            }
        })
    }

    fn spanning(&self) -> Option<&Parts> {
        let spanning = &self.lines.spanning;
        let found = spanning.binary_search_by_key(&self.index, |(index, _)| *index).ok()?;
        Some(&spanning[found].1)
    }
}

/// Two lines are equal when they read the same, wherever they come from.
impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other)
            || self.kind() == other.kind()
                && self.text() == other.text()
                && self.spanning() == other.spanning()
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.kind(), self.text())
    }
}
