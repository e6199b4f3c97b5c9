//! Disk images and the options to mount them with: `config_parse_mount_images()`,
//! `config_parse_extension_images()` and `config_parse_root_image_options()`.

use unit_catalog::words::PARTITION_DESIGNATOR;

use super::path_simplify::{Place, Wanted};
use crate::value::extract_word::{Extract, Word, words};
use crate::value::specifier::{SpecifierSet, bad_specifier};
use crate::value::{Checker, nearest};

/// How tuples are told apart, and how their parts.
const TUPLES: Extract = Extract::UNQUOTE.and(Extract::RETAIN_ESCAPE);
const PARTS: Extract = Extract::UNQUOTE.and(Extract::UNESCAPE_SEPARATORS);

/// Judges `[-]SOURCE:DESTINATION[:OPTIONS]`.
pub(super) fn check_mount(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, TUPLES), |checker, tuple| {
        let place = Place::of(&tuple, checker.value);
        let Some(parts) = checker.parts(&tuple, &place, PARTS, usize::MAX, tuple.range.start == 0) else {
            return;
        };
        let [source, rest @ ..] = &parts[..] else { return };
        if bad_source(checker, &place, source, Wanted::Absolute) {
            return;
        }
        let [destination, rest @ ..] = rest else {
            let expected = "SOURCE:DESTINATION[:OPTIONS] with absolute paths";
            checker.report(tuple.range.clone(), "without a destination", expected).word_only();
            return;
        };
        let part = place.part(destination.range.clone());
        match checker.path(part, &destination.text, Wanted::AbsoluteNoApiButDev) {
            Some(error) => drop(error.word_only()),
            None => options(checker, &place, rest),
        }
    });
}

/// Judges `[-]SOURCE[:OPTIONS]`.
pub(super) fn check_extension(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, TUPLES), |checker, tuple| {
        let place = Place::of(&tuple, checker.value);
        if let Some(parts) = checker.parts(&tuple, &place, PARTS, usize::MAX, tuple.range.start == 0)
            && let [source, rest @ ..] = &parts[..]
            && !bad_source(checker, &place, source, Wanted::AbsoluteNoApi)
        {
            options(checker, &place, rest);
        }
    });
}

/// Judges `[PARTITION:]OPTIONS`; what cannot be split spoils the whole line.
pub(super) fn check_root_options(checker: &mut Checker<'_>) {
    let value = checker.value;
    let flags = Extract::CUNESCAPE | Extract::UNESCAPE_SEPARATORS;
    for judge in [false, true] {
        for tuple in words(value, TUPLES) {
            let tuple = match tuple {
                Ok(tuple) => tuple,
                Err(error) => {
                    checker.word_error(error, true);
                    return;
                }
            };
            let place = Place::of(&tuple, value);
            let Some(parts) = checker.parts(&tuple, &place, flags, 3, true) else { return };
            if let [_, _, third] = &parts[..] {
                let part = place.part(third.range.clone());
                checker.report(part, "one part too many", "[PARTITION:]OPTIONS, as often as needed");
                return;
            }
            if judge {
                options(checker, &place, &parts);
            }
        }
    }
}

/// Judges an image's path, behind the `-` that lets it be absent; true where it is bad.
fn bad_source(checker: &mut Checker<'_>, place: &Place, source: &Word<'_>, wanted: Wanted) -> bool {
    let path = source.text.strip_prefix('-').unwrap_or(&source.text);
    let skip = source.text.len() - path.len();
    let part = if path.is_empty() { 0..0 } else { source.range.start + skip..source.range.end };
    checker.path(place.part(part), path, wanted).map(|error| error.word_only()).is_some()
}

/// Judges mount options: one for all, or pairs of a partition and its options. Reports the first fault.
fn options(checker: &mut Checker<'_>, place: &Place, parts: &[Word<'_>]) {
    let version = checker.context.version;
    for pair in parts.chunks(2) {
        if let [partition, _] = pair
            && !PARTITION_DESIGNATOR.iter().any(|word| word.text == partition.text && word.known_to(version))
        {
            let known = PARTITION_DESIGNATOR.iter().filter(|word| word.known_to(version));
            let meant = nearest(&partition.text, known.map(|word| word.text));
            let part = place.part(partition.range.clone());
            checker.report(part, "no partition", EXPECTED_PARTITION).word_only().instead(meant);
            return;
        }
        if let [.., options] = pair
            && let Some(bad) = bad_specifier(&options.text, SpecifierSet::Unit, version)
        {
            checker.specifier_within(place.part(options.range.clone()), &options.text, bad).word_only();
            return;
        }
    }
}

const EXPECTED_PARTITION: &str = "partitions by name: root, usr, home, srv, var, tmp, esp, xbootldr, …";

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::{IgnoresLine, IgnoresWord};

    #[test]
    fn images() {
        good(
            "Service",
            "MountImages",
            &["/a:/b", "-/a:/b:ro", "/a:/b:root:ro:usr:rw", "/a:/dev/b", "'/a b':/c"],
        );
        let bad = ["/a", "a:/b", "/a:b", "/a:", "/a:/b:foo:ro", "/a:/%Z", "/a:/proc/b", "/a:/b:root:%Z"];
        faults("Service", "MountImages", &bad, IgnoresWord);
        good_in(252, "Service", "MountImages", &["/a:/proc/b"]);
        good("Service", "ExtensionImages", &["/a -/b:ro", "/a:root:ro,nosuid", "/a:"]);
        faults("Service", "ExtensionImages", &["a", "/a:foo:ro", "/dev/a", "-"], IgnoresWord);
        faults("Service", "ExtensionImages", &["'/a"], IgnoresLine);
        good("Service", "RootImageOptions", &["ro", "root:ro home:rw", "root:", ":ro", "anything"]);
        faults("Service", "RootImageOptions", &["foo:ro", "ro rot:rw", "%Z"], IgnoresWord);
        faults("Service", "RootImageOptions", &["a:b:c", "'ro", r"a\q"], IgnoresLine);
        good_in(257, "Service", "RootImageOptions", &["root-secondary:ro"]);
        faults_in(262, "Service", "RootImageOptions", &["root-secondary:ro"], IgnoresWord);
    }
}
