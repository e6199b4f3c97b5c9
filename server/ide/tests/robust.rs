//! No text makes a feature fail, and all that is answered lies within the text, between characters.

mod support;

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use support::pieces::piece;
use support::{Source, apply, findings, workspace};
use unit_ide::completion::completion;
use unit_ide::folding_range::folding_ranges;
use unit_ide::formatting::formatting;
use unit_ide::hover::hover;
use unit_ide::inlay_hint::inlay_hints;
use unit_ide::selection_range::selection_ranges;
use unit_ide::semantic_tokens::semantic_tokens;
use unit_syntax::TextRange;

/// Paths that make different kinds of files of a text.
const PATHS: [&str; 6] =
    ["web.service", "web@.service", "web.socket", "web.target", "web-.service.d/a.conf", "web.timer.in"];

#[track_caller]
fn assert_within(text: &str, range: TextRange) {
    let (start, end) = (range.start as usize, range.end as usize);
    assert!(
        start <= end && text.is_char_boundary(start) && text.is_char_boundary(end),
        "{range:?} in {text:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12000, ..ProptestConfig::default() })]

    #[test]
    fn features_answer(
        path in proptest::sample::select(&PATHS[..]),
        pieces in proptest::collection::vec(piece(), 0..20),
        place in 0.0..=1.0,
    ) {
        let text = pieces.concat();
        let mut source = Source::of_marker(path);
        source.push(&text);
        let sources = [source];
        let workspace = workspace(&sources);
        let file = workspace.file(&sources[0].path).expect("it is open");

        let mut offset = (place * text.len() as f64) as usize;
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let epoch = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        if let Some(hover) = hover(&workspace, file, offset as u32, Some(&epoch)) {
            assert_within(&text, hover.range);
            prop_assert!(hover.range.contains_inclusive(offset as u32), "{:?} at {offset}", hover.range);
            prop_assert!(!hover.markdown.is_empty());
        }
        for item in completion(&workspace, file, offset as u32).items {
            if let Some(range) = item.replace {
                assert_within(&text, range);
                prop_assert!(range.contains_inclusive(offset as u32), "{} {range:?} at {offset}", item.label);
            }
        }
        for token in semantic_tokens(file, None) {
            assert_within(&text, token.range);
        }
        for fold in folding_ranges(file) {
            assert_within(&text, fold.range);
        }
        for hint in inlay_hints(&workspace, file, TextRange::new(0, text.len() as u32), |_| true, Some(&epoch)) {
            assert_within(&text, TextRange::at(hint.offset));
        }
        for range in selection_ranges(file, offset as u32) {
            assert_within(&text, range);
        }
        for edit in formatting(file).unwrap_or_default() {
            assert_within(&text, edit.range);
        }
        for finding in findings(&sources) {
            assert_within(&text, finding.range);
            prop_assert!(!finding.message.is_empty());
            for related in &finding.related {
                assert_within(&text, related.range);
            }
            for fix in &finding.fixes {
                for edit in &fix.edits {
                    assert_within(&text, edit.range);
                }
                apply(&sources, fix);
            }
        }
    }
}

/// A long line takes no longer than its length.
#[test]
fn long_lines_are_read_fast() {
    for part in ["${", "$a", "%i", "a ", "\"x\" ", "-", ":", "1G ", "\\\n", "'", "; ", "A=b "] {
        let line = part.repeat(200_000 / part.len());
        let mut source = Source::of_marker("web.service");
        source.push(&format!(
            "[Service]\nExecStart={line}\nEnvironment={line}\nReadWritePaths={line}\n# {line}\n"
        ));
        let sources = [source];
        let workspace = workspace(&sources);
        let file = workspace.file(&sources[0].path).expect("it is open");
        let started = Instant::now();
        let whole = TextRange::new(0, file.unit.len());
        semantic_tokens(file, None);
        folding_ranges(file);
        inlay_hints(&workspace, file, whole, |_| true, None);
        selection_ranges(file, 100_000);
        formatting(file).unwrap_or_default();
        assert!(started.elapsed() < Duration::from_secs(10), "{part:?}: {:?}", started.elapsed());
    }
}

/// Many lines that are wrong take no longer than their number.
#[test]
fn many_lines_are_judged_fast() {
    let lines = ["After=a.service", "foo bar", "StartLimitBurst=1", "Colour=red", "WantedBy=b.target"];
    for line in lines {
        let mut source = Source::of_marker("web.service");
        source.push(&format!("[Unit]\nDescription=x\n[Service]\n{}", format!("{line}\n").repeat(60_000)));
        let started = Instant::now();
        assert!(findings(&[source]).len() >= 60_000);
        assert!(started.elapsed() < Duration::from_secs(10), "{line}: {:?}", started.elapsed());
    }
}
