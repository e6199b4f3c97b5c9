//! The next elapses of calendar events, compared with those that the installed `systemd-analyze calendar` names.

use std::process::Command;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;
use unit_ide::value::CalendarEvent;

/// Time zones, with times shortly before their clocks are changed.
const CLOCKS: [(&str, &str); 11] = [
    ("UTC", "2026-11-21T13:21:44Z"),
    ("Europe/Berlin", "2026-03-28T11:30:00Z"),
    ("Europe/Berlin", "2026-03-29T00:10:00Z"),
    ("Europe/Berlin", "2026-10-24T22:50:00Z"),
    ("Europe/Berlin", "2026-10-25T00:30:00Z"),
    ("Europe/Berlin", "2026-10-25T01:10:00Z"),
    ("America/New_York", "2026-11-01T04:59:59Z"),
    // Half an hour; at midnight; a whole day.
    ("Australia/Lord_Howe", "2026-04-04T14:20:00Z"),
    ("America/Sao_Paulo", "2018-11-03T20:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T01:30:00Z"),
    ("Pacific/Apia", "2011-12-29T20:00:00Z"),
];

const EVENTS: [&str; 16] = [
    "daily",
    "hourly",
    "weekly",
    "*:0/20",
    "02:30",
    "00:30",
    "00..03:15",
    "Sun 02:00/17",
    "Mon..Fri 09:00",
    "*-*~1 23:59:59",
    "*-02-29",
    "*-10..11-01/7 01:45",
    "*:*:30",
    "02:30 Europe/London",
    "*:0/20 America/New_York",
    "daily UTC",
];

const COUNT: usize = 5;

/// What `systemd-analyze` says; `None` where there is none.
fn asked(event: &str, zone: &str, now: Timestamp) -> Option<Vec<String>> {
    let output = Command::new("systemd-analyze")
        .args([
            "calendar",
            &format!("--iterations={COUNT}"),
            &format!("--base-time=@{}", now.as_second()),
            event,
        ])
        .env("TZ", zone)
        .env("LC_ALL", "C")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let times = text.lines().filter_map(|line| {
        let (label, time) = line.split_once(": ")?;
        let label = label.trim();
        (label == "Next elapse" || label.starts_with("Iter")).then(|| time.trim().to_owned())
    });
    Some(times.collect())
}

#[test]
fn events_elapse_when_systemd_says() {
    let mut wrong = String::new();
    for (zone, now) in CLOCKS {
        let now: Timestamp = now.parse().expect("a time");
        let local = TimeZoneDatabase::bundled().get(zone).expect("a time zone");
        for event in EVENTS {
            let Some(theirs) = asked(event, zone, now) else {
                eprintln!("skipped: no systemd-analyze on this machine");
                return;
            };
            let parsed = CalendarEvent::parse(event).expect(event);
            let ours = parsed.next_elapses(&now.to_zoned(local.clone()), COUNT).expect("known zones");
            let ours: Vec<_> = ours
                .iter()
                .map(|time| time.with_time_zone(local.clone()).strftime("%a %F %T %Z").to_string())
                .collect();
            if ours != theirs {
                wrong += &format!("{event} after {now} in {zone}:\n  ours   {ours:?}\n  theirs {theirs:?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
