//! Rule: a key that a later systemd brought.

use unit_catalog::Availability;

use super::declare::declare_rule;
use super::line::LineContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a key that came with a later systemd than the one aimed at.
    ///
    /// ## Why it bites
    ///
    /// The older systemd ignores the line with "Unknown key name"; what it was to protect or change stays
    /// as it was.
    ///
    /// ## Example
    ///
    /// ```ini web.service systemd=252
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restart=on-failure
    /// RestartSteps=5
    /// RestartMaxDelaySec=1min
    /// ```
    ///
    /// ## Use instead
    ///
    /// What that systemd knows, or a newer one.
    ///
    /// ```ini web.service systemd=257
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// Restart=on-failure
    /// RestartSteps=5
    /// RestartMaxDelaySec=1min
    /// ```
    ///
    /// ## Silent when
    ///
    /// The systemd aimed at (`--systemd-version`, setting `systemdVersion`; by default the installed one,
    /// else the newest known) knows the key.
    ///
    /// ## Source
    ///
    /// The lists of keys of systemd 252, 257 and 262, and the notes of their manual pages.
    KEY_TOO_NEW {
        code: "key-too-new",
        category: Portability,
        severity: Warning,
        since: Always,
        fix: None,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let (Some(directive), Some(range)) = (cx.line.directive, cx.entry.item.key_range()) else {
        return;
    };
    if let Availability::TooNew(since) = directive.availability(cx.version()) {
        let message = format!(
            "`{}=` came with systemd {}; systemd {} ignores the line.",
            directive.name,
            since.0,
            cx.version().0
        );
        cx.report(&KEY_TOO_NEW, range, message);
    }
}
