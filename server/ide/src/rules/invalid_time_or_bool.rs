//! Rule: a value that is no boolean or no time span.

use super::declare::declare_rule;
use super::line::LineContext;
use super::value_too_new::checked_value;
use crate::diagnostic::Safety;
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
    /// The value is empty, or the file is a template of another language. Bare numbers
    /// are seconds.
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
    let Some((directive, value, error)) = checked_value(cx) else {
        return;
    };
    let what = match error.problem {
        Problem::Boolean => "boolean",
        Problem::TimeSpan => "time span",
        Problem::Word | Problem::WordTooNew(_) => return,
    };
    let range = cx.entry.item.value_to_source(error.range);
    let fate = if directive.fatal { "refuses the unit" } else { "ignores the line" };
    let message =
        format!("`{value}` is no {what}: systemd {fate}. `{}=` takes {}.", directive.name, error.expected);
    let nearest = error.nearest;
    let report = cx.report(&INVALID_TIME_OR_BOOL, range, message);
    if let Some(nearest) = nearest {
        report.fix(format!("Change to `{nearest}`"), Safety::Unsafe, range, nearest.to_owned());
    }
}
