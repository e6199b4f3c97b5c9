//! Rule: a backslash that continues nothing, and the lines that such a slip leaves behind.

use unit_syntax::{ItemKind, Junk, TextRange};

use super::declare::declare_rule;
use super::inline_comment::reads_one_thing;
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a backslash with blanks behind it at the end of a line, and lines without `=`.
    ///
    /// ## Why it bites
    ///
    /// Only a backslash as the very last character continues a line. With a blank behind it the command ends
    /// there, the backslash becomes an argument, and the next line stands alone: systemd ignores it with
    /// "Missing '='", or takes it for another key.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web \␠
    ///     --port 80
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web \
    ///     --port 80
    /// ```
    ///
    /// ## Silent when
    ///
    /// The line belongs to a continuation, or its section is not read at all. A backslash that a value may
    /// hold is a warning; the lines that it leaves behind are errors.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `config_parse()`. Seen on 252, 257 and 262.
    BROKEN_CONTINUATION {
        code: "broken-continuation",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    if cx.line.section.read_name().is_none() {
        return;
    }
    let item = &cx.entry.item;
    match item.kind() {
        ItemKind::Junk(Junk::MissingEquals) => {
            let range = cx.content();
            let message = format!("This line has no `=`: systemd ignores it.{}", cx.on_include());
            cx.report(&BROKEN_CONTINUATION, range, message);
        }
        ItemKind::Assignment { .. } => {
            let line = item.text().trim_end_matches(['\n', '\r']);
            let trimmed = line.trim_end_matches([' ', '\t']);
            let backslashes = trimmed.len() - trimmed.trim_end_matches('\\').len();
            if trimmed.len() == line.len() || backslashes.is_multiple_of(2) {
                return;
            }
            let range = TextRange::new(trimmed.len() as u32 - 1, line.len() as u32);
            let message = "The blank behind `\\` ends the value here: the backslash becomes part of it, and the next line stands alone.";
            // Only some values cannot hold a backslash.
            let refused = cx.line.directive.is_some_and(|directive| reads_one_thing(directive.kind));
            let severity = if refused { Severity::Error } else { Severity::Warning };
            let report = cx.report_as(&BROKEN_CONTINUATION, severity, range, message.to_owned());
            report.fix("Remove the blanks".to_owned(), Safety::Unsafe, range, "\\".to_owned());
        }
        _ => {}
    }
}
