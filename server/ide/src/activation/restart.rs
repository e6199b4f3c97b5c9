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

/// The ways in which a service ends, as far as `Restart=` tells them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// In a way that counts as success.
    Clean,
    /// With an exit status that does not.
    ExitStatus,
    /// By a signal that does not.
    Signal,
    /// Killed because something took too long.
    Timeout,
    /// Killed because it did not ping.
    Watchdog,
    /// It did not do what its type asks for, or could not be given what it needs.
    Protocol,
    /// Cleanly, but a command of its stop was not clean.
    StopCommand,
    /// It was not to run, or not to run again.
    Refused,
    /// Somebody else ended it.
    Stopped,
    /// With a status that `RestartPreventExitStatus=` lists.
    Prevented,
    /// With a status that `RestartForceExitStatus=` lists.
    Forced,
}

impl End {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 11] = [
        Self::Clean,
        Self::ExitStatus,
        Self::Signal,
        Self::Timeout,
        Self::Watchdog,
        Self::Protocol,
        Self::StopCommand,
        Self::Refused,
        Self::Stopped,
        Self::Prevented,
        Self::Forced,
    ];

    /// What belongs to it, for people.
    pub fn text(self) -> &'static str {
        match self {
            Self::Clean => "clean: exit 0, `SuccessExitStatus=`, SIGTERM, SIGINT, SIGHUP, SIGPIPE",
            Self::ExitStatus => "exit status other than 0, also 200–243 from set-up",
            Self::Signal => "any other signal, core dump",
            Self::Timeout => "start, stop or `RuntimeMaxSec=` timeout",
            Self::Watchdog => "missed watchdog ping",
            Self::Protocol => "no `READY=1` or PID file (`protocol`), `resources`, `oom-kill`",
            Self::StopCommand => "clean, but `ExecStop=` or `ExecStopPost=` failed",
            Self::Refused => "`ExecCondition=` said no (1–254), unmet `Condition…=`, start limit",
            Self::Stopped => "`systemctl stop`, `Conflicts=`, a stop passed on by another unit",
            Self::Prevented => "status in `RestartPreventExitStatus=`, also where it is forced",
            Self::Forced => "status in `RestartForceExitStatus=`",
        }
    }
}

impl Restart {
    /// Whether the service is started again after this end.
    ///
    /// Watched on running managers of 252, 257 and 262 (oom-kill: from the source).
    pub fn answers(self, end: End) -> bool {
        match end {
            End::Forced => true,
            End::Refused | End::Stopped | End::Prevented => false,
            End::Clean => matches!(self, Self::Always | Self::OnSuccess),
            End::ExitStatus | End::StopCommand => matches!(self, Self::Always | Self::OnFailure),
            End::Timeout | End::Protocol => matches!(self, Self::Always | Self::OnFailure | Self::OnAbnormal),
            End::Signal => {
                matches!(self, Self::Always | Self::OnFailure | Self::OnAbnormal | Self::OnAbort)
            }
            End::Watchdog => {
                matches!(self, Self::Always | Self::OnFailure | Self::OnAbnormal | Self::OnWatchdog)
            }
        }
    }
}
