//! Parts of a value, and where they stand in it once quotes and escapes are undone.

use std::ops::Range;

/// Where the bytes of a text that was taken from a value stand in that value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Origin {
    /// Where the text begins, up to the first run.
    start: usize,
    /// In order of the text; none where the text stands in the value as it is.
    runs: Vec<Run>,
}

/// Bytes of the text from `text` on, up to the next run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Run {
    text: usize,
    /// Where they stand, the first of them at least.
    value: usize,
    /// The length of the escape that stands there for all of them; 0 where they stand there themselves.
    escape: usize,
}

impl Origin {
    /// A text that stands in the value from `start` on, as it is.
    pub(crate) const fn at(start: usize) -> Self {
        Self { start, runs: Vec::new() }
    }

    /// From `text` on, the text is what stands in the value from `value` on.
    pub(crate) fn continues(&mut self, text: usize, value: usize) {
        self.runs.push(Run { text, value, escape: 0 });
    }

    /// What the text has from `text` on stands for the escape at `escape`.
    pub(crate) fn escaped(&mut self, text: usize, escape: Range<usize>) {
        self.runs.push(Run { text, value: escape.start, escape: escape.len() });
    }

    /// Moves the runs, whose order stays, to where a change of the text brings them.
    pub(crate) fn moved(&mut self, moved: impl Fn(usize) -> usize) {
        for run in &mut self.runs {
            run.text = moved(run.text);
        }
    }

    /// The same for a text taken from a text that `outer` tells the origin of.
    pub(crate) fn within(self, outer: &Self) -> Self {
        if outer.runs.is_empty() {
            let shifted = self.runs.into_iter().map(|run| Run { value: run.value + outer.start, ..run });
            return Self { start: self.start + outer.start, runs: shifted.collect() };
        }
        // Each run of the inner text passes through those of the outer one that it spans.
        let first = Run { text: 0, value: self.start, escape: 0 };
        let mut runs = Vec::new();
        let inner: Vec<Run> = std::iter::once(first).chain(self.runs).collect();
        for (index, run) in inner.iter().enumerate() {
            if run.escape > 0 {
                let place = outer.place(run.value..run.value + run.escape);
                runs.push(Run { text: run.text, value: place.start, escape: place.len() });
                continue;
            }
            let (value, escape) = outer.run_at(run.value);
            runs.push(Run { text: run.text, value, escape });
            let end = inner
                .get(index + 1)
                .map_or(usize::MAX, |next| run.value.saturating_add(next.text - run.text));
            let from = outer.runs.partition_point(|outer| outer.text <= run.value);
            let passed = outer.runs[from..].iter().take_while(|outer| outer.text < end);
            runs.extend(passed.map(|outer| Run { text: run.text + (outer.text - run.value), ..*outer }));
        }
        Self { start: 0, runs }
    }

    /// Where this byte of the text stands, and the length of the escape that stands for it, if one does.
    fn run_at(&self, text: usize) -> (usize, usize) {
        match self.runs.partition_point(|run| run.text <= text).checked_sub(1).map(|at| self.runs[at]) {
            None => (self.start + text, 0),
            Some(Run { value, escape: 0, text: from }) => (value + (text - from), 0),
            Some(Run { value, escape, .. }) => (value, escape),
        }
    }

    /// Where this part of the text stands in the value, with the escapes that stand for its first and last bytes.
    pub(crate) fn place(&self, part: Range<usize>) -> Range<usize> {
        let start = self.run_at(part.start).0;
        match part.end.checked_sub(1).filter(|last| *last >= part.start) {
            None => start..start,
            Some(last) => {
                let (last, escape) = self.run_at(last);
                start..last + escape.max(1)
            }
        }
    }
}

/// A part of a value, unquoted and unescaped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'t> {
    /// Its text.
    pub(crate) text: &'t str,
    origin: &'t Origin,
    /// Where in the text that `origin` speaks of it begins.
    skip: usize,
    /// What to point at where it is empty: start and end.
    around: (usize, usize),
}

