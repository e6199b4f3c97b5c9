//! The protocol's requests and notifications, each answered from the session or a snapshot of it.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::Zoned;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::ls_types as lsp;
use tower_lsp::{Client, LanguageServer};
use unit_ide::references::Declaration;
use unit_ide::workspace::File;
use unit_syntax::{Encoding, TextRange};

use super::forms::Forms;
use super::loading::Loader;
use super::session::{Shared, Snapshot};
use super::{
    call_hierarchy, code_action, code_lens, configuration, convert, diagnostic, document_link,
    effective_unit, formatting, inlay_hint, navigation, ranges, rename, semantic_tokens, systemd_analyze,
    worker,
};
use crate::settings::Settings;

/// `workspace/executeCommand` with the code of a rule or the name of a directive.
const EXPLAIN: &str = "unitls.explain";
const COMMANDS: [&str; 7] = [
    code_action::APPLY,
    effective_unit::COMMAND,
    code_lens::SHOW_STARTERS,
    code_lens::SHOW_ORDER,
    systemd_analyze::VERIFY,
    systemd_analyze::SECURITY,
    EXPLAIN,
];

/// The server's side of the protocol.
pub(super) struct Backend {
    client: Client,
    shared: Arc<Shared>,
    loader: Arc<Loader>,
    /// What the client said of itself about settings: whether it can be asked for them, and for changes of them.
    asking: OnceLock<(bool, bool)>,
    /// The semantic tokens that the client was told.
    tokens: Arc<semantic_tokens::Told>,
}

impl Backend {
    pub(super) fn new(client: Client, shared: Arc<Shared>) -> Self {
        let loader = Arc::new(Loader::new(client.clone(), shared.clone()));
        Self { loader, client, shared, asking: OnceLock::new(), tokens: Arc::default() }
    }

    /// Answers a frame that could not be read.
    pub(super) async fn malformed(&self) -> Result<()> {
        Err(Error::parse_error())
    }

    /// Answers [`effective_unit::REQUEST`] and [`effective_unit::CONTENT`].
    pub(super) async fn effective_unit(
        &self,
        params: effective_unit::Params,
    ) -> Result<effective_unit::Document> {
        self.shared.all_read().await;
        let answer = self.compute_anywhere(move |snapshot| effective_unit::document(snapshot, &params));
        answer.await?.map_err(Error::invalid_params)
    }

    /// Asks the client for its settings, not awaited by any handler.
    fn pull_settings(&self) {
        let (client, shared, loader) = (self.client.clone(), self.shared.clone(), self.loader.clone());
        tokio::spawn(configuration::pull(client, shared, loader));
    }

    /// Computes an answer on a snapshot, off the thread that serves. A panic becomes an internal error.
    async fn compute<T: Send + 'static>(
        &self,
        uri: &lsp::Uri,
        answer: impl FnOnce(&Snapshot, &Arc<File>) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        compute_on(self.shared.snapshot(), about(convert::path(uri), answer)).await
    }

    /// The same for what depends on other units: on the document as it is now, once these have been read.
    async fn compute_among<T: Send + 'static>(
        &self,
        uri: &lsp::Uri,
        answer: impl FnOnce(&Snapshot, &Arc<File>) -> T + Send + 'static,
    ) -> Result<Option<T>> {
        let path = convert::path(uri);
        let snapshot = self.shared.snapshot_among(&path).await;
        compute_on(snapshot, about(path, answer)).await
    }

    /// The same where no single document is asked about.
    async fn compute_anywhere<T: Send + 'static>(
        &self,
        answer: impl FnOnce(&Snapshot) -> T + Send + 'static,
    ) -> Result<T> {
        compute_on(self.shared.snapshot(), answer).await
    }
}

async fn compute_on<T: Send + 'static>(
    snapshot: Snapshot,
    answer: impl FnOnce(&Snapshot) -> T + Send + 'static,
) -> Result<T> {
    let task = tokio::task::spawn_blocking(move || answer(&snapshot));
    task.await.map_err(|_| Error::internal_error())
}

