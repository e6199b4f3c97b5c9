//! What becomes of a service: when its start counts, and what follows each way in which it ends.

use std::fmt::Write;

use unit_catalog::{Section, UnitType, Version};

use super::settings::{
    exit_statuses, remains_after_exit, restart, restarts_directly, span, start_timeout, watchdog,
};
use super::{End, Restart, ServiceType, StartLimit, Verdict, seconds};
use crate::graph::Relation;
use crate::graph::starters::still_armed;
use crate::value::{ExitStatuses, TimeSpan};
use crate::workspace::{Effective, Setting, UnitName, Workspace, accepts};

/// The course of a service whose runs end at once, unless an event takes its time.
#[derive(Clone, PartialEq, Debug)]
pub struct Timeline {
    /// What happens, and what follows; events with the same outcome are one step. The start is the first, the stop the
    /// last.
    pub steps: Vec<Step>,
}

/// Events with the same outcome.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// What happens.
    pub on: Vec<Event>,
    /// What follows.
    pub outcome: Outcome,
}

/// Something that happens to a service.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// It is started.
    Start,
    /// Its main process exits with this status.
    Exit(u8),
    /// A signal kills its main process.
    Signal(&'static str),
    /// It exits with 0 before `READY=1`.
    NotReady,
    /// Its start takes longer than it may, in seconds.
    StartTimeout(f64),
    /// It sends no ping for so many seconds.
    NoPing(f64),
    /// It runs longer than it may, in seconds.
    RuntimeTimeout(f64),
    /// It ends with a status that this setting lists: what the setting is called, and the list.
    Listed(&'static str, String),
    /// `systemctl stop`.
    Stop,
}

/// What follows an event.
#[derive(Clone, PartialEq, Debug)]
pub enum Outcome {
    /// The start counts as done as its type says, at the latest after this time.
    Starts(ServiceType, TimeSpan),
    /// It stays active without a process.
    Exited,
    /// It is over.
    Ends {
        /// Whether it is `failed` rather than `inactive`.
        failed: bool,
        /// What comes along.
        then: Vec<Sequel>,
    },
    /// It is started again, and again when that ends the same way.
    Restarts {
        /// The limit, and the pauses.
        limit: StartLimit,
        /// What the restarts come to.
        verdict: Verdict,
        /// What comes along each time.
        each: Vec<Sequel>,
        /// What comes along when systemd gives up.
        last: Vec<Sequel>,
    },
    /// It is down, but these bring it back.
    Stops(Vec<UnitName>),
}

/// What comes along with an end.
#[derive(Clone, PartialEq, Debug)]
pub enum Sequel {
    /// A setting makes systemd start these units.
    Starts(&'static str, Vec<String>),
    /// A setting makes systemd do something: `FailureAction=reboot`.
    Acts(String),
    /// Units that trigger the service fail with it.
    Fail(Vec<UnitName>),
    /// Units that uphold the service start it again.
    Upheld(Vec<UnitName>),
}

impl Timeline {
    /// The course of a service as `version` runs it; `None` for other units, and those that systemd does not run.
    ///
    /// Follows `service_enter_dead()`, `service_shall_restart()` and `unit_notify()`; compared with running managers of
    /// 252, 257 and 262.
    pub fn of(workspace: &Workspace, unit: &Effective<'_>, version: Version) -> Option<Self> {
        let service = Service::of(workspace, unit, version)?;
        let mut steps = vec![Step {
            on: vec![Event::Start],
            outcome: Outcome::Starts(service.service_type, start_timeout(unit, service.service_type)),
        }];
        for (event, end, runtime) in service.ends() {
            let outcome = service.outcome(end, runtime);
            match steps.iter_mut().find(|step| step.outcome == outcome) {
                Some(step) => step.on.push(event),
                None => steps.push(Step { on: vec![event], outcome }),
            }
        }
        let armed = match (&unit.name, unit.parts.first()) {
            (Some(name), Some(file)) => still_armed(workspace, name, &file.place),
            _ => Vec::new(),
        };
        steps.push(Step { on: vec![Event::Stop], outcome: Outcome::Stops(armed) });
        Some(Self { steps })
    }
}

/// How a run ends: as `Restart=` sees it, and whether it counts as a success.
#[derive(Clone, Copy)]
struct Ended {
    end: End,
    clean: bool,
}

impl Ended {
    fn badly(end: End) -> Self {
        Self { end, clean: false }
    }
}

/// The settings of a service that decide what follows its ends.
struct Service<'a> {
    workspace: &'a Workspace,
    unit: &'a Effective<'a>,
    version: Version,
    service_type: ServiceType,
    policy: Restart,
    limit: StartLimit,
    success: ExitStatuses,
    forced: ExitStatuses,
    prevented: ExitStatuses,
}

/// Signals that end a service cleanly, unless it is a oneshot: SIGHUP, SIGINT, SIGPIPE, SIGTERM (`is_clean_exit()`).
const CLEAN_SIGNALS: [u8; 4] = [1, 2, 13, 15];

/// Signals that do not, the most likely first.
const UNCLEAN_SIGNALS: [(&str, u8); 3] = [("SIGSEGV", 11), ("SIGABRT", 6), ("SIGKILL", 9)];

impl<'a> Service<'a> {
    fn of(workspace: &'a Workspace, unit: &'a Effective<'a>, version: Version) -> Option<Self> {
        let service_type = ServiceType::of(unit, version)?;
        let (policy, _) = restart(unit);
        let listed = |key| exit_statuses(unit, key, version);
        let service = Self {
            workspace,
            unit,
            version,
            service_type,
            policy,
            limit: StartLimit::of(unit, version),
            success: listed("SuccessExitStatus"),
            forced: listed("RestartForceExitStatus"),
            prevented: listed("RestartPreventExitStatus"),
        };
        let refused = service_type == ServiceType::Oneshot
            && (matches!(policy, Restart::Always | Restart::OnSuccess)
                || version < Version(256) && !service.forced.is_empty());
        let runs = !unit.list(Section::Service, "ExecStart").is_empty();
        (runs && !refused).then_some(service)
    }

    /// The ways in which a run ends, each with the seconds that it lasts.
    fn ends(&self) -> Vec<(Event, Ended, f64)> {
        let lists = [&self.success, &self.forced, &self.prevented];
        let unlisted = |status: &u8| lists.iter().all(|list| !list.statuses.contains(status));
        let mut ends = vec![(Event::Exit(0), self.status(0), 0.0)];
        if let Some(status) = (1..=u8::MAX).find(unlisted) {
            ends.push((Event::Exit(status), self.status(status), 0.0));
        }
        let unlisted = |(_, number): &&(_, u8)| lists.iter().all(|list| !list.signals.contains(number));
        if let Some((name, number)) = UNCLEAN_SIGNALS.iter().find(unlisted) {
            ends.push((Event::Signal(name), self.signal(*number), 0.0));
        }
        if self.service_type.notifies() {
            ends.push((Event::NotReady, Ended::badly(End::Protocol), 0.0));
        }
        for (key, listed) in
            [("RestartForceExitStatus", &self.forced), ("RestartPreventExitStatus", &self.prevented)]
        {
            let first =
                listed.statuses.iter().find(|status| **status != 0).map(|status| self.status(*status));
            let first = first.or_else(|| listed.signals.first().map(|signal| self.signal(*signal)));
            if let Some(ended) = first {
                let words = self.unit.list(Section::Service, key).into_iter().map(Setting::value);
                ends.push((Event::Listed(key, words.collect::<Vec<_>>().join(" ")), ended, 0.0));
            }
        }
        let finite = |span| match span {
            TimeSpan::Micros(micros) if micros > 0 => Some(micros as f64 / 1e6),
            _ => None,
        };
        if !self.service_type.is_ready_at_once()
            && let Some(time) = finite(start_timeout(self.unit, self.service_type))
        {
            ends.push((Event::StartTimeout(time), Ended::badly(End::Timeout), time));
        }
        if self.service_type != ServiceType::Oneshot {
            if let Some(time) = watchdog(self.unit).and_then(|(span, _)| finite(span)) {
                ends.push((Event::NoPing(time), Ended::badly(End::Watchdog), time));
            }
            if let Some(time) = span(self.unit, "RuntimeMaxSec").and_then(|(span, _)| finite(span)) {
                ends.push((Event::RuntimeTimeout(time), Ended::badly(End::Timeout), time));
            }
        }
        ends
    }

    fn status(&self, status: u8) -> Ended {
        let clean = status == 0 || self.success.statuses.contains(&status) || self.ignores_exits();
        let end = match clean {
            true => End::Clean,
            false => End::ExitStatus,
        };
        self.listed(end, clean, |list| list.statuses.contains(&status))
    }

    fn signal(&self, signal: u8) -> Ended {
        let usual = self.service_type != ServiceType::Oneshot && CLEAN_SIGNALS.contains(&signal);
        let clean = usual || self.success.signals.contains(&signal) || self.ignores_exits();
        let end = match clean {
            true => End::Clean,
            false => End::Signal,
        };
        self.listed(end, clean, |list| list.signals.contains(&signal))
    }

    /// An end of the main process, which the two lists for restarts may know.
    fn listed(&self, end: End, clean: bool, holds: impl Fn(&ExitStatuses) -> bool) -> Ended {
        // A oneshot that has succeeded is done.
        let forced = holds(&self.forced) && !(clean && self.service_type == ServiceType::Oneshot);
        let end = match (holds(&self.prevented), forced) {
            (true, _) => End::Prevented,
            (false, true) => End::Forced,
            (false, false) => end,
        };
        Ended { end, clean }
    }

    /// Whether `-` in front of the command makes each of its ends a success.
    fn ignores_exits(&self) -> bool {
        let commands = self.unit.list(Section::Service, "ExecStart");
        commands.last().is_some_and(|command| {
            let rest = command.value().trim_start_matches(['@', ':', '+', '!', '|', '-']);
            command.value()[..command.value().len() - rest.len()].contains('-')
        })
    }

    fn outcome(&self, Ended { end, clean }: Ended, runtime: f64) -> Outcome {
        if clean && remains_after_exit(self.unit) {
            return Outcome::Exited;
        }
        if !self.policy.answers(end) {
            let mut then = if clean { self.on_success() } else { self.on_failure() };
            then.extend(self.upheld());
            return Outcome::Ends { failed: !clean, then };
        }
        // Between two runs the unit was not seen to end before 254, and is not with `RestartMode=direct`; but each
        // restart of old passed through `inactive`.
        let each = if self.version < Version(254) {
            let acts = (!clean).then(|| self.act("FailureAction")).flatten();
            acts.into_iter().chain(self.on_success()).collect()
        } else if restarts_directly(self.unit, self.version) {
            Vec::new()
        } else if clean {
            self.on_success()
        } else {
            self.on_failure()
        };
        let given_up =
            self.on_failure().into_iter().chain(self.act("StartLimitAction")).chain(self.triggers());
        let last = given_up.filter(|sequel| !each.contains(sequel)).collect();
        Outcome::Restarts { limit: self.limit, verdict: self.limit.verdict(runtime), each, last }
    }

    fn on_failure(&self) -> Vec<Sequel> {
        self.starts("OnFailure").into_iter().chain(self.act("FailureAction")).collect()
    }

    fn on_success(&self) -> Vec<Sequel> {
        self.starts("OnSuccess").into_iter().chain(self.act("SuccessAction")).collect()
    }

    fn starts(&self, key: &'static str) -> Option<Sequel> {
        let name = self.unit.name.as_ref();
        let settings = self.unit.list(Section::Unit, key);
        let words = settings.iter().flat_map(|setting| setting.value().split_whitespace());
        let names: Vec<_> =
            words.map(|word| name.map_or_else(|| word.to_owned(), |name| name.expand_known(word))).collect();
        (!names.is_empty()).then_some(Sequel::Starts(key, names))
    }

    fn act(&self, key: &str) -> Option<Sequel> {
        let action =
            self.unit.scalar(Section::Unit, key, |_| true).filter(|action| action.value() != "none")?;
        Some(Sequel::Acts(format!("{key}={}", action.value())))
    }

    /// The units that bring it back after each end.
    fn upheld(&self) -> Option<Sequel> {
        let file = self.unit.parts.first()?;
        let graph = self.workspace.graph(&file.place);
        let upheld = graph.related(self.unit.name.as_ref()?, Relation::UpheldBy);
        (!upheld.is_empty()).then_some(Sequel::Upheld(upheld))
    }

    /// The sockets and paths that fail when the service reaches its limit.
    fn triggers(&self) -> Option<Sequel> {
        let of = |unit_type| self.workspace.triggers_of(self.unit, unit_type).into_iter();
        let sockets = of(UnitType::Socket).filter(|socket| !accepts(socket));
        let names: Vec<_> = sockets.chain(of(UnitType::Path)).filter_map(|trigger| trigger.name).collect();
        (!names.is_empty()).then_some(Sequel::Fail(names))
    }
}

/// Steps that a hover has room for.
const MOST_STEPS: usize = 6;

impl Timeline {
    /// The steps as a list in Markdown, the least likely left out where there are many.
    pub fn markdown(&self) -> String {
        let (ends, stop) = self.steps.split_at(self.steps.len() - 1);
        let mut out = String::from("**What becomes of this unit**, when each run ends at once:\n");
        for step in ends.iter().take(MOST_STEPS - 1).chain(stop) {
            let on: Vec<_> = step.on.iter().map(Event::text).collect();
            let _ = write!(out, "\n- {} → {}", on.join(", "), step.outcome.text());
        }
        out
    }
}

impl Event {
    fn text(&self) -> String {
        match self {
            Self::Start => "start".to_owned(),
            Self::Exit(status) => format!("exit {status}"),
            Self::Signal(name) => (*name).to_owned(),
            Self::NotReady => "exit before `READY=1`".to_owned(),
            Self::StartTimeout(time) => format!("not started after {}", seconds(*time)),
            Self::NoPing(time) => format!("no ping for {}", seconds(*time)),
            Self::RuntimeTimeout(time) => format!("{} of running", seconds(*time)),
            Self::Listed(key, words) => format!("{words} (`{key}=`)"),
            Self::Stop => "stop".to_owned(),
        }
    }
}

impl Outcome {
    fn text(&self) -> String {
        match self {
            Self::Starts(service_type, within) => started(*service_type, *within),
            Self::Exited => "stays `active` (exited)".to_owned(),
            Self::Ends { failed, then } => {
                let state = if *failed { "`failed`" } else { "`inactive`" };
                [state.to_owned()]
                    .into_iter()
                    .chain(then.iter().map(Sequel::text))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            Self::Restarts { limit, verdict, each, last } => {
                let mut steps: Vec<_> = each.iter().map(Sequel::text).collect();
                steps.push(format!("restart {}", pauses(limit)));
                if limit.burst > 1 {
                    steps.push("…".to_owned());
                }
                steps.push(restarted(limit, *verdict, last));
                steps.join(" → ")
            }
            Self::Stops(armed) if armed.is_empty() => "`inactive`, until something starts it".to_owned(),
            Self::Stops(armed) => {
                let armed: Vec<_> = armed.iter().map(|unit| format!("`{unit}` {}", still(unit))).collect();
                let again = if armed.len() == 1 { "starts it again" } else { "start it again" };
                format!("`inactive`, but {}, and {again}", armed.join(", "))
            }
        }
    }
}

impl Sequel {
    fn text(&self) -> String {
        match self {
            Self::Starts(_, units) => format!("starts {}", quoted(units)),
            Self::Acts(action) => format!("`{action}`"),
            Self::Fail(units) => match units.len() {
                1 => format!("{} fails too", quoted(units)),
                _ => format!("{} fail too", quoted(units)),
            },
            Self::Upheld(units) => format!("started again for {}", quoted(units)),
        }
    }
}

fn quoted(units: &[impl std::fmt::Display]) -> String {
    units.iter().map(|unit| format!("`{unit}`")).collect::<Vec<_>>().join(", ")
}

/// When a start counts as done.
fn started(service_type: ServiceType, within: TimeSpan) -> String {
    let at = match service_type {
        ServiceType::Simple => return "`active` at the fork".to_owned(),
        ServiceType::Idle => {
            return "`active` at once; the program runs up to 6s later while there are other jobs".to_owned();
        }
        ServiceType::Exec => return "`active` once the program runs".to_owned(),
        ServiceType::Forking => "`active` when the first process exits",
        ServiceType::Oneshot => "`activating` until the last command has ended",
        ServiceType::Dbus => "`active` when the bus name is taken",
        ServiceType::Notify | ServiceType::NotifyReload => "`active` at `READY=1`",
    };
    match within {
        TimeSpan::Infinity => format!("{at}, however long it takes"),
        within => format!("{at}, which may take {within}"),
    }
}

fn pauses(limit: &StartLimit) -> String {
    let (first, last) = (limit.pause(1), limit.pause(u64::MAX));
    match (first, first == last) {
        (0.0, true) => "at once".to_owned(),
        (_, true) => format!("in {}", seconds(first)),
        (_, false) => format!("in {}, growing to {}", seconds(first), seconds(last)),
    }
}

/// What the restarts of a service come to.
fn restarted(limit: &StartLimit, verdict: Verdict, last: &[Sequel]) -> String {
    let starts = match limit.burst {
        1 => "1 start".to_owned(),
        burst => format!("{burst} starts"),
    };
    let given_up: String = last.iter().map(|sequel| format!(", {}", sequel.text())).collect();
    match verdict {
        Verdict::GivesUp { at_least, at_most, .. } => {
            let time = match seconds(at_least) == seconds(at_most) {
                true => seconds(at_least),
                false => format!("{} to {}", seconds(at_least), seconds(at_most)),
            };
            format!("start limit, `failed` after {starts} ({time}){given_up}")
        }
        Verdict::Unsure => {
            format!(
                "start limit, `failed` after {starts}, or later, or never: each pause may be 250ms longer{given_up}"
            )
        }
        Verdict::Endless { period, limit_off: true, .. } => match period > 0.0 {
            true => format!("for ever, about every {}: no start limit", seconds(period)),
            false => "for ever, dozens of times a second: no start limit".to_owned(),
        },
        Verdict::Endless { period, .. } => {
            format!(
                "for ever, about every {}: {starts} take {} or more",
                seconds(period),
                seconds(limit.interval)
            )
        }
    }
}

/// What a unit goes on doing after a stop.
fn still(unit: &UnitName) -> &'static str {
    match unit.unit_type() {
        UnitType::Socket => "still listens",
        UnitType::Timer => "still runs",
        UnitType::Path => "still watches",
        UnitType::Automount => "waits for an access",
        _ => "upholds it",
    }
}
