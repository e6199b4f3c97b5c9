//! Rule: a word that its directive does not have.

use super::declare::declare_rule;
use super::line::LineContext;
use super::value_too_new::bad_value;
use crate::diagnostic::Safety;
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
    /// The value is empty and that restores the default (`StandardOutput=`, but not `Type=`), or the file is
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
    let Some(bad) = bad_value(cx).filter(|bad| bad.error.problem == Problem::Word) else {
        return;
    };
    let key = bad.directive.name;
    let nearest = bad.error.nearest.or(match (key, bad.value) {
        ("Restart", "on-error" | "on-fail" | "failure") => Some("on-failure"),
        ("Restart", "yes" | "true" | "on") => Some("always"),
        _ => None,
    });
    let hint = nearest.map_or(String::new(), |nearest| format!(" Did you mean `{nearest}`?"));
    let (value, expected) = (bad.shown(), &bad.error.expected);
    let message =
        format!("{value} is no value of `{key}=`: systemd ignores the line. It takes {expected}.{hint}");
    let report = cx.report(&INVALID_ENUM_VALUE, bad.range, message);
    if let Some(nearest) = nearest {
        report.fix(format!("Change to `{nearest}`"), Safety::Unsafe, bad.range, nearest.to_owned());
    }
}
