//! The client's side of a document: its text with edits as the protocol describes them, and edits at random.

use std::ops::Range;

/// A replacement: first line and column, last line and column, in UTF-16 units.
pub(crate) struct Edit {
    pub(crate) range: [u32; 4],
    pub(crate) text: String,
    /// The same in bytes.
    bytes: Range<usize>,
}

/// A document's text.
pub(crate) struct Text(String);

/// What edits insert: halves of what means something in unit files, line ends of all kinds, wide characters.
const PIECES: [&str; 24] = [
    "\n",
    "\r\n",
    "\r",
    "\n",
    "[Service]\n",
    "[Unit]\n",
    "[",
    "]",
    "=",
    " ",
    "\\\n",
    "# c 🎲\n",
    ";",
    "🎲",
    "é",
    "Key",
    "Nonsense🎲=1\n",
    "TimeoutStopSec=1min # é\n",
    "Restart=some🎲times\n",
    "ExecStart=/bin/true\n",
    "\"",
    "'",
    "x",
    "\t",
];

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The number of lines.
    pub(crate) fn lines(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// Applies an edit.
    pub(crate) fn apply(&mut self, edit: &Edit) {
        self.0.replace_range(edit.bytes.clone(), &edit.text);
    }

    /// An edit somewhere: mostly insertions, until the text is a few thousand bytes long.
    pub(crate) fn random_edit(&self, random: &mut Random) -> Edit {
        let (start, from) = self.random_place(random, 0..self.0.len());
        // A short range to replace, now and then; longer ones keep the text from growing for ever.
        let reach = if self.0.len() > 6_000 { 50 } else { 12 };
        let (end, to) = match random.below(3) {
            0 => self.random_place(random, from..self.0.len().min(from + reach)),
            _ => (start, from),
        };
        let pieces = (0..random.below(4)).map(|_| PIECES[random.below(PIECES.len())]);
        Edit { text: pieces.collect(), range: [start.0, start.1, end.0, end.1], bytes: from..to }
    }

    /// A place about these bytes, as line and column and in bytes.
    fn random_place(&self, random: &mut Random, within: Range<usize>) -> ((u32, u32), usize) {
        let mut at = within.start + random.below(within.len() + 1);
        // No place lies within a character, or between the two of a line end.
        while !self.0.is_char_boundary(at) || self.0[..at].ends_with('\r') && self.0[at..].starts_with('\n') {
            at += 1;
        }
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= at) - 1;
        ((line as u32, self.0[starts[line]..at].encode_utf16().count() as u32), at)
    }

    fn line_starts(&self) -> Vec<usize> {
        let mut starts = vec![0];
        let bytes = self.0.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            match (byte, bytes.get(at + 1)) {
                (b'\n', _) => starts.push(at + 1),
                (b'\r', next) if next != Some(&b'\n') => starts.push(at + 1),
                _ => {}
            }
        }
        starts
    }
}

/// Numbers that look random and are the same in each run (xorshift).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}
