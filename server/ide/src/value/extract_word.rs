//! Words of a value, split as `extract_first_word()` splits them: separators, quotes, escapes.

use std::borrow::Cow;
use std::ops::{BitOr, Range};

use super::piece::{Origin, Piece};

/// How words are read; the names are those of systemd's `EXTRACT_*` flags. Combine with `|`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Extract(u8);

impl Extract {
    /// Quotes and backslashes: a backslash takes the next character as it is.
    pub(crate) const PLAIN: Self = Self(0);
    /// An unclosed quote ends with the value, and a last backslash is dropped.
    pub(crate) const RELAX: Self = Self(1);
    /// C escapes are decoded; an unknown one is an error.
    pub(crate) const CUNESCAPE: Self = Self(2);
    /// Unknown escapes stay as they are; the word tells of them in [`Word::bad_escape`]. This is also what
    /// `extract_first_word_and_warn()` does.
    pub(crate) const UNESCAPE_RELAX: Self = Self(4);
    /// A backslash before a separator or a backslash is dropped.
    pub(crate) const UNESCAPE_SEPARATORS: Self = Self(8);
    /// Quotes hide separators but stay in the text.
    pub(crate) const KEEP_QUOTE: Self = Self(16);
    /// Quotes hide separators and are taken away.
    pub(crate) const UNQUOTE: Self = Self(32);
    /// Each separator ends a word, which may be empty.
    pub(crate) const DONT_COALESCE_SEPARATORS: Self = Self(64);
    /// Backslashes mean nothing.
    pub(crate) const RETAIN_ESCAPE: Self = Self(128);

    /// Both; for constants.
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of these flags is set.
    fn has(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }
}

impl BitOr for Extract {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

/// What separates words unless told otherwise.
pub(crate) const WHITESPACE: &[u8] = b" \t\n\r";

/// A word of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Word<'a> {
    /// Its text, unquoted and unescaped as the flags say; bytes that are no UTF-8 became U+FFFD.
    pub(crate) text: Cow<'a, str>,
    /// Where it stands in the value, quotes and backslashes included.
    pub(crate) range: Range<usize>,
    /// Whether a part of it was quoted.
    pub(crate) quoted: bool,
    /// The first escape that [`Extract::UNESCAPE_RELAX`] let stand.
    pub(crate) bad_escape: Option<Range<usize>>,
    /// Where its text stands in the value.
    pub(crate) origin: Origin,
}

impl Word<'_> {
    /// Its text, to take parts of.
    pub(crate) fn piece(&self) -> Piece<'_> {
        Piece::new(&self.text, &self.origin, self.range.clone())
    }

    /// Splits its text once more; ranges are still those in the value.
    pub(crate) fn split(&self, separators: &'static [u8], flags: Extract) -> Words<'_> {
        Words { outer: Some(&self.origin), ..words_between(&self.text, separators, flags) }
    }
}

/// Why the rest of a value cannot be split.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum WordError {
    /// A quote that is never closed, up to the value's end.
    UnclosedQuote(Range<usize>),
    /// A backslash with no character behind it, or one that makes no escape with it.
    BadEscape(Range<usize>),
}

/// The words of a value, in order. Ends after the first error.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a> {
    value: &'a str,
    /// `None` at the end, as systemd's pointer is NULL there.
    at: Option<usize>,
    separators: &'static [u8],
    flags: Extract,
    /// Where the split text stands, unless it is the value.
    outer: Option<&'a Origin>,
}

/// Splits at white space.
pub(crate) fn words(value: &str, flags: Extract) -> Words<'_> {
    words_between(value, WHITESPACE, flags)
}

/// Splits at these separators, which are ASCII characters.
pub(crate) fn words_between<'a>(value: &'a str, separators: &'static [u8], flags: Extract) -> Words<'a> {
    Words { value, at: Some(0), separators, flags, outer: None }
}

impl<'a> Words<'a> {
    /// Begins behind the first `start` bytes.
    pub(crate) fn from(self, start: usize) -> Self {
        Self { at: Some(start), ..self }
    }

    /// Where in the split text the next word's search begins; `None` when nothing is left.
    pub(crate) fn rest(&self) -> Option<Range<usize>> {
        self.at.map(|at| at..self.value.len())
    }

    fn is_separator(&self, byte: u8) -> bool {
        self.separators.contains(&byte)
    }

