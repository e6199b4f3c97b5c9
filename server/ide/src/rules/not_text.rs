//! Rule: lines that are no text.

use super::declare::declare_rule;
use super::line::LineContext;
use crate::workspace::Decoding;

declare_rule! {
    /// ## What it does
    ///
    /// Reports lines that hold NUL bytes or, in a file read from disk, are not valid UTF-8.
    ///
    /// ## Why it bites
    ///
    /// systemd ends a line at a NUL byte and ignores lines that are not UTF-8, so that part of the file is
    /// lost, often a binary or a file in another encoding (UTF-16, Latin-1).
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web␀
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// The file is UTF-8, with or without a byte order mark.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `read_line()`, `parse_line()`.
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
    let text = cx.entry.item.text();
    let range = cx.content();
    if text.contains('\0') {
        cx.report(
            &NOT_TEXT,
            range,
            "This line holds a NUL byte, at which systemd ends it: this is no text file.".into(),
        );
    } else if cx.file.decoding == Decoding::Lossy && text.contains('\u{fffd}') {
        cx.report(&NOT_TEXT, range, "This line is not valid UTF-8: systemd ignores it.".into());
    }
}
