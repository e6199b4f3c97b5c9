//! Formatting: blanks that mean nothing, put in order. What systemd reads stays byte for byte the same.

use std::fmt;
use std::ops::Range;

use unit_syntax::{Entry, ItemKind, TextRange};

use crate::completion::goes_on;
use crate::fix::{TextEdit, line_ending};
use crate::rules::allow::is_allow;
use crate::workspace::{Decoding, File, FileKind};

/// The blanks that systemd strips, within a line.
const BLANKS: [char; 2] = [' ', '\t'];
const LINE_ENDS: [char; 2] = ['\n', '\r'];
/// A byte order mark.
const MARK: char = '\u{feff}';

/// systemd gives a file up at a line as long as this, continuations joined (`LONG_LINE_MAX`). Such lines stay: a blank
/// less, and it might read on.
const LONG_LINE_MAX: usize = 1 << 20;

/// Why a file is left as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unformatted {
    /// It is not UTF-8: writing it anew would change its bytes.
    NotUtf8,
    /// A character in it is a line's end to systemd and to nobody else, or nothing at all.
    OddCharacters,
    /// A generator of another language fills it in first, and it may be that one's blanks.
    Template,
    /// It is no list of settings, or another program's.
    NoSettings,
}

impl Unformatted {
    /// Whether people should be told: the file is faulty.
    pub fn is_fault(self) -> bool {
        matches!(self, Self::NotUtf8 | Self::OddCharacters)
    }
}

impl fmt::Display for Unformatted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotUtf8 => "is not UTF-8",
            Self::OddCharacters => {
                "holds a NUL byte, a carriage return without a line feed, or a byte order mark inside the text"
            }
            Self::Template => "is a template of another language",
            Self::NoSettings => "is no file of systemd settings",
        })
    }
}

/// The edits that put a file in order, in the order of their places; none where it is.
///
/// No blanks around keys, `=`, values, headers and comments, one blank line before a section, never two in a row, none
/// at either end, and a line ending at the end. Lines that systemd cannot use stay as they are, and so do continuations
/// but for the blanks before and behind the whole.
///
/// # Errors
/// When the file cannot be formatted without a change of what somebody reads in it.
pub fn formatting(file: &File) -> Result<Vec<TextEdit>, Unformatted> {
    if file.decoding == Decoding::Lossy {
        return Err(Unformatted::NotUtf8);
    }
    if !file.kind.has_settings() && file.kind != FileKind::Other {
        return Err(Unformatted::NoSettings);
    }
    if file.foreign_template {
        return Err(Unformatted::Template);
    }
    let entries = file.unit.entries();
    if entries.iter().any(is_odd) {
        return Err(Unformatted::OddCharacters);
    }
    let mut formatter = Formatter { file, entries, edits: Vec::new() };
    formatter.format();
    Ok(formatter.edits)
}

/// Those edits of [`formatting`] that touch the lines of `range`.
///
/// # Errors
/// Those of [`formatting`].
pub fn range_formatting(file: &File, range: TextRange) -> Result<Vec<TextEdit>, Unformatted> {
    let mut edits = formatting(file)?;
    let line = |offset| file.unit.entry_at(offset).map_or(TextRange::at(offset), |(_, entry)| entry.range());
    // A selection of whole lines ends at the start of the next one.
    let last = if range.is_empty() { range.end } else { range.end - 1 };
    let (start, end) = (line(range.start).start, line(last).end);
    edits.retain(|edit| edit.range.start >= start && edit.range.start < end && edit.range.end <= end);
    Ok(edits)
}

/// The indentation of a line that was just opened within a continuation: that of the line above, or `step` below the
/// first one. `offset` is the place of the cursor; `None` where nothing is to be done.
pub fn on_type_formatting(file: &File, offset: u32, step: &str) -> Option<TextEdit> {
    let (_, entry) = file.unit.entry_at(offset)?;
    let text = entry.item.text();
    let before = text.get(..(offset - entry.start) as usize)?;
    let start = before.rfind(LINE_ENDS)? + 1;
    let line = text[start..].split(LINE_ENDS).next().unwrap_or_default();
    // Behind the last line ending of a text a new line begins, unless a backslash says otherwise.
    let goes_on = start < text.len() || goes_on(entry);
    let assignment = matches!(entry.item.kind(), ItemKind::Assignment { .. });
    if !assignment || !goes_on || !line.trim_matches(BLANKS).is_empty() {
        return None;
    }
    let above = text[..start].trim_end_matches(LINE_ENDS);
    let indentation = match above.rfind(LINE_ENDS) {
        Some(end) => leading(&above[end + 1..]),
        None => step,
    };
    (line != indentation).then(|| TextEdit {
        path: file.path.clone(),
        range: TextRange::from(start..start + line.len()).shift(entry.start),
        text: indentation.to_owned(),
    })
}

/// Walks over the lines of a file and collects edits.
struct Formatter<'a> {
    file: &'a File,
    entries: &'a [Entry],
    edits: Vec<TextEdit>,
}

