//! Rule: a key or word that systemd has left behind.

use unit_catalog::{Availability, Deprecation, Directive, Version, directive};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;

declare_rule! {
    /// ## What it does
    ///
    /// Reports keys and words that are deprecated, or that the systemd aimed at reads and ignores, and names what
    /// took their place. A line that is ignored is an error, the rest information.
    ///
    /// ## Why it bites
    ///
    /// An ignored key does nothing: a limit of `CPUShares=` is no limit since systemd 258, which has dropped version
    /// 1 of control groups. Old names and words still work, but fewer readers know them, and systemd
    /// logs a warning about some.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Unit]
    /// BindTo=web-data.service
    /// After=web-data.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// CPUShares=512
    /// StandardOutput=syslog
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Unit]
    /// BindsTo=web-data.service
    /// After=web-data.service
    ///
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// CPUWeight=50
    /// StandardOutput=journal
    /// ```
    ///
    /// ## Silent when
    ///
    /// The systemd aimed at still acts on a key that a later one drops without a replacement.
    ///
    /// ## Source
    ///
    /// The parsers of systemd 252, 257 and 262, and the release notes of systemd 258.
    DEPRECATED_SETTING {
        code: "deprecated-setting",
        category: Portability,
        severity: Information,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let Some(directive) = cx.line.directive else {
        return;
    };
    if !check_key(cx, directive) {
        check_word(cx, directive);
    }
}

/// Reports the key; whether there was a reason to.
fn check_key(cx: &mut LineContext<'_, '_>, old: &'static Directive) -> bool {
    let Some(range) = cx.entry.item.key_range() else {
        return false;
    };
    let ignored = match old.availability(cx.version()) {
        Availability::Active => false,
        Availability::Ignored => true,
        Availability::TooNew(_) | Availability::Unknown => return false,
    };
    let replaced_by = old.deprecated.and_then(|deprecation| deprecation.replaced_by);
    if !ignored && (old.deprecated.is_none() || (old.until.is_some() && replaced_by.is_none())) {
        return false;
    }
    let advice = old.deprecated.map_or(String::new(), advice);
    let message = format!("`{}=` {}{advice}.", old.name, state(old, ignored));
    let new = replacement(old, cx.version());
    let severity = if ignored { Severity::Error } else { DEPRECATED_SETTING.severity };
    let report = cx.report_as(&DEPRECATED_SETTING, severity, range, message);
    if let Some(new) = new {
        // A mere new name changes nothing; the others begin to have an effect.
        let safety = if old.until.is_none() { Safety::Safe } else { Safety::Unsafe };
        report.fix(format!("Change to `{}=`", new.name), safety, range, new.name.to_owned());
    } else if ignored {
        let nowhere = old.until.is_some_and(|until| until < Version::OLDEST);
        let safety = if nowhere { Safety::Safe } else { Safety::Unsafe };
        report.fix_by_removing("Remove the line".to_owned(), safety);
    }
    true
}

/// What has become of the key, to stand behind its name.
fn state(old: &Directive, ignored: bool) -> String {
    let moved = old.deprecated.and_then(|deprecation| deprecation.replaced_in);
    match (ignored, old.until, moved) {
        // How long before is not always on record.
        (true, Some(until), _) if until < Version::OLDEST => "has no effect any more".to_owned(),
        (true, Some(until), _) => format!("has had no effect since systemd {}", until.0 + 1),
        (false, Some(until), _) => {
            format!("is deprecated, and without effect from systemd {} on", until.0 + 1)
        }
        (_, None, Some(_)) => format!("has moved out of [{}]", old.section.name()),
        (_, None, None) => "is deprecated".to_owned(),
    }
}

/// Why, and what to use instead.
fn advice(deprecation: Deprecation) -> String {
    let reason = deprecation.reason.map(str::to_owned);
    let advised = deprecation.reason.is_some_and(|reason| reason.starts_with("use "));
    let place = deprecation.replaced_in.map_or(String::new(), |section| format!(" in [{}]", section.name()));
    let instead = deprecation.replaced_by.filter(|_| !advised).map(|key| format!("use `{key}=`{place}"));
    let parts: Vec<String> = reason.into_iter().chain(instead).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join("; ")) }
}

/// The key that takes the same values in the same section.
fn replacement(old: &Directive, version: Version) -> Option<&'static Directive> {
    let deprecation = old.deprecated.filter(|deprecation| deprecation.replaced_in.is_none())?;
    let new = directive(old.section, deprecation.replaced_by?)?;
    let same = new.kind == old.kind && new.range == old.range && new.words == old.words;
    (same && new.availability(version) == Availability::Active).then_some(new)
}

/// Reports the value if it is a deprecated word.
fn check_word(cx: &mut LineContext<'_, '_>, directive: &'static Directive) {
    let (Some(value), Some(range)) = (cx.entry.item.value(), cx.entry.item.value_range()) else {
        return;
    };
    let active = directive.availability(cx.version()) == Availability::Active;
    let word = directive.word(value).filter(|word| word.deprecated && word.known_to(cx.version()));
    let Some(word) = word.filter(|_| active) else {
        return;
    };
    let (key, word, instead) = (directive.name, word.text, word.same_as);
    let message = match instead {
        Some(instead) => {
            format!("`{word}` is an old word for `{instead}` in `{key}=`: systemd warns about it.")
        }
        None => format!("`{word}` is deprecated in `{key}=`: systemd warns about it and will drop it."),
    };
    let report = cx.report(&DEPRECATED_SETTING, range, message);
    if let Some(instead) = instead {
        report.fix(format!("Change to `{instead}`"), Safety::Safe, range, instead.to_owned());
    }
}