/// An answer about one document; `None` where that is not known.
fn about<T>(
    path: Arc<Path>,
    answer: impl FnOnce(&Snapshot, &Arc<File>) -> T,
) -> impl FnOnce(&Snapshot) -> Option<T> {
    move |snapshot| {
        let file = snapshot.workspace.file(&path)?;
        Some(answer(snapshot, file))
    }
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: lsp::InitializeParams) -> Result<lsp::InitializeResult> {
        let encodings =
            params.capabilities.general.as_ref().and_then(|general| general.position_encodings.as_ref());
        let utf8 = encodings.is_some_and(|encodings| encodings.contains(&lsp::PositionEncodingKind::UTF8));
        self.loader.meet(&params.capabilities);
        self.shared.lenses.meet(&params.capabilities);
        let client = &params.capabilities;
        // A client that introduces itself twice is the same as before.
        let _ = self.asking.set((configuration::answers(client), configuration::wants_asking(client)));
        let settings = params.initialization_options.unwrap_or_default();
        let settings = Settings::of_editor(&settings);
        #[expect(deprecated, reason = "older clients name a root instead of folders")]
        let folders = match (params.workspace_folders, params.root_uri) {
            (Some(folders), _) => folders.iter().map(|folder| convert::path(&folder.uri)).collect(),
            (None, root) => root.iter().map(convert::path).collect(),
        };
        let forms = Forms::of_client(&params.capabilities);
        let rename_provider = Some(rename::provider(&params.capabilities));
        self.shared.change(|session| {
            session.encoding = if utf8 { Encoding::Utf8 } else { Encoding::Utf16 };
            session.code_descriptions = describes_codes(&params.capabilities);
            session.edits = code_action::EditSupport::of_client(&params.capabilities);
            session.forms = forms;
            session.navigation = navigation::Support::of_client(&params.capabilities);
            session.effective_units = effective_unit::Support::of_client(&params.capabilities);
            session.initial_settings = settings.clone();
            session.configure(folders, settings);
        });
        let pull = diagnostic::Support::of_client(&params.capabilities);
        match pull {
            Some(support) => {
                self.shared.pulled.start(support);
                tokio::spawn(diagnostic::watch(self.shared.clone(), self.client.clone()));
            }
            None => {
                tokio::spawn(worker::run(self.shared.clone(), self.client.clone()));
            }
        }
        tokio::spawn(code_lens::refresh(self.shared.clone(), self.client.clone()));
        Ok(lsp::InitializeResult {
            capabilities: lsp::ServerCapabilities {
                rename_provider,
                diagnostic_provider: pull.map(|_| diagnostic::options(params.client_info.as_ref())),
                ..capabilities(utf8, forms)
            },
            server_info: Some(lsp::ServerInfo {
                name: "unitls".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            ..lsp::InitializeResult::default()
        })
    }

    async fn initialized(&self, _: lsp::InitializedParams) {
        self.loader.scan();
        self.loader.watch();
        if let Some((true, _)) = self.asking.get() {
            self.pull_settings();
        }
        if let Some((_, true)) = self.asking.get() {
            tokio::spawn(configuration::register(self.client.clone()));
        }
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: lsp::DidOpenTextDocumentParams) {
        let document = params.text_document;
        let path = convert::path(&document.uri);
        let outside = self.shared.change(|session| {
            session.open(document.uri, &document.text, document.version);
            session.is_outside(&path)
        });
        if outside {
            self.loader.read_beside(path);
        }
    }

    async fn did_change(&self, params: lsp::DidChangeTextDocumentParams) {
        // No await before the edit: handlers run concurrently, and one would let edits pass each other.
        let document = params.text_document;
        self.shared.change(|session| session.edit(&document.uri, document.version, params.content_changes));
    }

    async fn did_save(&self, params: lsp::DidSaveTextDocumentParams) {
        self.shared.change(|session| session.save(&params.text_document.uri));
        self.loader.saved(&convert::path(&params.text_document.uri));
        systemd_analyze::saved(&self.shared, &self.client, &params.text_document.uri);
    }

    async fn did_close(&self, params: lsp::DidCloseTextDocumentParams) {
        self.shared.change(|session| session.close(&params.text_document.uri));
        let path = convert::path(&params.text_document.uri);
        self.tokens.forget(&path);
        if configuration::is_project_file(&path) {
            // What the disk holds counts again.
            self.loader.read_again(vec![path.to_path_buf()]);
        }
    }

    async fn did_change_watched_files(&self, params: lsp::DidChangeWatchedFilesParams) {
        let paths = params.changes.iter().map(|change| convert::path(&change.uri).to_path_buf());
        self.loader.read_again(paths.collect());
    }

    async fn did_change_workspace_folders(&self, params: lsp::DidChangeWorkspaceFoldersParams) {
        self.shared.change(|session| {
            let mut folders = session.folders();
            folders.retain(|folder| {
                !params.event.removed.iter().any(|gone| convert::path(&gone.uri) == *folder)
            });
            folders.extend(params.event.added.iter().map(|folder| convert::path(&folder.uri)));
            let settings = session.settings.clone();
            session.configure(folders, settings);
        });
        self.loader.scan();
    }

    async fn did_change_configuration(&self, params: lsp::DidChangeConfigurationParams) {
        // Some clients send their settings, others want to be asked for them.
        match params.settings.as_object().is_some_and(|settings| !settings.is_empty()) {
            true => configuration::take(&self.shared, &self.loader, &params.settings),
            false if self.asking.get().is_some_and(|(answers, _)| *answers) => self.pull_settings(),
            false => configuration::take(&self.shared, &self.loader, &params.settings),
        }
    }

    async fn completion(&self, params: lsp::CompletionParams) -> Result<Option<lsp::CompletionResponse>> {
        let place = params.text_document_position;
        let answer = self.compute(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let completion = unit_ide::completion::completion(&snapshot.workspace, file, offset);
            convert::completion(snapshot, &file.path, completion)
        });
        Ok(answer.await?.map(lsp::CompletionResponse::List))
    }

    async fn completion_resolve(&self, item: lsp::CompletionItem) -> Result<lsp::CompletionItem> {
        self.compute_anywhere(|snapshot| convert::resolve(snapshot, item)).await
    }

    async fn hover(&self, params: lsp::HoverParams) -> Result<Option<lsp::Hover>> {
        let place = params.text_document_position_params;
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let hover = unit_ide::hover::hover(&snapshot.workspace, file, offset, Some(&Zoned::now()))?;
            Some(lsp::Hover {
                range: Some(convert::range(snapshot, &file.path, hover.range)),
                contents: lsp::HoverContents::Markup(snapshot.forms.hover(hover.markdown)),
            })
        });
        Ok(answer.await?.flatten())
    }

    async fn goto_definition(
        &self,
        params: lsp::GotoDefinitionParams,
    ) -> Result<Option<lsp::GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let found = unit_ide::definition::definition(&snapshot.workspace, file, offset)?;
            Some(navigation::definition(snapshot, &file.path, &found))
        });
        Ok(answer.await?.flatten())
    }

    async fn goto_implementation(
        &self,
        params: lsp::request::GotoImplementationParams,
    ) -> Result<Option<lsp::request::GotoImplementationResponse>> {
        let place = params.text_document_position_params;
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let found = unit_ide::implementation::implementation(&snapshot.workspace, file, offset);
            navigation::implementation(snapshot, &found)
        });
        Ok(answer.await?.flatten())
    }

    async fn references(&self, params: lsp::ReferenceParams) -> Result<Option<Vec<lsp::Location>>> {
        let place = params.text_document_position;
        let declaration = match params.context.include_declaration {
            true => Declaration::Included,
            false => Declaration::LeftOut,
        };
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let found = unit_ide::references::references(&snapshot.workspace, file, offset, declaration);
            navigation::references(snapshot, &found)
        });
        answer.await
    }

    async fn prepare_rename(
        &self,
        params: lsp::TextDocumentPositionParams,
    ) -> Result<Option<lsp::PrepareRenameResponse>> {
        let answer = self.compute_among(&params.text_document.uri, move |snapshot, file| {
            rename::is_possible(snapshot)?;
            let offset = offset(snapshot, file, params.position);
            let found = unit_ide::rename::prepare_rename(&snapshot.workspace, file, offset);
            let found = found.map_err(rename::refusal)?;
            Ok(lsp::PrepareRenameResponse::RangeWithPlaceholder {
                range: convert::range(snapshot, &file.path, found.range),
                placeholder: found.placeholder,
            })
        });
        answer.await?.transpose()
    }

    async fn rename(&self, params: lsp::RenameParams) -> Result<Option<lsp::WorkspaceEdit>> {
        let place = params.text_document_position;
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            rename::is_possible(snapshot)?;
            let offset = offset(snapshot, file, place.position);
            let found = unit_ide::rename::rename(&snapshot.workspace, file, offset, &params.new_name);
            let found = found.map_err(rename::refusal)?;
            Ok((rename::edit(snapshot, &found), found.stale_links))
        });
        let Some((edit, links)) = answer.await?.transpose()? else { return Ok(None) };
        rename::tell_of_links(&self.client, &links);
        Ok(edit)
    }

    async fn will_rename_files(&self, params: lsp::RenameFilesParams) -> Result<Option<lsp::WorkspaceEdit>> {
        self.shared.all_read().await;
        let paths = rename::paths(&params);
        let answer = self.compute_anywhere(move |snapshot| {
            let found = unit_ide::rename::will_rename(&snapshot.workspace, &paths);
            (rename::edit(snapshot, &found), found.stale_links)
        });
        let (edit, links) = answer.await?;
        rename::tell_of_links(&self.client, &links);
        Ok(edit)
    }

    async fn document_highlight(
        &self,
        params: lsp::DocumentHighlightParams,
    ) -> Result<Option<Vec<lsp::DocumentHighlight>>> {
        let place = params.text_document_position_params;
        let answer = self.compute(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let found = unit_ide::document_highlight::document_highlight(&snapshot.workspace, file, offset);
            let found = found.into_iter().map(|found| navigation::highlight(snapshot, &file.path, found));
            // Where there are none the editor highlights the word by itself.
            Some(found.collect::<Vec<_>>()).filter(|found| !found.is_empty())
        });
        Ok(answer.await?.flatten())
    }

    async fn document_symbol(
        &self,
        params: lsp::DocumentSymbolParams,
    ) -> Result<Option<lsp::DocumentSymbolResponse>> {
        let uri = params.text_document.uri;
        let asked = uri.clone();
        let answer = self.compute(&uri, move |snapshot, file| {
            let found = unit_ide::document_symbol::document_symbols(file);
            navigation::document_symbols(snapshot, &file.path, &asked, &found)
        });
        answer.await
    }

    async fn symbol(
        &self,
        params: lsp::WorkspaceSymbolParams,
    ) -> Result<Option<lsp::WorkspaceSymbolResponse>> {
        self.shared.all_read().await;
        let answer = self.compute_anywhere(move |snapshot| {
            let found = unit_ide::workspace_symbol::workspace_symbols(&snapshot.workspace, &params.query);
            let found = found.into_iter();
            found.filter_map(|found| navigation::workspace_symbol(snapshot, found)).collect::<Vec<_>>()
        });
        Ok(Some(answer.await?.into()))
    }

    async fn document_link(&self, params: lsp::DocumentLinkParams) -> Result<Option<Vec<lsp::DocumentLink>>> {
        let uri = params.text_document.uri;
        let Some(paths) = self.compute(&uri, |_, file| document_link::paths(file)).await? else {
            return Ok(None);
        };
        let existing = document_link::existing(paths).await;
        let answer = self.compute(&uri, move |snapshot, file| {
            document_link::links(snapshot, file, |path| existing.binary_search(path).is_ok())
        });
        answer.await
    }

    async fn code_lens(&self, params: lsp::CodeLensParams) -> Result<Option<Vec<lsp::CodeLens>>> {
        let (uri, shared) = (params.text_document.uri, self.shared.clone());
        let asked = uri.clone();
        let answer = self.compute_among(&uri, move |snapshot, file| {
            code_lens::lenses(snapshot, file, &asked, &shared.lenses)
        });
        answer.await
    }

    async fn prepare_call_hierarchy(
        &self,
        params: lsp::CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<lsp::CallHierarchyItem>>> {
        let place = params.text_document_position_params;
        let answer = self.compute_among(&place.text_document.uri, move |snapshot, file| {
            call_hierarchy::prepare(snapshot, file, offset(snapshot, file, place.position))
        });
        Ok(answer.await?.flatten())
    }

    async fn incoming_calls(
        &self,
        params: lsp::CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<lsp::CallHierarchyIncomingCall>>> {
        self.shared.all_read().await;
        self.compute_anywhere(move |snapshot| call_hierarchy::incoming(snapshot, &params.item)).await
    }

    async fn outgoing_calls(
        &self,
        params: lsp::CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<lsp::CallHierarchyOutgoingCall>>> {
        self.shared.all_read().await;
        self.compute_anywhere(move |snapshot| call_hierarchy::outgoing(snapshot, &params.item)).await
    }

    async fn code_action(&self, params: lsp::CodeActionParams) -> Result<Option<lsp::CodeActionResponse>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            let range = text_range(snapshot, file, params.range);
            code_action::actions(snapshot, file, range, &params.context)
        });
        answer.await
    }

    async fn formatting(&self, params: lsp::DocumentFormattingParams) -> Result<Option<Vec<lsp::TextEdit>>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            formatting::edits(snapshot, file, unit_ide::formatting::formatting)
        });
        Ok(answer.await?.flatten())
    }

    async fn range_formatting(
        &self,
        params: lsp::DocumentRangeFormattingParams,
    ) -> Result<Option<Vec<lsp::TextEdit>>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            let range = text_range(snapshot, file, params.range);
            formatting::edits(snapshot, file, |file| unit_ide::formatting::range_formatting(file, range))
        });
        Ok(answer.await?.flatten())
    }

    async fn on_type_formatting(
        &self,
        params: lsp::DocumentOnTypeFormattingParams,
    ) -> Result<Option<Vec<lsp::TextEdit>>> {
        let place = params.text_document_position;
        let answer = self.compute(&place.text_document.uri, move |snapshot, file| {
            let offset = offset(snapshot, file, place.position);
            let step = formatting::step(&params.options);
            let edit = unit_ide::formatting::on_type_formatting(file, offset, &step)?;
            Some(formatting::text_edits(snapshot, &file.path, vec![edit]))
        });
        Ok(answer.await?.flatten())
    }

    async fn diagnostic(
        &self,
        params: lsp::DocumentDiagnosticParams,
    ) -> Result<lsp::DocumentDiagnosticReportResult> {
        self.shared.all_read().await;
        let (path, shared) = (convert::path(&params.text_document.uri), self.shared.clone());
        let answer = self.compute_anywhere(move |snapshot| {
            shared.pulled.document(snapshot, &path, params.previous_result_id.as_deref()).into()
        });
        answer.await
    }

    async fn workspace_diagnostic(
        &self,
        params: lsp::WorkspaceDiagnosticParams,
    ) -> Result<lsp::WorkspaceDiagnosticReportResult> {
        self.shared.all_read().await;
        diagnostic::quiet(&self.shared).await;
        let shared = self.shared.clone();
        let answer = self.compute_anywhere(move |snapshot| {
            shared.pulled.workspace(snapshot, &params.previous_result_ids).into()
        });
        answer.await
    }

    async fn inlay_hint(&self, params: lsp::InlayHintParams) -> Result<Option<Vec<lsp::InlayHint>>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            inlay_hint::hints(snapshot, file, text_range(snapshot, file, params.range), &Zoned::now())
        });
        answer.await
    }

    async fn folding_range(&self, params: lsp::FoldingRangeParams) -> Result<Option<Vec<lsp::FoldingRange>>> {
        self.compute(&params.text_document.uri, ranges::folds).await
    }

    async fn selection_range(
        &self,
        params: lsp::SelectionRangeParams,
    ) -> Result<Option<Vec<lsp::SelectionRange>>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            let offsets = params.positions.iter().map(|position| offset(snapshot, file, *position));
            ranges::selections(snapshot, file, offsets)
        });
        answer.await
    }

    async fn semantic_tokens_full(
        &self,
        params: lsp::SemanticTokensParams,
    ) -> Result<Option<lsp::SemanticTokensResult>> {
        let told = self.tokens.clone();
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            told.full(file, snapshot.encoding).into()
        });
        answer.await
    }

    async fn semantic_tokens_full_delta(
        &self,
        params: lsp::SemanticTokensDeltaParams,
    ) -> Result<Option<lsp::SemanticTokensFullDeltaResult>> {
        let told = self.tokens.clone();
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            told.delta(file, snapshot.encoding, &params.previous_result_id)
        });
        answer.await
    }

    async fn semantic_tokens_range(
        &self,
        params: lsp::SemanticTokensRangeParams,
    ) -> Result<Option<lsp::SemanticTokensRangeResult>> {
        let answer = self.compute(&params.text_document.uri, move |snapshot, file| {
            let range = text_range(snapshot, file, params.range);
            let data = semantic_tokens::in_range(file, snapshot.encoding, range);
            lsp::SemanticTokens { result_id: None, data }.into()
        });
        answer.await
    }

    async fn execute_command(&self, params: lsp::ExecuteCommandParams) -> Result<Option<lsp::LSPAny>> {
        match params.command.as_str() {
            effective_unit::COMMAND => self.show_effective_unit(params).await,
            code_lens::SHOW_STARTERS => self.about_unit(params, code_lens::list).await,
            code_lens::SHOW_ORDER => self.about_unit(params, code_lens::order).await,
            systemd_analyze::VERIFY | systemd_analyze::SECURITY => self.analyze(params).await,
            EXPLAIN => explain(&params),
            code_action::APPLY => match code_action::apply(&self.client, params.arguments) {
                Some(()) => Ok(None),
                None => Err(Error::invalid_params("the argument is an edit")),
            },
            other => Err(Error::invalid_params(format!("there is no command {other}"))),
        }
    }
}

