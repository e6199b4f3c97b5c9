//! Semantic tokens in the protocol's numbers, and what has changed in them since the client last asked.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use tower_lsp::ls_types as lsp;
use unit_ide::semantic_tokens::{PartKind, TokenKind, semantic_tokens};
use unit_ide::workspace::File;
use unit_syntax::TextRange;

use super::configuration::is_project_file;
use super::session::Snapshot;

/// What tokens are called: standard types only, so that every theme knows them.
const LEGEND: [(TokenKind, lsp::SemanticTokenType); 14] = [
    (TokenKind::Comment, lsp::SemanticTokenType::COMMENT),
    (TokenKind::Section, lsp::SemanticTokenType::NAMESPACE),
    (TokenKind::Key, lsp::SemanticTokenType::PROPERTY),
    (TokenKind::Value(PartKind::Word), lsp::SemanticTokenType::ENUM_MEMBER),
    (TokenKind::Value(PartKind::Boolean), lsp::SemanticTokenType::KEYWORD),
    (TokenKind::Value(PartKind::Number), lsp::SemanticTokenType::NUMBER),
    (TokenKind::Value(PartKind::Text), lsp::SemanticTokenType::STRING),
    (TokenKind::Value(PartKind::Unit), lsp::SemanticTokenType::CLASS),
    (TokenKind::Value(PartKind::Signal), lsp::SemanticTokenType::EVENT),
    (TokenKind::Value(PartKind::Program), lsp::SemanticTokenType::FUNCTION),
    (TokenKind::Value(PartKind::Argument), lsp::SemanticTokenType::PARAMETER),
    (TokenKind::Value(PartKind::Variable), lsp::SemanticTokenType::VARIABLE),
    (TokenKind::Value(PartKind::Specifier), lsp::SemanticTokenType::MACRO),
    (TokenKind::Value(PartKind::Operator), lsp::SemanticTokenType::OPERATOR),
];
/// The bit of the only modifier.
const DEPRECATED: u32 = 1;

/// What the server offers.
pub(super) fn options() -> lsp::SemanticTokensOptions {
    lsp::SemanticTokensOptions {
        legend: lsp::SemanticTokensLegend {
            token_types: LEGEND.map(|(_, name)| name).to_vec(),
            token_modifiers: vec![lsp::SemanticTokenModifier::DEPRECATED],
        },
        range: Some(true),
        full: Some(lsp::SemanticTokensFullOptions::Delta { delta: Some(true) }),
        work_done_progress_options: lsp::WorkDoneProgressOptions::default(),
    }
}

/// The tokens of a document, or of a range of it.
pub(super) fn tokens(snapshot: &Snapshot, file: &File, range: Option<TextRange>) -> Vec<lsp::SemanticToken> {
    if is_project_file(&file.path) {
        return Vec::new();
    }
    let mut positions = file.unit.positions(snapshot.encoding);
    let mut last = lsp::Position::default();
    let encode = |token: unit_ide::semantic_tokens::SemanticToken| {
        let (start, end) = (positions.at(token.range.start), positions.at(token.range.end));
        let delta_line = start.line - last.line;
        let delta_start = if delta_line == 0 { start.column - last.character } else { start.column };
        last = lsp::Position::new(start.line, start.column);
        let token_type = LEGEND.iter().position(|(kind, _)| *kind == token.kind).unwrap_or_default();
        lsp::SemanticToken {
            delta_line,
            delta_start,
            length: end.column - start.column,
            token_type: token_type as u32,
            token_modifiers_bitset: if token.deprecated { DEPRECATED } else { 0 },
        }
    };
    semantic_tokens(file, range).into_iter().map(encode).collect()
}

/// What clients were last told, by document: what a delta is counted from.
#[derive(Default)]
pub(super) struct Told(Mutex<HashMap<Arc<Path>, Numbered>>);

/// All tokens of a document, and the number of the answer that held them.
type Numbered = (u64, Arc<Vec<lsp::SemanticToken>>);

impl Told {
    /// Notes the tokens of a document. Gives the answer's number, and the tokens before if `previous` is theirs.
    fn note(
        &self,
        path: &Arc<Path>,
        tokens: &Arc<Vec<lsp::SemanticToken>>,
        previous: Option<&str>,
    ) -> (String, Option<Arc<Vec<lsp::SemanticToken>>>) {
        let mut told = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let known = told.get(path);
        let number = known.map_or(1, |(number, _)| number + 1);
        let before = known.filter(|(number, _)| previous == Some(&number.to_string()));
        let before = before.map(|(_, tokens)| tokens.clone());
        told.insert(path.clone(), (number, tokens.clone()));
        (number.to_string(), before)
    }

    /// Forgets a document that was closed.
    pub(super) fn forget(&self, path: &Path) {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(path);
    }

    /// All tokens of a document.
    pub(super) fn full(&self, path: &Arc<Path>, tokens: Vec<lsp::SemanticToken>) -> lsp::SemanticTokens {
        let tokens = Arc::new(tokens);
        let (id, _) = self.note(path, &tokens, None);
        lsp::SemanticTokens { result_id: Some(id), data: Arc::unwrap_or_clone(tokens) }
    }

    /// What has changed since the answer `previous`; all tokens where that is not the last one given.
    pub(super) fn delta(
        &self,
        path: &Arc<Path>,
        tokens: Vec<lsp::SemanticToken>,
        previous: &str,
    ) -> lsp::SemanticTokensFullDeltaResult {
        let tokens = Arc::new(tokens);
        let (id, before) = self.note(path, &tokens, Some(previous));
        let result_id = Some(id);
        match before {
            Some(before) => {
                lsp::SemanticTokensDelta { result_id, edits: difference(&before, &tokens) }.into()
            }
            None => lsp::SemanticTokens { result_id, data: tokens.to_vec() }.into(),
        }
    }
}

/// The one stretch in which two lists of tokens differ. Tokens count from the one before, so those behind an edit are
/// the same again.
fn difference(old: &[lsp::SemanticToken], new: &[lsp::SemanticToken]) -> Vec<lsp::SemanticTokensEdit> {
    /// How many numbers tell of one token.
    const NUMBERS: usize = 5;
    let same = |(old, new): &(&lsp::SemanticToken, &lsp::SemanticToken)| old == new;
    let prefix = old.iter().zip(new).take_while(same).count();
    let (old, new) = (&old[prefix..], &new[prefix..]);
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
    let (deleted, inserted) = (old.len() - suffix, &new[..new.len() - suffix]);
    if deleted == 0 && inserted.is_empty() {
        return Vec::new();
    }
    vec![lsp::SemanticTokensEdit {
        start: (prefix * NUMBERS) as u32,
        delete_count: (deleted * NUMBERS) as u32,
        data: Some(inserted.to_vec()),
    }]
}
