//! `RootImagePolicy=` and its kin: what may be used of a disk image, as `image_policy_from_string()` reads it
//! (systemd.image-policy(7)).

use unit_catalog::words::{IMAGE_POLICY_FLAG, PARTITION_DESIGNATOR};
use unit_catalog::{Version, Word};

use crate::value::{Checker, nearest};

const EXPECTED: &str = "PARTITION=USE[+USE…] between colons, or one of * - ~";

/// Judges a policy; what newer releases do not know in it they pass over.
pub(super) fn check(checker: &mut Checker<'_>) {
    let value = checker.value;
    if matches!(value, "*" | "-" | "~") {
        return;
    }
    let strict = !checker.since(258);
    let mut seen: Vec<&str> = Vec::new();
    let mut start = 0;
    for term in value.split(':') {
        let range = start..start + term.len();
        start = range.end + 1;
        let Some((partition, uses)) = term.split_once('=') else {
            let part = if term.is_empty() { 0..value.len() } else { range };
            checker.report(part, "no term of a policy", EXPECTED);
            return;
        };
        let name = partition.trim();
        let known = name.is_empty() || knows(PARTITION_DESIGNATOR, name, checker.context.version);
        if !known && strict {
            let meant = nearest(name, PARTITION_DESIGNATOR.iter().map(|word| word.text));
            let part = range.start..range.start + partition.len();
            checker.report(part, "no partition", EXPECTED).instead(meant);
            return;
        }
        if known && seen.contains(&name) {
            checker.report(range, "the second term for one partition", EXPECTED);
            return;
        }
        if known {
            seen.push(name);
        }
        let mut at = range.start + partition.len() + 1;
        for used in uses.split('+') {
            let part = at..at + used.len();
            at = part.end + 1;
            let flag = used.trim();
            if strict && !flag.is_empty() && !knows(IMAGE_POLICY_FLAG, flag, checker.context.version) {
                let meant = nearest(flag, IMAGE_POLICY_FLAG.iter().map(|word| word.text));
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
        good_in(257, "Service", "RootImagePolicy", &["root=read-only-on+growfs-off", "root = open", "root="]);
        faults_in(257, "Service", "RootImagePolicy", &["x=open", "root=verty"], RefusesUnit);
    }
}