/// The origin of a text that is the whole value.
static WHOLE: Origin = Origin::at(0);

impl<'t> Piece<'t> {
    /// A whole value.
    pub(crate) fn of_value(value: &'t str) -> Self {
        Self { text: value, origin: &WHOLE, skip: 0, around: (0, value.len()) }
    }

    /// A text with its origin; `range` is where it stands with its quotes.
    pub(crate) fn new(text: &'t str, origin: &'t Origin, range: Range<usize>) -> Self {
        Self { text, origin, skip: 0, around: (range.start, range.end) }
    }

    /// A part of it.
    pub(crate) fn slice(self, part: Range<usize>) -> Self {
        let range = self.range();
        let text = self.text.get(part.clone()).unwrap_or_default();
        Self { text, skip: self.skip + part.start, around: (range.start, range.end), ..self }
    }

    /// What is behind its first `start` bytes.
    pub(crate) fn behind(self, start: usize) -> Self {
        self.slice(start..self.text.len())
    }

    /// What is behind the text that it begins with; `None` where it begins otherwise.
    pub(crate) fn strip_prefix(self, prefix: &str) -> Option<Self> {
        self.text.starts_with(prefix).then(|| self.behind(prefix.len()))
    }

    /// Where it stands in the value; where it is empty, what it is a part of.
    pub(crate) fn range(self) -> Range<usize> {
        match self.text.len() {
            0 => self.around.0..self.around.1,
            length => self.origin.place(self.skip..self.skip + length),
        }
    }

    /// Where this part of it stands in the value.
    pub(crate) fn place(self, part: Range<usize>) -> Range<usize> {
        self.slice(part).range()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places() {
        let plain = Origin::at(3);
        assert_eq!((plain.place(1..4), plain.place(2..2)), (4..7, 5..5));
        // `a"b\x41c"`: the text is abAc.
        let mut origin = Origin::at(0);
        origin.continues(1, 2);
        origin.escaped(2, 3..7);
        origin.continues(3, 7);
        assert_eq!(origin.place(0..1), 0..1);
        assert_eq!(origin.place(1..2), 2..3);
        assert_eq!(origin.place(2..3), 3..7);
        assert_eq!(origin.place(1..4), 2..8);
        assert_eq!(origin.place(0..4), 0..8);
    }

    #[test]
    fn places_in_a_text_within_a_text() {
        // The value `"a:\x41b"`, the word a:Ab, its second part Ab.
        let mut word = Origin::at(1);
        word.escaped(2, 3..7);
        word.continues(3, 7);
        let part = Origin::at(2).within(&word);
        assert_eq!((part.place(0..1), part.place(1..2), part.place(0..2)), (3..7, 7..8, 3..8));
        // The value `"\\\\x"`, the word \\x, unescaped once more \x.
        let mut word = Origin::at(1);
        for (text, escape) in [(0, 1..3), (1, 3..5)] {
            word.escaped(text, escape);
        }
        word.continues(2, 5);
        let mut part = Origin::at(0);
        part.escaped(0, 0..2);
        part.continues(1, 2);
        let part = part.within(&word);
        assert_eq!((part.place(0..1), part.place(1..2)), (1..5, 5..6));
        let shifted = Origin::at(1).within(&Origin::at(4));
        assert_eq!(shifted.place(0..2), 5..7);
    }

    #[test]
    fn pieces_of_pieces() {
        let value = Piece::of_value("-+/a");
        let path = value.strip_prefix("-").and_then(|rest| rest.strip_prefix("+")).expect("both marks");
        assert_eq!((path.text, path.range()), ("/a", 2..4));
        assert_eq!(path.place(1..2), 3..4);
        // An empty one points at what it was cut from.
        assert_eq!(path.behind(2).range(), 2..4);
        assert!(value.strip_prefix("/").is_none());
    }
}
