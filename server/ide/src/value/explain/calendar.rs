//! Calendar events: what they come to, and when they are due.

use std::fmt::Write;

use jiff::Zoned;

use crate::value::CalendarEvent;

/// So many of the next times are named.
const NAMED: usize = 3;

/// The event as `systemd-analyze calendar` normalizes it, and when it is due next: in its own time zone, and by the
/// machine's clock where that is another.
pub(super) fn calendar(value: &str, now: Option<&Zoned>) -> Option<String> {
    let event = CalendarEvent::parse(value).ok()?;
    let mut text = format!("**`{value}`**");
    let normalized = event.to_string();
    if normalized != value {
        let _ = write!(text, " = `{normalized}`");
    }
    let Some(now) = now else {
        return Some(text);
    };
    let Some(next) = event.next_elapses(now, NAMED) else {
        let zone = event.zone().unwrap_or_default();
        let _ = write!(
            text,
            "\n\nWhen that is depends on the machine: not every one knows a time zone `{zone}`."
        );
        return Some(text);
    };
    text.push_str(if next.is_empty() { "\n\nNever due again." } else { "\n\nNext:\n" });
    for elapse in next {
        let _ = write!(text, "\n- {}", elapse.strftime("%a %F %T %Z"));
        let here = elapse.with_time_zone(now.time_zone().clone());
        if here.offset() != elapse.offset() {
            let _ = write!(text, ", here {}", here.strftime("%a %F %T %Z"));
        }
    }
    Some(text)
}

/// When the event is due next, in a few words: by the clock of its own time zone.
pub(super) fn next_elapse(value: &str, now: &Zoned) -> Option<String> {
    let next = CalendarEvent::parse(value).ok()?.next_elapses(now, 1)?;
    Some(match next.first() {
        Some(next) if next.offset() == now.offset() => format!("next {}", next.strftime("%a %F %T")),
        Some(next) => format!("next {}", next.strftime("%a %F %T %Z")),
        None => "never again".to_owned(),
    })
}
