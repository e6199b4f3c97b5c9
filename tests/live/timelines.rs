//! The course of services: what hovers say follows each of their ends, and what a manager makes of it.

use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use unit_catalog::Version;
use unit_ide::activation::timeline::{Event, Outcome, Sequel, Timeline};
use unit_ide::activation::{ServiceType, Verdict};

use crate::manager::Manager;
use crate::support::{Source, workspace};
use crate::systemd::{Systemd, systemds, twice};

/// How much later than on an idle machine something may happen.
const PATIENCE: f64 = 6.0;

/// How long what must not happen any more is waited for.
const QUIET: Duration = Duration::from_secs(1);

/// Services at a time. They mostly wait.
const WIDTH: usize = 24;

/// Lines of `[Unit]` and of `[Service]`; each ends in every way that the timeline tells of.
const CASES: &[(&str, &str)] = &[
    (HOOKS, "Restart=no"),
    (HOOKS, "Restart=on-failure"),
    (HOOKS, "Restart=on-failure\nRestartMode=direct"),
    (HOOKS, "Restart=always"),
    (HOOKS, "Restart=always\nRestartMode=direct"),
    (HOOKS, "Restart=on-abnormal\nType=forking\nTimeoutStartSec=700ms"),
    (HOOKS, "Restart=on-failure\nType=notify\nTimeoutStartSec=700ms\nWatchdogSec=700ms"),
    (HOOKS, "Restart=on-watchdog\nType=notify\nRuntimeMaxSec=700ms"),
    (HOOKS, "Restart=on-failure\nType=exec\nRuntimeMaxSec=700ms"),
    (HOOKS, "Restart=on-failure\nType=oneshot\nTimeoutStartSec=700ms"),
    (HOOKS, "Restart=on-abnormal\nType=oneshot\nRemainAfterExit=yes"),
    (HOOKS, "Restart=always\nRemainAfterExit=yes"),
    (HOOKS, "Restart=on-failure\nExecStart=-@"),
    (HOOKS, "Restart=always\nSuccessExitStatus=1 SIGSEGV\nRestartPreventExitStatus=0 3 SIGKILL"),
    (HOOKS, "Restart=no\nRestartForceExitStatus=3\nRestartPreventExitStatus=4 5"),
    (HOOKS, "Type=oneshot\nRestartForceExitStatus=3\nSuccessExitStatus=3"),
    (HOOKS, "Restart=on-failure\nRestartSec=100ms\nRestartSteps=3\nRestartMaxDelaySec=1s"),
    ("StartLimitBurst=2\nStartLimitIntervalSec=1s", "Restart=always\nRestartSec=800ms"),
    ("StartLimitIntervalSec=0", "Restart=on-failure"),
    ("StartLimitBurst=1", "Restart=on-failure"),
];

const HOOKS: &str =
    "StartLimitBurst=3\nStartLimitIntervalSec=1min\nOnFailure=bad@%N.service\nOnSuccess=good@%N.service";

/// What `OnFailure=` and `OnSuccess=` start.
const HANDLERS: [(&str, &str); 2] = [("bad@.service", "bad-%i"), ("good@.service", "good-%i")];

/// A service that meets one event.
struct Case {
    name: String,
    unit: Source,
    event: Event,
    outcome: Outcome,
}

/// The acts of a program that brings an event about; none for those that other tests are about.
fn acts(event: &Event, service_type: ServiceType) -> Option<String> {
    let ready = match service_type {
        ServiceType::Notify => "notify:READY=1 sleep:0.1 ",
        // It must be found before it ends.
        ServiceType::Forking => "daemon sleep:0.5 ",
        _ => "",
    };
    match event {
        Event::Exit(status) => Some(format!("{ready}exit:{status}")),
        Event::Signal("SIGSEGV") => Some(format!("{ready}kill:11")),
        Event::Signal(_) => Some(format!("{ready}kill:6")),
        Event::NotReady => Some("exit:0".to_owned()),
        Event::StartTimeout(_) => Some("forever".to_owned()),
        Event::NoPing(_) | Event::RuntimeTimeout(_) => Some(format!("{ready}forever")),
        Event::Listed(_, words) => {
            let status = words.split(' ').find(|word| *word != "0")?;
            Some(format!("{ready}exit:{status}"))
        }
        Event::Start | Event::Stop => None,
    }
}

fn source(name: &str, version: Version, text: &str) -> Source {
    let mut unit = Source::of_marker(name);
    unit.version = Some(version);
    unit.push(text);
    unit
}

/// A unit of these lines whose program does `acts`, and what is said of it.
fn written(
    name: &str,
    version: Version,
    lines: (&str, &str),
    acts: &str,
) -> (Source, ServiceType, Option<Timeline>) {
    let command = format!("/run/live/actor run:{name} {acts}");
    let service = match lines.1.contains('@') {
        true => lines.1.replace('@', &command),
        false => format!("{}\nExecStart={command}", lines.1),
    };
    let text = format!("[Unit]\n{}\n[Service]\nLimitCORE=0\nTimeoutStopSec=1\n{service}\n", lines.0);
    let unit = source(&format!("{name}.service"), version, &text);
    let workspace = workspace(std::slice::from_ref(&unit));
    let file = workspace.file(&unit.path).expect("it was just put there");
    let effective = workspace.effective_of(file).expect("a service");
    let service_type = ServiceType::of(&effective, version).expect("a service has a type");
    let timeline = Timeline::of(&workspace, &effective, version);
    (unit, service_type, timeline)
}

