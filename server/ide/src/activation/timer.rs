//! When a timer elapses: its settings in the order in which they count.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use unit_catalog::Section;

use super::settings::flag;
use crate::value::{CalendarEvent, boolean, time_span};
use crate::workspace::{Effective, Setting};

/// What a timer counts from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerBase {
    /// The timer's own start.
    Active,
    /// The machine's boot.
    Boot,
    /// The manager's start.
    Startup,
    /// The last start of what it starts.
    UnitActive,
    /// The last end of what it starts.
    UnitInactive,
    /// The calendar.
    Calendar,
}

impl TimerBase {
    const KEYS: [(&'static str, Self); 6] = [
        ("OnActiveSec", Self::Active),
        ("OnBootSec", Self::Boot),
        ("OnStartupSec", Self::Startup),
        ("OnUnitActiveSec", Self::UnitActive),
        ("OnUnitInactiveSec", Self::UnitInactive),
        ("OnCalendar", Self::Calendar),
    ];

    /// Whether it needs an earlier run of what the timer starts.
    pub fn needs_a_run(self) -> bool {
        matches!(self, Self::UnitActive | Self::UnitInactive)
    }
}

/// The settings of a timer that count: usable, and not emptied by a later line (`config_parse_timer()`: an empty value
/// of any of these keys drops all that came before).
pub fn timer_settings<'a>(unit: &Effective<'a>) -> Vec<(TimerBase, Setting<'a>)> {
    let mut all: Vec<(TimerBase, Setting<'a>)> = TimerBase::KEYS
        .iter()
        .flat_map(|(key, base)| unit.assignments(Section::Timer, key).into_iter().map(|set| (*base, set)))
        .collect();
    let part = |setting: &Setting<'_>| {
        let part = unit.parts.iter().position(|part| part.path == setting.file.path);
        (part, setting.entry.range().start)
    };
    all.sort_by_key(|(_, setting)| part(setting));
    let mut left = Vec::new();
    for (base, setting) in all {
        let value = setting.value();
        if value.is_empty() {
            left.clear();
            continue;
        }
        let usable = match base {
            TimerBase::Calendar => value.contains('%') || CalendarEvent::parse(value).is_ok(),
            _ => value.contains('%') || time_span(value).is_some(),
        };
        if usable {
            left.push((base, setting));
        }
    }
    left
}

/// Whether a change of the clock or the time zone makes the timer elapse.
pub fn elapses_on_clock(unit: &Effective<'_>) -> bool {
    ["OnClockChange", "OnTimezoneChange"].iter().any(|key| flag(unit, Section::Timer, key) == Some(true))
}

/// Whether a setting makes the timer elapse more than once.
pub fn repeats(base: TimerBase, value: &str) -> bool {
    match base {
        TimerBase::UnitActive | TimerBase::UnitInactive => true,
        TimerBase::Calendar => {
            let epoch = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
            // Of an event in a time zone of some machines only it is not known.
            let twice =
                |event: CalendarEvent| event.next_elapses(&epoch, 2).is_none_or(|next| next.len() > 1);
            CalendarEvent::parse(value).is_ok_and(twice)
        }
        TimerBase::Active | TimerBase::Boot | TimerBase::Startup => false,
    }
}

/// Whether a text is a boolean that is true.
pub(crate) fn is_true(value: &str) -> bool {
    boolean(value) == Some(true)
}