impl Backend {
    async fn show_effective_unit(&self, params: lsp::ExecuteCommandParams) -> Result<Option<lsp::LSPAny>> {
        let document = self.effective_unit(unit_of_arguments(params)?).await?;
        self.shared.snapshot().effective_units.show(&self.client, &document);
        Ok(serde_json::to_value(document).ok())
    }

    /// Answers a command about a unit.
    async fn about_unit<T: serde::Serialize + Send + 'static>(
        &self,
        params: lsp::ExecuteCommandParams,
        answer: impl FnOnce(&Snapshot, &effective_unit::Params) -> std::result::Result<T, String> + Send + 'static,
    ) -> Result<Option<lsp::LSPAny>> {
        self.shared.all_read().await;
        let params = unit_of_arguments(params)?;
        let answer = self.compute_anywhere(move |snapshot| answer(snapshot, &params)).await?;
        Ok(serde_json::to_value(answer.map_err(Error::invalid_params)?).ok())
    }

    /// What goes wrong is told to the user, too: it is for them to install something or to save a file.
    async fn analyze(&self, params: lsp::ExecuteCommandParams) -> Result<Option<lsp::LSPAny>> {
        let uri = argument(&params)?;
        match systemd_analyze::run(&self.shared, &self.client, &params.command, uri).await {
            Ok(answer) => Ok(serde_json::to_value(answer).ok()),
            Err(message) => {
                self.client.show_message(lsp::MessageType::ERROR, &message).await;
                Err(rename::refusal(message))
            }
        }
    }
}

