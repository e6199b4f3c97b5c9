//! Between bytes and the protocol: paths, positions, diagnostics, completion items.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use tower_lsp::ls_types as lsp;
use unit_ide::completion::{Completion, CompletionItem, CompletionKind};
use unit_ide::diagnostic::{Diagnostic, Severity};
use unit_ide::rules::Rule;
use unit_syntax::{Document, Position, TextRange};

use super::session::Snapshot;

/// The path that stands for a document: the file's; for a document that is no file, such as an unsaved buffer or the old
/// text in a comparison, its path below its scheme, which is no file's.
pub(super) fn path(uri: &lsp::Uri) -> Arc<Path> {
    let Some(path) = uri.to_file_path() else {
        return Path::new(uri.as_str()).into();
    };
    match uri.scheme().as_str().eq_ignore_ascii_case("file") {
        true => path.as_ref().into(),
        false => {
            let query = uri.query().map_or("", |query| query.as_str());
            let folder = format!("{}:{query}", uri.scheme().as_str());
            Path::new(&folder).join(path.strip_prefix("/").unwrap_or(&path)).into()
        }
    }
}

/// The name of a file on the client's side.
pub(super) fn uri(snapshot: &Snapshot, path: &Path) -> Option<lsp::Uri> {
    match snapshot.documents.get(path) {
        Some(open) => Some(open.uri.clone()),
        None => lsp::Uri::from_file_path(path),
    }
}

pub(super) fn to_position(position: lsp::Position) -> Position {
    Position { line: position.line, column: position.character }
}

pub(super) fn from_position(position: Position) -> lsp::Position {
    lsp::Position::new(position.line, position.column)
}

/// A byte range of a file in the client's columns; files that are not open are measured line by line.
pub(super) fn range(snapshot: &Snapshot, path: &Path, range: TextRange) -> lsp::Range {
    let position = |offset| {
        let position = match (snapshot.documents.get(path), snapshot.workspace.file(path)) {
            (Some(open), _) => open.document.position(offset, snapshot.encoding),
            (None, Some(file)) => file.unit.position(offset, snapshot.encoding),
            (None, None) => Position { line: 0, column: 0 },
        };
        from_position(position)
    };
    lsp::Range::new(position(range.start), position(range.end))
}

/// More ranges of a file that is not open are measured in one go.
const FEW_RANGES: usize = 16;

/// Byte ranges of a file in the client's columns.
pub(super) fn ranges(snapshot: &Snapshot, path: &Path, all: &[TextRange]) -> Vec<lsp::Range> {
    match snapshot.workspace.file(path) {
        Some(file) if all.len() > FEW_RANGES && !snapshot.documents.contains_key(path) => {
            let document = Document::new(&file.unit.text());
            let position = |offset| {
                let position = document.position(offset, snapshot.encoding);
                lsp::Position::new(position.line, position.column)
            };
            all.iter().map(|range| lsp::Range::new(position(range.start), position(range.end))).collect()
        }
        _ => all.iter().map(|part| range(snapshot, path, *part)).collect(),
    }
}

/// A byte range of a file as a place on the client's side.
pub(super) fn location(snapshot: &Snapshot, path: &Path, range: TextRange) -> Option<lsp::Location> {
    Some(lsp::Location::new(uri(snapshot, path)?, self::range(snapshot, path, range)))
}

/// A link to a rule's manual page.
fn page(code: &str) -> Option<lsp::CodeDescription> {
    Some(lsp::CodeDescription { href: unit_ide::rules::rule(code)?.url().parse().ok()? })
}

pub(super) fn diagnostic(snapshot: &Snapshot, finding: &Diagnostic) -> lsp::Diagnostic {
    let related = finding.related.iter().filter_map(|related| {
        Some(lsp::DiagnosticRelatedInformation {
            location: lsp::Location {
                uri: uri(snapshot, &related.path)?,
                range: range(snapshot, &related.path, related.range),
            },
            message: related.message.clone(),
        })
    });
    let related: Vec<_> = related.collect();
    lsp::Diagnostic {
        range: range(snapshot, &finding.path, finding.range),
        severity: Some(match finding.severity {
            Severity::Error => lsp::DiagnosticSeverity::ERROR,
            Severity::Warning => lsp::DiagnosticSeverity::WARNING,
            Severity::Information => lsp::DiagnosticSeverity::INFORMATION,
            Severity::Hint => lsp::DiagnosticSeverity::HINT,
        }),
        code: Some(lsp::NumberOrString::String(finding.code.to_owned())),
        code_description: snapshot.code_descriptions.then(|| page(finding.code)).flatten(),
        source: Some("unitls".to_owned()),
        message: finding.message.clone(),
        related_information: (snapshot.forms.related_places && !related.is_empty()).then_some(related),
        ..lsp::Diagnostic::default()
    }
}

