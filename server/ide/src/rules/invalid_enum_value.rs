//! Rule: a word that its directive does not have.

use super::declare::declare_rule;
use super::line::LineContext;
use crate::value::Problem;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a value that is none of the words its directive takes.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the line and the default applies. Words are read with exact letter case: `Type=Simple`
    /// is no type.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restart=on-error
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restart=on-failure
    /// ```
    ///
    /// ## Silent when
    ///
    /// The value is empty and that restores the default (`KillMode=`, but not `Type=`), or the file is
    /// a template of another language.
    ///
    /// ## Source
    ///
    /// The string tables of systemd 252, 257 and 262, seen with `systemd-analyze verify`.
    INVALID_ENUM_VALUE {
        code: "invalid-enum-value",
        category: Value,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    for bad in cx.bad_values(|problem| problem == Problem::Word) {
        super::invalid_value::report(cx, &INVALID_ENUM_VALUE, &bad);
    }
}
