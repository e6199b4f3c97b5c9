//! Writes the generated Rust files. They are skipped by rustfmt: one row is one line.

use std::fmt::{Display, Write as _};

use super::{
    data::{self, Data, Directive, Empty, Manager, SECTIONS, Word, Words},
    docs::Docs,
};

/// `value_kinds.rs`: the enum, and the name and legend of each variant.
pub(super) fn value_kinds(data: &Data) -> String {
    let mut out = head("Kinds of values and their legends.", "value-kinds.toml");
    out.push_str("/// The syntax of a value.\n#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]\npub enum ValueKind {\n");
    for (kind, legend) in &data.kinds {
        line(&mut out, format_args!("    /// {}.\n    {},", capitalized(legend), camel(kind)));
    }
    out.push_str("}\n\n/// Variant, name in the data, legend; in the order of the variants.\n");
    line(
        &mut out,
        format_args!("pub(crate) static KINDS: [(ValueKind, &str, &str); {}] = [", data.kinds.len()),
    );
    for (kind, legend) in &data.kinds {
        line(&mut out, format_args!("    (ValueKind::{}, {kind:?}, {legend:?}),", camel(kind)));
    }
    out.push_str("];\n");
    out
}

/// `words.rs`: one static per word table.
pub(super) fn words(data: &Data) -> String {
    let mut out = head("Lists of words that values are made of.", "enums.toml");
    out.push_str(
        "use crate::{Version, Word};\n\nconst fn w(text: &'static str) -> Word { Word::plain(text) }\n",
    );
    for (table, words) in &data.enums.words {
        line(&mut out, format_args!("\n/// The words of `{table}`."));
        line(&mut out, format_args!("pub static {}: &[Word] = &[", constant(table)));
        for word in words {
            line(&mut out, format_args!("    {},", word_row(word)));
        }
        out.push_str("];\n");
    }
    out
}

fn word_row(word: &Word) -> String {
    let plain = format!("w({:?})", word.text());
    let Word::Detailed(word) = word else { return plain };
    let mut fields = Fields::default();
    fields.add_if(word.since() != 0, "since", format_args!("Version({})", word.since()));
    fields.add_some("until", word.until().map(version));
    fields.add_if(word.deprecated, "deprecated", "true");
    fields.add_if(word.takes_argument, "takes_argument", "true");
    fields.add_some("same_as", word.same_as.as_ref().map(quoted));
    fields.over("Word", &plain)
}

/// `directives.rs`: a constant per entry of the data, and a sorted static per section.
pub(super) fn directives(data: &Data, docs: &Docs) -> String {
    let mut out = head("The keys of each section, sorted by name.", "directives.toml and manager.toml");
    out.push_str("use super::{docs, words};\nuse crate::{BooleanWords, Deprecation, Directive, Empty, Section, ValueKind, Version, Word};\n\n");
    out.push_str(
        "const fn d(name: &'static str, kind: ValueKind) -> Directive { Directive::usual(name, kind) }\n",
    );
    out.push_str("const fn w(text: &'static str) -> Word { Word::plain(text) }\n\n");
    out.push_str("/// In the order of `Section`.\n");
    line(
        &mut out,
        format_args!(
            "pub(crate) static SECTIONS: [&[Directive]; {}] = [{}];\n",
            SECTIONS.len(),
            SECTIONS.map(constant).join(", ")
        ),
    );
    for (index, row) in data.directives.iter().enumerate() {
        line(&mut out, format_args!("const R{index}: Directive = {};", directive_row(row)));
    }
    for section in SECTIONS {
        line(&mut out, format_args!("\nstatic {}: &[Directive] = &[", constant(section)));
        for (index, row) in data.directives.iter().enumerate().filter(|(_, row)| row.has(section)) {
            let doc = option(docs.of(section, &row.name).map(|index| format!("&docs::D{index}")));
            line(&mut out, format_args!("    R{index}.in_section(Section::{section}, {doc}),"));
        }
        out.push_str("];\n");
    }
    out
}