    /// Whether a byte may be more than a part of a word's text.
    fn is_special(&self, byte: u8) -> bool {
        matches!(byte, b'\\' | b'"' | b'\'') || self.is_separator(byte)
    }

    /// The first place at or behind `from` that is no separator.
    fn skip_separators(&self, from: usize) -> usize {
        let bytes = self.value.as_bytes();
        bytes[from..]
            .iter()
            .position(|byte| !self.is_separator(*byte))
            .map_or(bytes.len(), |skip| from + skip)
    }

    /// Where this part of the split text stands in the value.
    fn place(&self, part: Range<usize>) -> Range<usize> {
        self.outer.map_or(part.clone(), |outer| outer.place(part))
    }

    /// Reads the word that starts at `start`; gives it and where the next begins.
    fn read(&self, start: usize) -> Result<(Word<'a>, Option<usize>), WordError> {
        let (value, bytes, flags) = (self.value, self.value.as_bytes(), self.flags);
        let mut text = Text::new(value, start);
        let mut quote: Option<(u8, usize)> = None;
        let (mut quoted, mut bad_escape) = (false, None);
        let (mut at, mut next) = (start, None);
        while let Some(plain) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let plain = plain.iter().position(|byte| self.is_special(*byte)).unwrap_or(plain.len());
            if plain > 0 {
                text.keep(at..at + plain);
                at += plain;
                continue;
            }
            let byte = bytes[at];
            if byte == b'\\' && !flags.has(Extract::RETAIN_ESCAPE) {
                let end = at + 1 + bytes.get(at + 1).map_or(0, |second| char_len(*second));
                at = match self.unescape(at, end, &mut text) {
                    Some(end) => end,
                    None if flags.has(Extract::UNESCAPE_RELAX) => {
                        bad_escape.get_or_insert_with(|| self.place(at..end));
                        text.keep(at..end);
                        end
                    }
                    None => return Err(WordError::BadEscape(self.place(at..end))),
                };
                continue;
            }
            let keep = match quote {
                Some((open, _)) if byte == open => {
                    quote = None;
                    !flags.has(Extract::UNQUOTE)
                }
                Some(_) => true,
                None if matches!(byte, b'"' | b'\'') && flags.has(Extract::UNQUOTE | Extract::KEEP_QUOTE) => {
                    quote = Some((byte, at));
                    quoted = true;
                    !flags.has(Extract::UNQUOTE)
                }
                None if self.is_separator(byte) => {
                    next = match flags.has(Extract::DONT_COALESCE_SEPARATORS) {
                        true => Some(at + 1),
                        false => Some(self.skip_separators(at)).filter(|next| *next < bytes.len()),
                    };
                    break;
                }
                None => true,
            };
            if keep {
                text.keep(at..at + 1);
            }
            at += 1;
        }
        if let Some((_, open)) = quote.filter(|_| !flags.has(Extract::RELAX)) {
            return Err(WordError::UnclosedQuote(self.place(open..bytes.len())));
        }
        let (text, origin) = text.finish();
        let (range, origin) = match self.outer {
            None => (start..at, origin),
            Some(outer) => (outer.place(start..at), origin.within(outer)),
        };
        Ok((Word { text, range, quoted, bad_escape, origin }, next))
    }

    /// Writes what the escape at `at..end` stands for; gives where it ends, `None` where it is none.
    fn unescape(&self, at: usize, end: usize, text: &mut Text<'_>) -> Option<usize> {
        let (flags, escaped) = (self.flags, &self.value.as_bytes()[at + 1..]);
        let Some(&second) = escaped.first() else {
            let dropped = flags.has(Extract::RELAX) && !flags.has(Extract::UNESCAPE_RELAX);
            return dropped.then_some(end);
        };
        if let Some((unescaped, length)) = cunescape_one(escaped).filter(|_| flags.has(Extract::CUNESCAPE)) {
            let end = at + 1 + length;
            text.replace(at..end, |copy| unescaped.write(copy));
            return Some(end);
        }
        let verbatim = match flags.has(Extract::UNESCAPE_SEPARATORS) {
            true => self.is_separator(second) || second == b'\\',
            false => !flags.has(Extract::CUNESCAPE),
        };
        verbatim.then(|| {
            text.replace(at..end, |copy| copy.extend_from_slice(&escaped[..end - at - 1]));
            end
        })
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = Result<Word<'a>, WordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at.take()?;
        let start = match self.flags.has(Extract::DONT_COALESCE_SEPARATORS) {
            true => at,
            false => Some(self.skip_separators(at)).filter(|start| *start < self.value.len())?,
        };
        Some(self.read(start).map(|(word, next)| {
            self.at = next;
            word
        }))
    }
}

