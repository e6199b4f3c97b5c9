//! What a value means, word by word: numbers in other units, names with their numbers, marks and specifiers.

mod brief;
mod calendar;
mod names;
mod number;

use std::fmt::Write;
use std::ops::Range;

use jiff::Zoned;
use unit_catalog::{Directive, ValueKind as K, Version, table};

use super::specifier::specifiers;
use super::{exec_commands, set};
use crate::workspace::UnitName;

pub use brief::HintKind;
pub(crate) use brief::brief;
use calendar::calendar;
use names::{capability, exit_status, group, signal, syscalls};
use number::{mode, percent, size};

/// What there is to say of a part of a value.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Explanation {
    /// The part, in bytes of the value.
    pub(crate) range: Range<usize>,
    /// Markdown: a title, then a paragraph or a list.
    pub(crate) markdown: String,
}

/// Whose value it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// The directive that the value is set for.
    pub(crate) directive: &'static Directive,
    /// The systemd that reads it.
    pub(crate) version: Version,
    /// The unit that sets it, where the file has such a name.
    pub(crate) unit: Option<&'a UnitName>,
    /// The clock and the machine's time zone, to count the next events from.
    pub(crate) now: Option<&'a Zoned>,
}

/// Explains what stands at the byte `at` of a value.
pub(crate) fn explain(subject: Subject<'_>, value: &str, at: usize) -> Option<Explanation> {
    let kind = subject.directive.kind_in(subject.version);
    if let Some(found) = specifier(subject, value, at) {
        return Some(found);
    }
    if kind == K::CalendarEvent {
        let markdown = calendar(value, subject.now)?;
        return Some(Explanation { range: 0..value.len(), markdown });
    }
    if kind == K::ExecCommand {
        return exec_prefix(value, at);
    }
    let mut range = word_around(value, at);
    // Marks before a word say how the list or the condition counts.
    let marks = if kind.name().starts_with("condition_") {
        set::parameter(value).saturating_sub(range.start)
    } else if kind == K::SyscallFilter || kind.name().ends_with("_list") || kind == K::CapabilitySet {
        usize::from(value.get(range.clone())?.starts_with('~'))
    } else {
        0
    };
    let proper = (range.start + marks).min(range.end);
    if at < proper {
        return explain_marks(value, range.start..proper);
    }
    range.start = proper;
    let word = value.get(range.clone())?;
    let text = match kind {
        K::Bytes | K::BytesOrInfinity | K::BytesOrPercentOrInfinity | K::DiskQuota | K::BooleanOrBytes => {
            range = 0..value.len();
            size(value, 1024).or_else(|| percent(subject.directive, value))
        }
        K::BytesSi => {
            range = 0..value.len();
            size(value, 1000)
        }
        K::RlimitBytes => {
            range = part_around(value, at, ':');
            size(value.get(range.clone())?, 1024)
        }
        K::DeviceLimit if range.start > 0 => size(word, 1000),
        K::Percent | K::PercentUnbounded | K::UnsignedOrPercentOrInfinity => {
            percent(subject.directive, value)
        }
        K::OctalMode => mode(subject.directive, value),
        K::Signal => signal(word),
        K::ExitStatus | K::ExitStatusList => exit_status(word).or_else(|| signal(word)),
        K::CapabilitySet | K::ConditionCapability => capability(word),
        K::SyscallFilter => syscalls(word),
        K::FilesystemList => group(word, table::filesystem_groups()),
        _ => None,
    };
    let text = text.or_else(|| documented(subject.directive, word))?;
    Some(Explanation { range, markdown: text })
}

/// What `~` of a list, or `|` and `!` of a condition, do.
fn explain_marks(value: &str, range: Range<usize>) -> Option<Explanation> {
    let marks = value.get(range.clone())?.trim_end();
    let meaning = |mark: char| match mark {
        '~' => "all but those that follow",
        '|' => "one of the conditions with this mark has to hold, not all of them",
        _ => "holds where the condition does not",
    };
    let text: Vec<_> = marks.chars().map(|mark| format!("**`{mark}`**: {}", meaning(mark))).collect();
    (!marks.is_empty()).then(|| Explanation { range, markdown: text.join("\n\n") })
}

/// The word that blanks set apart, around `at`.
fn word_around(value: &str, at: usize) -> Range<usize> {
    let blank = |char: char| char.is_ascii_whitespace();
    let at = at.min(value.len());
    let start = value.get(..at).and_then(|before| before.rfind(blank)).map_or(0, |blank| blank + 1);
    let end = value.get(at..).and_then(|behind| behind.find(blank)).map_or(value.len(), |blank| at + blank);
    start..end
}

/// The part that `separator` sets apart, around `at`.
fn part_around(value: &str, at: usize, separator: char) -> Range<usize> {
    let at = at.min(value.len());
    let start = value.get(..at).and_then(|before| before.rfind(separator)).map_or(0, |found| found + 1);
    let end =
        value.get(at..).and_then(|behind| behind.find(separator)).map_or(value.len(), |found| at + found);
    start..end
}

fn specifier(subject: Subject<'_>, value: &str, at: usize) -> Option<Explanation> {
    // `%%%i`: which of them is a mark shows only from the left.
    let (percent, letter) = specifiers(value).find(|(percent, _)| at < percent + 2)?;
    let known = table::specifier(letter).filter(|known| at >= percent && known.since <= subject.version)?;
    let mut text = format!("**`%{letter}`**: {}", known.meaning);
    if let Some(becomes) = subject.unit.and_then(|unit| unit.specifier(letter).ok()) {
        let _ = match &*becomes {
            "" => write!(text, "\n\nHere: nothing"),
            becomes => write!(text, "\n\nHere: `{becomes}`"),
        };
    }
    if known.deprecated {
        text.push_str("\n\nDeprecated.");
    }
    Some(Explanation { range: percent..percent + 2, markdown: text })
}

fn exec_prefix(value: &str, at: usize) -> Option<Explanation> {
    for command in exec_commands(value) {
        let start = command.range.start as usize;
        let range = start..start + command.prefixes.len();
        if range.is_empty() || !range.contains(&at) {
            continue;
        }
        let marks = value.get(range.clone())?;
        let mut text = format!("**`{marks}`** before the program\n\n");
        let mut rest = marks;
        while !rest.is_empty() {
            let longest = table::exec_prefixes().iter().filter(|prefix| rest.starts_with(prefix.text));
            let prefix = longest.max_by_key(|prefix| prefix.text.len())?;
            let _ = writeln!(text, "- `{}`: {}", prefix.text, prefix.meaning);
            rest = &rest[prefix.text.len()..];
        }
        return Some(Explanation { range, markdown: text.trim_end().to_owned() });
    }
    None
}

/// What the catalog says of a word of this directive.
fn documented(directive: &Directive, word: &str) -> Option<String> {
    let (name, doc) = directive.doc()?.words.iter().find(|(name, _)| *name == word)?;
    Some(format!("**`{name}`** of `{}=`\n\n{doc}", directive.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_at_a_place() {
        assert_eq!(word_around("ab  cd", 2), 0..2);
        assert_eq!(word_around("ab  cd", 3), 3..3);
        assert_eq!(word_around("ab  cd", 4), 4..6);
        assert_eq!(part_around("1G:2G", 4, ':'), 3..5);
    }
}
