//! Which ends of a service its `Restart=` answers (`service_shall_restart()`).

/// The words of `Restart=`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Restart {
    /// Never.
    No,
    /// After every end of its own.
    Always,
    /// After a clean end.
    OnSuccess,
    /// After every end that is not clean.
    OnFailure,
    /// After signals, timeouts and missed pings.
    OnAbnormal,
    /// After a signal that is not clean.
    OnAbort,
    /// After a missed ping.
    OnWatchdog,
}

impl Restart {
    /// The words in the order in which the table lists them.
    pub const ALL: [Self; 7] = [
        Self::No,
        Self::Always,
        Self::OnSuccess,
        Self::OnFailure,
        Self::OnAbnormal,
        Self::OnAbort,
        Self::OnWatchdog,
    ];

    /// The word in `Restart=`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Always => "always",
            Self::OnSuccess => "on-success",
            Self::OnFailure => "on-failure",
            Self::OnAbnormal => "on-abnormal",
            Self::OnAbort => "on-abort",
            Self::OnWatchdog => "on-watchdog",
        }
    }

    /// The policy of this exact word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|restart| restart.as_str() == word)
    }
}

/// The ends of a service with, for each word of [`Restart::ALL`], whether it is restarted.
///
/// Watched on running managers of 252, 257 and 262 (oom-kill: from the source).
pub fn restart_table() -> [(&'static str, [bool; 7]); 9] {
    const N: bool = false;
    const R: bool = true;
    [
        ("clean: exit 0, `SuccessExitStatus=`, SIGTERM, SIGINT, SIGHUP, SIGPIPE", [N, R, R, N, N, N, N]),
        ("exit status other than 0, also 200–243 from set-up", [N, R, N, R, N, N, N]),
        ("any other signal, core dump", [N, R, N, R, R, R, N]),
        ("start, stop or `RuntimeMaxSec=` timeout", [N, R, N, R, R, N, N]),
        ("missed watchdog ping", [N, R, N, R, R, N, R]),
        ("no `READY=1` or PID file (`protocol`), `resources`, `oom-kill`", [N, R, N, R, R, N, N]),
        ("clean, but `ExecStop=` or `ExecStopPost=` failed", [N, R, N, R, N, N, N]),
        ("`ExecCondition=` said no (1–254), unmet `Condition…=`, start limit", [N, N, N, N, N, N, N]),
        ("`systemctl stop`, `Conflicts=`, a stop passed on by another unit", [N, N, N, N, N, N, N]),
    ]
}