/// A word's text: borrowed as long as it stands in the source in one piece.
struct Text<'a> {
    source: &'a str,
    /// The piece of the source that was kept last, which is all there is without a copy.
    kept: Range<usize>,
    copy: Option<Vec<u8>>,
    /// Of the copy.
    origin: Origin,
}

impl<'a> Text<'a> {
    fn new(source: &'a str, start: usize) -> Self {
        Self { source, kept: start..start, copy: None, origin: Origin::default() }
    }

    /// This part of the source belongs to the word.
    fn keep(&mut self, part: Range<usize>) {
        if part.start == self.kept.end || self.copy.is_none() && self.kept.is_empty() {
            let start = if self.kept.is_empty() { part.start } else { self.kept.start };
            self.kept = start..part.end;
            if let Some(copy) = &mut self.copy {
                copy.extend_from_slice(&self.source.as_bytes()[part]);
            }
            return;
        }
        let source = self.source;
        let copy = self.copied();
        let text = copy.len();
        copy.extend_from_slice(&source.as_bytes()[part.clone()]);
        self.origin.continues(text, part.start);
        self.kept = part;
    }

    /// What `write` writes stands in place of this part of the source.
    fn replace(&mut self, part: Range<usize>, write: impl FnOnce(&mut Vec<u8>)) {
        let copy = self.copied();
        let text = copy.len();
        write(copy);
        self.origin.escaped(text, part);
        // What is kept next does not go on from here.
        self.kept = usize::MAX..usize::MAX;
    }

    fn copied(&mut self) -> &mut Vec<u8> {
        let Self { source, kept, copy, origin } = self;
        copy.get_or_insert_with(|| {
            *origin = Origin::at(kept.start);
            source.as_bytes()[kept.clone()].to_vec()
        })
    }

    fn finish(self) -> (Cow<'a, str>, Origin) {
        let Self { source, kept, copy, mut origin } = self;
        let Some(copy) = copy else {
            return (Cow::Borrowed(&source[kept.clone()]), Origin::at(kept.start));
        };
        match String::from_utf8(copy) {
            Ok(text) => (Cow::Owned(text), origin),
            Err(error) => {
                let (text, moved) = replaced(error.as_bytes());
                origin.moved(moved);
                (Cow::Owned(text), origin)
            }
        }
    }
}

/// The bytes as text, U+FFFD in place of those that are none, and where each byte is in it.
fn replaced(bytes: &[u8]) -> (String, impl Fn(usize) -> usize) {
    let mut text = String::with_capacity(bytes.len());
    // Where replacements begin: in the bytes, in the text.
    let mut ends = vec![(0, 0)];
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            // Of up to three bytes each is a byte of the replacement, which has three.
            text.push(char::REPLACEMENT_CHARACTER);
            at += chunk.invalid().len();
            ends.push((at, text.len()));
        }
    }
    let moved = move |byte: usize| {
        let (from, to) = ends[ends.partition_point(|(from, _)| *from <= byte).saturating_sub(1)];
        to + (byte - from)
    };
    (text, moved)
}

/// What an escape stands for: a character, or a byte that is none by itself.
enum Unescaped {
    Char(char),
    Byte(u8),
}

impl Unescaped {
    fn write(self, copy: &mut Vec<u8>) {
        match self {
            Self::Char(char) => copy.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            Self::Byte(byte) => copy.push(byte),
        }
    }
}

