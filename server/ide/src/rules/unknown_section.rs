//! Rule: a section that this type of unit does not have, or lines before any section.

use unit_catalog::Section;
use unit_syntax::{ItemKind, Junk};

use super::declare::declare_rule;
use super::line::LineContext;
use crate::fix::Safety;
use crate::value::nearest;
use crate::workspace::SectionContext;

declare_rule! {
    /// ## What it does
    ///
    /// Reports sections that the file's type of unit does not have, spelling and letter case included, and
    /// lines that stand before the first section.
    ///
    /// ## Why it bites
    ///
    /// systemd ignores the section with all its keys.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// The section's name begins with `X-`, which is kept for other programs.
    ///
    /// ## Source
    ///
    /// systemd.syntax(7); `config_parse()`. Seen on 252, 257 and 262.
    UNKNOWN_SECTION {
        code: "unknown-section",
        category: Syntax,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let item = &cx.entry.item;
    let (name, range) = match item.kind() {
        ItemKind::Header => match (item.section_name(), item.name_range()) {
            (Some(name), Some(range)) => (name, range),
            _ => return,
        },
        ItemKind::Assignment { .. } | ItemKind::Junk(Junk::MissingEquals | Junk::MissingKey)
            if cx.line.section == SectionContext::None =>
        {
            let range = cx.content();
            let message =
                format!("This line stands before the first section: systemd ignores it.{}", cx.on_include());
            cx.report(&UNKNOWN_SECTION, range, message);
            return;
        }
        _ => return,
    };
    let message = match cx.line.section {
        SectionContext::Foreign(section) => {
            let whose = match cx.file.kind.unit_type() {
                Some(unit_type) => format!("A .{} unit", unit_type.suffix()),
                None => "The manager's configuration".to_owned(),
            };
            format!("{whose} has no section [{}]: systemd ignores it with all its keys.", section.name())
        }
        SectionContext::Unknown => {
            format!("systemd knows no section [{name}]: it is ignored with all its keys.")
        }
        _ => return,
    };
    let meant = match cx.line.section {
        SectionContext::Unknown => {
            nearest(name, cx.file.kind.sections().iter().map(|section: &Section| section.name()))
        }
        _ => None,
    };
    let hint = meant.map_or(String::new(), |meant| format!(" Did you mean [{meant}]?"));
    let report = cx.report(&UNKNOWN_SECTION, range, message + &hint);
    if let Some(meant) = meant {
        report.fix(format!("Change to [{meant}]"), Safety::Unsafe, range, meant.to_owned());
    }
}
