//! The rules: one file each, declared with their manual page, judged line by line or unit by unit.

pub(crate) mod allow;
mod bus;
mod declare;
mod line;
mod manual;
mod unit;

mod accept_instance_restart;
mod activated_service_enabled_at_boot;
mod activated_service_without_socket_dependency;
mod bad_section_header;
mod broken_continuation;
mod dbus_activation_mismatch;
mod dbus_type_without_name;
mod dependency;
mod dependency_on_vanishing_oneshot;
mod dependents_not_retried;
mod deprecated_setting;
mod dropin_exec_not_reset;
mod exec;
mod exec_background_child;
mod exec_blocking_systemctl;
mod exec_midword_variable;
mod exec_path_not_absolute;
mod exec_shell_syntax;
mod exec_stops_itself;
mod exec_unescaped_percent;
mod exec_variable_as_program;
mod failure_limit_kills_socket;
mod idle_exit_with_restart_always;
mod inline_comment;
mod invalid_enum_value;
mod invalid_time_or_bool;
mod invalid_value;
mod key_in_wrong_section;
mod key_too_new;
mod listen_address_conflict;
mod multiple_execstart;
mod neighbours;
mod no_exec_command;
mod not_text;
mod notify_access_too_narrow;
mod notify_blocked_by_sandbox;
mod oneshot_long_running;
mod oneshot_restart_refused;
mod onfailure_per_attempt;
mod ordering_cycle;
mod ordering_without_pull;
mod path_level_trigger_loop;
mod path_unit_missing;
mod readiness_too_early;
mod remedy;
mod requires_without_ordering;
mod restart_unlimited_busy_loop;
mod service_rebinds_activated_address;
mod socket_accept_mismatch;
mod socket_oneshot_does_not_drain;
mod socket_path_inside_runtime_directory;
mod socket_without_service;
mod start_limit_quick_giveup;
mod start_limit_unreachable;
mod start_limit_wrong_section;
mod timeoutstart_not_idle_timeout;
mod timer_never_first_fires;
mod timer_target_also_enabled;
mod timer_unit_missing;
mod trigger;
mod trigger_condition_spin;
mod trigger_pulls_in_target;
mod triggered_unit_remains_active;
mod type_forking_foreground;
mod type_notify_unsupported;
mod type_simple_daemonizes;
mod type_simple_hides_exec_failure;
mod unknown_key;
mod unknown_section;
mod unused_allow;
mod value_too_new;

use std::ops::Range;
use std::sync::Arc;

use allow::Judged;
pub(crate) use declare::Check;
pub use declare::{Category, FixAvailability, Rule, Since};
pub(crate) use line::LineFinding;
pub use manual::index;

use crate::diagnostic::Diagnostic;
use crate::workspace::{File, FileKind, Workspace, holds_markup};

/// Every rule, in the order in which their pages are listed.
pub static RULES: &[&Rule] = &[
    &not_text::NOT_TEXT,
    &socket_without_service::SOCKET_WITHOUT_SERVICE,
    &socket_accept_mismatch::SOCKET_ACCEPT_MISMATCH,
    &activated_service_enabled_at_boot::ACTIVATED_SERVICE_ENABLED_AT_BOOT,
    &activated_service_without_socket_dependency::ACTIVATED_SERVICE_WITHOUT_SOCKET_DEPENDENCY,
    &service_rebinds_activated_address::SERVICE_REBINDS_ACTIVATED_ADDRESS,
    &trigger_pulls_in_target::TRIGGER_PULLS_IN_TARGET,
    &start_limit_unreachable::START_LIMIT_UNREACHABLE,
    &start_limit_quick_giveup::START_LIMIT_QUICK_GIVEUP,
    &start_limit_wrong_section::START_LIMIT_WRONG_SECTION,
    &restart_unlimited_busy_loop::RESTART_UNLIMITED_BUSY_LOOP,
    &oneshot_restart_refused::ONESHOT_RESTART_REFUSED,
    &type_simple_daemonizes::TYPE_SIMPLE_DAEMONIZES,
    &type_forking_foreground::TYPE_FORKING_FOREGROUND,
    &type_notify_unsupported::TYPE_NOTIFY_UNSUPPORTED,
    &notify_access_too_narrow::NOTIFY_ACCESS_TOO_NARROW,
    &notify_blocked_by_sandbox::NOTIFY_BLOCKED_BY_SANDBOX,
    &oneshot_long_running::ONESHOT_LONG_RUNNING,
    &readiness_too_early::READINESS_TOO_EARLY,
    &type_simple_hides_exec_failure::TYPE_SIMPLE_HIDES_EXEC_FAILURE,
    &dbus_type_without_name::DBUS_TYPE_WITHOUT_NAME,
    &dbus_activation_mismatch::DBUS_ACTIVATION_MISMATCH,
    &timer_unit_missing::TIMER_UNIT_MISSING,
    &timer_never_first_fires::TIMER_NEVER_FIRST_FIRES,
    &triggered_unit_remains_active::TRIGGERED_UNIT_REMAINS_ACTIVE,
    &timer_target_also_enabled::TIMER_TARGET_ALSO_ENABLED,
    &path_unit_missing::PATH_UNIT_MISSING,
    &exec_stops_itself::EXEC_STOPS_ITSELF,
    &requires_without_ordering::REQUIRES_WITHOUT_ORDERING,
    &ordering_without_pull::ORDERING_WITHOUT_PULL,
    &ordering_cycle::ORDERING_CYCLE,
    &dependency_on_vanishing_oneshot::DEPENDENCY_ON_VANISHING_ONESHOT,
    &onfailure_per_attempt::ONFAILURE_PER_ATTEMPT,
    &failure_limit_kills_socket::FAILURE_LIMIT_KILLS_SOCKET,
    &accept_instance_restart::ACCEPT_INSTANCE_RESTART,
    &dependents_not_retried::DEPENDENTS_NOT_RETRIED,
    &exec_blocking_systemctl::EXEC_BLOCKING_SYSTEMCTL,
    &idle_exit_with_restart_always::IDLE_EXIT_WITH_RESTART_ALWAYS,
    &listen_address_conflict::LISTEN_ADDRESS_CONFLICT,
    &path_level_trigger_loop::PATH_LEVEL_TRIGGER_LOOP,
    &socket_oneshot_does_not_drain::SOCKET_ONESHOT_DOES_NOT_DRAIN,
    &socket_path_inside_runtime_directory::SOCKET_PATH_INSIDE_RUNTIME_DIRECTORY,
    &trigger_condition_spin::TRIGGER_CONDITION_SPIN,
    &timeoutstart_not_idle_timeout::TIMEOUTSTART_NOT_IDLE_TIMEOUT,
    &inline_comment::INLINE_COMMENT,
    &key_in_wrong_section::KEY_IN_WRONG_SECTION,
    &unknown_key::UNKNOWN_KEY,
    &key_too_new::KEY_TOO_NEW,
    &deprecated_setting::DEPRECATED_SETTING,
    &unknown_section::UNKNOWN_SECTION,
    &bad_section_header::BAD_SECTION_HEADER,
    &broken_continuation::BROKEN_CONTINUATION,
    &invalid_enum_value::INVALID_ENUM_VALUE,
    &value_too_new::VALUE_TOO_NEW,
    &invalid_time_or_bool::INVALID_TIME_OR_BOOL,
    &exec_path_not_absolute::EXEC_PATH_NOT_ABSOLUTE,
    &exec_variable_as_program::EXEC_VARIABLE_AS_PROGRAM,
    &exec_unescaped_percent::EXEC_UNESCAPED_PERCENT,
    &invalid_value::INVALID_VALUE,
    &multiple_execstart::MULTIPLE_EXECSTART,
    &dropin_exec_not_reset::DROPIN_EXEC_NOT_RESET,
    &no_exec_command::NO_EXEC_COMMAND,
    &exec_shell_syntax::EXEC_SHELL_SYNTAX,
    &exec_midword_variable::EXEC_MIDWORD_VARIABLE,
    &exec_background_child::EXEC_BACKGROUND_CHILD,
    &unused_allow::UNUSED_ALLOW,
];