fn directive_row(row: &Directive) -> String {
    let mut fields = Fields::default();
    fields.add_some(
        "older_kind",
        row.older
            .as_ref()
            .map(|older| format!("({}, ValueKind::{})", version(older.until), camel(&older.kind))),
    );
    match &row.words {
        Words::Table(table) => fields.add("words", format_args!("words::{}", constant(table))),
        Words::List(words) => fields.add_if(
            !words.is_empty(),
            "words",
            format_args!("&[{}]", list(words, |word| format!("w({word:?})"))),
        ),
    }
    fields.add_if(row.words_ignore_case, "words_ignore_case", "true");
    fields.add_some(
        "boolean",
        row.boolean
            .as_ref()
            .map(|words| format!("BooleanWords {{ yes: {:?}, no: {:?} }}", words.yes, words.no)),
    );
    fields.add_some("range", row.range.map(|range| format!("{range:?}")));
    fields.add_some("default", row.default.as_ref().map(quoted));
    fields.add_some("default_note", row.default_note.as_ref().map(quoted));
    fields.add_if(row.list, "list", "true");
    match row.empty() {
        Empty::Reset => fields.add("empty", "Empty::Reset"),
        Empty::Noop => fields.add("empty", "Empty::Noop"),
        Empty::Rejected => {}
    }
    fields.add_some("since", row.since.map(version));
    fields.add_some("until", row.until().map(version));
    fields.add_if(row.legacy, "legacy", "true");
    fields.add_some("man", row.man.as_ref().map(quoted));
    fields.add_if(row.documented(), "documented", "true");
    if row.replaced_by.is_some() || row.reason.is_some() {
        let section = row.replaced_in.as_ref().map(|section| format!("Section::{section}"));
        fields.add(
            "deprecated",
            format_args!(
                "Some(Deprecation {{ replaced_by: {:?}, replaced_in: {}, reason: {:?} }})",
                row.replaced_by,
                option(section),
                row.reason,
            ),
        );
    }
    fields.add_if(row.fatal, "fatal", "true");
    fields.add_if(!row.validated_at_load(), "validated_at_load", "false");
    fields.over("Directive", &format!("d({:?}, ValueKind::{})", row.name, camel(&row.kind)))
}

/// `docs.rs`: one static per entry, and those of the sections.
pub(super) fn docs(docs: &Docs) -> String {
    let mut out = head("Documentation of keys and sections.", "*.md in `docs/`");
    out.push_str("use crate::Doc;\n\n/// In the order of `Section`.\n");
    let sections = list(SECTIONS, |section| {
        docs.of_section(section).map_or("None".to_owned(), |index| format!("Some(&D{index})"))
    });
    line(
        &mut out,
        format_args!("pub(crate) static SECTIONS: [Option<&Doc>; {}] = [{sections}];", SECTIONS.len()),
    );
    for (index, entry) in docs.entries.iter().enumerate() {
        let words = list(&entry.words, |(word, text)| format!("\n    ({word:?}, {text:?})"));
        line(
            &mut out,
            format_args!(
                "\n/// {}\npub(super) static D{index}: Doc = Doc {{\n  summary: {:?},\n  body: {:?},\n  words: &[{words}],\n}};",
                entry.heading.replace(['[', ']'], ""),
                entry.summary,
                entry.body,
            ),
        );
    }
    out
}

