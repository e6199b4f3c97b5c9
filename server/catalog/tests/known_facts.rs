//! Facts that many people know by heart, looked up in the catalog: a conversion gone wrong shows here first.

use unit_catalog::{
    Availability, Directive, Empty, Section, UnitType, ValueKind, Version, directive, man_page_url,
    manual_page_url, section_doc, sections_with, special_unit, table, words,
};

fn key(section: Section, name: &str) -> &'static Directive {
    directive(section, name).unwrap_or_else(|| panic!("[{section}] {name}"))
}

fn texts(row: &Directive) -> Vec<&'static str> {
    row.words.iter().map(|word| word.text).collect()
}

#[test]
fn service_type() {
    let row = key(Section::Service, "Type");
    assert_eq!(row.kind, ValueKind::Enum);
    assert_eq!(row.default, Some("simple"));
    assert_eq!(row.empty, Empty::Rejected);
    assert_eq!(
        row.man_url().as_deref(),
        Some("https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html#Type=")
    );
    let notify_reload = row.word("notify-reload").expect("a word of Type=");
    assert!(!notify_reload.known_to(Version(252)) && notify_reload.known_to(Version(253)));
    assert!(row.word("oneshot").is_some_and(|word| word.known_to(Version(230))));
    assert_eq!(row.word("Oneshot"), None, "letter case counts");
}

/// `[Mount]` has a `Type=` of another kind.
#[test]
fn the_same_name_in_two_sections() {
    assert_eq!(key(Section::Mount, "Type").kind, ValueKind::String);
    let sections: Vec<_> = sections_with("Type").map(|row| row.section).collect();
    assert_eq!(sections, [Section::Service, Section::Mount]);
}

#[test]
fn restart() {
    let row = key(Section::Service, "Restart");
    assert_eq!(
        texts(row),
        ["no", "on-success", "on-failure", "on-abnormal", "on-watchdog", "on-abort", "always"]
    );
    assert_eq!(row.default, Some("no"));
    assert_eq!(row.boolean, None, "`yes` is not a word of Restart=");
    assert_eq!(key(Section::Service, "RestartSec").default, Some("100ms"));
    let mode = key(Section::Service, "RestartMode");
    assert_eq!(mode.availability(Version(253)), Availability::TooNew(Version(254)));
    assert_eq!(mode.availability(Version(255)), Availability::Active);
    assert_eq!(mode.word("debug").map(|word| word.since), Some(Version(257)));
}

#[test]
fn exec_start() {
    let row = key(Section::Service, "ExecStart");
    assert_eq!(row.kind, ValueKind::ExecCommand);
    assert!(row.list && row.fatal);
    assert_eq!(row.empty, Empty::Reset);
}

#[test]
fn dependencies_cannot_be_reset() {
    for name in ["After", "Before", "Requires", "Wants", "Conflicts"] {
        let row = key(Section::Unit, name);
        assert_eq!((row.kind, row.list, row.empty), (ValueKind::UnitList, true, Empty::Noop), "{name}");
    }
}

#[test]
fn booleans_beside_words() {
    let row = key(Section::Service, "ProtectSystem");
    assert_eq!(texts(row), ["no", "yes", "full", "strict"]);
    let boolean = row.boolean.expect("ProtectSystem=true is fine");
    assert_eq!((boolean.yes, boolean.no), (Some("yes"), Some("no")));
    let bind = key(Section::Socket, "BindIPv6Only").boolean.expect("BindIPv6Only=yes is fine");
    assert_eq!(bind.yes, Some("ipv6-only"));
}

#[test]
fn a_boolean_that_learned_words() {
    let row = key(Section::Service, "PrivateTmp");
    assert_eq!(row.kind_in(Version(252)), ValueKind::Boolean);
    assert_eq!(row.kind_in(Version(257)), ValueKind::Enum);
    assert!(row.word("disconnected").is_some_and(|word| !word.known_to(Version(256))));
}

#[test]
fn old_spellings() {
    let output = key(Section::Service, "StandardOutput");
    let syslog = output.word("syslog").expect("still read");
    assert!(syslog.deprecated);
    assert_eq!(syslog.same_as, Some("journal"));
    assert!(output.word("append:").is_some_and(|word| word.takes_argument));
    assert!(key(Section::Service, "KillMode").word("none").is_some_and(|word| word.deprecated));
    assert!(key(Section::Socket, "SocketProtocol").word("SCTP").is_some(), "any letter case");
}

#[test]
fn keys_that_were_replaced() {
    let bind_to = key(Section::Unit, "BindTo").deprecated.expect("an old name");
    assert_eq!(bind_to.replaced_by, Some("BindsTo"));
    let limit = key(Section::Service, "StartLimitInterval").deprecated.expect("an old name");
    assert_eq!((limit.replaced_by, limit.replaced_in), (Some("StartLimitIntervalSec"), Some(Section::Unit)));
    assert_eq!(directive(Section::Service, "StartLimitIntervalSec"), None, "it belongs to [Unit]");
}

