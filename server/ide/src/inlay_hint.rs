//! Inlay hints: what a value comes to, behind it on its line.

use std::sync::Arc;

use jiff::Zoned;
use unit_catalog::{Availability, Directive, Empty, ValueKind};
use unit_syntax::{Entry, TextRange};

use crate::value::candidates::expands;
use crate::value::explain::brief;
use crate::value::specifier::resolved;
use crate::workspace::{File, ManagerDefaults, Workspace};

pub use crate::value::explain::HintKind;

/// A text that an editor shows in a line without it being there.
#[derive(Clone, PartialEq, Debug)]
pub struct InlayHint {
    /// Where it stands, in bytes of the file.
    pub offset: u32,
    /// The text.
    pub label: String,
    /// What it tells.
    pub kind: HintKind,
}

/// Longer hints are left out: hover has the room.
const MOST_CHARS: usize = 60;

/// The hints of the lines that `range` touches, of those kinds that are `wanted`.
///
/// `now` is the clock with the machine's time zone, from which the next event of a calendar is counted; without it none is
/// named.
pub fn inlay_hints(
    workspace: &Workspace,
    file: &Arc<File>,
    range: TextRange,
    wanted: impl Fn(HintKind) -> bool,
    now: Option<&Zoned>,
) -> Vec<InlayHint> {
    if file.foreign_template || !file.kind.has_settings() {
        return Vec::new();
    }
    let entries = file.unit.entries();
    let first = entries.partition_point(|entry| entry.range().end <= range.start);
    let mut hints = Vec::new();
    let mut manager: Option<ManagerDefaults<'_>> = None;
    for (entry, line) in entries.iter().zip(file.lines()).skip(first) {
        if entry.start > range.end {
            break;
        }
        let directive =
            line.directive.filter(|known| known.availability(file.version) == Availability::Active);
        let (Some(directive), Some(value), Some(place)) = (directive, entry.value(), entry.value_range())
        else {
            continue;
        };
        let found = match value {
            "" => {
                let manager = manager.get_or_insert_with(|| workspace.manager_defaults(&file.place));
                default(directive, manager).map(|label| (HintKind::Default, label))
            }
            value => brief(directive, file.version, value, now),
        };
        if let Some((kind, label)) = found.filter(|(kind, _)| wanted(*kind)) {
            hints.push(InlayHint { offset: place.end, label, kind });
        }
        if wanted(HintKind::Specifier) && value.contains('%') && expands(directive.kind_in(file.version)) {
            specifiers(file, directive, entry, &mut hints);
        }
    }
    hints.retain(|hint| hint.label.chars().count() <= MOST_CHARS);
    hints
}

/// What an empty assignment goes back to, where that is a value.
fn default(directive: &Directive, manager: &ManagerDefaults<'_>) -> Option<String> {
    if directive.list || directive.empty != Empty::Reset {
        return None;
    }
    let set = manager.of(directive).map(|setting| setting.value().to_owned());
    let value = set.or_else(|| directive.default.map(str::to_owned)).filter(|value| !value.is_empty())?;
    Some(format!("= {value}"))
}

/// What words with specifiers become; a text as a whole.
fn specifiers(file: &File, directive: &Directive, entry: &Entry, hints: &mut Vec<InlayHint>) {
    let value = entry.value().unwrap_or_default();
    let unit = file.unit_name();
    let is_text = matches!(directive.kind_in(file.version), ValueKind::String | ValueKind::StringEscaped);
    let words: Vec<&str> = if is_text { vec![value] } else { value.split_ascii_whitespace().collect() };
    for word in words {
        if let Some(becomes) = resolved(word, unit.as_ref(), file.place.scope) {
            let end = (word.as_ptr().addr() - value.as_ptr().addr() + word.len()) as u32;
            let offset = entry.value_to_source(TextRange::new(end - 1, end)).end;
            let label = if becomes.is_empty() { "= nothing".to_owned() } else { format!("= {becomes}") };
            hints.push(InlayHint { offset, label, kind: HintKind::Specifier });
        }
    }
}
