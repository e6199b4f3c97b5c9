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
    const ALL: [Self; 8] = [
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

/// What each way of behaving leads to under `service_type`: pairs of behaviour and outcome.
///
/// Watched on running managers of 252, 257 and 262; T is `TimeoutStartSec=` (90s by default).
pub fn type_matrix(service_type: ServiceType) -> [(&'static str, &'static str); 6] {
    use ServiceType::{Dbus, Exec, Forking, Idle, Notify, NotifyReload, Oneshot, Simple};
    let rows = match service_type {
        Simple | Idle => [
            "right: counts as started at the fork",
            "works, but counts as started before it is ready",
            "works, but counts as started before the name is taken",
            "the parent's exit ends the unit: the daemon is killed, `inactive` with success; only `Restart=always` or `on-success` acts, and loops",
            "`active` for a moment, then `inactive`; dependants do not wait for its end",
            "the start succeeds, then `failed` (203/EXEC)",
        ],
        Exec => [
            "right: counts as started once the program runs",
            "works, but counts as started before it is ready",
            "works, but counts as started before the name is taken",
            "the parent's exit ends the unit: the daemon is killed, `inactive` with success; only `Restart=always` or `on-success` acts, and loops",
            "`active` for a moment, then `inactive`; dependants do not wait for its end",
            "the start fails (203/EXEC)",
        ],
        Forking => [
            "`activating` until T, then killed: result `timeout`",
            "`READY=1` is not heard: killed at T, result `timeout`",
            "killed at T, result `timeout`",
            "right: started when the parent exits; the main process comes from `PIDFile=` or is guessed",
            "`inactive` with success; with `PIDFile=` it fails with `protocol`",
            "the start fails; the status shows 0, the log has the 203",
        ],
        Oneshot => [
            "`activating` for ever: dependants wait, and there is no start timeout by default",
            "`READY=1` is not heard: `activating` for ever",
            "`activating` for ever",
            "the command counts as done and the daemon is killed at once; with `RemainAfterExit=yes` it survives unsupervised",
            "right: started when the last command has ended",
            "the start fails (203/EXEC)",
        ],
        Notify | NotifyReload => [
            "`activating` until T, then killed: result `timeout`",
            "right: started at `READY=1`",
            "no `READY=1`: killed at T, result `timeout`",
            "the parent is gone before `READY=1`: fails at once with `protocol`",
            "fails at once with `protocol`",
            "the start fails (203/EXEC)",
        ],
        Dbus => [
            "`activating` until T, then killed: result `timeout`",
            "killed at T unless it also takes the bus name",
            "right: started when the name is taken; losing it stops the unit",
            "stopped at once, `inactive` with success, name or not",
            "`inactive` with success, never `active`",
            "the start fails (203/EXEC)",
        ],
    };
    const BEHAVIOURS: [&str; 6] = [
        "stays in the foreground, silent",
        "stays in the foreground, sends `READY=1`",
        "stays in the foreground, takes its bus name",
        "forks into the background, parent exits 0",
        "a job that ends with 0",
        "cannot be executed",
    ];
    std::array::from_fn(|row| (BEHAVIOURS[row], rows[row]))
}
