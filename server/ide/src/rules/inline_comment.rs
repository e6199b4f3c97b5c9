//! Rule: a comment behind a value.

use unit_catalog::ValueKind;
use unit_syntax::{Item, TextRange};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;

declare_rule! {
    /// ## What it does
    ///
    /// Reports what looks like a comment behind a value.
    ///
    /// ## Why it bites
    ///
    /// Unit files know comments on lines of their own only. Behind a value `#` and `;` are part of it: a
    /// number, time span, boolean or word with a comment behind it does not parse, and systemd ignores the
    /// line. Free text simply contains the comment.
    ///
    /// ## Example
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// TimeoutStopSec=1min  # be patient
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini dice.service
    /// [Service]
    /// ExecStart=/usr/bin/dice
    /// # be patient
    /// TimeoutStopSec=1min
    /// ```
    ///
    /// ## Silent when
    ///
    /// The `#` is quoted or glued to a word, or the key holds prose or variables (`Description=`,
    /// `Documentation=`, `Environment=`). Behind a command it is information: the words reach the program
    /// as arguments. In a value of free text or a list it is a warning.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `config_parse()`. Seen on 252, 257 and 262: the line is dropped with "Failed to
    /// parse".
    INLINE_COMMENT {
        code: "inline-comment",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let (Some(directive), Some(value)) = (cx.line.directive, cx.entry.item.value()) else {
        return;
    };
    if !value.contains(['#', ';']) {
        return;
    }
    let severity = match directive.kind {
        ValueKind::EnvAssignments | ValueKind::UrlList => return,
        _ if directive.name == "Description" => return,
        ValueKind::ExecCommand => Severity::Information,
        kind if reads_one_thing(kind) => Severity::Error,
        _ => Severity::Warning,
    };
    let marks: &[u8] = if severity == Severity::Information { b"#" } else { b"#;" };
    let Some(at) = comment_start(value, marks) else {
        return;
    };
    let (kept, comment) = (value[..at].trim_end(), &value[at..]);
    let prose =
        comment[1..].starts_with([' ', '\t']) && comment[1..].trim_start().starts_with(char::is_alphabetic);
    if severity != Severity::Error && !prose {
        return;
    }
    let message = match severity {
        Severity::Error => {
            "A comment needs a line of its own: systemd reads it as part of the value, cannot \
                            parse that and ignores the line."
                .to_owned()
        }
        Severity::Information => {
            format!("A comment needs a line of its own: the program gets `{comment}` as arguments.")
        }
        _ => format!("A comment needs a line of its own: `{comment}` becomes part of the value."),
    };
    let item = &cx.entry.item;
    let source = item.value_to_source(TextRange::new(at as u32, value.len() as u32));
    let moved = above(item, kept, comment);
    let report = cx.report_as(&INLINE_COMMENT, severity, source, message);
    if let Some((line, text)) = moved {
        // A line that systemd ignores cannot have been meant; words of a value or command can.
        let safety = if severity == Severity::Error { Safety::Safe } else { Safety::Unsafe };
        report.fix("Move the comment to its own line".to_owned(), safety, line, text);
    }
}

/// From the key to the value's end, and what stands there once the comment has a line of its own above.
fn above(item: &Item, kept: &str, comment: &str) -> Option<(TextRange, String)> {
    let (key, value) = (item.key_range()?, item.value_range()?);
    let (indent, line) = item.text().split_at(key.start as usize);
    if item.continuations() || kept.is_empty() || !indent.trim_matches([' ', '\t']).is_empty() {
        return None;
    }
    let assignment = &line[..(value.start - key.start) as usize + kept.len()];
    let comment = format!("# {}", comment[1..].trim());
    let line_end = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
    let text = format!("{}{line_end}{indent}{assignment}", comment.trim_end());
    Some((TextRange::new(key.start, value.end), text))
}

/// Where a mark stands at the value's start or behind a blank, outside quotes.
fn comment_start(value: &str, marks: &[u8]) -> Option<usize> {
    let mut quote = None;
    let mut blank_before = false;
    for (at, byte) in value.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if blank_before && marks.contains(&byte) => return Some(at),
            None if matches!(byte, b'"' | b'\'') && (at == 0 || blank_before) => quote = Some(byte),
            None => {}
        }
        blank_before = matches!(byte, b' ' | b'\t');
    }
    None
}

/// Kinds whose parser takes the value as one thing and fails on anything behind it.
pub(super) fn reads_one_thing(kind: ValueKind) -> bool {
    use ValueKind as K;
    matches!(
        kind,
        K::Boolean
            | K::BooleanOrBytes
            | K::BooleanOrInteger
            | K::Bytes
            | K::BytesOrInfinity
            | K::BytesOrPercentOrInfinity
            | K::BytesSi
            | K::CalendarEvent
            | K::DbusName
            | K::Enum
            | K::EnumOrInteger
            | K::Integer
            | K::OctalMode
            | K::RlimitBytes
            | K::RlimitCount
            | K::RlimitNice
            | K::RlimitSec
            | K::RlimitUsec
            | K::Signal
            | K::SocketAddress
            | K::TimeSpan
            | K::TimeSpan0IsInfinity
            | K::TimeSpanNsec
            | K::TimeSpanOrInfinity
            | K::TimeSpanOrOff
            | K::Tristate
            | K::UnitName
            | K::Unsigned
            | K::UnsignedOrInfinity
            | K::UnsignedOrPercentOrInfinity
            | K::Weight
            | K::WeightOrIdle
    )
}
