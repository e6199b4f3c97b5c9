//! The rules, tested from Markdown: `tests/rules/*.md`, one file a rule or topic.
//!
//! Each `## heading` is a scenario: fences `ini PATH [systemd=N]` hold its unit files, and a fence `diagnostics`
//! says what is found in them, one finding a line. `UPDATE_EXPECT=1` writes down what is found.

mod support;

use std::ops::Range;
use std::path::PathBuf;

use expect_test::expect_file;
use support::markdown::{Section, sections};
use support::{Source, State, crate_path, findings, line};
use unit_ide::rules::RULES;

/// The text with the content of every `diagnostics` fence replaced by what is found.
fn with_findings(name: &str, text: &str) -> String {
    let mut out = String::new();
    let mut written = 0;
    for section in sections(text) {
        let place = format!("{name}, \"{}\"", section.heading);
        let Range { start, end } = diagnostics(&section, &place);
        out.push_str(&text[written..start]);
        out.push_str(&found(&section.sources(text), &place));
        written = end;
    }
    out + &text[written..]
}

/// What is found in a scenario, whoever holds its files.
fn found(sources: &[Source], place: &str) -> String {
    assert!(!sources.is_empty(), "{place}: no unit file");
    let held = |state| {
        let sources: Vec<_> = sources.iter().map(|source| Source { state, ..source.clone() }).collect();
        findings(&sources).iter().map(|finding| line(&sources, finding) + "\n").collect::<String>()
    };
    let (open, closed) = (held(State::Open), held(State::Closed));
    assert_eq!(open, closed, "{place}: open files and files on disk are judged differently");
    assert!(!open.contains("\n\n"), "{place}: a message spans lines");
    open
}

fn diagnostics(section: &Section<'_>, place: &str) -> Range<usize> {
    let mut fences = section.fences.iter().filter(|fence| fence.info == "diagnostics");
    let fence = fences.next().unwrap_or_else(|| panic!("{place}: no fence `diagnostics`"));
    assert!(fences.next().is_none(), "{place}: two fences `diagnostics`");
    fence.content.clone()
}

fn path(name: &str) -> PathBuf {
    crate_path("tests/rules").join(name).with_extension("md")
}

fn check(name: &str) {
    let path = path(name);
    let text = std::fs::read_to_string(&path).expect("every scenario file can be read");
    expect_file![&path].assert_eq(&with_findings(name, &text));
}

/// One test for each Markdown file.
macro_rules! scenarios {
    ($($test:ident: $name:literal),+ $(,)?) => {
        $(#[test]
        fn $test() {
            check($name);
        })+

        const NAMES: &[&str] = &[$($name),+];
    };
}

scenarios! {
    accept_instance_restart: "accept-instance-restart",
    activated_service_enabled_at_boot: "activated-service-enabled-at-boot",
    bad_section_header: "bad-section-header",
    broken_continuation: "broken-continuation",
    dbus_activation_mismatch: "dbus-activation-mismatch",
    dbus_type_without_name: "dbus-type-without-name",
    dependency_on_vanishing_oneshot: "dependency-on-vanishing-oneshot",
    dependents_not_retried: "dependents-not-retried",
    deprecated_setting: "deprecated-setting",
    drop_ins: "drop-ins",
    exec_blocking_systemctl: "exec-blocking-systemctl",
    exec_stops_itself: "exec-stops-itself",
    failure_limit_kills_socket: "failure-limit-kills-socket",
    idle_exit_with_restart_always: "idle-exit-with-restart-always",
    inline_comment: "inline-comment",
    invalid_enum_value: "invalid-enum-value",
    invalid_time_or_bool: "invalid-time-or-bool",
    dropin_exec_not_reset: "dropin-exec-not-reset",
    exec_background_child: "exec-background-child",
    exec_midword_variable: "exec-midword-variable",
    exec_path_not_absolute: "exec-path-not-absolute",
    exec_shell_syntax: "exec-shell-syntax",
    exec_unescaped_percent: "exec-unescaped-percent",
    exec_variable_as_program: "exec-variable-as-program",
    invalid_value: "invalid-value",
    key_in_wrong_section: "key-in-wrong-section",
    key_too_new: "key-too-new",
    kinds_of_files: "kinds-of-files",
    listen_address_conflict: "listen-address-conflict",
    multiple_execstart: "multiple-execstart",
    names: "names",
    no_exec_command: "no-exec-command",
    not_text: "not-text",
    notify_access_too_narrow: "notify-access-too-narrow",
    notify_blocked_by_sandbox: "notify-blocked-by-sandbox",
    oneshot_long_running: "oneshot-long-running",
    oneshot_restart_refused: "oneshot-restart-refused",
    onfailure_per_attempt: "onfailure-per-attempt",
    ordering_cycle: "ordering-cycle",
    ordering_without_pull: "ordering-without-pull",
    path_level_trigger_loop: "path-level-trigger-loop",
    path_unit_missing: "path-unit-missing",
    places: "places",
    reported_problems: "reported-problems",
    requires_without_ordering: "requires-without-ordering",
    socket_accept_mismatch: "socket-accept-mismatch",
    socket_oneshot_does_not_drain: "socket-oneshot-does-not-drain",
    socket_path_inside_runtime_directory: "socket-path-inside-runtime-directory",
    socket_without_service: "socket-without-service",
    start_limit_unreachable: "start-limit-unreachable",
    start_limit_wrong_section: "start-limit-wrong-section",
    timeoutstart_not_idle_timeout: "timeoutstart-not-idle-timeout",
    timer_unit_missing: "timer-unit-missing",
    trigger_condition_spin: "trigger-condition-spin",
    type_forking_foreground: "type-forking-foreground",
    type_notify_unsupported: "type-notify-unsupported",
    type_simple_daemonizes: "type-simple-daemonizes",
    activated_service_without_socket_dependency: "activated-service-without-socket-dependency",
    service_rebinds_activated_address: "service-rebinds-activated-address",
    trigger_pulls_in_target: "trigger-pulls-in-target",
    start_limit_quick_giveup: "start-limit-quick-giveup",
    restart_unlimited_busy_loop: "restart-unlimited-busy-loop",
    timer_never_first_fires: "timer-never-first-fires",
    triggered_unit_remains_active: "triggered-unit-remains-active",
    timer_target_also_enabled: "timer-target-also-enabled",
    type_simple_hides_exec_failure: "type-simple-hides-exec-failure",
    readiness_too_early: "readiness-too-early",
    unknown_key: "unknown-key",
    unknown_section: "unknown-section",
    unused_allow: "unused-allow",
    value_too_new: "value-too-new",
    well_known_units: "well-known-units",
}

#[test]
fn every_file_is_a_test_and_every_rule_has_one() {
    let mut files: Vec<_> = std::fs::read_dir(crate_path("tests/rules"))
        .expect("the folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    let mut expected: Vec<_> = NAMES.iter().map(|name| path(name)).collect();
    files.sort();
    expected.sort();
    assert_eq!(files, expected);
    for rule in RULES {
        assert!(NAMES.contains(&rule.code), "no scenarios for {}", rule.code);
    }
}
