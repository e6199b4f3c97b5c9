//! Start-limit arithmetic: whether a crashing service gives up, when, or never.

use unit_catalog::{Section, Version};

use crate::value::{TimeSpan, time_span};
use crate::workspace::{Effective, ManagerDefaults, Setting};

/// The settings that decide how often a service may start. Times are in seconds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct StartLimit {
    /// Starts allowed in one window (`StartLimitBurst=`); 0 switches the limit off.
    pub burst: u64,
    /// Length of the window (`StartLimitIntervalSec=`); 0 switches the limit off.
    pub interval: f64,
    /// Pause before a restart (`RestartSec=`).
    pub delay: f64,
    /// Steps over which the pause grows (`RestartSteps=`, from 254); 0 for none.
    pub steps: u64,
    /// The longest pause (`RestartMaxDelaySec=`); infinite for none.
    pub max_delay: f64,
}

/// What a service that crashes at once comes to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Verdict {
    /// Refused after `runs` runs, this many seconds after the first start.
    GivesUp {
        /// Runs before the start that is refused.
        runs: u64,
        /// The earliest time.
        at_least: f64,
        /// The latest time: each pause may take up to 250 ms more (timer slack).
        at_most: f64,
    },
    /// Restarts without end, about every so many seconds.
    Endless {
        /// Seconds from start to start, in the long run.
        period: f64,
        /// Whether the limit is switched off rather than out of reach.
        limit_off: bool,
        /// Whether the last allowed start falls exactly on the window's end.
        boundary: bool,
    },
    /// Depends on timing: between the two.
    Unsure,
}

/// sd-event's default accuracy, which `unit_arm_timer()` leaves in place.
const SLACK: f64 = 0.25;

impl StartLimit {
    /// What systemd assumes when nothing is set (`DefaultStartLimit…=`, `DefaultRestartSec=`).
    pub const DEFAULT: Self =
        Self { burst: 5, interval: 10.0, delay: 0.1, steps: 0, max_delay: f64::INFINITY };

    /// Reads a service's settings, the legacy spellings in `[Service]` included.
    pub fn of(unit: &Effective<'_>, version: Version) -> Self {
        let span = |settings: &[(Section, &str)], default: f64| {
            let set = Self::last(unit, settings, |value| time_span(value).is_some());
            set.and_then(|setting| time_span(setting.value())).map_or(default, TimeSpan::seconds)
        };
        let number = |settings: &[(Section, &str)], default: u64| {
            let set = Self::last(unit, settings, |value| value.parse::<u32>().is_ok());
            set.and_then(|setting| setting.value().parse().ok()).unwrap_or(default)
        };
        let backoff = version >= Version(254);
        let default = Self::default_of(&unit.manager);
        Self {
            burst: number(&BURST, default.burst),
            interval: span(&INTERVAL, default.interval),
            delay: span(&[(Section::Service, "RestartSec")], default.delay),
            steps: if backoff { number(&[(Section::Service, "RestartSteps")], 0) } else { 0 },
            max_delay: match backoff {
                true => span(&[(Section::Service, "RestartMaxDelaySec")], f64::INFINITY),
                false => f64::INFINITY,
            },
        }
    }

    /// What holds for units that set nothing: what their manager's configuration says, else systemd's own defaults.
    fn default_of(manager: &ManagerDefaults<'_>) -> Self {
        let span = |key| manager.setting(key).and_then(|setting| time_span(setting.value()));
        let burst =
            manager.setting("DefaultStartLimitBurst").and_then(|setting| setting.value().parse().ok());
        let interval = span("DefaultStartLimitIntervalSec").or_else(|| span("DefaultStartLimitInterval"));
        Self {
            burst: burst.unwrap_or(Self::DEFAULT.burst),
            interval: interval.map_or(Self::DEFAULT.interval, TimeSpan::seconds),
            delay: span("DefaultRestartSec").map_or(Self::DEFAULT.delay, TimeSpan::seconds),
            ..Self::DEFAULT
        }
    }

