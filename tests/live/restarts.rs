//! Each `Restart=` with each way that a service ends: what hovering over the policy says, and what a manager does.

use std::thread;
use std::time::{Duration, Instant};

use unit_ide::activation::{End, Restart};

use crate::manager::Manager;
use crate::support::Source;
use crate::systemd::{Systemd, systemds, twice};

/// How long restarts may take to come on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long those that must not come are waited for.
const QUIET: Duration = Duration::from_millis(1500);

/// A way to end, as lines of a service.
struct Case {
    end: End,
    lines: &'static str,
    /// What `systemctl` is told once the services run; `@` stands for their names.
    told: &'static [&'static str],
}

const fn by_itself(end: End, lines: &'static str) -> Case {
    Case { end, lines, told: &[] }
}

const fn told(end: End, told: &'static [&'static str], lines: &'static str) -> Case {
    Case { end, lines, told }
}

/// `@` stands for the actor; lines of `[Unit]` come last.
const CASES: &[Case] = &[
    by_itself(End::Clean, "ExecStart=@ exit:0"),
    by_itself(End::Clean, "ExecStart=-@ exit:1"),
    by_itself(End::Clean, "ExecStart=@ kill:1"),
    by_itself(End::Clean, "ExecStart=@ kill:2"),
    by_itself(End::Clean, "ExecStart=@ kill:15"),
    by_itself(End::Clean, "IgnoreSIGPIPE=no\nExecStart=@ kill:13"),
    by_itself(End::Clean, "SuccessExitStatus=1\nExecStart=@ exit:1"),
    by_itself(End::Clean, "SuccessExitStatus=SIGKILL\nExecStart=@ kill:9"),
    told(End::Clean, &["kill", "@"], "ExecStart=@ forever"),
    by_itself(End::ExitStatus, "ExecStart=@ exit:1"),
    by_itself(End::ExitStatus, "ExecStart=/run/live/missing"),
    by_itself(End::ExitStatus, "User=nosuchuser\nExecStart=@ exit:0"),
    by_itself(End::ExitStatus, "ExecStartPre=@ exit:1\nExecStart=@ forever"),
    by_itself(End::ExitStatus, "ExecStartPost=@ exit:1\nExecStart=@ forever"),
    by_itself(End::ExitStatus, "ExecCondition=@ exit:255\nExecStart=@ forever"),
    by_itself(End::ExitStatus, "Type=forking\nExecStart=@ exit:1"),
    by_itself(End::ExitStatus, "Type=oneshot\nExecStart=@ exit:1"),
    by_itself(End::ExitStatus, "RemainAfterExit=yes\nExecStart=@ exit:1"),
    by_itself(End::ExitStatus, "RestartPreventExitStatus=1\nExecStartPre=@ exit:1\nExecStart=@ forever"),
    by_itself(End::ExitStatus, "RestartForceExitStatus=3\nExecStartPre=@ exit:3\nExecStart=@ forever"),
    by_itself(End::Signal, "ExecStart=@ kill:9"),
    by_itself(End::Signal, "LimitCORE=0\nExecStart=@ kill:11"),
    by_itself(End::Signal, "WorkingDirectory=/run/live\nLimitCORE=infinity\nExecStart=@ kill:6"),
    by_itself(End::Signal, "ExecStartPre=@ kill:9\nExecStart=@ forever"),
    by_itself(End::Signal, "ExecCondition=@ kill:15\nExecStart=@ forever"),
    by_itself(End::Signal, "Type=oneshot\nExecStart=@ kill:15"),
    told(End::Signal, &["kill", "--signal=KILL", "@"], "ExecStart=@ forever"),
    by_itself(End::Timeout, "Type=notify\nTimeoutStartSec=500ms\nExecStart=@ forever"),
    by_itself(End::Timeout, "RuntimeMaxSec=500ms\nExecStart=@ forever"),
    by_itself(End::Timeout, "TimeoutStartSec=500ms\nExecCondition=@ forever\nExecStart=@ forever"),
    by_itself(End::Timeout, "Type=oneshot\nTimeoutStartSec=500ms\nExecStart=@ forever"),
    by_itself(End::Watchdog, "WatchdogSec=500ms\nLimitCORE=0\nExecStart=@ forever"),
    by_itself(End::Watchdog, "WatchdogSec=500ms\nWatchdogSignal=SIGKILL\nExecStart=@ forever"),
    by_itself(End::Protocol, "Type=notify\nExecStart=@ exit:0"),
    by_itself(End::Protocol, "Type=forking\nPIDFile=/run/live/never\nExecStart=@ exit:0"),
    by_itself(End::Protocol, "EnvironmentFile=/run/live/none\nExecStart=@ exit:0"),
    by_itself(End::StopCommand, "ExecStart=@ exit:0\nExecStop=@ exit:1"),
    by_itself(End::StopCommand, "ExecStart=@ exit:0\nExecStopPost=@ exit:1"),
    by_itself(End::Refused, "ExecCondition=@ exit:1\nExecStart=@ forever"),
    by_itself(End::Refused, "ExecStart=@ exit:1\n[Unit]\nConditionPathExists=/run/live/none"),
    by_itself(End::Refused, "ExecStart=@ exit:1\n[Unit]\nRequires=broken.service\nAfter=broken.service"),
    told(End::Stopped, &["stop", "@"], "ExecStart=@ forever"),
    told(End::Stopped, &["stop", "@"], "TimeoutStopSec=500ms\nExecStart=@ ignore:15 forever"),
    told(End::Stopped, &["start", "rival.service"], "ExecStart=@ forever\n[Unit]\nConflicts=rival.service"),
    told(End::Stopped, &["stop", "needed.service"], "ExecStart=@ forever\n[Unit]\nRequires=needed.service"),
    told(End::Stopped, &["stop", "needed.service"], "ExecStart=@ forever\n[Unit]\nPartOf=needed.service"),
    told(
        End::Stopped,
        &["stop", "needed.service"],
        "ExecStart=@ forever\n[Unit]\nBindsTo=needed.service\nAfter=needed.service",
    ),
    by_itself(End::Prevented, "RestartPreventExitStatus=1\nExecStart=@ exit:1"),
    by_itself(End::Prevented, "RestartForceExitStatus=3\nRestartPreventExitStatus=3\nExecStart=@ exit:3"),
    by_itself(End::Prevented, "RestartPreventExitStatus=SIGKILL\nExecStart=@ kill:9"),
    by_itself(End::Forced, "RestartForceExitStatus=3\nExecStart=@ exit:3"),
    by_itself(End::Forced, "RestartForceExitStatus=0\nExecStart=@ exit:0"),
];