/// The rule with this code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.code == code)
}

/// All findings in one file, by place; those of other units' files are shown there.
///
/// `cancelled` is asked now and then; once it says yes, what was found so far is returned.
pub fn check_file(workspace: &Workspace, file: &Arc<File>, cancelled: &dyn Fn() -> bool) -> Vec<Diagnostic> {
    if !file.kind.is_judged() {
        return Vec::new();
    }
    let mut judged = Judged::Lines;
    let mut findings: Vec<Diagnostic> =
        file.line_findings().iter().map(|finding| finding.place(file)).collect();
    if !file.masked
        && let Some(effective) = workspace.effective_of(file)
        && !effective.fragment.is_some_and(|fragment| fragment.masked)
        && effective.parts.iter().all(|part| part.is_readable())
    {
        let mut context = unit::UnitContext::new(workspace, file, &effective);
        for rule in RULES {
            if let Check::Unit(check) | Check::UnitAndBus(check, _) = rule.check {
                if cancelled() {
                    break;
                }
                check(&mut context);
            }
        }
        findings.extend(context.into_findings());
        judged = Judged::Whole;
    }
    if file.kind == FileKind::DBusService && !file.foreign_template {
        let mut context = bus::BusContext::new(workspace, file);
        for rule in RULES {
            if let Check::UnitAndBus(_, check) = rule.check {
                check(&mut context);
            }
        }
        findings.extend(context.into_findings());
        judged = Judged::Whole;
    }
    allow::silence(file, judged, &mut findings);
    if let Some(project) = workspace.places().project_of(&file.path) {
        project.weights.apply(&mut findings);
    }
    findings.sort_by(|a, b| (a.range.start, a.range.end, a.code).cmp(&(b.range.start, b.range.end, b.code)));
    findings
}

/// What one rule finds, or what stands before any of them finds nothing; comments that allow findings are not heeded.
/// This is how the cost of a rule is measured.
pub fn check_rule(workspace: &Workspace, file: &Arc<File>, rule: Option<&Rule>) -> Vec<Diagnostic> {
    if let Some(Check::Line(check)) = rule.map(|rule| rule.check) {
        let mut findings = Vec::new();
        for entry in 0..file.lines().len() {
            check(&mut line::LineContext::new(file, entry, &mut findings));
        }
        return findings.iter().map(|finding| finding.place(file)).collect();
    }
    let Some(effective) = workspace.effective_of(file).filter(|_| !file.masked) else {
        return Vec::new();
    };
    let mut context = unit::UnitContext::new(workspace, file, &effective);
    if let Some(Check::Unit(check) | Check::UnitAndBus(check, _)) = rule.map(|rule| rule.check) {
        check(&mut context);
    }
    context.into_findings()
}

/// Judges the entries of `range` by the rules that look at single lines.
pub(crate) fn check_lines(file: &File, range: Range<usize>, findings: &mut Vec<LineFinding>) {
    if !file.kind.has_settings() {
        return;
    }
    for entry in range {
        if file.foreign_template && holds_markup(file.unit.entries()[entry].item.text()) {
            continue;
        }
        let mut context = line::LineContext::new(file, entry, findings);
        for rule in RULES {
            if let Check::Line(check) = rule.check {
                check(&mut context);
            }
        }
    }
}
