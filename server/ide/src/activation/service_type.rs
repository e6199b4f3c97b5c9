//! The `Type=` that counts, and what each type makes of a program's behaviour.

use unit_catalog::{Section, UnitType, Version};

use crate::value::bus_name;
use crate::workspace::Effective;

/// When a service counts as started (systemd.service(5), `Type=`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ServiceType {
    /// At the fork.
    Simple,
    /// At the execve.
    Exec,
    /// When the first process exits.
    Forking,
    /// When the commands have ended.
    Oneshot,
    /// When the bus name is taken.
    Dbus,
    /// At `READY=1`.
    Notify,
    /// At `READY=1`; reloads are answered the same way.
    NotifyReload,
    /// As simple, once other jobs are done.
    Idle,
}

impl ServiceType {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Simple,
        Self::Exec,
        Self::Forking,
        Self::Oneshot,
        Self::Dbus,
        Self::Notify,
        Self::NotifyReload,
        Self::Idle,
    ];

    /// The word in `Type=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Exec => "exec",
            Self::Forking => "forking",
            Self::Oneshot => "oneshot",
            Self::Dbus => "dbus",
            Self::Notify => "notify",
            Self::NotifyReload => "notify-reload",
            Self::Idle => "idle",
        }
    }

    /// The type of this exact word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service_type| service_type.as_str() == word)
    }

    /// Whether the service is ready at its first process's fork or execve.
    pub fn is_ready_at_once(self) -> bool {
        matches!(self, Self::Simple | Self::Exec | Self::Idle)
    }

    /// Whether the service is ready at `READY=1`.
    pub fn notifies(self) -> bool {
        matches!(self, Self::Notify | Self::NotifyReload)
    }

    /// The type that counts for a service, as `service_add_extras()` settles it; `None` for other units.
    ///
    /// A `Type=` that the version does not know is ignored. Unset, it follows from the rest:
    /// `BusName=` means dbus, credentials exec (from 257), a command simple, none oneshot.
    pub fn of(unit: &Effective<'_>, version: Version) -> Option<Self> {
        if unit.unit_type != UnitType::Service {
            return None;
        }
        let known = |word: &str| {
            Self::from_word(word).is_some_and(|word| word != Self::NotifyReload || version >= Version(253))
        };
        if let Some(set) = unit.scalar(Section::Service, "Type", known) {
            return Self::from_word(set.value());
        }
        let set = |key| !unit.list(Section::Service, key).is_empty();
        let credentials = [
            "LoadCredential",
            "LoadCredentialEncrypted",
            "SetCredential",
            "SetCredentialEncrypted",
            "ImportCredential",
        ];
        let named = unit.list(Section::Service, "BusName");
        Some(if named.iter().any(|setting| bus_name(setting.value())) {
            Self::Dbus
        } else if !set("ExecStart") {
            Self::Oneshot
        } else if version >= Version(257) && credentials.iter().any(|key| set(key)) {
            Self::Exec
        } else {
            Self::Simple
        })
    }
}

/// How a program behaves, as far as types tell it apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Behaviour {
    /// It runs and says nothing.
    Foreground,
    /// It runs and sends `READY=1`.
    Notifies,
    /// It runs and takes the name of `BusName=`.
    TakesName,
    /// It goes to the background.
    Forks,
    /// It does something and is done.
    Job,
    /// It does something, and fails.
    FailingJob,
    /// There is no such program, or no such user.
    CannotExecute,
}

impl Behaviour {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 7] = [
        Self::Foreground,
        Self::Notifies,
        Self::TakesName,
        Self::Forks,
        Self::Job,
        Self::FailingJob,
        Self::CannotExecute,
    ];

    /// What the program does, for people: the end of "a program that …".
    pub fn text(self) -> &'static str {
        match self {
            Self::Foreground => "stays in the foreground, silent",
            Self::Notifies => "stays in the foreground, sends `READY=1`",
            Self::TakesName => "stays in the foreground, takes its bus name",
            Self::Forks => "forks into the background, parent exits 0",
            Self::Job => "a job that ends with 0",
            Self::FailingJob => "a job that ends with 1",
            Self::CannotExecute => "cannot be executed",
        }
    }
}

/// What comes of a start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fate {
    /// What `systemctl start` comes to.
    pub start: Start,
    /// `ActiveState=` in the end.
    pub state: &'static str,
    /// `Result=` in the end.
    pub result: &'static str,
    /// The same for people; T is `TimeoutStartSec=` (90s by default).
    pub text: &'static str,
}

