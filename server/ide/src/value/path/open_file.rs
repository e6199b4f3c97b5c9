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
    let printable = |byte: u8| (b' '..0x7F).contains(&byte) && byte != b':';
    if let Some(name) = parts.get(1).filter(|name| name.text.len() > 255 || !name.text.bytes().all(printable))
    {
        checker.report(name.range.clone(), "no name of a file descriptor", EXPECTED);
        return;
    }
    if let Some(fourth) = parts.get(3).filter(|fourth| fourth.range.start < checker.value.len()) {
        checker.report(fourth.range.start..checker.value.len(), "one part too many", EXPECTED);
        return;
    }
    let Some(list) = parts.get(2) else { return };
    let mut seen = Vec::new();
    for flag in words_between(&list.text, b",", Extract::CUNESCAPE) {
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
        let exact = checker.value.get(list.range.clone()) == Some(&*list.text);
        let part = match exact {
            true => list.range.start + flag.range.start..list.range.start + flag.range.end,
            false => list.range.clone(),
        };
        let expected = "one of read-only, append and truncate, and graceful";
        checker.report(part, what, expected).instead(meant.filter(|_| exact));
        return;
    }
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
            &["/a", "/a:b", "/a::read-only", "/a:b:", "/a:b:append,,graceful", "/%Z", "/a b"],
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
        ];
        faults("Service", "OpenFile", &bad, IgnoresLine);
    }
}