impl Formatter<'_> {
    fn format(&mut self) {
        // A file with nothing on its lines is left alone: an empty one would be a mask.
        let Some(last) = self.entries.iter().rposition(|entry| !is_gap(entry)) else {
            return;
        };
        let mut gap = 0;
        for index in 0..=last {
            if !is_gap(&self.entries[index]) {
                self.space(gap, index);
                self.line(&self.entries[index]);
                gap = index + 1;
            }
        }
        let end = self.entries[last].range().end;
        if !self.entries[last].item.text().ends_with(LINE_ENDS) {
            self.replace(TextRange::at(end), line_ending(self.file));
        }
        self.replace(TextRange::new(end, self.file.unit.len()), "");
    }

    /// Makes one blank line or none of those from `gap` up to the entry at `index`.
    fn space(&mut self, gap: usize, index: usize) {
        let start = self.entries[gap].start;
        let above = gap.checked_sub(1).map(|above| &self.entries[above]);
        // A continuation may end with what looks like a blank line.
        let wanted =
            above.is_some_and(|above| !ends_blank(above)) && (gap < index || self.opens_section(index));
        if !wanted {
            self.replace(TextRange::new(start, self.entries[index].start), "");
        } else if gap == index {
            self.replace(TextRange::at(start), line_ending(self.file));
        } else {
            let blanks = leading(self.entries[gap].item.text()).len() as u32;
            self.replace(TextRange::new(start, start + blanks), "");
            let second = self.entries[gap].range().end;
            self.replace(TextRange::new(second, self.entries[index].start), "");
        }
    }

    /// Whether a section begins with the entry at `index`, right below a line of another one: it is a header, or the
    /// first of the comments that belong to one.
    fn opens_section(&self, index: usize) -> bool {
        let is_comment = |entry: &&Entry| entry.item.kind() == ItemKind::Comment;
        let inside = index > 0 && self.entries[index - 1..=index].iter().all(|entry| is_comment(&entry));
        if inside {
            return false;
        }
        let first = index - self.entries[..index].iter().rev().take_while(is_comment).count();
        let header = index + self.entries[index..].iter().take_while(is_comment).count();
        let headed = self.entries.get(header).is_some_and(|entry| entry.item.kind() == ItemKind::Header);
        let apart = first == 0 || self.entries[first - 1].item.kind() == ItemKind::Blank;
        let place = if end_of_section(&self.entries[first..header]) { header } else { first };
        headed && !apart && place == index
    }

    /// Takes the blanks out of a line with something on it.
    fn line(&mut self, entry: &Entry) {
        let text = entry.item.text();
        let body = text.trim_end_matches(LINE_ENDS);
        let last_line = body.rfind(LINE_ENDS).map_or(0, |end| end + 1);
        let content = match entry.item.kind() {
            _ if text.len() >= LONG_LINE_MAX => return,
            ItemKind::Header | ItemKind::Comment if last_line == 0 => {
                self.remove(entry, 0..leading(text).len());
                leading(text).len()
            }
            ItemKind::Assignment { eq } if !text[..eq as usize].contains(LINE_ENDS) => {
                let (eq, value) = (eq as usize, eq as usize + 1);
                self.remove(entry, 0..leading(text).len());
                self.remove(entry, text[..eq].trim_end_matches(BLANKS).len()..eq);
                self.remove(entry, value..value + leading(&text[value..]).len());
                value + leading(&text[value..]).len()
            }
            _ => return,
        };
        let end = body.trim_end_matches(BLANKS).len().max(last_line).max(content);
        let backslashes = end - body[..end].trim_end_matches('\\').len();
        // Without blanks behind it a backslash would continue the line.
        if backslashes.is_multiple_of(2) {
            self.remove(entry, end..body.len());
        }
    }

    fn remove(&mut self, entry: &Entry, part: Range<usize>) {
        self.replace(TextRange::from(part).shift(entry.start), "");
    }

    /// Replaces a part of the file, if that changes anything.
    fn replace(&mut self, range: TextRange, text: &str) {
        if !range.is_empty() || !text.is_empty() {
            self.edits.push(TextEdit { path: self.file.path.clone(), range, text: text.to_owned() });
        }
    }
}

/// Whether there are characters on a line of which readers make different things.
fn is_odd(entry: &Entry) -> bool {
    let text = entry.item.text();
    let marks = text.strip_prefix(MARK).filter(|_| entry.start == 0).unwrap_or(text);
    let lone = |(at, _): (usize, &str)| !text[at + 1..].starts_with('\n');
    text.contains('\0') || marks.contains(MARK) || text.match_indices('\r').any(lone)
}

/// Whether a line has blanks on it and nothing else.
fn is_gap(entry: &Entry) -> bool {
    let text = entry.item.text();
    entry.item.kind() == ItemKind::Blank
        && text.len() < LONG_LINE_MAX
        && text.trim_start_matches(BLANKS).trim_start_matches(LINE_ENDS).is_empty()
}

/// Whether the last of several lines has nothing on it.
fn ends_blank(entry: &Entry) -> bool {
    let text = entry.item.text();
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line).trim_end_matches(BLANKS);
    line.ends_with('\n')
}

/// Whether comments right above a header belong to what stands above them: a setting that is switched off.
fn end_of_section(comments: &[Entry]) -> bool {
    let is_setting = |comment: &Entry| {
        let text = comment.item.text().trim_start_matches(['#', ';', ' ', '\t']);
        text.split_once('=')
            .is_some_and(|(key, _)| key.len() > 1 && key.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    // What a comment for us speaks of is what stands below it.
    comments.last().is_some_and(is_setting) && !comments.iter().any(is_allow)
}

/// The blanks that a text starts with.
fn leading(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches(BLANKS).len()]
}
