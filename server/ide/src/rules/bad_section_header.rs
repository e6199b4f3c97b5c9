//! Rule: a section header that is none.

use unit_syntax::{ItemKind, Junk};

use super::declare::declare_rule;
use super::line::LineContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a line that begins with `[` but does not end with `]`.
    ///
    /// ## Why it bites
    ///
    /// It is the one mistake that systemd does not pass over: it stops reading the file there and refuses
    /// the whole unit; of a drop-in only what stands above counts. A comment behind the header is enough.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service] # the main part
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// # the main part
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// Only blanks stand behind the `]`. The lines below, which systemd does not read, are not judged.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `parse_line()`: "Invalid section header". Seen on 252, 257 and 262.
    BAD_SECTION_HEADER {
        code: "bad-section-header",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: None,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    if matches!(cx.entry.item.kind(), ItemKind::Junk(Junk::BadHeader)) {
        let range = cx.content();
        let then = cx.file.fate_of_stop();
        let message = format!("A section header ends with `]`: systemd stops reading here{then}.");
        cx.report(&BAD_SECTION_HEADER, range, message);
    }
}
