//! Every value of every key is judged: no text panics, faults lie within it between characters, and long ones are read in
//! one go.

mod support;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use support::crate_path;
use unit_catalog::{Directive, Section, UnitType, ValueKind, Version, directives};
use unit_ide::value::{ValueContext, check, verdict};
use unit_ide::workspace::UnitName;

/// Every key of every section.
static DIRECTIVES: LazyLock<Vec<&'static Directive>> =
    LazyLock::new(|| Section::ALL.into_iter().flat_map(directives).collect());

/// What `tests/oracle` has values of, good and bad.
static RECORDED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let files = ["unit", "service", "socket", "mount", "timer", "path", "slice"];
    let text = |name| std::fs::read_to_string(crate_path(&format!("tests/oracle/{name}.txt")));
    let texts = files.map(|name| text(name).expect("the record is there"));
    let value = |line: &str| Some(line.split_once('\t')?.1.to_owned());
    let mut values: Vec<String> = texts.iter().flat_map(|text| text.lines()).filter_map(value).collect();
    values.sort();
    values.dedup();
    values
});

/// What parsers trip over.
const ODD: &[&str] = &[
    "",
    " ",
    "\t",
    "%",
    "%%",
    "%i",
    "%h",
    "%Z",
    "\\",
    "\\x",
    "\\x00",
    "\\u12",
    "\\101",
    "\"",
    "'",
    ":",
    ",",
    "=",
    "-",
    "--",
    "~",
    "!",
    "|",
    "@",
    "+",
    "*",
    "?",
    "[",
    "]",
    "[::1]:",
    "/",
    "//",
    "/../",
    ".",
    "..",
    "$",
    "${",
    "€",
    "é",
    "😀",
    "\u{0}",
    "\u{7f}",
    "\r",
    "\n",
    "0",
    "00",
    "-0",
    "1-",
    "1..",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "infinity",
    "K",
    "Ki",
    "5s",
    "%5",
    "100.001%",
];

/// Judges the value for this release and in every type of unit with that section, and looks at what is found.
#[track_caller]
fn judge(directive: &'static Directive, version: Version, value: &str) {
    for unit_type in directive.section.unit_types() {
        let context = ValueContext { directive, version, unit_type, unit: None };
        verdict(context, value);
        for error in check(context, value) {
            let name = directive.name;
            assert!(
                value.get(std::ops::Range::from(error.range)).is_some(),
                "{name}={value:?} at {version:?}: {error:?}"
            );
            assert!(!error.what.is_empty(), "{name}={value:?} at {version:?}: {error:?}");
        }
    }
}

fn version() -> impl Strategy<Value = Version> {
    (Version::OLDEST.0..=Version::NEWEST.0).prop_map(Version)
}

fn directive() -> impl Strategy<Value = &'static Directive> {
    proptest::sample::select(&DIRECTIVES[..])
}

