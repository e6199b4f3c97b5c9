//! Definition, implementation, references, highlights and symbols in the forms that the client takes.

use std::path::Path;

use tower_lsp::ls_types as lsp;
use unit_catalog::UnitType;
use unit_ide::definition::Definition;
use unit_ide::document_highlight::{DocumentHighlight, HighlightKind};
use unit_ide::document_symbol::DocumentSymbol;
use unit_ide::navigation::Target;
use unit_ide::references::Reference;
use unit_ide::workspace_symbol::WorkspaceSymbol;

use super::convert;
use super::session::Snapshot;

/// What the client makes of answers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Support {
    definition_links: bool,
    implementation_links: bool,
    nested_symbols: bool,
    /// How many folds it wants of one document.
    pub(super) most_folds: Option<usize>,
}

impl Support {
    pub(super) fn of_client(client: &lsp::ClientCapabilities) -> Self {
        let document = client.text_document.as_ref();
        let links = |goto: Option<lsp::GotoCapability>| goto.and_then(|goto| goto.link_support) == Some(true);
        let symbols = document.and_then(|document| document.document_symbol.as_ref());
        let folding = document.and_then(|document| document.folding_range.as_ref());
        Self {
            most_folds: folding.and_then(|folding| folding.range_limit).map(|most| most as usize),
            definition_links: links(document.and_then(|document| document.definition)),
            implementation_links: links(document.and_then(|document| document.implementation)),
            nested_symbols: symbols.and_then(|symbols| symbols.hierarchical_document_symbol_support)
                == Some(true),
        }
    }
}

pub(super) fn definition(
    snapshot: &Snapshot,
    asked: &Path,
    found: &Definition,
) -> lsp::GotoDefinitionResponse {
    let origin = convert::range(snapshot, asked, found.origin);
    targets(snapshot, &found.targets, Some(origin), snapshot.navigation.definition_links)
}

pub(super) fn implementation(snapshot: &Snapshot, found: &[Target]) -> Option<lsp::GotoDefinitionResponse> {
    (!found.is_empty()).then(|| targets(snapshot, found, None, snapshot.navigation.implementation_links))
}

fn targets(
    snapshot: &Snapshot,
    targets: &[Target],
    origin: Option<lsp::Range>,
    links: bool,
) -> lsp::GotoDefinitionResponse {
    if links {
        let link = |target: &Target| {
            Some(lsp::LocationLink {
                origin_selection_range: origin,
                target_uri: convert::uri(snapshot, &target.path)?,
                target_range: convert::range(snapshot, &target.path, target.range),
                target_selection_range: convert::range(snapshot, &target.path, target.selection),
            })
        };
        lsp::GotoDefinitionResponse::Link(targets.iter().filter_map(link).collect())
    } else {
        let location = |target: &Target| convert::location(snapshot, &target.path, target.selection);
        lsp::GotoDefinitionResponse::Array(targets.iter().filter_map(location).collect())
    }
}

/// The places of references; those of one file are next to each other.
pub(super) fn references(snapshot: &Snapshot, found: &[Reference]) -> Vec<lsp::Location> {
    let locations = found.chunk_by(|a, b| a.path == b.path).filter_map(|places| {
        let path = &places.first()?.path;
        let uri = convert::uri(snapshot, path)?;
        let all: Vec<_> = places.iter().map(|place| place.range).collect();
        let ranges = convert::ranges(snapshot, path, &all).into_iter();
        Some(ranges.map(move |range| lsp::Location::new(uri.clone(), range)))
    });
    locations.flatten().collect()
}

pub(super) fn highlight(
    snapshot: &Snapshot,
    asked: &Path,
    found: DocumentHighlight,
) -> lsp::DocumentHighlight {
    lsp::DocumentHighlight {
        range: convert::range(snapshot, asked, found.range),
        kind: Some(match found.kind {
            HighlightKind::Text => lsp::DocumentHighlightKind::TEXT,
            HighlightKind::Read => lsp::DocumentHighlightKind::READ,
            HighlightKind::Write => lsp::DocumentHighlightKind::WRITE,
        }),
    }
}

pub(super) fn document_symbols(
    snapshot: &Snapshot,
    asked: &Path,
    uri: &lsp::Uri,
    found: &[DocumentSymbol],
) -> lsp::DocumentSymbolResponse {
    if snapshot.navigation.nested_symbols {
        return found.iter().map(|symbol| nested(snapshot, asked, symbol)).collect::<Vec<_>>().into();
    }
    let mut symbols = Vec::new();
    for symbol in found {
        let location = |symbol: &DocumentSymbol| {
            lsp::Location::new(uri.clone(), convert::range(snapshot, asked, symbol.range))
        };
        symbols.push(flat(symbol, location(symbol), None));
        let children = symbol.children.iter().flatten();
        symbols.extend(children.map(|child| flat(child, location(child), Some(symbol.name.clone()))));
    }
    symbols.into()
}

#[expect(deprecated, reason = "the type has no other way to be made")]
fn nested(snapshot: &Snapshot, asked: &Path, symbol: &DocumentSymbol) -> lsp::DocumentSymbol {
    let children = symbol.children.as_ref();
    lsp::DocumentSymbol {
        name: symbol.name.clone(),
        detail: symbol.detail.clone(),
        kind: symbol_kind(symbol),
        tags: None,
        deprecated: None,
        range: convert::range(snapshot, asked, symbol.range),
        selection_range: convert::range(snapshot, asked, symbol.selection),
        children: children.map(|all| all.iter().map(|child| nested(snapshot, asked, child)).collect()),
    }
}

#[expect(deprecated, reason = "the type has no other way to be made")]
fn flat(
    symbol: &DocumentSymbol,
    location: lsp::Location,
    container_name: Option<String>,
) -> lsp::SymbolInformation {
    lsp::SymbolInformation {
        name: symbol.name.clone(),
        kind: symbol_kind(symbol),
        tags: None,
        deprecated: None,
        location,
        container_name,
    }
}

fn symbol_kind(symbol: &DocumentSymbol) -> lsp::SymbolKind {
    match symbol.children {
        Some(_) => lsp::SymbolKind::NAMESPACE,
        None => lsp::SymbolKind::PROPERTY,
    }
}

#[expect(deprecated, reason = "the type has no other way to be made")]
pub(super) fn workspace_symbol(
    snapshot: &Snapshot,
    symbol: WorkspaceSymbol,
) -> Option<lsp::SymbolInformation> {
    Some(lsp::SymbolInformation {
        name: symbol.name,
        kind: snapshot.forms.symbol_kind(unit_kind(symbol.unit_type)),
        tags: None,
        deprecated: None,
        location: convert::location(snapshot, &symbol.path, symbol.range)?,
        container_name: Some(symbol.container),
    })
}

/// The protocol knows kinds of code: those whose pictures come nearest.
pub(super) fn unit_kind(unit_type: UnitType) -> lsp::SymbolKind {
    match unit_type {
        UnitType::Service | UnitType::Scope => lsp::SymbolKind::FUNCTION,
        UnitType::Socket => lsp::SymbolKind::INTERFACE,
        UnitType::Timer | UnitType::Path | UnitType::Automount => lsp::SymbolKind::EVENT,
        UnitType::Target => lsp::SymbolKind::MODULE,
        UnitType::Slice => lsp::SymbolKind::PACKAGE,
        UnitType::Mount | UnitType::Swap | UnitType::Device => lsp::SymbolKind::OBJECT,
    }
}
