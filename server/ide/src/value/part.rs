//! What the parts of a value are: numbers, words, names, marks. What editors colour.

use std::ops::Range;

use unit_catalog::{Directive, ValueKind as K, Version, table};

use super::candidates::expands;
use super::extract_word::{Extract, words};
use super::number::time_span;
use super::specifier::specifiers;
use super::{boolean, exec_commands, set, signal_number};
use crate::workspace::mentions_units;

/// A part of a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// Where it stands, in bytes of the value.
    pub(crate) range: Range<usize>,
    /// What it is.
    pub(crate) kind: PartKind,
}

/// What a part of a value is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartKind {
    /// One of the words that the directive takes: a keyword, a capability, a system call.
    Word,
    /// `yes` or `no` in any spelling.
    Boolean,
    /// A number, with its unit.
    Number,
    /// A path, an address, a name that means nothing to systemd, free text.
    Text,
    /// The name of a unit.
    Unit,
    /// A signal.
    Signal,
    /// The program of a command line.
    Program,
    /// An argument of a command line.
    Argument,
    /// The name of an environment variable, or a reference to one.
    Variable,
    /// `%` and a letter.
    Specifier,
    /// Marks before words and between them.
    Operator,
}

/// The parts of a value, in order; none overlap.
pub(crate) fn parts(directive: &Directive, version: Version, value: &str) -> Vec<Part> {
    let kind = directive.kind_in(version);
    let mut parts = Parts { value, list: Vec::new() };
    let mut references = Vec::new();
    match kind {
        K::ExecCommand => parts.commands(&mut references),
        K::CalendarEvent | K::CpuSet | K::CpuSetOrAll | K::PortRange | K::UnsignedList => parts.scan(),
        K::EnvAssignments | K::EnvNameOrAssignmentList | K::EnvNameList => parts.environment(kind),
        K::String | K::StringEscaped | K::Regex | K::LegacyIgnored => {
            parts.push(0..value.len(), PartKind::Text)
        }
        K::Boolean | K::Tristate if boolean(value).is_some() => parts.push(0..value.len(), PartKind::Boolean),
        _ => parts.words(directive, kind),
    }
    if expands(kind) {
        let known =
            specifiers(value).filter(|(_, letter)| *letter == '%' || table::specifier(*letter).is_some());
        let known = known.map(|(percent, _)| Part { range: percent..percent + 2, kind: PartKind::Specifier });
        references.extend(known);
        references.sort_by_key(|part| part.range.start);
    }
    over(parts.list, references)
}

struct Parts<'v> {
    value: &'v str,
    list: Vec<Part>,
}

