//! The typed view says what systemd's line reader says: compared with a second reader.

mod config_parse;
#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use config_parse::{Line, config_parse};
use proptest::prelude::*;
use unit_syntax::{Item, ItemKind, Junk, TextRange, Unit};

fn view(item: &Item) -> Option<Line> {
    Some(match item.kind() {
        ItemKind::Blank | ItemKind::Comment => return None,
        ItemKind::Header => Line::Header(item.section_name()?.to_string()),
        ItemKind::Assignment { .. } => Line::Assignment(item.key()?.to_string(), item.value()?.to_string()),
        ItemKind::Junk(Junk::MissingEquals) => Line::MissingEquals,
        ItemKind::Junk(Junk::MissingKey) => Line::MissingKey,
        ItemKind::Junk(Junk::BadHeader) => Line::BadHeader,
    })
}

fn lines(unit: &Unit) -> Vec<Line> {
    unit.entries().iter().filter_map(|entry| view(&entry.item)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn reads_what_systemd_reads(text in texts::text(24)) {
        let unit = Unit::parse(&text);
        prop_assert_eq!(lines(&unit), config_parse(&text));
    }

    #[test]
    fn tiles_the_text(text in texts::text(24)) {
        let unit = Unit::parse(&text);
        prop_assert_eq!(unit.text(), text.as_str());
        let mut at = 0;
        for entry in unit.entries() {
            prop_assert_eq!(entry.start, at);
            prop_assert!(!entry.range().is_empty());
            at = entry.range().end;
        }
        prop_assert_eq!(at, unit.len());
        let sections = unit.sections().map(|section| 1 + section.entries.len());
        prop_assert_eq!(unit.preamble().len() + sections.sum::<usize>(), unit.entries().len());
    }

    #[test]
    fn values_map_to_their_source(text in texts::text(24)) {
        for entry in Unit::parse(&text).entries() {
            let (Some(value), Some(range)) = (entry.value(), entry.value_range()) else { continue };
            let whole = TextRange::new(0, value.len() as u32);
            prop_assert_eq!(entry.value_to_source(whole), range);
            for (at, c) in value.char_indices() {
                let source = entry.value_to_source(TextRange::new(at as u32, (at + c.len_utf8()) as u32));
                let found = &text[source.start as usize..source.end as usize];
                prop_assert!(found == c.to_string() || (found == "\\" && c == ' '), "{:?} is not {:?}", found, c);
                prop_assert_eq!(entry.source_to_value(source.start), Some(at as u32));
            }
            prop_assert_eq!(entry.source_to_value(range.end), Some(value.len() as u32));
        }
    }
}