/// The page of a rule or the help of a directive, in Markdown.
fn explain(params: &lsp::ExecuteCommandParams) -> Result<Option<lsp::LSPAny>> {
    let subject = argument(params)?;
    let text = crate::cli::explain::page(subject);
    let text =
        text.ok_or_else(|| Error::invalid_params(format!("there is no rule and no directive `{subject}`")))?;
    Ok(Some(serde_json::json!({ "title": subject, "text": text })))
}

/// The unit that a command is about.
fn unit_of_arguments(params: lsp::ExecuteCommandParams) -> Result<effective_unit::Params> {
    let params = effective_unit::Params::of_arguments(params.arguments);
    params.ok_or_else(|| Error::invalid_params("the argument is a URI or a unit's name"))
}

/// The one argument of a command.
fn argument(params: &lsp::ExecuteCommandParams) -> Result<&str> {
    let argument = params.arguments.first().and_then(serde_json::Value::as_str);
    argument.ok_or_else(|| Error::invalid_params(format!("{} wants one argument, a text", params.command)))
}

fn offset(snapshot: &Snapshot, file: &File, position: lsp::Position) -> u32 {
    let position = convert::to_position(position);
    match snapshot.documents.get(&file.path) {
        Some(open) => open.document.offset(position, snapshot.encoding),
        None => file.unit.offset(position, snapshot.encoding),
    }
}

