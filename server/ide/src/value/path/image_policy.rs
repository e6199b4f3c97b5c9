//! `RootImagePolicy=` and its kin: what may be used of a disk image, as `image_policy_from_string()` reads it
//! (systemd.image-policy(7)).

use unit_catalog::words::{IMAGE_POLICY_FLAG, PARTITION_DESIGNATOR};
use unit_catalog::{Version, Word};

use crate::value::extract_word::{Extract, words_between};
use crate::value::{Checker, nearest};

const EXPECTED: &str = "PARTITION=USE[+USE…] between colons, or one of * - ~";

/// Judges a policy; what newer releases do not know in it they pass over.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    if matches!(value, "*" | "-" | "~") {
        return;
    }
    let (strict, version) = (!checker.since(258), checker.context.version);
    let mut seen: Vec<String> = Vec::new();
    for term in words_between(value, b":", Extract::DONT_COALESCE_SEPARATORS) {
        let Ok(term) = term else {
            checker.whole("no policy: a backslash has nothing behind it", EXPECTED);
            return;
        };
        let Some((partition, uses)) = term.text.split_once('=') else {
            let part = if term.text.is_empty() { 0..value.len() } else { term.range };
            checker.report(part, "no term of a policy", EXPECTED);
            return;
        };
        let name = partition.trim();
        let known = name.is_empty() || knows(PARTITION_DESIGNATOR, name, version);
        if !known && strict {
            let meant = nearest(name, PARTITION_DESIGNATOR.iter().map(|word| word.text));
            let part = term.piece().place(0..partition.len());
            checker.report(part, "no partition", EXPECTED).instead(meant);
            return;
        }
        if known && seen.iter().any(|seen| seen == name) {
            checker.report(term.range, "the second term for one partition", EXPECTED);
            return;
        }
        if known {
            seen.push(name.to_owned());
        }
        // No use at all.
        if matches!(uses.trim(), "" | "-") {
            continue;
        }
        let mut at = partition.len() + 1;
        for used in uses.split('+').filter(|_| strict) {
            let part = at..at + used.len();
            at = part.end + 1;
            let flag = used.trim();
            if !knows(IMAGE_POLICY_FLAG, flag, version) {
                let meant = nearest(flag, IMAGE_POLICY_FLAG.iter().map(|word| word.text));
                let part = term.piece().place(part);
                checker.report(part, "no use of a partition", EXPECTED).instead(meant);
                return;
            }
        }
    }
}

fn knows(words: &[Word], text: &str, version: Version) -> bool {
    words.iter().any(|word| word.text == text && word.known_to(version))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::RefusesUnit;

    #[test]
    fn policies() {
        good(
            "Service",
            "RootImagePolicy",
            &["*", "~", "root=verity+signed:usr=absent:=unused", "=open", "x=y"],
        );
        faults("Service", "RootImagePolicy", &["root", "yes", "root=open:root=open", ":", "**"], RefusesUnit);
        good_in(
            257,
            "Service",
            "RootImagePolicy",
            &["root=read-only-on+growfs-off", "root = open", "root=", "usr=-", r"\root=open"],
        );
        faults_in(
            257,
            "Service",
            "RootImagePolicy",
            &["x=open", "root=verty", "root=open+", "=+"],
            RefusesUnit,
        );
    }
}
