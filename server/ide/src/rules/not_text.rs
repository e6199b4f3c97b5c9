//! Rule: lines that are no text.

use unit_syntax::ItemKind;

use super::declare::declare_rule;
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::workspace::Decoding;

declare_rule! {
    /// ## What it does
    ///
    /// Reports lines that hold NUL bytes or, in a file read from disk, are not valid UTF-8.
    ///
    /// ## Why it bites
    ///
    /// systemd ends a line at a NUL byte, and what stands behind becomes a line of its own. At a line that is
    /// not UTF-8 it stops reading and refuses the unit. Often the file is a binary or in another encoding
    /// (UTF-16, Latin-1).
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web␀ --verbose
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web --verbose
    /// ```
    ///
    /// ## Silent when
    ///
    /// The file is UTF-8, with or without a byte order mark, or what is not UTF-8 stands in a comment. A NUL
    /// byte at the end of a line, which loses nothing, is a warning.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `read_line()`, `parse_line()`. Seen on 252.
    NOT_TEXT {
        code: "not-text",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: None,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let item = &cx.entry.item;
    let range = cx.content();
    if let Some((_, behind)) = item.text().split_once('\0') {
        let lost = !behind.trim_matches(['\0', ' ', '\t', '\r', '\n']).is_empty();
        let severity = if lost { Severity::Error } else { Severity::Warning };
        let message = "This line holds a NUL byte, at which systemd ends it: this is no text file.";
        cx.report_as(&NOT_TEXT, severity, range, message.to_owned());
        return;
    }
    // Comments may hold anything, also those inside a continued value.
    let texts = match item.kind() {
        ItemKind::Junk(_) => [Some(item.text()), None, None],
        _ => [item.key(), item.value(), item.section_name()],
    };
    if cx.file.decoding == Decoding::Lossy && texts.iter().flatten().any(|text| text.contains('\u{fffd}')) {
        let then = cx.file.fate_of_stop();
        cx.report(
            &NOT_TEXT,
            range,
            format!("This line is not valid UTF-8: systemd stops reading here{then}."),
        );
    }
}
