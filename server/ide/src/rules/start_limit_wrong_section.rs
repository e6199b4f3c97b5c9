//! Rule: `StartLimitIntervalSec=` in `[Service]`.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::line::LineContext;
use crate::fix::Safety;
use crate::workspace::SectionContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `StartLimitIntervalSec=` in `[Service]`.
    ///
    /// ## Why it bites
    ///
    /// Since systemd 230 the start limit belongs to `[Unit]`. The old spellings `StartLimitInterval=`,
    /// `StartLimitBurst=` and `StartLimitAction=` still work in `[Service]`, this one does not: the line is
    /// ignored and the window stays at its default of 10s.
    ///
    /// ## Example
    ///
    /// ```ini worker.service
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=always
    /// StartLimitIntervalSec=30
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini worker.service
    /// [Unit]
    /// StartLimitIntervalSec=30
    ///
    /// [Service]
    /// ExecStart=/usr/bin/worker
    /// Restart=always
    /// ```
    ///
    /// ## Silent when
    ///
    /// The key stands in `[Unit]`, or is one of the old spellings that `[Service]` still honours.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), `StartLimitIntervalSec=`; `load-fragment-gperf.gperf.in`. Seen on 252, 257 and 262.
    START_LIMIT_WRONG_SECTION {
        code: "start-limit-wrong-section",
        category: StartLimit,
        severity: Error,
        since: Version(230),
        fix: Always,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let (Some("StartLimitIntervalSec"), Some(key)) = (cx.entry.item.key(), cx.entry.item.key_range()) else {
        return;
    };
    if cx.line.section == SectionContext::Known(Section::Service) {
        cx.report(
            &START_LIMIT_WRONG_SECTION,
            key,
            "`StartLimitIntervalSec=` belongs to [Unit]; here systemd ignores it and the window stays at its default of 10s.".into(),
        )
        .fix_by_moving("Move to [Unit]".to_owned(), Safety::Safe, Section::Unit);
    }
}