/// A sample with odd pieces put in, cut short, or joined with another one.
fn mutated() -> impl Strategy<Value = String> {
    let sample = || proptest::sample::select(&RECORDED[..]);
    let edits = proptest::collection::vec((0.0..=1.0f64, proptest::sample::select(ODD), 0..6usize), 0..4);
    (sample(), edits, sample(), any::<bool>()).prop_map(|(mut value, edits, other, join)| {
        for (place, piece, removed) in edits {
            let boundary = |mut at: usize, value: &str| {
                while !value.is_char_boundary(at) {
                    at -= 1;
                }
                at
            };
            let start = boundary((place * value.len() as f64) as usize, &value);
            let end = boundary((start + removed).min(value.len()), &value).max(start);
            value.replace_range(start..end, piece);
        }
        if join { value + " " + &other } else { value }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(directive in directive(), version in version(), value in any::<String>()) {
        judge(directive, version, &value);
    }

    #[test]
    fn any_bytes(
        directive in directive(),
        version in version(),
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        judge(directive, version, &String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn odd_pieces(
        directive in directive(),
        version in version(),
        pieces in proptest::collection::vec(proptest::sample::select(ODD), 0..8),
    ) {
        judge(directive, version, &pieces.concat());
    }

    #[test]
    fn mutated_samples(directives in proptest::collection::vec(directive(), 8), version in version(), value in mutated()) {
        for directive in directives {
            judge(directive, version, &value);
        }
    }
}

#[test]
fn every_key_judges_odd_pieces() {
    for directive in &*DIRECTIVES {
        for piece in ODD {
            judge(directive, Version::NEWEST, piece);
            judge(directive, Version::OLDEST, &format!("a{piece}1"));
            judge(directive, Version(257), &format!("/{piece}:b"));
        }
    }
}

/// One key for each kind of value that is judged, in a release that judges it so.
fn kinds() -> Vec<(ValueKind, ValueContext<'static>)> {
    let mut kinds: Vec<(ValueKind, ValueContext<'static>)> = Vec::new();
    for directive in &*DIRECTIVES {
        for version in [Version::NEWEST, Version::OLDEST] {
            let (kind, unit_type) = (directive.kind_in(version), directive.section.unit_types().next());
            if kinds.iter().all(|(known, _)| *known != kind) {
                let unit_type = unit_type.unwrap_or(UnitType::Service);
                kinds.push((kind, ValueContext { directive, version, unit_type, unit: None }));
            }
        }
    }
    kinds
}

/// What long values are made of: each begins or ends something for some kind.
const PIECES: &[&str] = &[
    "a",
    "%",
    "%%",
    "%i",
    "%I ",
    "\"",
    "'",
    "\\",
    "\\x41",
    "\\q",
    " ",
    ":",
    ",",
    "/",
    "/../",
    "1-",
    "0",
    "7",
    "@",
    "é",
    "a ",
    "a:",
    "a:b ",
    "a:b:c ",
    "1s",
    "1K ",
    "\"a\" ",
    "\"a b\"c ",
    "~",
    "=",
    "A=1 ",
    "a=b:",
    "a=b+",
    "/a ",
    "-/a:/b ",
    "+",
    ".",
    "a.b",
    "a.socket ",
    "|",
    "!",
    "*",
    "*-",
    "Mon..",
    "Mon,",
    "1..2,",
    "1/2,",
    "1-2 ",
    "CAP_KILL ",
    "read ",
    "raed ",
    "@x:1 ",
    "man:a ",
    "::1 ",
    "[",
    "eth0 ",
    "cgroup:inet:a:b ",
    "root:ro ",
    "/a ; ",
    "x y z ",
    "A",
    "A=\\xff ",
];

/// What this thread has used of a processor, so that other programs do not count; elsewhere than on Linux the clock.
fn time_used() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let used = used.and_then(|line| line.split(' ').next()?.parse().ok());
    used.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// In a release build each kind reads a megabyte in less than 50 ms; otherwise a tenth of it in ten seconds, where quadratic time
/// would be minutes. What it takes is
/// printed.
#[test]
fn long_values_take_linear_time() {
    const LENGTH: usize = if cfg!(debug_assertions) { 100_000 } else { 1_000_000 };
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 50 });
    let values: Vec<_> = PIECES.iter().map(|piece| (piece, piece.repeat(LENGTH / piece.len()))).collect();
    let kinds = kinds();
    let name = UnitName::parse("web-a@srv-www.service");
    let slowest = |(kind, context): &(ValueKind, ValueContext<'static>)| {
        let context = ValueContext { unit: name.as_ref(), ..*context };
        let time = |value: &str| {
            let start = time_used();
            std::hint::black_box(check(context, value));
            time_used() - start
        };
        // A second try for what other programs got in the way of.
        let best =
            |value: &str| Some(time(value)).filter(|time| *time < limit).unwrap_or_else(|| time(value));
        let (time, piece) = values.iter().map(|(piece, value)| (best(value), piece)).max()?;
        Some((time, kind.name(), piece))
    };
    let next = AtomicUsize::new(0);
    let work = || {
        let kinds = std::iter::from_fn(|| kinds.get(next.fetch_add(1, Ordering::Relaxed)));
        kinds.filter_map(slowest).collect::<Vec<_>>()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut times: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no value panics")).collect()
    });
    times.sort();
    for (time, kind, piece) in &times {
        println!("{:9.3} ms  {kind:32} of {piece:?}", time.as_secs_f64() * 1e3);
    }
    let (time, kind, piece) = times.last().expect("there are kinds");
    assert!(*time < limit, "{time:?} for {LENGTH} bytes of {piece:?} as {kind}");
}
