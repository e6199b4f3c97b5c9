//! The null server: the least that a language server on this framework can cost, and so the yardstick of
//! `cargo xtask bench-lsp`. It looks at nothing: every change gets an empty list of diagnostics, every completion
//! an empty list, every hover `null`. What unitls takes beyond it is unitls' own work; what it takes itself is
//! the framework's, the runtime's and the pipe's.

use std::io;

use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::{
    CompletionOptions, CompletionParams, CompletionResponse, DidChangeTextDocumentParams,
    DidOpenTextDocumentParams, Hover, HoverParams, HoverProviderCapability, InitializeParams,
    InitializeResult, ServerCapabilities, TextDocumentSyncCapability, TextDocumentSyncKind,
};
use tower_lsp::{Client, LanguageServer, LspService, Server};

struct NullServer {
    client: Client,
}

impl LanguageServer for NullServer {
    async fn initialize(&self, _: InitializeParams) -> Result<InitializeResult> {
        Ok(InitializeResult {
            capabilities: ServerCapabilities {
                text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::INCREMENTAL)),
                completion_provider: Some(CompletionOptions::default()),
                hover_provider: Some(HoverProviderCapability::Simple(true)),
                ..ServerCapabilities::default()
            },
            ..InitializeResult::default()
        })
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.client.publish_diagnostics(document.uri, Vec::new(), Some(document.version)).await;
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.client.publish_diagnostics(document.uri, Vec::new(), Some(document.version)).await;
    }

    async fn completion(&self, _: CompletionParams) -> Result<Option<CompletionResponse>> {
        Ok(Some(CompletionResponse::Array(Vec::new())))
    }

    async fn hover(&self, _: HoverParams) -> Result<Option<Hover>> {
        Ok(None)
    }
}

fn main() -> io::Result<()> {
    // One thread runs the server; tokio's blocking pool reads and writes the pipes beside it.
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (service, socket) = LspService::new(|client| NullServer { client });
    runtime.block_on(Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).serve(service));
    // A read of stdin cannot be cancelled, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    Ok(())
}