fn cases(version: Version) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, lines) in CASES.iter().enumerate() {
        let (_, service_type, timeline) = written("any", version, *lines, "");
        let steps = timeline.into_iter().flat_map(|timeline| timeline.steps);
        let events =
            steps.flat_map(|step| step.on.into_iter().map(move |event| (event, step.outcome.clone())));
        for (at, (event, outcome)) in events.enumerate() {
            if let Some(acts) = acts(&event, service_type) {
                let name = format!("{number}-{at}");
                let (unit, ..) = written(&name, version, *lines, &acts);
                cases.push(Case { name, unit, event, outcome });
            }
        }
    }
    cases
}

/// What is seen of a service, and what is said: its state, its runs, and those of its handlers.
#[derive(PartialEq, Debug)]
struct Seen {
    state: &'static str,
    runs: usize,
    bad: Times,
    good: Times,
}

/// How often a handler ran. One that has not ended when it is wanted again runs once for both.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Times {
    Never,
    Once,
    Again,
}

impl Times {
    fn of(number: usize) -> Self {
        match number {
            0 => Self::Never,
            1 => Self::Once,
            _ => Self::Again,
        }
    }
}

impl Case {
    /// What must be seen in the end; `None` where nothing is sure. The seconds that it takes at most.
    fn said(&self) -> Option<(Seen, f64)> {
        let starts = |sequels: &[Sequel], key: &str| {
            usize::from(sequels.iter().any(|sequel| matches!(sequel, Sequel::Starts(by, _) if *by == key)))
        };
        let time = match self.event {
            Event::StartTimeout(time) | Event::NoPing(time) | Event::RuntimeTimeout(time) => time,
            _ => 0.5,
        };
        match &self.outcome {
            Outcome::Exited => {
                Some((Seen { state: "active", runs: 1, bad: Times::Never, good: Times::Never }, time))
            }
            Outcome::Ends { failed, then } => {
                let state = if *failed { "failed" } else { "inactive" };
                let [bad, good] = ["OnFailure", "OnSuccess"].map(|key| Times::of(starts(then, key)));
                let seen = Seen { state, runs: 1, bad, good };
                Some((seen, time))
            }
            Outcome::Restarts { verdict: Verdict::GivesUp { runs, at_most, .. }, each, last, .. } => {
                let runs = usize::try_from(*runs).expect("few runs");
                // Each time, and when it is given up.
                let bad = Times::of(starts(each, "OnFailure") * (runs + 1) + starts(last, "OnFailure"));
                let good = Times::of(starts(each, "OnSuccess") * runs);
                let seen = Seen { state: "failed", runs, bad, good };
                Some((seen, *at_most + time * runs as f64))
            }
            _ => None,
        }
    }

    fn seen(&self, manager: &Manager) -> Seen {
        let mut shown = manager.show(&[&format!("{}.service", self.name)], &["ActiveState"]).swap_remove(0);
        let state = match shown.remove("ActiveState").as_deref() {
            Some("active") => "active",
            Some("inactive") => "inactive",
            Some("failed") => "failed",
            _ => "between",
        };
        let count = |name: &str| manager.runs(name).len();
        Seen {
            state,
            runs: count(&self.name),
            bad: Times::of(count(&format!("bad-{}", self.name))),
            good: Times::of(count(&format!("good-{}", self.name))),
        }
    }

    /// What happens otherwise than said.
    fn watch(&self, manager: &Manager) -> Option<String> {
        manager.systemctl(["start", "--no-block", &format!("{}.service", self.name)]);
        let seen = match (self.said(), &self.outcome) {
            (Some((said, time)), _) => {
                let deadline = Instant::now() + Duration::from_secs_f64(time + PATIENCE);
                while Instant::now() < deadline && self.seen(manager) != said {
                    thread::sleep(Duration::from_millis(250));
                }
                thread::sleep(QUIET);
                Some(self.seen(manager)).filter(|seen| *seen != said)
            }
            (None, Outcome::Restarts { limit, verdict: Verdict::Endless { period, .. }, .. }) => {
                let enough = 2 * limit.burst.max(2) as usize + 1;
                let deadline =
                    Instant::now() + Duration::from_secs_f64((period + 0.25) * enough as f64 + PATIENCE);
                while Instant::now() < deadline && self.seen(manager).runs < enough {
                    thread::sleep(Duration::from_millis(250));
                }
                Some(self.seen(manager)).filter(|seen| seen.runs < enough)
            }
            (None, _) => None,
        };
        manager.systemctl(["stop", "--no-block", &format!("{}.service", self.name)]);
        seen.map(|seen| {
            let log = manager.log(&self.name).join("\n    ");
            format!("{:?}: {:?}: {seen:?}\n{}    {log}\n", self.event, self.outcome, self.unit.text)
        })
    }
}

fn judge(systemd: &Systemd) -> String {
    let cases = cases(systemd.version);
    let handler = |(name, run): &(&str, &str)| {
        let text = format!(
            "[Unit]\nStartLimitIntervalSec=0\n[Service]\nType=oneshot\nExecStart=/run/live/actor run:{run}\n"
        );
        source(name, systemd.version, &text)
    };
    let units: Vec<_> =
        cases.iter().map(|case| case.unit.clone()).chain(HANDLERS.iter().map(handler)).collect();
    let manager = Manager::start(systemd, &units).expect("it started before");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(WIDTH).build().expect("threads can be made");
    let wrong: Vec<_> = pool.install(|| cases.par_iter().filter_map(|case| case.watch(&manager)).collect());
    wrong.into_iter().map(|wrong| format!("{}: {wrong}", systemd.version)).collect()
}

#[test]
fn services_go_the_way_that_is_said() {
    // The managers do not know of each other.
    let wrong: String = thread::scope(|scope| {
        let judges: Vec<_> =
            systemds().iter().map(|systemd| scope.spawn(move || twice(judge)(systemd))).collect();
        judges.into_iter().map(|judge| judge.join().expect("what panics is a failed test")).collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}
