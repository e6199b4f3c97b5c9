//! Numbers and words: booleans, enumerations, time, sizes, ranges.

mod boolean;
mod calendar;
mod coredump_filter;
mod cpu_set;
mod device_setting;
mod exit_status;
pub(super) mod integer;
mod mode;
pub(super) mod percent;
mod rlimit;
mod signal;
pub(super) mod size;
mod standard_stream;
mod switch;
pub(super) mod time_span;
mod words;

use unit_catalog::{Section, ValueKind as K};

use super::extract_word::{self, Extract, Word, Words};
use super::specifier::SpecifierSet;
use super::{Checker, MOST_ERRORS, Problem};

pub use boolean::boolean;
pub use calendar::{CalendarError, CalendarEvent};
pub use exit_status::ExitStatuses;
pub use mode::octal_mode;
pub use signal::signal_number;
pub(super) use size::parse as size_parse;
pub use size::size_in_bytes;
use time_span::SpanKind;
pub use time_span::{TimeSpan, time_span, time_span_of};
pub use words::canonical_word;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    match kind {
        K::Boolean | K::Tristate => boolean::check(checker),
        K::Enum => words::check(checker),
        K::EnumList => words::check_list(checker),
        K::EnumOrInteger => words::check_or_number(checker),
        K::Integer
        | K::Unsigned
        | K::UnsignedOrInfinity
        | K::UnsignedOrMax
        | K::UnsignedOrOff
        | K::Weight
        | K::WeightOrIdle
        | K::ExitStatus => integer::check(checker, kind),
        K::BooleanOrInteger => {
            if boolean(checker.value).is_none() {
                integer::check(checker, K::Unsigned);
            }
        }
        K::UnsignedList => integer::check_list(checker),
        K::Bytes
        | K::BytesSi
        | K::BytesOrInfinity
        | K::BytesOrPercentOrInfinity
        | K::BooleanOrBytes
        | K::DiskQuota => size::check(checker, kind),
        K::Percent | K::PercentUnbounded | K::Permille | K::UnsignedOrPercentOrInfinity => {
            percent::check(checker, kind);
        }
        K::OctalMode => mode::check(checker),
        K::Rlimit | K::RlimitBytes | K::RlimitCount | K::RlimitNice | K::RlimitSec | K::RlimitUsec => {
            rlimit::check(checker, kind)
        }
        K::Signal => signal::check(checker),
        K::ExitStatusList => exit_status::check_list(checker),
        K::Errno => exit_status::check_errno(checker),
        K::CpuSet | K::CpuSetOrAll => cpu_set::check(checker, kind),
        K::CoredumpFilter => coredump_filter::check(checker),
        K::Delegate | K::ProtectHostname | K::RefreshOnReload => switch::check(checker, kind),
        K::StdInput | K::StdOutput => standard_stream::check(checker, kind),
        K::DeviceWeight | K::DeviceLimit | K::DeviceLatency => device_setting::check(checker, kind),
        K::CalendarEvent => calendar::check(checker),
        K::Timezone => calendar::check_timezone(checker),
        _ => return check_time_span(checker, kind),
    }
    true
}

/// Judges a time span; false for the kinds that are none.
fn check_time_span(checker: &mut Checker<'_>, kind: K) -> bool {
    let Some(span) = time_span::kind(kind) else {
        return false;
    };
    // config_parse_timer() expands specifiers first; the user's number is a time span too.
    let directive = checker.context.directive;
    let timer = directive.section == Section::Timer && directive.name.starts_with("On");
    if !timer {
        judge_span(checker, span);
    } else if !checker.refuse_specifier(SpecifierSet::Unit) {
        checker.judge_expanded(|checker| judge_span(checker, span));
    }
    true
}

/// Judges a time span without specifiers.
fn judge_span(checker: &mut Checker<'_>, span: SpanKind) {
    let (what, expected) = match time_span::parse(checker.value, span) {
        Some(read) if checker.context.directive.name == "ManagedOOMMemoryPressureDurationSec" => {
            if (1_000_000..u64::MAX).contains(&read.micros()) {
                return;
            }
            ("out of range", "a time span of at least 1s, but not infinity")
        }
        Some(_) => return,
        None if span.infinity => ("no time span", "a time span such as 5s, 1min 30s or infinity"),
        None => ("no time span", "a time span such as 5s or 1min 30s"),
    };
    checker.whole(what, expected).problem(Problem::TimeSpan);
}

/// Hands each word to `judge`, quotes taken away; a list that cannot be split is reported whole.
fn each_word(checker: &mut Checker<'_>, judge: impl FnMut(&mut Checker<'_>, Word<'_>)) {
    each_word_of(checker, extract_word::words(checker.value, Extract::UNQUOTE), judge);
}

/// The same for words of other kinds.
fn each_word_of<'v>(
    checker: &mut Checker<'v>,
    words: Words<'v>,
    mut judge: impl FnMut(&mut Checker<'_>, Word<'_>),
) {
    for word in words {
        match word {
            Ok(word) => judge(checker, word),
            Err(_) => {
                checker.whole("no list of words: a quote or a backslash has no counterpart", "words");
                return;
            }
        }
        if checker.errors.len() >= MOST_ERRORS {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::time::{Duration, Instant};

    use unit_catalog::{UnitType, Version, directives};

    use super::*;
    use crate::value::ValueContext;

    /// Every directive of this family reads long and odd values fast, and blames parts that are there.
    #[test]
    fn long_and_odd_values() {
        let long =
            ["9", "1,", "a ", "%i", "1G ", ":", "é", "-", "*/", "\"x\" ", "1-2 ", "Mon..", "\\", "SIGé "];
        let mut values: Vec<String> = long.iter().map(|part| part.repeat(100_000)).collect();
        let odd = [
            "ü", "%", "fd:%", "file:", "private:", "~", "-", "+", "@", "1..é", "Moné", "5é", "0x", "1:é",
            "\"é",
        ];
        values.extend(odd.map(str::to_owned));
        let mut seen = Vec::new();
        for section in Section::ALL {
            for directive in directives(section) {
                if seen.contains(&(directive.kind, directive.words)) {
                    continue;
                }
                seen.push((directive.kind, directive.words));
                for (value, version) in
                    values.iter().flat_map(|value| [(value, Version(252)), (value, Version(262))])
                {
                    let unit_type = UnitType::Service;
                    let checked = || {
                        let context = ValueContext { directive, version, unit_type, unit: None };
                        let mut checker = Checker { context, value, errors: Vec::new() };
                        let start = Instant::now();
                        check(&mut checker, directive.kind_in(version));
                        (start.elapsed() < Duration::from_secs(1), checker.errors)
                    };
                    // A machine that is busy elsewhere may take its time once.
                    let (fast, errors) = checked();
                    let name = directive.name;
                    let fast = fast || (0..4).any(|_| checked().0);
                    assert!(fast, "{name} with {} bytes", value.len());
                    for error in errors {
                        let part = Range::from(error.range);
                        assert!(value.get(part).is_some(), "{name}={:.40}: {error:?}", value);
                    }
                }
            }
        }
    }
}
