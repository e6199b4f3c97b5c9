//! Rule: a value that is no boolean or no time span.

use super::declare::declare_rule;
use super::line::LineContext;
use crate::value::Problem;

declare_rule! {
    /// ## What it does
    ///
    /// Reports values that are no boolean or no time span where the directive takes one.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the line and the default applies.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// RestartSec=1,5s
    /// PrivateDevices=enabled
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// RestartSec=1.5s
    /// PrivateDevices=yes
    /// ```
    ///
    /// ## Silent when
    ///
    /// The value is empty and that restores the default, or the file is a template of another language. Bare
    /// numbers are seconds.
    ///
    /// ## Source
    ///
    /// systemd.time(7); `parse_time()`, `parse_boolean()`. Seen on 252, 257 and 262.
    INVALID_TIME_OR_BOOL {
        code: "invalid-time-or-bool",
        category: Value,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    for bad in cx.bad_values(|problem| matches!(problem, Problem::Boolean | Problem::TimeSpan)) {
        super::invalid_value::report(cx, &INVALID_TIME_OR_BOOL, &bad);
    }
}