#[test]
fn keys_that_became_empty_shells() {
    let shares = key(Section::Service, "CPUShares");
    assert_eq!(shares.availability(Version(257)), Availability::Active);
    assert_eq!(shares.availability(Version(258)), Availability::Ignored);
    assert_eq!(shares.deprecated.and_then(|it| it.replaced_by), Some("CPUWeight"));
    assert_eq!(key(Section::Service, "Capabilities").availability(Version(252)), Availability::Ignored);
    assert_eq!(key(Section::Service, "SysVStartPriority").availability(Version(252)), Availability::Ignored);
}

#[test]
fn times() {
    assert_eq!(key(Section::Service, "TimeoutStartSec").kind, ValueKind::TimeSpan0IsInfinity);
    assert_eq!(key(Section::Service, "TimeoutStartSec").default, Some("90s"));
    assert_eq!(key(Section::Unit, "StartLimitBurst").default, Some("5"));
    assert_eq!(key(Section::Timer, "OnCalendar").kind, ValueKind::CalendarEvent);
    assert_eq!(key(Section::Timer, "AccuracySec").default, Some("1min"));
}

#[test]
fn numbers() {
    assert_eq!(key(Section::Service, "Nice").range, Some((-20, 19)));
    assert_eq!(key(Section::Service, "OOMScoreAdjust").range, Some((-1000, 1000)));
    assert_eq!(key(Section::Service, "CPUWeight").kind, ValueKind::WeightOrIdle);
    assert_eq!(key(Section::Service, "UMask").kind, ValueKind::OctalMode);
    assert_eq!(key(Section::Socket, "SocketMode").default, Some("0666"));
}

#[test]
fn where_keys_belong() {
    assert_eq!(
        sections_with("User").map(|row| row.section).collect::<Vec<_>>(),
        [Section::Service, Section::Socket, Section::Mount, Section::Swap]
    );
    assert_eq!(sections_with("MemoryMax").count(), 6);
    assert!(directive(Section::Slice, "User").is_none());
    assert!(directive(Section::Install, "WantedBy").is_some_and(|row| !row.validated_at_load));
    assert!(!key(Section::Unit, "ConditionVirtualization").validated_at_load);
    assert!(key(Section::Unit, "ConditionPathExists").validated_at_load, "relative paths are refused");
    assert_eq!(Section::Unit.unit_types().count(), UnitType::ALL.len());
    assert_eq!(Section::Swap.unit_types().collect::<Vec<_>>(), [UnitType::Swap]);
    assert_eq!(UnitType::Target.sections(), [Section::Unit, Section::Install]);
    assert_eq!(UnitType::Timer.sections(), [Section::Unit, Section::Timer, Section::Install]);
}

#[test]
fn special_units() {
    assert!(special_unit("network.target").is_some_and(|unit| unit.passive));
    assert!(special_unit("multi-user.target").is_some_and(|unit| unit.system && !unit.user && !unit.passive));
    assert!(special_unit("default.target").is_some_and(|unit| unit.system && unit.user));
    assert!(special_unit("graphical-session.target").is_some_and(|unit| unit.user && !unit.system));
    assert!(special_unit("blockdev@.target").is_some_and(|unit| unit.is_template()));
}

#[test]
fn tables() {
    let signal = |name: &str| table::signals().iter().find(|it| it.name == name).map(|it| it.number);
    assert_eq!((signal("SIGTERM"), signal("SIGKILL"), signal("SIGHUP")), (Some(15), Some(9), Some(1)));
    let unit = |name: &str| table::time_units().iter().find(|it| it.name == name).map(|it| it.microseconds);
    assert_eq!((unit("m"), unit("M"), unit("ms")), (Some(60_000_000), Some(2_629_800_000_000), Some(1_000)));
    let status = |name: &str| table::exit_statuses().iter().find(|it| it.name == name).map(|it| it.code);
    assert_eq!((status("EXEC"), status("USER"), status("TEMPFAIL")), (Some(203), Some(217), Some(75)));
    assert!(table::specifier('i').is_some_and(|it| it.names));
    assert!(table::specifier('t').is_some_and(|it| !it.names));
    assert_eq!(table::specifier('z'), None);
    let service =
        table::syscall_groups().iter().find(|group| group.name == "@system-service").expect("it is there");
    assert!(service.members.contains(&"@file-system"));
    assert!(words::ADDRESS_FAMILY.iter().any(|word| word.text == "AF_UNIX"));
}

#[test]
fn documentation() {
    assert!(section_doc(Section::Service).is_some());
    assert_eq!(
        man_page_url("systemd.exec"),
        "https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html"
    );
}

#[test]
fn manual_pages_on_the_web() {
    let systemd = "https://www.freedesktop.org/software/systemd/man/latest";
    for (page, section, url) in [
        ("systemd.service", "5", format!("{systemd}/systemd.service.html")),
        ("journald.conf", "5", format!("{systemd}/journald.conf.html")),
        ("systemctl", "1", format!("{systemd}/systemctl.html")),
        ("vpick", "5", format!("{systemd}/vpick.html")),
        ("sshd_config", "5", "https://manpages.debian.org/sshd_config.5".to_owned()),
    ] {
        assert_eq!(manual_page_url(page, Some(section)), Some(url), "{page}");
    }
    assert_eq!(manual_page_url("dice", None).as_deref(), Some("https://manpages.debian.org/dice"));
    for bad in ["", "a b", "../x", "a/b", "ü"] {
        assert_eq!(manual_page_url(bad, Some("1")), None, "{bad}");
    }
}
