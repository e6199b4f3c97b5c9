//! A stretch of text, counted in bytes.

use std::ops::Range;

/// A half-open range of bytes, `start <= end`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord)]
pub struct TextRange {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl TextRange {
    /// The range from `start` up to, not including, `end`.
    ///
    /// # Panics
    /// In debug builds, when `end` lies before `start`.
    pub fn new(start: u32, end: u32) -> Self {
        debug_assert!(start <= end, "a range must not end before it starts: {start}..{end}");
        TextRange { start, end }
    }

    /// The empty range at `offset`.
    pub fn at(offset: u32) -> Self {
        TextRange { start: offset, end: offset }
    }

    /// How many bytes it spans.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it spans no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the byte at `offset` is inside.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether a cursor at `offset` is inside or touches either end.
    pub fn contains_inclusive(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }

    /// The range moved `by` bytes towards the end of the text: relative to absolute.
    pub fn shift(self, by: u32) -> Self {
        TextRange { start: self.start + by, end: self.end + by }
    }
}

impl From<Range<usize>> for TextRange {
    /// # Panics
    /// When an end does not fit 32 bits; texts are limited to 4 GiB.
    fn from(range: Range<usize>) -> Self {
        let narrow = |offset| u32::try_from(offset).expect("texts are shorter than 4 GiB");
        TextRange::new(narrow(range.start), narrow(range.end))
    }
}

impl From<TextRange> for Range<usize> {
    fn from(range: TextRange) -> Self {
        range.start as usize..range.end as usize
    }
}
