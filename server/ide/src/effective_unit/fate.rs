//! What systemd makes of a line by itself: it counts, is ignored, or ends the reading of its file.

use unit_catalog::{Availability, Directive, ValueKind, sections_with};
use unit_syntax::{ItemKind, Junk};

use crate::value::{Effect, ValueContext, check};
use crate::workspace::{Decoding, File, Line, SectionContext, UnitName, holds_markup};

/// The fate of one line, whatever other lines say.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Fate {
    /// It sets the directive.
    Sets(&'static Directive),
    /// It says nothing to systemd, and systemd nothing about it: keys and sections that begin with `X-`, markup of
    /// another language.
    Foreign,
    /// systemd ignores it, for this reason.
    Ignored(String),
    /// systemd stops reading the file here, for this reason.
    Stops(String),
}

/// The fate of the entry of this number in a file of `unit`; `None` for headers, comments and blank lines.
///
/// As `parse_line()` and `config_parse()` read it, and the value as the directive's parser does.
pub(super) fn fate(file: &File, index: usize, unit: Option<&UnitName>) -> Option<Fate> {
    let item = &file.unit.entries()[index].item;
    let line = file.lines()[index];
    let parts = [item.key(), item.value(), item.section_name()];
    if file.decoding == Decoding::Lossy && parts.iter().flatten().any(|part| part.contains('\u{fffd}')) {
        return Some(Fate::Stops("no UTF-8".to_owned()));
    }
    let markup = file.foreign_template && holds_markup(item.text());
    match item.kind() {
        ItemKind::Blank | ItemKind::Comment | ItemKind::Header => None,
        ItemKind::Junk(_) if markup => Some(Fate::Foreign),
        ItemKind::Junk(Junk::BadHeader) => Some(Fate::Stops("no section header: no `]` ends it".to_owned())),
        ItemKind::Junk(Junk::MissingEquals) => Some(Fate::Ignored("it has no `=`".to_owned())),
        ItemKind::Junk(Junk::MissingKey) => Some(Fate::Ignored("it has no key".to_owned())),
        ItemKind::Assignment { .. } => {
            let (key, value) = (item.key().unwrap_or_default(), item.value().unwrap_or_default());
            Some(match line.directive {
                Some(directive) if markup => Fate::Sets(directive),
                _ if markup => Fate::Foreign,
                Some(directive) => of_value(file, directive, value, unit),
                None => of_unknown(file, line, key),
            })
        }
    }
}

/// The fate of an assignment whose section does not know the key.
fn of_unknown(file: &File, line: Line, key: &str) -> Fate {
    let reason = match line.section {
        SectionContext::Extension => return Fate::Foreign,
        SectionContext::Known(_) | SectionContext::Empty(_) if key.starts_with("X-") => return Fate::Foreign,
        SectionContext::None => "it stands before the first section".to_owned(),
        SectionContext::Unknown => "systemd knows no such section".to_owned(),
        SectionContext::Foreign(_) => {
            let suffix = file.kind.unit_type().map_or("", |unit_type| unit_type.suffix());
            format!("a .{suffix} unit has no such section")
        }
        SectionContext::Known(_) | SectionContext::Empty(_) => match sections_with(key).next() {
            Some(home) => format!("a key of [{}]", home.section.name()),
            None => "an unknown key".to_owned(),
        },
    };
    Fate::Ignored(reason)
}

/// The fate of an assignment of a known key.
fn of_value(file: &File, directive: &'static Directive, value: &str, unit: Option<&UnitName>) -> Fate {
    let version = file.version;
    match directive.availability(version) {
        Availability::Active => {}
        Availability::TooNew(since) => {
            return Fate::Ignored(format!("a key of systemd {} and later", since.0));
        }
        Availability::Unknown | Availability::Ignored => {
            return Fate::Ignored(format!("no key of systemd {} any more", version.0));
        }
    }
    let Some(unit_type) = file.kind.unit_type() else {
        return Fate::Sets(directive);
    };
    judge(ValueContext { directive, version, unit_type, unit }, value)
}

/// Whether a value of this key may be so bad that systemd refuses the unit.
pub(super) fn may_refuse(directive: &Directive) -> bool {
    directive.fatal || matches!(directive.kind, ValueKind::ExecCommand | ValueKind::PidFilePath)
}

/// The fate of an assignment of this value, whatever systemd's release makes of the key.
fn judge(context: ValueContext<'_>, value: &str) -> Fate {
    let directive = context.directive;
    let errors = check(context, value);
    let reason = |effect: Effect| {
        let error = errors.iter().find(|error| error.effect == effect)?;
        let faulty = value.get(std::ops::Range::from(error.range)).filter(|faulty| !faulty.is_empty());
        let faulty = faulty.map_or_else(|| "an empty value".to_owned(), |faulty| format!("`{faulty}`"));
        Some(format!("{faulty} is {}", error.what))
    };
    // Where a value is one word, nothing is left without it.
    let word = || reason(Effect::IgnoresWord).or_else(|| reason(Effect::DropsWord));
    let ignored = reason(Effect::IgnoresLine).or_else(|| word().filter(|_| !directive.list));
    let refused = reason(Effect::RefusesUnit);
    debug_assert!(refused.is_none() || may_refuse(directive), "{} refuses units", directive.name);
    match (refused, ignored) {
        (Some(reason), _) => Fate::Stops(reason),
        (None, Some(reason)) => Fate::Ignored(reason),
        (None, None) => Fate::Sets(directive),
    }
}
