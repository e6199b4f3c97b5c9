//! `OpenFile=`: `PATH[:NAME[:FLAGS]]`, as `open_file_parse()` reads it.

use unit_catalog::words::OPEN_FILE_FLAGS;

use super::path_simplify::is_valid;
use crate::value::extract_word::{Extract, words_between};
use crate::value::{Checker, nearest};

const EXPECTED: &str = "PATH[:NAME[:FLAGS]] with an absolute path";

/// Judges the value: specifiers are not replaced here.
pub(super) fn check(checker: &mut Checker<'_>) {
    let flags = Extract::DONT_COALESCE_SEPARATORS | Extract::CUNESCAPE;
    let parts: Result<Vec<_>, _> = words_between(checker.value, b":", flags).take(4).collect();
    let parts = match parts {
        Ok(parts) => parts,
        Err(error) => {
            checker.word_error(error, true);
            return;
        }
    };
    let Some(path) = parts.first() else { return };
    if !path.text.starts_with('/') || !is_valid(&path.text) {
        let part = if path.range.is_empty() { 0..checker.value.len() } else { path.range.clone() };
        checker.report(part, "no absolute path", EXPECTED);
        return;
    }
    // Without a name the file's own is taken.
    let printable = |byte: u8| (b' '..0x7F).contains(&byte) && byte != b':';
    let valid = |name: &str| name.len() <= 255 && name.bytes().all(printable);
    match parts.get(1).filter(|name| !name.text.is_empty()) {
        Some(name) if !valid(&name.text) => {
            checker.report(name.range.clone(), "no name of a file descriptor", EXPECTED);
            return;
        }
        None if !file_name(&path.text).is_some_and(valid) => {
            let what = "no path whose last part could name the file descriptor";
            checker.report(path.range.clone(), what, EXPECTED);
            return;
        }
        _ => {}
    }
    if let Some(fourth) = parts.get(3).filter(|fourth| fourth.range.start < checker.value.len()) {
        checker.report(fourth.range.start..checker.value.len(), "one part too many", EXPECTED);
        return;
    }
    let Some(list) = parts.get(2) else { return };
    let mut seen = Vec::new();
    for flag in list.split(b",", Extract::CUNESCAPE) {
        let Ok(flag) = flag else { return };
        let known = OPEN_FILE_FLAGS.iter().find(|word| word.text == flag.text).map(|word| word.text);
        let modes = |flag: &str| flag != "graceful";
        let what = match known {
            None => "no flag of this key",
            Some(known) if seen.contains(&known) => "given twice",
            Some(known) if modes(known) && seen.iter().any(|flag| modes(flag)) => {
                "a second way to open the file"
            }
            Some(known) => {
                seen.push(known);
                continue;
            }
        };
        let meant =
            nearest(&flag.text, OPEN_FILE_FLAGS.iter().map(|word| word.text)).filter(|_| known.is_none());
        let expected = "one of read-only, append and truncate, and graceful";
        checker.report(flag.range, what, expected).instead(meant);
        return;
    }
}

/// The last part of a path, as `path_extract_filename()` finds it.
fn file_name(path: &str) -> Option<&str> {
    path.rsplit('/').find(|name| !matches!(*name, "" | ".")).filter(|name| *name != "..")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::IgnoresLine;

    #[test]
    fn files() {
        good(
            "Service",
            "OpenFile",
            &[
                "/a",
                "/a:b",
                "/a::read-only",
                "/a:b:",
                "/a:b:append,,graceful",
                "/%Z",
                "/a b",
                "/a/.//",
                "/é/..:a",
            ],
        );
        let bad = [
            "a",
            "/a:b:c",
            "/a:b:append,truncate",
            "/a:b:append,append",
            "/a:b:append:d",
            "\"/a\"",
            ":x",
            "/a:é",
            "/é",
            "/é:",
            "/a/..",
            "/.",
        ];
        faults("Service", "OpenFile", &bad, IgnoresLine);
    }
}
