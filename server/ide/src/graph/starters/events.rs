//! What sockets, timers and paths wait for, in a few words.

use unit_catalog::{Section, UnitType};

use crate::value::{CalendarEvent, boolean, time_span};
use crate::workspace::{Effective, Setting, accepts};

/// What a socket, timer or path unit waits for.
pub(crate) fn waits_for(unit: &Effective<'_>) -> Option<String> {
    match unit.unit_type {
        UnitType::Socket => Some(listens(unit)),
        UnitType::Timer => Some(elapses(unit)),
        UnitType::Path => Some(watches(unit)),
        _ => None,
    }
}

/// What a socket listens on: `port 80, /run/x`.
pub(super) fn listens(socket: &Effective<'_>) -> String {
    const KEYS: [&str; 8] = [
        "ListenStream",
        "ListenDatagram",
        "ListenSequentialPacket",
        "ListenFIFO",
        "ListenSpecial",
        "ListenNetlink",
        "ListenMessageQueue",
        "ListenUSBFunction",
    ];
    let addresses = each(socket, Section::Socket, &KEYS, |setting, value| {
        Some(match (setting.entry.key(), value.bytes().all(|byte| byte.is_ascii_digit())) {
            (Some("ListenDatagram"), true) => format!("UDP port {value}"),
            (_, true) => format!("port {value}"),
            (Some("ListenNetlink"), _) => format!("netlink {value}"),
            _ => value.to_owned(),
        })
    })
    .join(", ");
    match accepts(socket) {
        true => format!("each connection to {addresses}"),
        false => addresses,
    }
}

/// What a path unit watches: `/run/x exists`.
pub(super) fn watches(path: &Effective<'_>) -> String {
    const KEYS: [&str; 5] =
        ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"];
    each(path, Section::Path, &KEYS, |setting, value| {
        let happens = match setting.entry.key().unwrap_or_default() {
            "PathExists" | "PathExistsGlob" => "exists",
            "PathChanged" => "changes",
            "PathModified" => "is written to",
            _ => "is not empty",
        };
        Some(format!("{value} {happens}"))
    })
    .join(", ")
}

/// When a timer elapses: `every 2 min`, `daily at 04:00`. What happens once only counts where nothing repeats.
pub(super) fn elapses(timer: &Effective<'_>) -> String {
    let mut repeating =
        each(timer, Section::Timer, &["OnCalendar", "OnUnitActiveSec", "OnUnitInactiveSec"], moment);
    if catches_up(timer) {
        repeating.push("a missed one is caught up".to_owned());
    }
    let changes =
        [("OnClockChange", "when the clock is set"), ("OnTimezoneChange", "when the time zone changes")];
    repeating
        .extend(changes.iter().filter(|(key, _)| is_on(timer, key)).map(|(_, words)| (*words).to_owned()));
    match repeating.is_empty() {
        true => each(timer, Section::Timer, &["OnActiveSec", "OnBootSec", "OnStartupSec"], moment).join(", "),
        false => repeating.join(", "),
    }
}

/// Whether the timer makes up for calendar events that it slept through (`timer_enter_waiting()`).
fn catches_up(timer: &Effective<'_>) -> bool {
    is_on(timer, "Persistent") && !timer.list(Section::Timer, "OnCalendar").is_empty()
}

fn is_on(timer: &Effective<'_>, key: &str) -> bool {
    let setting = timer.scalar(Section::Timer, key, |value| boolean(value).is_some());
    setting.is_some_and(|setting| boolean(setting.value()) == Some(true))
}

/// The words for one setting of a timer; `None` where systemd ignores the line.
fn moment(setting: Setting<'_>, value: &str) -> Option<String> {
    // What is made of specifiers is known at run time only.
    let later = || value.contains('%').then(|| value.to_owned());
    let span = || time_span(value).map(|span| spaced(&span.to_string())).or_else(later);
    Some(match setting.entry.key().unwrap_or_default() {
        "OnUnitActiveSec" => format!("every {}", span()?),
        "OnUnitInactiveSec" => format!("{} after each run", span()?),
        "OnBootSec" => format!("{} after boot", span()?),
        "OnStartupSec" => format!("{} after the manager has started", span()?),
        "OnActiveSec" => format!("{} after the timer has started", span()?),
        _ => match CalendarEvent::parse(value) {
            Ok(event) => event.in_words().unwrap_or_else(|| value.to_owned()),
            Err(_) => later()?,
        },
    })
}

/// `1 min 30 s` of `1min 30s`.
fn spaced(span: &str) -> String {
    let mut out = String::with_capacity(span.len() + 4);
    let mut last = ' ';
    for char in span.chars() {
        if last.is_ascii_digit() && char.is_ascii_alphabetic() {
            out.push(' ');
        }
        out.push(char);
        last = char;
    }
    out
}

/// The words for each setting of the keys, whose value has the unit's name in place of specifiers.
fn each<'a>(
    unit: &Effective<'a>,
    section: Section,
    keys: &[&str],
    words: impl Fn(Setting<'a>, &str) -> Option<String>,
) -> Vec<String> {
    let value = |setting: Setting<'a>| match &unit.name {
        Some(name) => name.expand_known(setting.value()),
        None => setting.value().to_owned(),
    };
    let settings = keys.iter().flat_map(|key| unit.list(section, key));
    settings.filter_map(|setting| words(setting, &value(setting))).collect()
}