/// What the cases lean on.
const OTHERS: [(&str, &str); 3] = [
    ("broken.service", "[Service]\nType=oneshot\nExecStart=/run/live/actor exit:1\n"),
    ("rival.service", "[Service]\nExecStart=/run/live/actor forever\n"),
    ("needed.service", "[Service]\nExecStart=/run/live/actor forever\n"),
];

fn unit(name: &str, text: &str) -> Source {
    let mut unit = Source::of_marker(name);
    unit.push(text);
    unit
}

/// The units of a case by policy. A oneshot is not loaded with all of them.
fn units(number: usize, case: &Case) -> Vec<(Restart, Source)> {
    let (service, rest) = case.lines.split_once("\n[Unit]\n").unwrap_or((case.lines, ""));
    let service = service.replace('@', "/run/live/actor");
    let refused = [Restart::Always, Restart::OnSuccess];
    let policies = Restart::ALL.into_iter();
    let policies = policies.filter(|policy| !(service.contains("Type=oneshot") && refused.contains(policy)));
    let written = policies.map(|policy| {
        let word = policy.as_str();
        let text = format!(
            "[Unit]\nStartLimitBurst=2\nStartLimitIntervalSec=1min\n{rest}\n[Service]\nRestart={word}\n\
             TimeoutStopSec=1\n{service}\n"
        );
        (policy, unit(&format!("{number}-{word}.service"), &text))
    });
    written.collect()
}

/// Which units have been restarted, in the order of `names`.
fn restarted(manager: &Manager, names: &[&str]) -> Vec<bool> {
    let shown = manager.show(names, &["NRestarts"]);
    assert_eq!(shown.len(), names.len(), "every service has the property");
    shown.iter().map(|unit| unit["NRestarts"] != "0").collect()
}

fn judge(systemd: &Systemd) -> String {
    let cases: Vec<(&Case, Vec<(Restart, Source)>)> =
        CASES.iter().enumerate().map(|(number, case)| (case, units(number, case))).collect();
    let others = OTHERS.iter().map(|(name, text)| unit(name, text));
    let all = cases.iter().flat_map(|(_, units)| units.iter().map(|(_, unit)| unit.clone()));
    let manager = Manager::start(systemd, &all.chain(others).collect::<Vec<_>>()).expect("it started before");
    let names_of =
        |units: &[(Restart, Source)]| units.iter().map(|(_, unit)| unit.name()).collect::<Vec<_>>();
    manager.systemctl(["start", "needed.service"]);
    for (_, units) in &cases {
        let names = names_of(units);
        manager.systemctl(["start", "--no-block"].into_iter().chain(names.iter().map(String::as_str)));
    }
    for (case, units) in cases.iter().filter(|(case, _)| !case.told.is_empty()) {
        let names = names_of(units);
        // A job that is still waiting would be replaced rather than the service ended.
        manager.systemctl(["start"].into_iter().chain(names.iter().map(String::as_str)));
        let words = case.told.iter().flat_map(|word| match *word {
            "@" => names.iter().map(String::as_str).collect(),
            word => vec![word],
        });
        manager.systemctl(words);
    }
    let names: Vec<String> = cases.iter().flat_map(|(_, units)| names_of(units)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said: Vec<bool> = cases
        .iter()
        .flat_map(|(case, units)| units.iter().map(|(policy, _)| policy.answers(case.end)))
        .collect();
    let deadline = Instant::now() + PATIENCE;
    let mut seen = restarted(&manager, &names);
    while said.iter().zip(&seen).any(|(said, seen)| *said && !seen) && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(200));
        seen = restarted(&manager, &names);
    }
    thread::sleep(QUIET);
    seen = restarted(&manager, &names);
    let lines = cases.iter().flat_map(|(case, units)| units.iter().map(move |(policy, _)| (case, policy)));
    let wrong = lines.zip(said.iter().zip(&seen)).zip(&names).filter(|((_, (said, seen)), _)| said != seen);
    wrong
        .map(|(((case, policy), (_, seen)), name)| {
            let log = manager.log(name).join("\n    ");
            let restarted = if *seen { "restarted" } else { "not restarted" };
            format!(
                "{}: {policy:?}, {:?}: {restarted}: {:?}\n    {log}\n",
                systemd.version, case.end, case.lines
            )
        })
        .collect()
}

#[test]
fn policies_answer_what_is_said() {
    let wrong: String = systemds().iter().map(twice(judge)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}
