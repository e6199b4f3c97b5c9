//! Repairs as code actions, in the forms of edits that the client can apply.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use tokio::time::timeout;
use tower_lsp::Client;
use tower_lsp::ls_types as lsp;
use unit_ide::code_action::{code_actions, safe_fixes};
use unit_ide::diagnostic::Diagnostic;
use unit_ide::fix::{FileOperation, Fix, TextEdit};
use unit_ide::workspace::File;
use unit_syntax::TextRange;

use super::forms::Forms;
use super::session::Snapshot;
use super::{CLIENT_TIMEOUT, convert};

/// The kind of the action that applies all safe repairs of a document.
pub(super) const FIX_ALL: lsp::CodeActionKind = lsp::CodeActionKind::new("source.fixAll.unitls");

/// `workspace/executeCommand`: with an edit, for clients that know no other actions than commands.
pub(super) const APPLY: &str = "unitls.applyEdit";

/// Which workspace edits the client can apply.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct EditSupport {
    /// Edits with the versions of the documents that they are for.
    document_changes: bool,
    create: bool,
    rename: bool,
}

impl EditSupport {
    pub(super) fn of_client(client: &lsp::ClientCapabilities) -> Self {
        let edit = client.workspace.as_ref().and_then(|workspace| workspace.workspace_edit.as_ref());
        let documents = edit.and_then(|edit| edit.document_changes).unwrap_or_default();
        let operations = edit.and_then(|edit| edit.resource_operations.as_deref()).unwrap_or_default();
        Self {
            // Operations stand nowhere else, so who does them takes these edits; Neovim says no more than that.
            document_changes: documents || !operations.is_empty(),
            create: operations.contains(&lsp::ResourceOperationKind::Create),
            rename: operations.contains(&lsp::ResourceOperationKind::Rename),
        }
    }

    /// Whether an edit may give files other names.
    pub(super) fn renames_files(self) -> bool {
        self.rename
    }
}

/// The repairs of the findings that touch `range`, comments that silence these, and all safe ones of the document, as far as `context` asks for them.
pub(super) fn actions(
    snapshot: &Snapshot,
    file: &Arc<File>,
    range: TextRange,
    context: &lsp::CodeActionContext,
) -> Vec<lsp::CodeActionOrCommand> {
    let wants = |kind: &lsp::CodeActionKind| match &context.only {
        Some(only) => only.iter().any(|asked| includes(asked, kind)),
        None => true,
    };
    let mut actions = Vec::new();
    if snapshot.projects.excludes(&file.path) {
        return Vec::new();
    }
    if wants(&lsp::CodeActionKind::QUICKFIX) {
        let found = code_actions(&snapshot.workspace, file, range);
        for (finding, _) in &found {
            let fixes = finding.fixes.iter().enumerate();
            actions.extend(fixes.filter_map(|(rank, fix)| quick_fix(snapshot, finding, fix, rank == 0)));
        }
        let allows = found.iter().filter_map(|(finding, allow)| Some((finding, allow.as_ref()?)));
        actions.extend(allows.filter_map(|(finding, allow)| quick_fix(snapshot, finding, allow, false)));
    }
    // Editors that ask by themselves at every move of the cursor want to know of the line only.
    let by_itself = context.trigger_kind == Some(lsp::CodeActionTriggerKind::AUTOMATIC);
    if wants(&FIX_ALL) && !(by_itself && context.only.is_none()) {
        actions.extend(all_fixes(snapshot, file));
    }
    let shown = actions.into_iter().filter_map(|action| match snapshot.forms.code_actions {
        true => Some(action.into()),
        false => {
            command(action).filter(|_| snapshot.forms.applies_edits).map(lsp::CodeActionOrCommand::Command)
        }
    });
    shown.collect()
}

/// The action for a client that knows commands only: it sends this one back, and is asked to do the edit.
fn command(action: lsp::CodeAction) -> Option<lsp::Command> {
    let edit = serde_json::to_value(action.edit?).ok()?;
    Some(lsp::Command::new(action.title, APPLY.to_owned(), Some(vec![edit])))
}

/// Lets the client do the edit of a [`command`]. Not awaited: it may take its time.
pub(super) fn apply(client: &Client, arguments: Vec<serde_json::Value>) -> Option<()> {
    let edit = serde_json::from_value(arguments.into_iter().next()?).ok()?;
    let client = client.clone();
    tokio::spawn(async move {
        if !matches!(timeout(CLIENT_TIMEOUT, client.apply_edit(edit)).await, Ok(Ok(answer)) if answer.applied)
        {
            tracing::warn!("the client does not apply the edit");
        }
    });
    Some(())
}

/// What the server offers: kinds are for clients that know actions.
pub(super) fn provider(forms: Forms) -> lsp::CodeActionProviderCapability {
    match forms.code_actions {
        true => lsp::CodeActionProviderCapability::Options(lsp::CodeActionOptions {
            code_action_kinds: Some(vec![lsp::CodeActionKind::QUICKFIX, FIX_ALL]),
            ..lsp::CodeActionOptions::default()
        }),
        false => lsp::CodeActionProviderCapability::Simple(forms.applies_edits),
    }
}