/// Decodes what stands behind a backslash, as `cunescape_one()` does; with the bytes that it takes. No escape
/// stands for NUL.
fn cunescape_one(escaped: &[u8]) -> Option<(Unescaped, usize)> {
    let number = |from: usize, digits: usize, radix: u32| {
        let digits = escaped.get(from..from + digits)?;
        digits.iter().try_fold(0u32, |number, digit| {
            Some(number.wrapping_mul(radix) + char::from(*digit).to_digit(radix)?)
        })
    };
    let char = |char: u32, length: usize| match char {
        0 => None,
        // systemd writes surrogates as they are.
        _ => Some((Unescaped::Char(char::from_u32(char).unwrap_or(char::REPLACEMENT_CHARACTER)), length)),
    };
    let byte = |byte: u32, length: usize| match u8::try_from(byte) {
        Ok(0) | Err(_) => None,
        Ok(byte) => Some((Unescaped::Byte(byte), length)),
    };
    match escaped.first()? {
        b'a' => byte(7, 1),
        b'b' => byte(8, 1),
        b'f' => byte(12, 1),
        b'n' => byte(10, 1),
        b'r' => byte(13, 1),
        b't' => byte(9, 1),
        b'v' => byte(11, 1),
        b's' => byte(32, 1),
        quoted @ (b'\\' | b'"' | b'\'') => byte(u32::from(*quoted), 1),
        b'x' => byte(number(1, 2, 16)?, 3),
        b'0'..=b'7' => byte(number(0, 3, 8)?, 3),
        b'u' => char(number(1, 4, 16)?, 5),
        b'U' => {
            number(1, 8, 16).filter(|code| char::from_u32(*code).is_some()).and_then(|code| char(code, 9))
        }
        _ => None,
    }
}

