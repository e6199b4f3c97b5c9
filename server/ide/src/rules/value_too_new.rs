//! Rule: a word that a later systemd brought.

use super::declare::declare_rule;
use super::line::LineContext;
use crate::value::Problem;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a word that came with a later systemd than the one aimed at.
    ///
    /// ## Why it bites
    ///
    /// The older systemd cannot parse the value and ignores the line: with `Type=notify-reload` on 252 the
    /// service runs as `simple`.
    ///
    /// ## Example
    ///
    /// ```ini web.service systemd=252
    /// [Service]
    /// Type=notify-reload
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Use instead
    ///
    /// A word that that systemd has, or a newer one.
    ///
    /// ```ini web.service systemd=252
    /// [Service]
    /// Type=notify
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// The systemd aimed at knows the word, or does not know the key either.
    ///
    /// ## Source
    ///
    /// The string tables of systemd 252, 257 and 262.
    VALUE_TOO_NEW {
        code: "value-too-new",
        category: Portability,
        severity: Warning,
        since: Always,
        fix: None,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    for bad in cx.bad_values(|problem| matches!(problem, Problem::WordTooNew(_))) {
        let Problem::WordTooNew(since) = bad.error.problem else {
            continue;
        };
        let message = format!(
            "{} came with systemd {}; to systemd {} it is no value of `{}=`: {}.",
            bad.shown,
            since.0,
            cx.version().0,
            bad.directive.name,
            bad.fate.replacen("systemd", "it", 1)
        );
        cx.report(&VALUE_TOO_NEW, bad.range, message);
    }
}
