//! Rule: a word that a later systemd brought.

use unit_catalog::{Availability, Directive};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::value::{Problem, ValueError};

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
    let Some((directive, value, error)) = checked_value(cx) else {
        return;
    };
    if let Problem::WordTooNew(since) = error.problem {
        let range = cx.entry.item.value_to_source(error.range);
        let message = format!(
            "`{}={value}` came with systemd {}; systemd {} ignores the line.",
            directive.name,
            since.0,
            cx.version().0
        );
        cx.report(&VALUE_TOO_NEW, range, message);
    }
}

/// The line's value error, where its value is to be judged at all and nothing else speaks of the line.
pub(super) fn checked_value<'a>(
    cx: &LineContext<'a, '_>,
) -> Option<(&'static Directive, &'a str, ValueError)> {
    let directive = cx.line.directive?;
    let value = cx.entry.item.value().filter(|value| !value.is_empty())?;
    if cx.file.foreign_template
        || !directive.validated_at_load
        || directive.availability(cx.version()) != Availability::Active
        || cx.has_finding()
    {
        return None;
    }
    let error = crate::value::check(directive, value, cx.version()).err()?;
    Some((directive, value, error))
}