impl Parts<'_> {
    fn push(&mut self, range: Range<usize>, kind: PartKind) {
        if !range.is_empty() {
            self.list.push(Part { range, kind });
        }
    }

    /// Command lines; what they say of variables goes into `references`.
    fn commands(&mut self, references: &mut Vec<Part>) {
        let mut end = 0;
        for command in exec_commands(self.value) {
            let start = command.range.start as usize;
            if let Some(at) = self.value.get(end..start).and_then(|between| between.find(';')) {
                self.push(end + at..end + at + 1, PartKind::Operator);
            }
            for (index, word) in command.words.iter().enumerate() {
                let range = Range::from(word.range);
                match index {
                    0 => {
                        self.push(start..range.start, PartKind::Operator);
                        self.push(range, PartKind::Program);
                    }
                    _ => {
                        if !command.prefixes.contains(':') {
                            references.extend(variables(self.value, range.clone()));
                        }
                        self.push(range, PartKind::Argument);
                    }
                }
            }
            end = command.range.end as usize;
        }
    }

    /// `NAME=VALUE` pairs, or names alone.
    fn environment(&mut self, kind: K) {
        for word in words(self.value, Extract::UNQUOTE | Extract::RETAIN_ESCAPE | Extract::RELAX).flatten() {
            let text = &self.value[word.range.clone()];
            let quote = text.len() - text.trim_start_matches(['"', '\'']).len();
            let name = word.range.start + quote;
            self.push(word.range.start..name, PartKind::Text);
            match text.find('=').map(|eq| word.range.start + eq) {
                Some(eq) => {
                    self.push(name..eq.max(name), PartKind::Variable);
                    self.push(eq..eq + 1, PartKind::Operator);
                    self.push(eq + 1..word.range.end, PartKind::Text);
                }
                None if kind == K::EnvAssignments => self.push(name..word.range.end, PartKind::Text),
                None => self.push(name..word.range.end, PartKind::Variable),
            }
        }
    }

    /// Numbers, words and what stands between them, as in `Mon..Fri 09:00`.
    fn scan(&mut self) {
        let class = |char: char| match char {
            '0'..='9' => Some(PartKind::Number),
            char if char.is_alphabetic() || char == '_' => Some(PartKind::Word),
            char if char.is_ascii_whitespace() => None,
            _ => Some(PartKind::Operator),
        };
        let mut start = 0;
        while let Some(first) = self.value[start..].chars().next() {
            let rest = &self.value[start..];
            let end = start + rest.find(|char| class(char) != class(first)).unwrap_or(rest.len());
            if let Some(kind) = class(first) {
                self.push(start..end, kind);
            }
            start = end;
        }
    }

    /// Words between blanks, each for itself.
    fn words(&mut self, directive: &Directive, kind: K) {
        let condition = kind.name().starts_with("condition_");
        let marks = if condition { set::parameter(self.value) } else { 0 };
        let flags = Extract::UNQUOTE | Extract::RETAIN_ESCAPE | Extract::RELAX;
        for word in words(self.value, flags).flatten() {
            let Range { mut start, end } = word.range;
            if start < marks {
                self.push(start..marks.min(end), PartKind::Operator);
                start = marks.min(end);
            }
            let text = &self.value[start..end];
            if text.is_empty() {
                continue;
            }
            if mentions_units(directive) {
                self.push(start..end, PartKind::Unit);
                continue;
            }
            let proper = end - without_marks(text).len();
            self.push(start..proper, PartKind::Operator);
            let (text, range) = (&self.value[proper..end], proper..end);
            // `name:action`, `soft:hard`.
            match text.find(':').map(|colon| proper + colon) {
                Some(colon) if splits(kind) => {
                    self.word(directive, kind, proper..colon);
                    self.push(colon..colon + 1, PartKind::Operator);
                    self.word(directive, kind, colon + 1..end);
                }
                _ => self.word(directive, kind, range),
            }
        }
    }

    fn word(&mut self, directive: &Directive, kind: K, range: Range<usize>) {
        let text = &self.value[range.clone()];
        let is_number = is_number(text);
        let whole = range == (0..self.value.len());
        let part = if directive.word(text).is_some() {
            PartKind::Word
        } else if !is_number && whole && boolean(text).is_some() && takes_boolean(directive, kind) {
            PartKind::Boolean
        } else if is_number {
            PartKind::Number
        } else if matches!(kind, K::Signal | K::ExitStatusList) && signal_number(text).is_some() {
            PartKind::Signal
        } else if takes_words(kind) || time_span::kind(kind).is_some() {
            PartKind::Word
        } else {
            PartKind::Text
        };
        self.push(range, part);
    }
}

/// A text behind the marks before it: of lists, of paths that may be missing, of comparisons.
fn without_marks(text: &str) -> &str {
    let rest = text.trim_start_matches(['~', '!', '<', '>', '=', '$']);
    let path = rest.trim_start_matches(['-', '+']);
    if path.starts_with(['/', '%']) { path } else { rest }
}