/// `tables.rs`: signals, specifiers and the like.
pub(super) fn tables(data: &Data) -> String {
    let enums = &data.enums;
    let mut out = head("Tables that values are read with.", "enums.toml");
    out.push_str("use crate::{Version, table::{ByteSuffix, CalendarShorthand, ComparisonOperators, ExecPrefix, ExitStatus, ExitStatusOrigin, Group, Numbered, Specifier, TimeUnit, Variable}};\n");
    for (name, rows) in [("SIGNALS", &enums.signals), ("CAPABILITIES", &enums.capabilities)] {
        let mut rows: Vec<_> = rows.iter().collect();
        rows.sort_by_key(|&(_, number)| number);
        table(&mut out, name, "Numbered", rows, |(name, number)| {
            format!("Numbered {{ name: {name:?}, number: {number} }}")
        });
    }
    let mut units: Vec<_> = enums.time_units.iter().collect();
    units.sort_by_key(|&(name, length)| (length, std::cmp::Reverse(name.len())));
    table(&mut out, "TIME_UNITS", "TimeUnit", units, |(name, length)| {
        format!("TimeUnit {{ name: {name:?}, microseconds: {length} }}")
    });
    let mut suffixes: Vec<_> = enums.byte_suffixes.iter().collect();
    suffixes.sort_by_key(|(_, suffix)| suffix.iec);
    table(&mut out, "BYTE_SUFFIXES", "ByteSuffix", suffixes, |(letter, suffix)| {
        format!("ByteSuffix {{ letter: {letter:?}, iec: {}, si: {} }}", suffix.iec, suffix.si)
    });
    table(
        &mut out,
        "CALENDAR_SHORTHANDS",
        "CalendarShorthand",
        &enums.calendar_shorthands,
        |(name, expression)| format!("CalendarShorthand {{ name: {name:?}, expression: {expression:?} }}"),
    );
    let mut statuses: Vec<_> = enums
        .exit_statuses
        .iter()
        .flat_map(|(origin, names)| names.iter().map(move |(name, code)| (code, name, origin)))
        .collect();
    statuses.sort();
    table(&mut out, "EXIT_STATUSES", "ExitStatus", statuses, |(code, name, origin)| {
        format!("ExitStatus {{ name: {name:?}, code: {code}, origin: ExitStatusOrigin::{} }}", camel(origin))
    });
    table(&mut out, "SPECIFIERS", "Specifier", &enums.specifier, |it| {
        format!(
            "Specifier {{ letter: {:?}, meaning: {:?}, names: {}, since: Version({}), deprecated: {} }}",
            it.letter,
            it.meaning,
            it.names.unwrap_or(true),
            it.since,
            it.deprecated
        )
    });
    table(&mut out, "EXEC_PREFIXES", "ExecPrefix", &enums.exec_prefix, |it| {
        format!(
            "ExecPrefix {{ text: {:?}, meaning: {:?}, since: Version({}), until: {} }}",
            it.text,
            it.meaning,
            it.since,
            option(it.until.map(version))
        )
    });
    table(&mut out, "VARIABLES", "Variable", &enums.variable, |it| {
        format!("Variable {{ name: {:?}, meaning: {:?}, since: Version({}) }}", it.name, it.meaning, it.since)
    });
    for (name, groups) in
        [("SYSCALL_GROUPS", &enums.syscall_group), ("FILESYSTEM_GROUPS", &enums.filesystem_group)]
    {
        table(&mut out, name, "Group", groups, |it| {
            format!(
                "Group {{ name: {:?}, members: &{:?}, since: Version({}) }}",
                it.name,
                it.members,
                it.since()
            )
        });
    }
    let operators = &enums.comparison_operators;
    line(
        &mut out,
        format_args!(
            "\npub(crate) static COMPARISON_OPERATORS: ComparisonOperators = ComparisonOperators {{ version: &{:?}, glob: &{:?}, textual: &{:?} }};",
            operators.version, operators.glob, operators.textual,
        ),
    );
    out
}

