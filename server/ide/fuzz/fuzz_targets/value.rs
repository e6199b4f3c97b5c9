//! Fuzzes the judge of single values: two bytes choose the key and the release, the rest is the value.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use unit_catalog::{Directive, Section, Version, directives};
use unit_ide::value::{ValueContext, check, verdict};

static DIRECTIVES: LazyLock<Vec<&'static Directive>> =
    LazyLock::new(|| Section::ALL.into_iter().flat_map(directives).collect());

fuzz_target!(|input: (u16, u8, &str)| {
    let (number, release, value) = input;
    let directive = DIRECTIVES[usize::from(number) % DIRECTIVES.len()];
    let releases = Version::NEWEST.0 - Version::OLDEST.0 + 1;
    let version = Version(Version::OLDEST.0 + u16::from(release) % releases);
    for unit_type in directive.section.unit_types() {
        let context = ValueContext { directive, version, unit_type, unit: None };
        verdict(context, value);
        for error in check(context, value) {
            assert!(value.get(std::ops::Range::from(error.range)).is_some(), "{error:?}");
        }
    }
});
