//! Lines and columns as editors count them.

/// Which unit the columns of a [`Position`] count in. LSP clients and servers agree on one at start-up.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units: an emoji counts two.
    Utf16,
}

/// A place in a text, both counts from zero. Lines end at `\n`, `\r\n` or a lone `\r`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in the units of an [`Encoding`].
    pub column: u32,
}

impl Encoding {
    /// The column of a byte offset in `line`: that of the character it is in, the line's end at most.
    pub(crate) fn column(self, line: &str, offset: usize) -> u32 {
        let body = without_ending(line).char_indices();
        body.take_while(|(start, c)| start + c.len_utf8() <= offset).map(|(_, c)| self.width(c)).sum()
    }

    /// The byte offset of a column in `line`: the start of the character it is in, the line's end at most.
    pub(crate) fn offset(self, line: &str, column: u32) -> u32 {
        let mut seen = 0;
        let body = without_ending(line);
        let at = body.char_indices().find(|&(_, c)| {
            seen += self.width(c);
            seen > column
        });
        at.map_or(body.len(), |(start, _)| start) as u32
    }

    fn width(self, c: char) -> u32 {
        match self {
            Encoding::Utf8 => c.len_utf8() as u32,
            Encoding::Utf16 => c.len_utf16() as u32,
        }
    }
}

/// Finds the positions of offsets that ascend, in one walk over a text however long its lines are.
pub struct Positions<'a> {
    lines: Box<dyn Iterator<Item = &'a str> + 'a>,
    encoding: Encoding,
    /// The line at hand, and where it starts in the text.
    line: &'a str,
    start: usize,
    /// Where the walk is in that line.
    seen: usize,
    at: Position,
}

impl<'a> Positions<'a> {
    /// Walks over the physical lines of a text.
    pub(crate) fn new(mut lines: Box<dyn Iterator<Item = &'a str> + 'a>, encoding: Encoding) -> Self {
        let line = lines.next().unwrap_or_default();
        Self { lines, encoding, line, start: 0, seen: 0, at: Position::default() }
    }

    /// Line and column of a byte offset, clamped as those of [`Unit::position`](crate::Unit::position). One before the
    /// last offset asked about counts as that one.
    pub fn at(&mut self, offset: u32) -> Position {
        let offset = offset as usize;
        while offset >= self.start + self.line.len() && without_ending(self.line).len() < self.line.len() {
            self.start += self.line.len();
            self.line = self.lines.next().unwrap_or_default();
            self.seen = 0;
            self.at = Position { line: self.at.line + 1, column: 0 };
        }
        for c in without_ending(self.line)[self.seen..].chars() {
            if self.start + self.seen + c.len_utf8() > offset {
                break;
            }
            self.seen += c.len_utf8();
            self.at.column += self.encoding.width(c);
        }
        self.at
    }
}

/// The physical lines of `text` with their line endings. There is no empty one behind a line ending at the
/// end.
pub(crate) fn lines(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let (line, rest) = text.split_at(line_len(text));
        text = rest;
        (!line.is_empty()).then_some(line)
    })
}

/// Length of the first line of `text` with its line ending.
pub(crate) fn line_len(text: &str) -> usize {
    match text.find(['\n', '\r']) {
        Some(at) if text[at..].starts_with("\r\n") => at + 2,
        Some(at) => at + 1,
        None => text.len(),
    }
}

/// `line` without its line ending.
pub(crate) fn without_ending(line: &str) -> &str {
    line.strip_suffix("\r\n").or_else(|| line.strip_suffix(['\n', '\r'])).unwrap_or(line)
}
