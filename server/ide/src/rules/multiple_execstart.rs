//! Rule: several start commands on a service that may have one.

use unit_catalog::Section;

use super::declare::declare_rule;
use super::unit::UnitContext;
use crate::activation::ServiceType;
use crate::value::exec_commands;

declare_rule! {
    /// ## What it does
    ///
    /// Counts the commands of `ExecStart=` that are left after resets, those parted by ` ; ` included, and
    /// reports the second one of a service that is no oneshot.
    ///
    /// ## Why it bites
    ///
    /// Only `Type=oneshot` may have several start commands; any other unit is refused.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/prepare
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStartPre=/usr/bin/prepare
    /// ExecStart=/usr/bin/web
    /// ```
    ///
    /// ## Silent when
    ///
    /// An empty `ExecStart=` stands between them, as a drop-in does to replace a command, or the service
    /// is a oneshot. A drop-in whose unit is out of sight is judged only when it sets `Type=` itself.
    ///
    /// ## Source
    ///
    /// systemd.service(5), `ExecStart=`; `service_verify()`. Seen on 252, 257 and 262.
    MULTIPLE_EXECSTART {
        code: "multiple-execstart",
        category: ExecCommand,
        severity: Error,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(service_type) = cx.service_type() else {
        return;
    };
    let typed = || cx.unit.scalar(Section::Service, "Type", |word| ServiceType::from_word(word).is_some());
    if service_type == ServiceType::Oneshot || cx.unit.fragment.is_none() && typed().is_none() {
        return;
    }
    let settings = cx.unit.list(Section::Service, "ExecStart");
    // A line parts its commands with a word of a lone `;`.
    if settings.len() < 2 && !settings.iter().any(|setting| setting.value().contains(" ;")) {
        return;
    }
    let mut first = None;
    for (index, setting) in settings.iter().enumerate() {
        // The first command that a drop-in adds is another rule's.
        let mut skip = usize::from(super::dropin_exec_not_reset::adds_to_others(&settings, index));
        for command in exec_commands(setting.value()) {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let range = setting.entry.value_to_source(command.range);
            let Some((first_file, first_range)) = first else {
                first = Some((setting.file, range));
                continue;
            };
            let message = format!(
                "Only Type=oneshot may have several `ExecStart=` commands; as Type={} systemd refuses the unit. \
                 Use `ExecStartPre=`, or an empty `ExecStart=` before it to replace the first.",
                service_type.as_str()
            );
            let severity = MULTIPLE_EXECSTART.severity;
            if let Some(finding) = cx.report(&MULTIPLE_EXECSTART, severity, (setting.file, range), message) {
                finding.relate(first_file, first_range, "the first command");
            }
        }
    }
}
