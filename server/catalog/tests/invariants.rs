//! What must hold for every row of every table, whatever the data says.

use std::collections::BTreeSet;

use unit_catalog::{
    Doc, Section, UnitType, ValueKind, Version, directive, directives, implicit_dependencies, inverse,
    section_doc, sections_with, special_unit, special_units, table, words,
};

fn all() -> impl Iterator<Item = &'static unit_catalog::Directive> {
    Section::ALL.into_iter().flat_map(directives)
}

#[test]
fn keys_are_sorted_and_found() {
    for section in Section::ALL {
        let rows = directives(section);
        assert!(!rows.is_empty(), "[{section}] has no keys");
        assert!(rows.is_sorted_by(|a, b| a.name < b.name), "[{section}] is not sorted, or has a key twice");
        for row in rows {
            assert_eq!(row.section, section);
            assert!(std::ptr::eq(directive(section, row.name).expect("it is in the table"), row));
            assert!(sections_with(row.name).any(|other| std::ptr::eq(other, row)));
        }
        assert_eq!(directive(section, "NoSuchKey"), None);
        assert_eq!(directive(section, ""), None);
    }
}

#[test]
fn replacements_exist() {
    for row in all() {
        let Some(deprecation) = row.deprecated else {
            assert!(!row.legacy, "[{}] {} is ignored, but nothing says why", row.section, row.name);
            continue;
        };
        assert!(deprecation.replaced_by.is_some() || deprecation.reason.is_some(), "{}", row.name);
        if let Some(name) = deprecation.replaced_by {
            let section = deprecation.replaced_in.unwrap_or(row.section);
            let replacement = directive(section, name).unwrap_or_else(|| panic!("[{section}] {name}"));
            assert_eq!(
                replacement.deprecated, None,
                "{} is replaced by a key that is itself deprecated",
                row.name
            );
        }
    }
}

#[test]
fn words_are_complete() {
    for row in all() {
        let texts: BTreeSet<_> = row.words.iter().map(|word| word.text).collect();
        assert_eq!(texts.len(), row.words.len(), "[{}] {} has a word twice", row.section, row.name);
        for word in row.words {
            if let Some(usual) = word.same_as {
                assert!(texts.contains(usual), "{}: {} is the same as {usual}", row.name, word.text);
            }
            assert!(word.until.is_none_or(|last| last >= word.since), "{}: {}", row.name, word.text);
            assert!(word.until.is_none() || row.kind != ValueKind::Enum || word.known_to(Version::OLDEST));
        }
        for word in row.boolean.iter().flat_map(|words| [words.yes, words.no]).flatten() {
            assert!(texts.contains(word), "[{}] {}: {word}", row.section, row.name);
        }
        if row.kind == ValueKind::Enum {
            assert!(!texts.is_empty(), "[{}] {} has no words", row.section, row.name);
            assert!(row.default.is_none_or(|word| texts.contains(word)), "[{}] {}", row.section, row.name);
        }
    }
}

/// A word cannot be asked of a release before the key itself: then nobody could have used the key.
#[test]
fn every_release_knows_a_word_of_an_enum() {
    for row in all().filter(|row| row.kind == ValueKind::Enum) {
        let from = row.since.unwrap_or(Version::OLDEST).max(Version::OLDEST);
        for release in from.0..=Version::NEWEST.0 {
            let release = Version(release);
            if row.kind_in(release) == ValueKind::Enum {
                let known = row.words.iter().filter(|word| word.known_to(release)).count();
                assert!(known > 1, "[{}] {} in {release}", row.section, row.name);
            }
        }
    }
}

#[test]
fn ranges_and_releases_are_in_order() {
    for row in all() {
        assert!(row.range.is_none_or(|(least, most)| least <= most), "{}", row.name);
        if let (Some(first), Some(last)) = (row.since, row.until) {
            assert!(first <= last, "[{}] {} ended before it began", row.section, row.name);
        }
        assert!(row.since.is_none_or(|first| first <= Version::NEWEST), "{}", row.name);
        if let Some((last, kind)) = row.older_kind {
            assert_ne!(kind, row.kind, "[{}] {}", row.section, row.name);
            assert_eq!(row.kind_in(last), kind);
            assert_eq!(row.kind_in(Version(last.0 + 1)), row.kind);
        }
        if let (Some((least, most)), Some(default)) = (row.range, row.default)
            && let Ok(number) = default.parse::<i64>()
        {
            assert!((least..=most).contains(&number), "{}: {default} of {least} to {most}", row.name);
        }
    }
}

#[test]
fn keys_with_a_manual_page_have_an_address() {
    for row in all() {
        let url = row.man_url();
        assert_eq!(url.is_some(), row.man.is_some());
        if let Some(url) = url {
            assert!(url.ends_with(&format!(".html#{}=", row.name)), "{url}");
        }
        assert!(!row.documented || row.man.is_some(), "{} is documented nowhere", row.name);
    }
}

#[test]
fn every_kind_has_a_legend() {
    let mut names = BTreeSet::new();
    for (index, kind) in ValueKind::all().enumerate() {
        assert_eq!(kind as usize, index, "names and legends are found by this index");
        assert!(names.insert(kind.name()), "{} twice", kind.name());
        let legend = kind.legend();
        assert!(legend.len() > 4 && !legend.ends_with('.'), "{}: {legend}", kind.name());
        assert_eq!(legend.matches('`').count() % 2, 0, "{}: {legend}", kind.name());
    }
    assert_eq!(ValueKind::TimeSpan.name(), "time_span");
    assert!(ValueKind::TimeSpan.legend().starts_with("a time span: `5s`"));
}

