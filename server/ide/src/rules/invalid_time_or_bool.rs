//! Rule: a value that is no boolean or no time span.

use super::declare::declare_rule;
use super::line::LineContext;
use super::value_too_new::bad_value;
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
    let Some(bad) = bad_value(cx) else {
        return;
    };
    let what = match bad.error.problem {
        Problem::Boolean => "boolean",
        Problem::TimeSpan => "time span",
        Problem::Word | Problem::WordTooNew(_) => return,
    };
    let fate = if bad.directive.fatal { "refuses the unit" } else { "ignores the line" };
    let (value, key, expected) = (bad.shown(), bad.directive.name, &bad.error.expected);
    let message = format!("{value} is no {what}: systemd {fate}. `{key}=` takes {expected}.");
    let report = cx.report(&INVALID_TIME_OR_BOOL, bad.range, message);
    if let Some(nearest) = bad.error.nearest {
        report.fix(format!("Change to `{nearest}`"), Safety::Unsafe, bad.range, nearest.to_owned());
    }
}