/// `special_units.rs`: sorted by name.
pub(super) fn special_units(data: &Data) -> String {
    let mut out = head("Units with a meaning of their own, sorted by name.", "special-units.toml");
    out.push_str("use crate::{SpecialUnit, UnitType, Version};\n");
    let mut units: Vec<_> = data.special_units.iter().collect();
    units.sort_by_key(|unit| &unit.name);
    table(&mut out, "SPECIAL_UNITS", "SpecialUnit", units, |unit| {
        format!(
            "SpecialUnit {{ name: {:?}, unit_type: {}, system: {}, user: {}, passive: {}, for_devices: {}, since: {} }}",
            unit.name,
            unit_type(data::unit_type(&unit.name).expect("checked when read")),
            unit.managers.contains(&Manager::System),
            unit.managers.contains(&Manager::User),
            unit.passive,
            unit.for_devices,
            option(unit.since.map(version)),
        )
    });
    out
}

/// `dependencies.rs`: what systemd adds by itself, and inverse relations.
pub(super) fn dependencies(data: &Data) -> String {
    let mut out =
        head("Dependencies that systemd adds by itself, and inverse relations.", "dependencies.toml");
    out.push_str("use crate::{Condition, ImplicitDependency, Manager, UnitType, Version};\n");
    table(&mut out, "INVERSE", "(&str, &str)", &data.dependencies.inverse, |pair| format!("{pair:?}"));
    table(&mut out, "IMPLICIT", "ImplicitDependency", &data.dependencies.dependency, |it| {
        format!(
            "ImplicitDependency {{ unit_types: &[{}], add: &{:?}, on: &{:?}, why: {:?}, when: &[{}], default: {}, manager: {}, since: {}, until: {} }}",
            list(&it.types, |name| unit_type(name)),
            it.add,
            it.on,
            it.why,
            list(&it.when, |condition| format!("Condition::{condition:?}")),
            it.default,
            option(it.scope.as_ref().map(|scope| format!("Manager::{scope:?}"))),
            option(it.since.map(version)),
            option(it.until.map(version)),
        )
    });
    out
}

fn head(purpose: &str, source: &str) -> String {
    format!("//! {purpose}\n//! Generated by `cargo xtask codegen` from {source}; do not edit.\n\n")
}

fn table<T>(
    out: &mut String,
    name: &str,
    of: &str,
    rows: impl IntoIterator<Item = T>,
    row: impl Fn(T) -> String,
) {
    line(out, format_args!("\npub(crate) static {name}: &[{of}] = &["));
    for it in rows {
        line(out, format_args!("    {},", row(it)));
    }
    out.push_str("];\n");
}

/// Fields of a struct literal that differ from a base value.
#[derive(Default)]
struct Fields(String);

impl Fields {
    fn add(&mut self, name: &str, value: impl Display) {
        write!(self.0, "{name}: {value}, ").expect("a String takes everything");
    }

    fn add_if(&mut self, wanted: bool, name: &str, value: impl Display) {
        if wanted {
            self.add(name, value);
        }
    }

    fn add_some(&mut self, name: &str, value: Option<String>) {
        if value.is_some() {
            self.add(name, option(value));
        }
    }

    fn over(&self, of: &str, base: &str) -> String {
        if self.0.is_empty() { base.to_owned() } else { format!("{of} {{ {}..{base} }}", self.0) }
    }
}

fn line(out: &mut String, text: impl Display) {
    writeln!(out, "{text}").expect("a String takes everything");
}

fn list<T>(items: impl IntoIterator<Item = T>, item: impl Fn(T) -> String) -> String {
    items.into_iter().map(item).collect::<Vec<_>>().join(", ")
}

fn option(value: Option<String>) -> String {
    value.map_or("None".to_owned(), |value| format!("Some({value})"))
}

fn quoted(text: &String) -> String {
    format!("{text:?}")
}

fn version(release: u16) -> String {
    format!("Version({release})")
}

fn unit_type(suffix: &str) -> String {
    format!("UnitType::{}", camel(suffix))
}

/// `time_span` to `TimeSpan`.
fn camel(name: &str) -> String {
    name.split(['_', '-']).map(capitalized).collect()
}

/// `service-type` to `SERVICE_TYPE`.
fn constant(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