    /// The line that sets the window, where one does.
    pub fn interval_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
        Self::last(unit, &INTERVAL, |value| time_span(value).is_some())
    }

    /// The line that sets the number of starts, where one does.
    pub fn burst_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
        Self::last(unit, &BURST, |value| value.parse::<u32>().is_ok())
    }

    /// The line that switches the limit off, where one does.
    pub fn off_setting<'a>(unit: &Effective<'a>) -> Option<Setting<'a>> {
        let burst = Self::burst_setting(unit);
        let zero =
            |setting: &Setting<'_>| time_span(setting.value()).is_some_and(|span| span.seconds() == 0.0);
        Self::interval_setting(unit)
            .filter(zero)
            .or(burst.filter(|setting| setting.value().parse() == Ok(0u32)))
    }

    /// The last usable assignment among several spellings of one setting.
    fn last<'a>(
        unit: &Effective<'a>,
        spellings: &[(Section, &str)],
        usable: impl Fn(&str) -> bool + Copy,
    ) -> Option<Setting<'a>> {
        let settings = spellings.iter().filter_map(|(section, key)| unit.scalar(*section, key, usable));
        settings.max_by_key(|setting| {
            let part = unit.parts.iter().position(|part| part.path == setting.file.path);
            (part, setting.entry.start)
        })
    }

    /// The pause before restart number `restart` (1 is the first), in seconds.
    pub fn pause(&self, restart: u64) -> f64 {
        let (delay, max) = (self.delay.min(self.max_delay), self.max_delay);
        let grows = self.steps > 0 && delay > 0.0 && max.is_finite() && delay < max;
        if !grows || restart <= 1 {
            delay
        } else if restart > self.steps {
            max
        } else {
            delay * (max / delay).powf((restart - 1) as f64 / self.steps as f64)
        }
    }

    /// What happens when every run ends `runtime` seconds after its start.
    pub fn verdict(&self, runtime: f64) -> Verdict {
        let period = runtime + self.pause(u64::MAX);
        if self.burst == 0 || self.interval == 0.0 {
            return Verdict::Endless { period, limit_off: true, boundary: false };
        }
        let (mut low, mut high) = (0.0, 0.0);
        for restart in 1..=self.burst {
            let pause = self.pause(restart);
            low += runtime + pause;
            high += runtime + pause + if pause > 0.0 { SLACK } else { 0.0 };
            // Past the window the answer stands; a burst of billions need not be walked.
            if low > self.interval + 1e-9 {
                return Verdict::Endless { period, limit_off: false, boundary: false };
            }
            if restart == 1_000_000 {
                break;
            }
        }
        if (low - self.interval).abs() <= 1e-9 {
            Verdict::Endless { period, limit_off: false, boundary: true }
        } else if high <= self.interval {
            Verdict::GivesUp { runs: self.burst, at_least: low, at_most: high }
        } else {
            Verdict::Unsure
        }
    }
}

const BURST: [(Section, &str); 2] =
    [(Section::Unit, "StartLimitBurst"), (Section::Service, "StartLimitBurst")];
const INTERVAL: [(Section, &str); 3] = [
    (Section::Unit, "StartLimitIntervalSec"),
    (Section::Unit, "StartLimitInterval"),
    (Section::Service, "StartLimitInterval"),
];

impl Verdict {
    /// The outcome in one sentence.
    pub fn sentence(self) -> String {
        match self {
            Self::GivesUp { runs, at_least, at_most } => {
                let time = match seconds(at_least) == seconds(at_most) {
                    true => seconds(at_least),
                    false => format!("{} to {}", seconds(at_least), seconds(at_most)),
                };
                let runs = if runs == 1 { "1 run".into() } else { format!("{runs} runs") };
                format!("{runs}, then `failed`, {time} after the first start")
            }
            Self::Endless { period, limit_off: true, .. } => {
                format!("no start limit: restarts for ever, about every {}", seconds(period.max(0.0)))
            }
            Self::Endless { period, boundary, .. } => {
                let edge = if boundary { " (exactly on the window's edge)" } else { "" };
                format!(
                    "the limit is never reached{edge}: restarts for ever, about every {}",
                    seconds(period)
                )
            }
            Self::Unsure => "depends on timing: it may give up in some window or never".to_owned(),
        }
    }
}

/// Seconds for people: `0.5s`, `25s`, `1min 30s`.
pub fn seconds(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "infinity".to_owned();
    }
    if seconds < 60.0 {
        let rounded = (seconds * 100.0).round() / 100.0;
        return format!("{rounded}s");
    }
    TimeSpan::Micros((seconds.round() * 1e6) as u64).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: StartLimit = StartLimit::DEFAULT;

    #[test]
    fn defaults_give_up_in_about_a_second() {
        let Verdict::GivesUp { runs: 5, at_least, at_most } = DEFAULT.verdict(0.0) else {
            panic!("{:?}", DEFAULT.verdict(0.0));
        };
        assert!((at_least - 0.5).abs() < 1e-9 && (at_most - 1.75).abs() < 1e-9);
    }

    #[test]
    fn the_boundary_and_what_lies_around_it() {
        let with = |delay| StartLimit { delay, ..DEFAULT }.verdict(0.0);
        assert!(matches!(with(1.74), Verdict::GivesUp { .. }));
        assert_eq!(with(1.8), Verdict::Unsure);
        assert_eq!(with(2.0), Verdict::Endless { period: 2.0, limit_off: false, boundary: true });
        assert_eq!(with(5.0), Verdict::Endless { period: 5.0, limit_off: false, boundary: false });
    }

    #[test]
    fn limits_that_are_off() {
        for limit in [StartLimit { burst: 0, ..DEFAULT }, StartLimit { interval: 0.0, ..DEFAULT }] {
            assert!(matches!(limit.verdict(0.0), Verdict::Endless { limit_off: true, .. }));
        }
        let lifetime = StartLimit { interval: f64::INFINITY, delay: 5.0, ..DEFAULT };
        assert!(matches!(lifetime.verdict(0.0), Verdict::GivesUp { runs: 5, .. }));
    }

    #[test]
    fn backoff() {
        let limit = StartLimit { delay: 0.1, max_delay: 10.0, steps: 4, ..DEFAULT };
        let pauses: Vec<_> = (1..=5).map(|restart| seconds(limit.pause(restart))).collect();
        assert_eq!(pauses, ["0.1s", "0.32s", "1s", "3.16s", "10s"]);
        assert!(matches!(limit.verdict(0.0), Verdict::Endless { .. }));
        let huge = StartLimit { burst: u64::MAX, delay: 0.0, ..DEFAULT };
        assert!(matches!(huge.verdict(0.0), Verdict::GivesUp { .. }));
    }
}
