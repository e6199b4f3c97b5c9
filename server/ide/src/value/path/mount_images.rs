//! Disk images and the options to mount them with: `config_parse_mount_images()`,
//! `config_parse_extension_images()` and `config_parse_root_image_options()`.

use unit_catalog::words::PARTITION_DESIGNATOR;

use super::path_simplify::Wanted;
use crate::value::extract_word::{Extract, Word, Words, words};
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, MOST_ERRORS, nearest};

/// How tuples are told apart, and how their parts.
const TUPLES: Extract = Extract::UNQUOTE.and(Extract::RETAIN_ESCAPE);
const PARTS: Extract = Extract::UNQUOTE.and(Extract::UNESCAPE_SEPARATORS);

/// Judges `[-]SOURCE:DESTINATION[:OPTIONS]`.
pub(super) fn check_mount(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, TUPLES), |checker, tuple| {
        let whole_line = tuple.range.start == 0;
        let mut parts = tuple.split(b":", PARTS);
        let Some(source) = next(checker, &mut parts, whole_line) else { return };
        if bad_source(checker, &source, Wanted::Absolute) {
            return;
        }
        let before = checker.errors.len();
        let Some(destination) = next(checker, &mut parts, whole_line) else {
            if checker.errors.len() == before {
                let expected = "SOURCE:DESTINATION[:OPTIONS] with absolute paths";
                checker.report(tuple.range.clone(), "without a destination", expected).word_only();
            }
            return;
        };
        match checker.path(destination.piece(), Wanted::AbsoluteNoApiButDev) {
            Some(error) => drop(error.word_only()),
            None => options(checker, &mut parts, whole_line),
        }
    });
}

/// Judges `[-]SOURCE[:OPTIONS]`.
pub(super) fn check_extension(checker: &mut Checker<'_>) {
    checker.each_word(words(checker.value, TUPLES), |checker, tuple| {
        let whole_line = tuple.range.start == 0;
        let mut parts = tuple.split(b":", PARTS);
        if let Some(source) = next(checker, &mut parts, whole_line)
            && !bad_source(checker, &source, Wanted::AbsoluteNoApi)
        {
            options(checker, &mut parts, whole_line);
        }
    });
}

/// The next part of a tuple; where it cannot be split any further that is reported.
fn next<'t>(checker: &mut Checker<'_>, parts: &mut Words<'t>, whole_line: bool) -> Option<Word<'t>> {
    match parts.next()? {
        Ok(part) => Some(part),
        Err(error) => {
            checker.word_error(error, whole_line);
            None
        }
    }
}

/// Judges mount options: one for all, or pairs of a partition and its options. Reports the first fault.
fn options(checker: &mut Checker<'_>, parts: &mut Words<'_>, whole_line: bool) {
    while let Some(first) = next(checker, parts, whole_line) {
        let pair = match next(checker, parts, whole_line) {
            Some(second) => vec![first, second],
            None => vec![first],
        };
        if bad_options(checker, &pair) {
            return;
        }
    }
}

/// Judges `[PARTITION:]OPTIONS`; what cannot be split spoils the whole line, whatever else is wrong in it.
pub(super) fn check_root_options(checker: &mut Checker<'_>) {
    let flags = Extract::CUNESCAPE | Extract::UNESCAPE_SEPARATORS;
    for tuple in words(checker.value, TUPLES) {
        let parts: Result<Vec<_>, _> = match &tuple {
            // Most have one part.
            Ok(tuple) if !tuple.text.contains([':', '\\']) => Ok(Vec::new()),
            Ok(tuple) => tuple.split(b":", flags).take(3).collect(),
            Err(error) => Err(error.clone()),
        };
        match (&tuple, parts.as_deref()) {
            (_, Ok([_, _, third])) => {
                checker.errors.clear();
                let expected = "[PARTITION:]OPTIONS, as often as needed";
                checker.report(third.range.clone(), "one part too many", expected);
                return;
            }
            (_, Err(error)) => {
                checker.errors.clear();
                checker.word_error(error.clone(), true);
                return;
            }
            _ if checker.errors.len() >= MOST_ERRORS => {}
            (Ok(whole), Ok([])) => _ = bad_options(checker, std::slice::from_ref(whole)),
            (_, Ok(parts)) => _ = bad_options(checker, parts),
        }
    }
}

/// Judges an image's path, behind the `-` that lets it be absent; true where it is bad.
fn bad_source(checker: &mut Checker<'_>, source: &Word<'_>, wanted: Wanted) -> bool {
    checker.optional_path(source.piece(), wanted).map(|error| error.word_only()).is_some()
}

/// Judges mount options, alone or behind their partition; true where they are bad.
fn bad_options(checker: &mut Checker<'_>, pair: &[Word<'_>]) -> bool {
    let version = checker.context.version;
    if let [partition, _] = pair
        && !PARTITION_DESIGNATOR.iter().any(|word| word.text == partition.text && word.known_to(version))
    {
        let known = PARTITION_DESIGNATOR.iter().filter(|word| word.known_to(version));
        let meant = nearest(&partition.text, known.map(|word| word.text));
        let part = partition.range.clone();
        checker.report(part, "no partition", EXPECTED_PARTITION).word_only().instead(meant);
        return true;
    }
    let specifier = pair.last().and_then(|options| checker.specifier(options.piece(), SpecifierSet::Unit));
    specifier.map(|error| error.word_only()).is_some()
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