pub(super) fn completion(snapshot: &Snapshot, path: &Path, completion: Completion) -> lsp::CompletionList {
    let items = completion.items.into_iter().map(|item| completion_item(snapshot, path, item));
    lsp::CompletionList { is_incomplete: completion.incomplete, items: items.collect() }
}

/// Items are kept short: there are hundreds on an empty line, and one is read.
fn completion_item(snapshot: &Snapshot, path: &Path, item: CompletionItem) -> lsp::CompletionItem {
    let insert = item.insert.as_ref().unwrap_or(&item.label);
    let text_edit = item.replace.map(|replace| {
        let range = range(snapshot, path, replace);
        lsp::CompletionTextEdit::Edit(lsp::TextEdit::new(range, insert.clone()))
    });
    let data = match item.kind {
        CompletionKind::Section => Some(json!("[]")),
        CompletionKind::Rule => Some(json!("allow")),
        CompletionKind::Unit => uri(snapshot, path).map(|asker| json!({ "uri": asker })),
        _ => item.directive.map(|directive| match item.kind {
            CompletionKind::Directive => json!(directive.section.name()),
            _ => json!(format!("{}.{}", directive.section.name(), directive.name)),
        }),
    };
    let kind = match item.kind {
        CompletionKind::Section => lsp::CompletionItemKind::MODULE,
        CompletionKind::Directive => lsp::CompletionItemKind::PROPERTY,
        CompletionKind::Word => lsp::CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Unit => lsp::CompletionItemKind::REFERENCE,
        CompletionKind::Rule => lsp::CompletionItemKind::VALUE,
    };
    let beside = item.too_new.map(|since| format!("systemd {}+", since.0));
    let (description, detail) = match snapshot.forms.label_details {
        true => (beside, None),
        false => (None, beside),
    };
    let mut shown = lsp::CompletionItem {
        kind: Some(snapshot.forms.item_kind(kind)),
        label_details: description
            .map(|text| lsp::CompletionItemLabelDetails { detail: None, description: Some(text) }),
        detail,
        // Letters sort before the tilde: items without a sort text come first.
        sort_text: (item.rank > 0).then(|| format!("~{}{}", item.rank, item.label)),
        insert_text: match (&text_edit, item.insert) {
            (None, Some(insert)) => Some(insert),
            _ => None,
        },
        text_edit,
        data,
        label: item.label,
        ..lsp::CompletionItem::default()
    };
    if item.deprecated {
        snapshot.forms.deprecate(&mut shown);
    }
    shown
}

/// Fills in the documentation of an item that [`completion`] sent.
pub(super) fn resolve(snapshot: &Snapshot, mut item: lsp::CompletionItem) -> lsp::CompletionItem {
    let data = item.data.as_ref();
    let text = match data.and_then(|data| data.as_str()) {
        Some("[]") => unit_ide::completion::section_documentation(item.label.trim_matches(['[', ']'])),
        Some("allow") => unit_ide::rules::rule(&item.label).map(Rule::manual),
        Some(data) => {
            let (section, key) = data.split_once('.').unwrap_or((data, &item.label));
            unit_catalog::Section::from_name(section)
                .and_then(|section| unit_ide::completion::documentation(section, key, &item.label))
        }
        None => {
            let asker = data.and_then(|data| data["uri"].as_str()?.parse().ok());
            let asker = asker.and_then(|asker| snapshot.workspace.file(&path(&asker)));
            asker.and_then(|file| {
                unit_ide::completion::unit_documentation(&snapshot.workspace, file, &item.label)
            })
        }
    };
    item.documentation = text.map(|text| snapshot.forms.documentation(text));
    item
}