fn text_range(snapshot: &Snapshot, file: &File, range: lsp::Range) -> TextRange {
    let start = offset(snapshot, file, range.start);
    TextRange::new(start, offset(snapshot, file, range.end).max(start))
}

/// Whether the client shows links behind the codes of findings.
fn describes_codes(client: &lsp::ClientCapabilities) -> bool {
    let document = client.text_document.as_ref();
    let published = document.and_then(|document| document.publish_diagnostics.as_ref());
    published.and_then(|published| published.code_description_support) == Some(true)
}

fn capabilities(utf8: bool, forms: Forms) -> lsp::ServerCapabilities {
    lsp::ServerCapabilities {
        position_encoding: Some(match utf8 {
            true => lsp::PositionEncodingKind::UTF8,
            false => lsp::PositionEncodingKind::UTF16,
        }),
        text_document_sync: Some(lsp::TextDocumentSyncCapability::Options(lsp::TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(lsp::TextDocumentSyncKind::INCREMENTAL),
            save: Some(lsp::TextDocumentSyncSaveOptions::Supported(true)),
            ..lsp::TextDocumentSyncOptions::default()
        })),
        completion_provider: Some(lsp::CompletionOptions {
            resolve_provider: Some(true),
            // What opens a word that no letter opens: headers, values, specifiers, groups, paths, codes in a comment.
            trigger_characters: Some(["[", "=", "%", "@", "/", "(", "$", "{"].map(str::to_owned).to_vec()),
            ..lsp::CompletionOptions::default()
        }),
        hover_provider: Some(lsp::HoverProviderCapability::Simple(true)),
        code_action_provider: Some(code_action::provider(forms)),
        inlay_hint_provider: Some(lsp::OneOf::Left(true)),
        folding_range_provider: Some(lsp::FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(lsp::SelectionRangeProviderCapability::Simple(true)),
        semantic_tokens_provider: Some(semantic_tokens::options().into()),
        document_formatting_provider: Some(lsp::OneOf::Left(true)),
        document_range_formatting_provider: Some(lsp::OneOf::Left(true)),
        document_on_type_formatting_provider: Some(formatting::on_type()),
        definition_provider: Some(lsp::OneOf::Left(true)),
        implementation_provider: Some(lsp::ImplementationProviderCapability::Simple(true)),
        references_provider: Some(lsp::OneOf::Left(true)),
        document_highlight_provider: Some(lsp::OneOf::Left(true)),
        document_symbol_provider: Some(lsp::OneOf::Left(true)),
        workspace_symbol_provider: Some(lsp::OneOf::Left(true)),
        code_lens_provider: Some(lsp::CodeLensOptions { resolve_provider: Some(false) }),
        call_hierarchy_provider: Some(lsp::CallHierarchyServerCapability::Simple(true)),
        execute_command_provider: Some(lsp::ExecuteCommandOptions {
            commands: COMMANDS
                .iter()
                .filter(|name| **name != code_action::APPLY || !forms.code_actions)
                .map(|name| (*name).to_owned())
                .collect(),
            work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
        }),
        experimental: Some(serde_json::json!({
            "effectiveUnit": { "scheme": effective_unit::SCHEME },
            "autoSystemdVersion": Settings::default().version().0,
        })),
        document_link_provider: Some(lsp::DocumentLinkOptions {
            resolve_provider: Some(false),
            work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
        }),
        workspace: Some(lsp::WorkspaceServerCapabilities {
            workspace_folders: Some(lsp::WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(lsp::OneOf::Left(true)),
            }),
            file_operations: Some(lsp::WorkspaceFileOperationsServerCapabilities {
                will_rename: Some(rename::filters()),
                ..lsp::WorkspaceFileOperationsServerCapabilities::default()
            }),
        }),
        ..lsp::ServerCapabilities::default()
    }
}
