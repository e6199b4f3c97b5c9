//! Rule: a key that another section knows.

use unit_catalog::{Availability, Directive, Section, sections_with};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::fix::Safety;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a key that its section does not know but another section does.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the line: `WantedBy=` in `[Unit]` enables nothing, `Restart=` in `[Unit]` restarts
    /// nothing.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Unit]
    /// Restart=on-failure
    ///
    /// [Service]
    /// ExecStart=/usr/bin/web
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
    /// The key begins with `X-`, stands in an `[X-…]` section, or is one of the old spellings that its
    /// section still honours. `StartLimitIntervalSec=` in `[Service]` has a rule of its own.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `load-fragment-gperf.gperf.in`. Seen on 252, 257 and 262.
    KEY_IN_WRONG_SECTION {
        code: "key-in-wrong-section",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let (Some(key), Some(range)) = (cx.entry.item.key(), cx.entry.item.key_range()) else {
        return;
    };
    let Some(section) = cx.line.section.read_name() else {
        return;
    };
    if cx.line.directive.is_some() || cx.has_finding() {
        return;
    }
    let fits = |directive: &&&Directive| cx.file.kind.sections().contains(&directive.section);
    let known: Vec<_> = sections_with(key).collect();
    let Some(home) = known.iter().find(fits).or(known.first()) else {
        return;
    };
    let here = fits(&home);
    let message = match (here, home.section) {
        (true, home) => format!("`{key}=` belongs to [{home}]; in [{section}] systemd ignores it."),
        (false, Section::Manager) => format!(
            "`{key}=` is a setting of the manager itself: it belongs to [Manager] in system.conf or user.conf; \
             here systemd ignores it."
        ),
        (false, home) if cx.file.kind.is_unit_file() => format!(
            "`{key}=` is a key of [{home}], which this type of unit does not have; systemd ignores it."
        ),
        (false, home) => format!("`{key}=` is a key of [{home}] in units; here systemd ignores it."),
    };
    // Where systemd does not know the key anyway, moving it mends nothing.
    let works = here && home.availability(cx.version()) == Availability::Active;
    let report = cx.report(&KEY_IN_WRONG_SECTION, range, message);
    if works {
        report.fix_by_moving(format!("Move to [{}]", home.section.name()), Safety::Safe, home.section);
    }
}