/// The bytes of the UTF-8 character that starts with `first`.
fn char_len(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

/// Where a word stands without the pair of quotes around it, if it has one.
pub(crate) fn without_quotes(value: &str, word: Range<usize>) -> Range<usize> {
    let text = &value[word.clone()];
    let inside = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    match ['"', '\''].into_iter().find_map(inside) {
        Some(_) => word.start + 1..word.end - 1,
        None => word,
    }
}

/// The first escape of a text that `cunescape()` does not take; a NUL may be escaped here. The last backslash is
/// one too.
pub(crate) fn bad_escape(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let at = from + at;
        let escaped = &bytes[at + 1..];
        let nul =
            ["x00", "000", "u0000", "U00000000"].into_iter().find(|nul| escaped.starts_with(nul.as_bytes()));
        from = match cunescape_one(escaped).map(|(_, length)| length).or(nul.map(str::len)) {
            Some(length) => at + 1 + length,
            None => return Some(at..at + 1 + escaped.first().map_or(0, |second| char_len(*second))),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(words: Words<'_>) -> Vec<String> {
        let text = |word: Result<Word<'_>, WordError>| match word {
            Ok(word) => word.text.into_owned(),
            Err(error) => format!("{error:?}"),
        };
        words.map(text).collect()
    }

    #[test]
    fn quotes() {
        let unquote = Extract::UNQUOTE;
        assert_eq!(texts(words("  foo \"a b\"c 'd\"' \t", unquote)), ["foo", "a bc", "d\""]);
        assert_eq!(texts(words("a '' b", unquote)), ["a", "", "b"]);
        assert_eq!(texts(words("a 'b c", unquote)), ["a", "UnclosedQuote(2..6)"]);
        assert_eq!(texts(words("a 'b c", unquote | Extract::RELAX)), ["a", "b c"]);
        assert_eq!(texts(words("a 'b c' d", Extract::KEEP_QUOTE)), ["a", "'b c'", "d"]);
        assert_eq!(texts(words("a 'b c", Extract::PLAIN)), ["a", "'b", "c"]);
        assert_eq!(texts(words("", unquote)), [""; 0]);
    }

    #[test]
    fn escapes() {
        let c = Extract::UNQUOTE | Extract::CUNESCAPE;
        assert_eq!(texts(words(r"a\sb\x41\101\u00e4\U0001F600 \xc3\xa4", c)), ["a bAAä😀", "ä"]);
        assert_eq!(texts(words(r"ok a\;b", c)), ["ok", "BadEscape(4..6)"]);
        for bad in [r"\x00", r"\xg0", r"\8", r"\400", r"\U00110000", r"\ä", "\\", r"\u12"] {
            assert!(words(bad, c).any(|word| word.is_err()), "{bad}");
            let kept =
                words(bad, c | Extract::UNESCAPE_RELAX).next().expect("a word").expect("taken as it is");
            assert_eq!((&*kept.text, kept.bad_escape.is_some()), (bad, true));
        }
        assert_eq!(texts(words(r"a\ b\ä 'c\'d'", Extract::UNQUOTE)), ["a bä", "c'd"]);
        assert_eq!(texts(words(r"a\ b", Extract::RETAIN_ESCAPE)), [r"a\", "b"]);
        assert_eq!(texts(words("a\\", Extract::RELAX)), ["a"]);
        let separated = words_between(r"a\:b:c\\d\s", b":", Extract::UNESCAPE_SEPARATORS);
        assert_eq!(texts(separated), ["a:b", "BadEscape(9..11)"]);
    }

    #[test]
    fn escapes_of_whole_texts() {
        assert_eq!(bad_escape(r"a\n\x00\000\\b"), None);
        assert_eq!(bad_escape(r"ab\ü"), Some(2..5));
        assert_eq!(bad_escape(r"a\"), Some(1..2));
    }

    #[test]
    fn empty_words_and_ranges() {
        let colons = |value| words_between(value, b":", Extract::UNQUOTE | Extract::DONT_COALESCE_SEPARATORS);
        assert_eq!(texts(colons("a::b:")), ["a", "", "b", ""]);
        assert_eq!(texts(colons("")), [""]);
        let mut rest = colons("a:b:c");
        rest.next();
        assert_eq!(rest.rest(), Some(2..5));
        let found: Vec<_> = words(" a 'b'c  ", Extract::UNQUOTE).flatten().map(|word| word.range).collect();
        assert_eq!(found, [1..2, 3..7]);
        let behind: Vec<_> = words("~a b", Extract::PLAIN).from(1).flatten().map(|word| word.range).collect();
        assert_eq!(behind, [1..2, 3..4]);
    }

    /// Each character of the first word's text, and what stands for it in the value.
    fn sources(value: &str, flags: Extract) -> Vec<(char, &str)> {
        let word = words(value, flags).next().expect("a word").expect("words");
        let source = |(at, char): (usize, char)| {
            let place = word.piece().place(at..at + char.len_utf8());
            (char, value.get(place).expect("a place between characters"))
        };
        word.text.char_indices().map(source).collect()
    }

    #[test]
    fn places_in_the_value() {
        let c = Extract::UNQUOTE | Extract::CUNESCAPE;
        assert_eq!(sources("  aé b", c), [('a', "a"), ('é', "é")]);
        assert_eq!(sources(r#"a"b"'c'd"#, c), [('a', "a"), ('b', "b"), ('c', "c"), ('d', "d")]);
        assert_eq!(
            sources(r"ü\x41\u00e4\\z", c),
            [('ü', "ü"), ('A', r"\x41"), ('ä', r"\u00e4"), ('\\', r"\\"), ('z', "z")]
        );
        assert_eq!(sources(r"\xc3\xa4x", c), [('ä', r"\xc3\xa4"), ('x', "x")]);
        // Bytes that are no text, at an end and in a row.
        assert_eq!(
            sources(r"\xe2\x82x\xff", c),
            [('\u{fffd}', r"\xe2\x82"), ('x', "x"), ('\u{fffd}', r"\xff")]
        );
        assert_eq!(
            sources(r"a\ é\é", Extract::UNQUOTE),
            [('a', "a"), (' ', r"\ "), ('é', "é"), ('é', r"\é")]
        );
        assert_eq!(
            sources(r"a\qb", c | Extract::UNESCAPE_RELAX),
            [('a', "a"), ('\\', r"\"), ('q', "q"), ('b', "b")]
        );
    }

    #[test]
    fn places_in_words_of_words() {
        let value = r#"x "a:b\\:c:\u00e9\x41""#;
        let outer = words(value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE)
            .nth(1)
            .expect("two words")
            .expect("words");
        let flags = Extract::CUNESCAPE | Extract::UNESCAPE_SEPARATORS | Extract::DONT_COALESCE_SEPARATORS;
        let parts: Vec<_> = outer.split(b":", flags).flatten().collect();
        let found: Vec<_> = parts.iter().map(|part| (&*part.text, &value[part.range.clone()])).collect();
        assert_eq!(found, [("a", "a"), ("b\\", "b\\\\"), ("c", "c"), ("éA", r"\u00e9\x41")]);
        assert_eq!(&value[parts[3].piece().place(2..3)], r"\x41");
        // An error in there points at its place too.
        let value = r#""a:b\qc""#;
        let outer =
            words(value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE).next().expect("a word").expect("words");
        let error = outer.split(b":", flags).nth(1).expect("two parts");
        assert_eq!(error, Err(WordError::BadEscape(4..6)));
    }

    #[test]
    fn untouched_words_are_borrowed() {
        let borrowed =
            |word: Result<Word<'_>, WordError>| matches!(word.expect("a word").text, Cow::Borrowed(_));
        assert!(words("abc ünd so", Extract::UNQUOTE | Extract::CUNESCAPE).all(borrowed));
    }
}
