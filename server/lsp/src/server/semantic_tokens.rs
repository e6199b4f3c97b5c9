//! Semantic tokens in the protocol's numbers, and what has changed in them since the client last asked.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use tower_lsp::ls_types as lsp;
use unit_ide::semantic_tokens::{PartKind, SemanticToken, TokenKind, semantic_tokens};
use unit_ide::workspace::{File, Line};
use unit_syntax::{Encoding, TextRange};

use super::configuration::is_project_file;

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
/// How many numbers tell of one token.
const NUMBERS: usize = 5;

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

/// The tokens of the lines that a range touches.
pub(super) fn in_range(file: &File, encoding: Encoding, range: TextRange) -> Vec<lsp::SemanticToken> {
    encoded(file, encoding, lsp::Position::default(), &found(file, Some(range)))
}

/// The tokens of a file, or of a part of it; those of project files are the editor's affair.
fn found(file: &File, range: Option<TextRange>) -> Vec<SemanticToken> {
    match is_project_file(&file.path) {
        true => Vec::new(),
        false => semantic_tokens(file, range),
    }
}

/// Tokens in the protocol's numbers; each counts from the one before, the first from `last`.
fn encoded(
    file: &File,
    encoding: Encoding,
    mut last: lsp::Position,
    tokens: &[SemanticToken],
) -> Vec<lsp::SemanticToken> {
    let mut positions = file.unit.positions(encoding);
    let encode = |token: &SemanticToken| {
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
    tokens.iter().map(encode).collect()
}

/// All tokens of one text.
#[derive(Clone)]
struct Tokens {
    file: Arc<File>,
    /// How many there are in each entry.
    counts: Vec<usize>,
    tokens: Vec<lsp::SemanticToken>,
}

/// Where two lists of tokens differ.
struct Change {
    start: usize,
    /// How many of the old ones there are.
    deleted: usize,
    inserted: Vec<lsp::SemanticToken>,
}

impl Tokens {
    fn new(file: &Arc<File>, encoding: Encoding) -> Self {
        let found = found(file, None);
        let mut rest = &found[..];
        let counts = file.unit.entries().iter().map(|entry| {
            let count = rest.partition_point(|token| token.range.start < entry.range().end);
            rest = &rest[count..];
            count
        });
        let counts = counts.collect();
        Self { file: file.clone(), counts, tokens: encoded(file, encoding, lsp::Position::default(), &found) }
    }

    /// The tokens of a later text: lines that no edit has touched keep theirs, which count from the ones before. Gives
    /// what has changed, too; `None` where everything may have.
    fn updated(&self, file: &Arc<File>, encoding: Encoding) -> Option<(Self, Change)> {
        let same_rules = self.file.version == file.version
            && self.file.kind == file.kind
            && self.file.foreign_template == file.foreign_template;
        if !same_rules {
            return None;
        }
        let (old, new) = (self.file.unit.entries(), file.unit.entries());
        let means_same = |a: &Line, b: &Line| {
            a.section == b.section
                && a.directive.map(std::ptr::from_ref) == b.directive.map(std::ptr::from_ref)
        };
        let same = |a: usize, b: usize| {
            old[a].item.is_same(&new[b].item) && means_same(&self.file.lines()[a], &file.lines()[b])
        };
        let most = old.len().min(new.len());
        let prefix = (0..most).take_while(|index| same(*index, *index)).count();
        let ends = (1..=most - prefix).take_while(|back| same(old.len() - back, new.len() - back));
        let mut suffix = ends.count();
        // The first token behind the change counts from one within it.
        while suffix > 0 {
            suffix -= 1;
            if self.counts[old.len() - suffix - 1] > 0 {
                break;
            }
        }
        let (old_end, new_end) = (old.len() - suffix, new.len() - suffix);
        let before: usize = self.counts[..prefix].iter().sum();
        let deleted: usize = self.counts[prefix..old_end].iter().sum();
        let last = self.tokens[..before].iter().fold(lsp::Position::default(), |last, token| {
            let column = if token.delta_line == 0 { last.character } else { 0 };
            lsp::Position::new(last.line + token.delta_line, column + token.delta_start)
        });
        let (found, counts) = match new[prefix..new_end].first() {
            Some(first) => {
                let end = new[new_end - 1].range().end;
                let found = found(file, Some(TextRange::new(first.start, end)));
                let starts_in = |end: u32| found.partition_point(|token| token.range.start < end);
                let ends: Vec<_> =
                    new[prefix..new_end].iter().map(|entry| starts_in(entry.range().end)).collect();
                let counts = ends.iter().scan(0, |last, end| Some(end - std::mem::replace(last, *end)));
                let counts: Vec<usize> = counts.collect();
                (found, counts)
            }
            None => (Vec::new(), Vec::new()),
        };
        let inserted = encoded(file, encoding, last, &found);
        let mut updated = self.clone();
        updated.file = file.clone();
        updated.tokens.splice(before..before + deleted, inserted.iter().copied());
        updated.counts.splice(prefix..old_end, counts);
        Some((updated, Change { start: before, deleted, inserted }))
    }
}

/// What clients were last told, by document: what a delta is counted from.
#[derive(Default)]
pub(super) struct Told(Mutex<ByDocument>);

/// The tokens of documents, each with the number of the answer that held them.
type ByDocument = HashMap<Arc<Path>, (u64, Arc<Tokens>)>;

impl Told {
    fn lock(&self) -> MutexGuard<'_, ByDocument> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Notes the tokens of a document, and gives the answer's number.
    fn note(&self, tokens: Arc<Tokens>) -> String {
        let mut told = self.lock();
        let path = tokens.file.path.clone();
        let number = told.get(&path).map_or(1, |(number, _)| number + 1);
        told.insert(path, (number, tokens));
        number.to_string()
    }

    /// Forgets a document that was closed.
    pub(super) fn forget(&self, path: &Path) {
        self.lock().remove(path);
    }

    /// All tokens of a document.
    pub(super) fn full(&self, file: &Arc<File>, encoding: Encoding) -> lsp::SemanticTokens {
        let tokens = Arc::new(Tokens::new(file, encoding));
        lsp::SemanticTokens { data: tokens.tokens.clone(), result_id: Some(self.note(tokens)) }
    }

    /// What has changed since the answer `previous`; all tokens where that is not the last one given.
    pub(super) fn delta(
        &self,
        file: &Arc<File>,
        encoding: Encoding,
        previous: &str,
    ) -> lsp::SemanticTokensFullDeltaResult {
        let known = self.lock().get(&file.path).filter(|(number, _)| number.to_string() == previous).cloned();
        let Some((_, before)) = known else {
            return self.full(file, encoding).into();
        };
        let Some((now, change)) = before.updated(file, encoding) else {
            return self.full(file, encoding).into();
        };
        let edits = change.edits(&before.tokens);
        lsp::SemanticTokensDelta { edits, result_id: Some(self.note(Arc::new(now))) }.into()
    }
}

impl Change {
    /// The change without those of its tokens that are as before; none where all are.
    fn edits(&self, before: &[lsp::SemanticToken]) -> Vec<lsp::SemanticTokensEdit> {
        let (old, new) = (&before[self.start..self.start + self.deleted], &self.inserted[..]);
        let same = |(old, new): &(&lsp::SemanticToken, &lsp::SemanticToken)| old == new;
        let prefix = old.iter().zip(new).take_while(same).count();
        let (old, new) = (&old[prefix..], &new[prefix..]);
        let suffix = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
        let (deleted, inserted) = (old.len() - suffix, &new[..new.len() - suffix]);
        if deleted == 0 && inserted.is_empty() {
            return Vec::new();
        }
        vec![lsp::SemanticTokensEdit {
            start: ((self.start + prefix) * NUMBERS) as u32,
            delete_count: (deleted * NUMBERS) as u32,
            data: Some(inserted.to_vec()),
        }]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unit_catalog::Version;
    use unit_ide::workspace::Places;
    use unit_syntax::Document;

    use super::*;

    const PIECES: [&str; 14] = [
        "[Service]\n",
        "[Socket]\n",
        "[X-Y]\n",
        "Type=simple\n",
        "Nice=5\n",
        "ExecStart=/bin/🎲 %n \\\n  b\n",
        "# c\n",
        "\n",
        "\\",
        "=",
        "\r\n",
        "lone\n",
        "{{ x }}\n",
        "[D-BUS Service]\n",
    ];

    fn text(most: usize) -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(&PIECES[..]);
        proptest::collection::vec(piece, 0..most).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        /// What a client makes of deltas is what it would be told as a whole.
        #[test]
        fn deltas_lead_to_the_whole(
            before in text(30),
            edits in proptest::collection::vec((0.0..=1.0, 0.0..0.3, text(4)), 1..6),
        ) {
            let told = Told::default();
            let path: Arc<Path> = Path::new("/a.service").into();
            let mut document = Document::new(&before);
            let mut file =
                Arc::new(File::new(path, &Places::default(), Version::NEWEST, document.unit().clone()));
            let first = told.full(&file, Encoding::Utf16);
            let (mut shown, mut id) = (first.data, first.result_id.expect("an answer has a number"));
            for (start, length, insert) in edits {
                let start = (start * f64::from(document.len())) as u32;
                let end = (start + (length * f64::from(document.len())) as u32).min(document.len());
                document.edit(TextRange::new(start, end), &insert);
                file = Arc::new(file.updated(document.unit().clone()));
                match told.delta(&file, Encoding::Utf16, &id) {
                    lsp::SemanticTokensFullDeltaResult::TokensDelta(delta) => {
                        for edit in delta.edits {
                            let start = edit.start as usize / NUMBERS;
                            let end = start + edit.delete_count as usize / NUMBERS;
                            shown.splice(start..end, edit.data.unwrap_or_default());
                        }
                        id = delta.result_id.expect("an answer has a number");
                    }
                    lsp::SemanticTokensFullDeltaResult::Tokens(whole) => {
                        shown = whole.data;
                        id = whole.result_id.expect("an answer has a number");
                    }
                    other => panic!("{other:?}"),
                }
                prop_assert_eq!(&shown, &Tokens::new(&file, Encoding::Utf16).tokens, "{:?}", document.text());
            }
        }
    }
}