#[test]
fn documentation_is_well_formed() {
    let docs = all().filter_map(|row| row.doc()).chain(Section::ALL.into_iter().filter_map(section_doc));
    for doc in docs {
        assert!(doc.summary.ends_with('.') && doc.summary.chars().count() <= 120, "{}", doc.summary);
        assert_eq!(doc.body, doc.body.trim());
        for (word, text) in doc.words {
            assert_eq!(doc.word(word), Some(*text));
            assert!(!text.is_empty(), "{word}");
        }
    }
    let kinds = directive(Section::Service, "Restart").and_then(|row| row.doc());
    assert!(kinds.and_then(|doc: &Doc| doc.word("on-failure")).is_some(), "Restart= explains its words");
}

/// Whoever adds a key writes its documentation too.
#[test]
fn every_key_of_the_manual_is_documented() {
    let missing: Vec<_> = all()
        .filter(|row| row.documented && row.doc().is_none())
        .map(|row| (row.section, row.name))
        .collect();
    assert!(missing.is_empty(), "{} keys have no text in docs/: {missing:?}", missing.len());
    let sections: Vec<_> = Section::ALL.into_iter().filter(|it| section_doc(*it).is_none()).collect();
    assert!(sections.is_empty(), "no text in docs/ for {sections:?}");
}

#[test]
fn special_units_are_sorted_and_found() {
    assert!(special_units().is_sorted_by(|a, b| a.name < b.name));
    for unit in special_units() {
        assert!(std::ptr::eq(special_unit(unit.name).expect("it is in the table"), unit));
        assert!(unit.system || unit.user, "{} has no manager", unit.name);
        assert!(unit.name.ends_with(&format!(".{}", unit.unit_type)), "{}", unit.name);
    }
    assert_eq!(special_unit("nginx.service"), None);
}

#[test]
fn names_go_both_ways() {
    for section in Section::ALL {
        assert_eq!(Section::from_name(section.name()), Some(section));
    }
    assert_eq!(Section::from_name("service"), None, "letter case counts");
    for unit_type in UnitType::ALL {
        assert_eq!(UnitType::from_suffix(unit_type.suffix()), Some(unit_type));
        assert!(unit_type.sections().iter().all(|section| unit_type.reads_section(section.name())));
        assert!(!unit_type.reads_section("X-Vendor"));
        assert!(implicit_dependencies(unit_type).count() > 0 || unit_type == UnitType::Device);
    }
    assert_eq!(UnitType::from_suffix("snapshot"), None);
    for name in ["Wants", "Requires", "Before", "BindsTo"] {
        let back = inverse(name).expect("a dependency has an inverse");
        assert_eq!(inverse(back), Some(name));
    }
}

#[test]
fn dependencies_name_known_relations() {
    for dependency in UnitType::ALL.into_iter().flat_map(implicit_dependencies) {
        assert!(!dependency.add.is_empty());
        assert!(!dependency.on.is_empty(), "{dependency:?}");
        assert!(dependency.since.is_none() || dependency.until.is_none(), "{dependency:?}");
        for name in dependency.add {
            assert!(inverse(name).is_some(), "{name}");
        }
        for unit in dependency.on {
            let suffix = unit.rsplit_once('.').map(|(_, suffix)| suffix).and_then(UnitType::from_suffix);
            assert!(suffix.is_some(), "{unit}");
        }
    }
}

#[test]
fn tables_have_no_duplicates() {
    fn distinct<T: Ord + std::fmt::Debug>(what: &str, keys: impl Iterator<Item = T>) {
        let mut seen = BTreeSet::new();
        for key in keys {
            assert!(!seen.contains(&key), "{what} has {key:?} twice");
            seen.insert(key);
        }
        assert!(seen.len() > 2, "{what} is almost empty");
    }
    distinct("signals", table::signals().iter().map(|it| it.name));
    distinct("signal numbers", table::signals().iter().map(|it| it.number));
    distinct("capabilities", table::capabilities().iter().map(|it| it.number));
    distinct("time units", table::time_units().iter().map(|it| it.name));
    distinct("byte suffixes", table::byte_suffixes().iter().map(|it| it.letter));
    distinct("calendar shorthands", table::calendar_shorthands().iter().map(|it| it.name));
    distinct("exit statuses", table::exit_statuses().iter().map(|it| it.name));
    distinct("specifiers", table::specifiers().iter().map(|it| it.letter));
    distinct("exec prefixes", table::exec_prefixes().iter().map(|it| it.text));
    distinct("system call groups", table::syscall_groups().iter().map(|it| it.name));
    distinct("file system groups", table::filesystem_groups().iter().map(|it| it.name));
    distinct("error names", words::ERRNO.iter().map(|it| it.text));
}

#[test]
fn groups_contain_groups_that_exist() {
    for groups in [table::syscall_groups(), table::filesystem_groups()] {
        for group in groups {
            assert!(group.name.starts_with('@'));
            for member in group.members.iter().filter(|member| member.starts_with('@')) {
                assert!(groups.iter().any(|other| other.name == *member), "{} of {}", member, group.name);
            }
        }
    }
}