/// Whether `kind` is `asked` or below it: `source.fixAll.unitls` is below `source`.
fn includes(asked: &lsp::CodeActionKind, kind: &lsp::CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(asked.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || asked.as_str().is_empty())
}

fn quick_fix(
    snapshot: &Snapshot,
    finding: &Diagnostic,
    fix: &Fix,
    is_preferred: bool,
) -> Option<lsp::CodeAction> {
    Some(lsp::CodeAction {
        title: fix.title.clone(),
        kind: Some(lsp::CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![convert::diagnostic(snapshot, finding)]),
        edit: Some(workspace_edit(snapshot, &fix.edits, &fix.operations)?),
        is_preferred: is_preferred.then_some(true),
        ..lsp::CodeAction::default()
    })
}

fn all_fixes(snapshot: &Snapshot, file: &Arc<File>) -> Option<lsp::CodeAction> {
    let edits = safe_fixes(&snapshot.workspace, file);
    if edits.is_empty() {
        return None;
    }
    Some(lsp::CodeAction {
        title: "Apply all safe fixes of unitls".to_owned(),
        kind: Some(FIX_ALL),
        edit: Some(workspace_edit(snapshot, &edits, &[])?),
        ..lsp::CodeAction::default()
    })
}

/// Changes in the form that the client applies; `None` where it cannot.
pub(super) fn workspace_edit(
    snapshot: &Snapshot,
    edits: &[TextEdit],
    operations: &[FileOperation],
) -> Option<lsp::WorkspaceEdit> {
    let mut by_path: BTreeMap<&Path, Vec<&TextEdit>> = BTreeMap::new();
    for edit in edits {
        by_path.entry(&edit.path).or_default().push(edit);
    }
    let texts = by_path.into_iter().map(|(path, edits)| {
        let ranges: Vec<_> = edits.iter().map(|edit| edit.range).collect();
        let ranges = convert::ranges(snapshot, path, &ranges).into_iter();
        let changes = ranges.zip(edits).map(|(range, edit)| lsp::TextEdit::new(range, edit.text.clone()));
        (path, changes.collect::<Vec<_>>())
    });
    if !snapshot.edits.document_changes {
        if !operations.is_empty() {
            return None;
        }
        let changes = texts.map(|(path, edits)| Some((convert::uri(snapshot, path)?, edits)));
        let changes: Option<HashMap<_, _>> = changes.collect();
        return Some(lsp::WorkspaceEdit { changes, ..lsp::WorkspaceEdit::default() });
    }
    let mut all = Vec::new();
    for (path, changes) in texts {
        let version = snapshot.documents.get(path).map(|open| open.version);
        all.push(document_edit(convert::uri(snapshot, path)?, version, changes));
    }
    for operation in operations {
        match operation {
            FileOperation::Create { path, text } if snapshot.edits.create => {
                let uri = file_uri(path)?;
                let options =
                    lsp::CreateFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
                all.push(lsp::DocumentChangeOperation::Op(lsp::ResourceOp::Create(lsp::CreateFile {
                    uri: uri.clone(),
                    options: Some(options),
                    annotation_id: None,
                })));
                let start = lsp::Range::default();
                all.push(document_edit(uri, None, vec![lsp::TextEdit::new(start, text.clone())]));
            }
            FileOperation::Rename { from, to } if snapshot.edits.rename => {
                let options =
                    lsp::RenameFileOptions { overwrite: Some(false), ignore_if_exists: Some(false) };
                all.push(lsp::DocumentChangeOperation::Op(lsp::ResourceOp::Rename(lsp::RenameFile {
                    old_uri: convert::uri(snapshot, from)?,
                    new_uri: file_uri(to)?,
                    options: Some(options),
                    annotation_id: None,
                })));
            }
            FileOperation::Create { .. } | FileOperation::Rename { .. } => return None,
        }
    }
    let changes = Some(lsp::DocumentChanges::Operations(all));
    Some(lsp::WorkspaceEdit { document_changes: changes, ..lsp::WorkspaceEdit::default() })
}

fn document_edit(
    uri: lsp::Uri,
    version: Option<i32>,
    edits: Vec<lsp::TextEdit>,
) -> lsp::DocumentChangeOperation {
    lsp::DocumentChangeOperation::Edit(lsp::TextDocumentEdit {
        text_document: lsp::OptionalVersionedTextDocumentIdentifier { uri, version },
        edits: edits.into_iter().map(lsp::OneOf::Left).collect(),
    })
}

/// The name of a file that is still to come; beside an unsaved buffer there is no place for one.
fn file_uri(path: &Path) -> Option<lsp::Uri> {
    path.is_absolute().then(|| lsp::Uri::from_file_path(path)).flatten()
}