/// What a start job comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// It is done.
    Succeeds,
    /// It fails, as soon as the program has given the reason.
    Fails,
    /// It fails when `TimeoutStartSec=` has passed.
    TimesOut,
    /// It is never over.
    Waits,
}

const fn started(text: &'static str) -> Fate {
    Fate { start: Start::Succeeds, state: "active", result: "success", text }
}

const fn ended(text: &'static str) -> Fate {
    Fate { start: Start::Succeeds, state: "inactive", result: "success", text }
}

const fn started_and_failed(text: &'static str) -> Fate {
    Fate { start: Start::Succeeds, state: "failed", result: "exit-code", text }
}

const fn failed(result: &'static str, text: &'static str) -> Fate {
    Fate { start: Start::Fails, state: "failed", result, text }
}

const fn timed_out(text: &'static str) -> Fate {
    Fate { start: Start::TimesOut, state: "failed", result: "timeout", text }
}

const fn waiting(text: &'static str) -> Fate {
    Fate { start: Start::Waits, state: "activating", result: "success", text }
}

const TOO_EARLY: Fate = started("works, but counts as started before it is ready");
const NAME_TOO_EARLY: Fate = started("works, but counts as started before the name is taken");
const KILLED_DAEMON: Fate = ended(
    "the parent's exit ends the unit: the daemon is killed, `inactive` with success; only `Restart=always` or `on-success` acts, and loops",
);
const SHORT_JOB: Fate = ended("`active` for a moment, then `inactive`; dependants do not wait for its end");
const FAILS_LATER: Fate = started_and_failed("the start succeeds, then `failed`");
const FAILS: Fate = failed("exit-code", "the start fails");
const SILENT: Fate = timed_out("`activating` until T, then killed: result `timeout`");
const CANNOT_EXECUTE: Fate = failed("exit-code", "the start fails (203/EXEC)");

impl ServiceType {
    /// What a program that behaves so comes to under this type, with no other setting that bears on it.
    ///
    /// Watched on running managers of 252, 257 and 262.
    pub fn fate(self, behaviour: Behaviour) -> Fate {
        let rows = match self {
            Self::Simple | Self::Idle => [
                started("right: counts as started at the fork"),
                TOO_EARLY,
                NAME_TOO_EARLY,
                KILLED_DAEMON,
                SHORT_JOB,
                FAILS_LATER,
                started_and_failed("the start succeeds, then `failed` (203/EXEC)"),
            ],
            Self::Exec => [
                started("right: counts as started once the program runs"),
                TOO_EARLY,
                NAME_TOO_EARLY,
                KILLED_DAEMON,
                SHORT_JOB,
                FAILS_LATER,
                CANNOT_EXECUTE,
            ],
            Self::Forking => [
                SILENT,
                timed_out("`READY=1` is not heard: killed at T, result `timeout`"),
                timed_out("killed at T, result `timeout`"),
                started(
                    "right: started when the parent exits; the main process comes from `PIDFile=` or is guessed",
                ),
                ended("`inactive` with success; with `PIDFile=` it fails with `protocol`"),
                FAILS,
                failed("exit-code", "the start fails; the status shows 0, the log has the 203"),
            ],
            Self::Oneshot => [
                waiting("`activating` for ever: dependants wait, and there is no start timeout by default"),
                waiting("`READY=1` is not heard: `activating` for ever"),
                waiting("`activating` for ever"),
                ended(
                    "the command counts as done and the daemon is killed at once; with `RemainAfterExit=yes` it survives unsupervised",
                ),
                ended("right: started when the last command has ended"),
                FAILS,
                CANNOT_EXECUTE,
            ],
            Self::Notify | Self::NotifyReload => [
                SILENT,
                started("right: started at `READY=1`"),
                timed_out("no `READY=1`: killed at T, result `timeout`"),
                failed("protocol", "the parent is gone before `READY=1`: fails at once with `protocol`"),
                failed("protocol", "fails at once with `protocol`"),
                FAILS,
                CANNOT_EXECUTE,
            ],
            Self::Dbus => [
                SILENT,
                timed_out("killed at T unless it also takes the bus name"),
                started("right: started when the name is taken; losing it stops the unit"),
                ended("stopped at once, `inactive` with success, name or not"),
                ended("`inactive` with success, never `active`"),
                FAILS,
                CANNOT_EXECUTE,
            ],
        };
        rows[behaviour as usize]
    }
}
