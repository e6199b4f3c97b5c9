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

/// The physical lines of `text` with their line endings. A text that ends with a line ending has no empty last line here.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let line = &rest[..line_len(rest)?];
        rest = &rest[line.len()..];
        Some(line)
    })
}

/// Length of the first line of `text` with its line ending; `None` for an empty text.
pub(crate) fn line_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes.iter().position(|b| matches!(b, b'\n' | b'\r')) {
        Some(at) if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') => Some(at + 2),
        Some(at) => Some(at + 1),
        None if bytes.is_empty() => None,
        None => Some(bytes.len()),
    }
}

/// `line` without its line ending.
pub(crate) fn without_ending(line: &str) -> &str {
    line.strip_suffix("\r\n").or_else(|| line.strip_suffix(['\n', '\r'])).unwrap_or(line)
}
