//! `BPFProgram=`: `ATTACH-TYPE:PATH`, as `config_parse_bpf_foreign_program()` reads it.

use super::path_simplify::Wanted;
use crate::value::piece::Piece;
use crate::value::{Checker, nearest};

/// Judges the value; the path may hold colons.
pub(super) fn check(checker: &mut Checker<'_>) {
    let (value, directive) = (checker.value, checker.context.directive);
    let Some((attach, path)) = value.split_once(':').filter(|(_, path)| !path.is_empty()) else {
        checker.whole("incomplete", "ATTACH-TYPE:PATH");
        return;
    };
    if directive.word(attach).is_none() {
        let meant = nearest(attach, directive.words.iter().map(|word| word.text));
        let part = if attach.is_empty() { 0..value.len() } else { 0..attach.len() };
        checker
            .report(part, "no attach type", "ATTACH-TYPE:PATH, such as egress:/sys/fs/bpf/x")
            .instead(meant);
        return;
    }
    checker.path(Piece::of_value(value).behind(value.len() - path.len()), Wanted::Absolute);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::IgnoresLine;

    #[test]
    fn programs() {
        good("Service", "BPFProgram", &["egress:/sys/fs/bpf/x", "egress:/a:b"]);
        faults(
            "Service",
            "BPFProgram",
            &["egres:/x", "egress", "egress:", "egress:x", "egress:/a/.."],
            IgnoresLine,
        );
    }
}
