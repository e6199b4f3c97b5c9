//! Rule: a key that systemd does not know.

use unit_catalog::{Availability, Section, directives, sections_with};
use unit_syntax::{ItemKind, Junk};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::fix::Safety;
use crate::value::nearest;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a key that no section of any known systemd has, and names the nearest one that exists.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the line with "Unknown key name", and the default applies. Keys are read with exact
    /// letter case.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restrat=on-failure
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
    /// The key begins with `X-`, or its section is an `[X-…]` section or unknown itself.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `config_parse()`. Seen on 252, 257 and 262.
    UNKNOWN_KEY {
        code: "unknown-key",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let Some(section) = cx.line.section.read_name() else {
        return;
    };
    if matches!(cx.entry.item.kind(), ItemKind::Junk(Junk::MissingKey)) {
        let range = cx.content();
        cx.report(
            &UNKNOWN_KEY,
            range,
            "There is no key before the `=`: systemd ignores the line.".to_owned(),
        );
        return;
    }
    let (Some(key), Some(range)) = (cx.entry.item.key(), cx.entry.item.key_range()) else {
        return;
    };
    if let Some(directive) = cx.line.directive {
        if directive.availability(cx.version()) == Availability::Unknown {
            let version = cx.version().0;
            cx.report(
                &UNKNOWN_KEY,
                range,
                format!("systemd {version} does not know `{key}=` and ignores the line."),
            );
        }
        return;
    }
    if key.starts_with("X-") || sections_with(key).next().is_some() {
        return;
    }
    // What is like it by letters is not what was meant.
    if key == "ExecRestart" {
        let message = format!(
            "[{section}] knows no `{key}=`: systemd ignores the line. A restart is a stop and a start."
        );
        cx.report(&UNKNOWN_KEY, range, message);
        return;
    }
    let keys = Section::from_name(section).map_or(&[][..], directives);
    let documented = keys.iter().filter(|directive| directive.documented);
    let nearest = nearest(key, documented.map(|directive| directive.name));
    let hint = nearest.map_or(String::new(), |nearest| format!(" Did you mean `{nearest}=`?"));
    let message = format!("[{section}] knows no `{key}=`: systemd ignores the line.{hint}");
    let report = cx.report(&UNKNOWN_KEY, range, message);
    if let Some(nearest) = nearest {
        report.fix(format!("Change to `{nearest}=`"), Safety::Unsafe, range, nearest.to_owned());
    }
}
