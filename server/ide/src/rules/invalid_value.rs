//! Rule: a value that its directive does not take.

use super::Rule;
use super::declare::declare_rule;
use super::line::{BadValue, LineContext};
use crate::diagnostic::Severity;
use crate::fix::Safety;
use crate::value::{Effect, Problem};

declare_rule! {
    /// ## What it does
    ///
    /// Reads each value as systemd reads it and reports what it does not take: sizes, numbers and their ranges,
    /// modes, signals, paths, addresses, names, lists and conditions.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the line or the faulty word of a list, and the default applies; some directives refuse
    /// the whole unit. The message says which.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// MemoryMax=2Gi
    /// UMask=999
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// MemoryMax=2G
    /// UMask=0027
    /// ```
    ///
    /// ## Silent when
    ///
    /// Only the machine can tell (whether a file, a user or a device exists), or the file is a template of
    /// another language. A word of a list that systemd drops while it takes the rest is a warning where
    /// `systemd-analyze verify` does not name it; what systemd takes with a notice in its log is information.
    ///
    /// ## Source
    ///
    /// The parsers of systemd 252, 257 and 262, asked with `systemd-analyze verify`.
    INVALID_VALUE {
        code: "invalid-value",
        category: Value,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    for bad in cx.bad_values(|problem| problem == Problem::Other) {
        report(cx, &INVALID_VALUE, &bad);
    }
}

/// Reports a fault: what was read, what systemd does with it, what would do, and what was probably meant.
pub(super) fn report(cx: &mut LineContext<'_, '_>, rule: &Rule, bad: &BadValue) {
    let severity = match bad.error.effect {
        Effect::RefusesUnit | Effect::IgnoresLine | Effect::IgnoresWord => rule.severity,
        Effect::DropsWord | Effect::Silence => Severity::Warning,
        Effect::Notice => Severity::Information,
    };
    let mut message = format!("{} is {}: {}.", bad.shown, bad.error.what, bad.fate);
    if !bad.error.expected.is_empty() {
        message += &format!(" `{}=` takes {}.", bad.directive.name, bad.error.expected);
    }
    let instead = bad.error.instead.as_deref();
    if let Some(instead) = instead {
        message += &format!(" Did you mean `{instead}`?");
    }
    let report = cx.report_as(rule, severity, bad.range, message);
    if let Some(instead) = instead {
        report.fix(format!("Change to `{instead}`"), Safety::Unsafe, bad.range, instead.to_owned());
    }
}
