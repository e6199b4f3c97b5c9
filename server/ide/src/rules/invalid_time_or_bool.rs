//! Rule: a value that is no boolean or no time span.

use unit_catalog::{Directive, Section};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;
use crate::value::{Problem, time_span};

declare_rule! {
    /// ## What it does
    ///
    /// Reports values that are no boolean or no time span where the directive takes one. A bare number of more than
    /// a day, such as `TimeoutStartSec=120000`, is a hint: elsewhere such times are in milliseconds.
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
    /// numbers are seconds; whole days (`RuntimeMaxSec=604800`) are meant.
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
    check_unit_of_number(cx);
}

/// Keys of `[Service]` that elsewhere are given in milliseconds.
const OFTEN_MILLISECONDS: [&str; 6] =
    ["RestartSec", "RuntimeMaxSec", "TimeoutSec", "TimeoutStartSec", "TimeoutStopSec", "WatchdogSec"];

/// Reports a bare number of more than a day that is no number of days.
fn check_unit_of_number(cx: &mut LineContext<'_, '_>) {
    let asked = |directive: &&Directive| {
        directive.section == Section::Service && OFTEN_MILLISECONDS.contains(&directive.name)
    };
    let (Some(_), Some(value)) = (cx.line.directive.filter(asked), cx.entry.item.value()) else { return };
    let is_odd = |number: &u64| *number >= 100_000 && !number.is_multiple_of(86_400);
    let Some(span) = value.parse().ok().filter(is_odd).and_then(|_: u64| time_span(value)) else { return };
    let range = cx.entry.item.value_to_source(TextRange::new(0, value.len() as u32));
    let message = format!("A bare number counts seconds: `{value}` is {span}. Were milliseconds meant?");
    cx.report_as(&INVALID_TIME_OR_BOOL, Severity::Hint, range, message).fix(
        format!("Use `{value}ms`"),
        Safety::Unsafe,
        range,
        format!("{value}ms"),
    );
}
