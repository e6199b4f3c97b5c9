//! Rule: a word that a later systemd brought.

use unit_catalog::{Availability, Directive, Empty};
use unit_syntax::TextRange;

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
    let Some(bad) = bad_value(cx) else {
        return;
    };
    if let Problem::WordTooNew(since) = bad.error.problem {
        let message = format!(
            "`{}={}` came with systemd {}; systemd {} ignores the line.",
            bad.directive.name,
            bad.value,
            since.0,
            cx.version().0
        );
        cx.report(&VALUE_TOO_NEW, bad.range, message);
    }
}

/// A value that its directive does not take.
pub(super) struct BadValue<'a> {
    pub(super) directive: &'static Directive,
    pub(super) value: &'a str,
    pub(super) error: ValueError,
    /// The faulty part, from the entry's start; the whole line where the value is empty.
    pub(super) range: TextRange,
}

impl BadValue<'_> {
    /// The value as the first words of a message.
    pub(super) fn shown(&self) -> String {
        if self.value.is_empty() { "An empty value".to_owned() } else { format!("`{}`", self.value) }
    }
}

/// What is wrong with the line's value, where it is to be judged at all and nothing else speaks of the line.
pub(super) fn bad_value<'a>(cx: &LineContext<'a, '_>) -> Option<BadValue<'a>> {
    let (directive, value) = (cx.line.directive?, cx.entry.item.value()?);
    if cx.file.foreign_template
        || value.is_empty() && directive.empty != Empty::Rejected
        || !directive.validated_at_load
        || directive.availability(cx.version()) != Availability::Active
        || cx.has_finding()
    {
        return None;
    }
    let error = crate::value::check(directive, value, cx.version()).err()?;
    let range = if value.is_empty() { cx.content() } else { cx.entry.item.value_to_source(error.range) };
    Some(BadValue { directive, value, error, range })
}
