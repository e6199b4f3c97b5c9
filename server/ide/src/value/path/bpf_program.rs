//! `BPFProgram=`: `ATTACH-TYPE:PATH`, as `config_parse_bpf_foreign_program()` reads it.

use super::path_simplify::Wanted;
use crate::value::extract_word::{Extract, words_between};
use crate::value::piece::Piece;
use crate::value::{Checker, nearest};

/// Judges the value; the path may hold colons.
pub(super) fn check(checker: &mut Checker<'_>) {
    let (value, directive) = (checker.value, checker.context.directive);
    let mut parts = words_between(value, b":", Extract::PLAIN);
    let attach = parts.next().and_then(Result::ok);
    let Some((attach, path)) = attach.zip(parts.rest()) else {
        checker.whole("incomplete", "ATTACH-TYPE:PATH");
        return;
    };
    if directive.word(&attach.text).is_none() {
        let meant = nearest(&attach.text, directive.words.iter().map(|word| word.text));
        checker
            .report(attach.range, "no attach type", "ATTACH-TYPE:PATH, such as egress:/sys/fs/bpf/x")
            .instead(meant);
        return;
    }
    checker.path(Piece::of_value(value).slice(path), Wanted::Absolute);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::IgnoresLine;

    #[test]
    fn programs() {
        good("Service", "BPFProgram", &["egress:/sys/fs/bpf/x", "egress:/a:b", ":egress::/a", r"e\gress:/a"]);
        faults(
            "Service",
            "BPFProgram",
            &["egres:/x", "egress", "egress:", "egress:x", "egress:/a/.."],
            IgnoresLine,
        );
    }
}