/// Whether a text is a number, perhaps with a unit behind it: `0755`, `-5`, `1.5G`, `10ms`, `20%`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let hexadecimal = digits.strip_prefix("0x");
    let unit = digits.trim_start_matches(|char: char| char.is_ascii_digit());
    let unit = unit
        .strip_prefix('.')
        .map_or(unit, |rest| rest.trim_start_matches(|char: char| char.is_ascii_digit()));
    digits.starts_with(|char: char| char.is_ascii_digit())
        && (unit.chars().all(|char| char.is_alphabetic() || char == '%')
            || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())))
}

/// Whether a colon parts words of this kind.
fn splits(kind: K) -> bool {
    let limit = matches!(kind, K::Rlimit | K::RlimitBytes | K::RlimitCount | K::RlimitNice | K::RlimitSec);
    limit || matches!(kind, K::RlimitUsec | K::SyscallFilter | K::StdInput | K::StdOutput)
}

fn takes_boolean(directive: &Directive, kind: K) -> bool {
    directive.boolean.is_some()
        || matches!(
            kind,
            K::Boolean
                | K::Tristate
                | K::BooleanOrBytes
                | K::BooleanOrInteger
                | K::ConditionBoolean
                | K::ConditionVirtualization
                | K::Delegate
                | K::ProtectHostname
                | K::RefreshOnReload
        )
}

/// Whether what is no number in values of this kind is a word that systemd or the kernel knows.
fn takes_words(kind: K) -> bool {
    const STARTS: [&str; 22] = [
        "address_family",
        "boolean",
        "bpf_delegate",
        "bytes",
        "capability",
        "condition_architecture",
        "condition_boolean",
        "condition_capability",
        "condition_controllers",
        "condition_security",
        "condition_virtualization",
        "coredump",
        "delegate",
        "disk_quota",
        "errno",
        "exit_status",
        "filesystem_list",
        "namespace_list",
        "rlimit",
        "syscall",
        "unsigned",
        "weight",
    ];
    STARTS.iter().any(|start| kind.name().starts_with(start))
}

/// References to variables in a part of a value: `$NAME` and `${NAME}`.
fn variables(value: &str, part: Range<usize>) -> Vec<Part> {
    let mut found = Vec::new();
    let (text, mut at) = (&value[part.clone()], 0);
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        let behind = &text[dollar + 1..];
        let name = |text: &str| {
            text.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(text.len())
        };
        let length = match behind.strip_prefix('{') {
            Some(inner) => {
                Some(name(inner)).filter(|end| *end > 0 && inner[*end..].starts_with('}')).map(|end| end + 2)
            }
            None if behind.starts_with(|char: char| char.is_ascii_digit()) => None,
            None => Some(name(behind)).filter(|length| *length > 0),
        };
        at = dollar + 1 + usize::from(behind.starts_with('$'));
        if let Some(length) = length {
            at = dollar + 1 + length;
            found.push(Part { range: part.start + dollar..part.start + at, kind: PartKind::Variable });
        }
    }
    found
}

/// Parts with others laid over them.
fn over(parts: Vec<Part>, above: Vec<Part>) -> Vec<Part> {
    if above.is_empty() {
        return parts;
    }
    let mut all: Vec<Part> = Vec::with_capacity(parts.len() + 2 * above.len());
    let mut above = above.into_iter().peekable();
    for mut part in parts {
        let taken = all.last().map_or(0, |last| last.range.end);
        part.range.start = part.range.start.max(taken).min(part.range.end);
        while let Some(next) = above.next_if(|next| next.range.start < part.range.end) {
            if all.last().is_some_and(|last| last.range.end > next.range.start) {
                continue;
            }
            let before = part.range.start..next.range.start.max(part.range.start);
            part.range.start = part.range.end.min(next.range.end.max(part.range.start));
            if !before.is_empty() {
                all.push(Part { range: before, kind: part.kind });
            }
            all.push(next);
        }
        if !part.range.is_empty() {
            all.push(part);
        }
    }
    all.extend(above);
    all
}
