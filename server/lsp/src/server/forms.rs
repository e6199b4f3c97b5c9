//! The forms of answers that the client takes, for clients that take less than everything.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tower_lsp::ls_types as lsp;

/// What the client says it takes; what it leaves open it is not given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Forms {
    hover: TextForm,
    documentation: TextForm,
    /// Code actions as such; else it takes commands.
    pub(super) code_actions: bool,
    /// It does edits that it is asked for.
    pub(super) applies_edits: bool,
    /// Places that belong to a finding.
    pub(super) related_places: bool,
    /// What stands beside the label of a completion.
    pub(super) label_details: bool,
    deprecated: DeprecatedForm,
    late_item_kinds: bool,
    late_symbol_kinds: bool,
}

/// The form of texts for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum TextForm {
    Markdown,
    Plain,
}

/// How the client wants to be told that something is deprecated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum DeprecatedForm {
    Tag,
    Member,
    Nothing,
}

impl Default for Forms {
    fn default() -> Self {
        Self::of_client(&lsp::ClientCapabilities::default())
    }
}

impl Forms {
    pub(super) fn of_client(client: &lsp::ClientCapabilities) -> Self {
        let document = client.text_document.clone().unwrap_or_default();
        let workspace = client.workspace.clone().unwrap_or_default();
        let completion = document.completion.unwrap_or_default();
        let item = completion.completion_item.unwrap_or_default();
        let has_tag = |tags: lsp::TagSupport<lsp::CompletionItemTag>| {
            tags.value_set.contains(&lsp::CompletionItemTag::DEPRECATED)
        };
        let item_kinds = completion.completion_item_kind.and_then(|kinds| kinds.value_set);
        let symbol_kinds = workspace.symbol.and_then(|symbol| symbol.symbol_kind);
        let symbol_kinds = symbol_kinds.and_then(|kinds| kinds.value_set).unwrap_or_default();
        let hover = TextForm::preferred(document.hover.and_then(|hover| hover.content_format));
        Self {
            hover: hover.unwrap_or(TextForm::Plain),
            // Who shows hovers in Markdown shows this so as well: Helix says nothing of it.
            documentation: TextForm::preferred(item.documentation_format)
                .or(hover)
                .unwrap_or(TextForm::Plain),
            code_actions: document.code_action.is_some_and(|can| can.code_action_literal_support.is_some()),
            applies_edits: workspace.apply_edit == Some(true),
            related_places: document.publish_diagnostics.and_then(|can| can.related_information)
                == Some(true),
            label_details: item.label_details_support == Some(true),
            deprecated: match (item.tag_support.is_some_and(has_tag), item.deprecated_support) {
                (true, _) => DeprecatedForm::Tag,
                (false, Some(true)) => DeprecatedForm::Member,
                (false, _) => DeprecatedForm::Nothing,
            },
            late_item_kinds: item_kinds.unwrap_or_default().contains(&lsp::CompletionItemKind::ENUM_MEMBER),
            late_symbol_kinds: [lsp::SymbolKind::EVENT, lsp::SymbolKind::OBJECT]
                .iter()
                .all(|kind| symbol_kinds.contains(kind)),
        }
    }

    /// A hover's text.
    pub(super) fn hover(self, markdown: String) -> lsp::MarkupContent {
        self.hover.content(markdown)
    }

    /// What a completion says of itself.
    pub(super) fn documentation(self, markdown: String) -> lsp::Documentation {
        lsp::Documentation::MarkupContent(self.documentation.content(markdown))
    }

    /// Says of a completion that it is deprecated.
    pub(super) fn deprecate(self, item: &mut lsp::CompletionItem) {
        match self.deprecated {
            DeprecatedForm::Tag => item.tags = Some(vec![lsp::CompletionItemTag::DEPRECATED]),
            // What older clients know.
            DeprecatedForm::Member => item.deprecated = Some(true),
            DeprecatedForm::Nothing => {}
        }
    }

    /// The kind, or of the first eighteen, which every client knows, the nearest one.
    pub(super) fn item_kind(self, kind: lsp::CompletionItemKind) -> lsp::CompletionItemKind {
        match kind {
            lsp::CompletionItemKind::ENUM_MEMBER if !self.late_item_kinds => lsp::CompletionItemKind::VALUE,
            kind => kind,
        }
    }

    /// The same of symbols.
    pub(super) fn symbol_kind(self, kind: lsp::SymbolKind) -> lsp::SymbolKind {
        match kind {
            lsp::SymbolKind::EVENT if !self.late_symbol_kinds => lsp::SymbolKind::METHOD,
            lsp::SymbolKind::OBJECT if !self.late_symbol_kinds => lsp::SymbolKind::FILE,
            kind => kind,
        }
    }
}

impl TextForm {
    /// The first of those that a client names.
    fn preferred(named: Option<Vec<lsp::MarkupKind>>) -> Option<Self> {
        Some(match named?.first()? {
            lsp::MarkupKind::Markdown => Self::Markdown,
            lsp::MarkupKind::PlainText => Self::Plain,
        })
    }

    fn content(self, markdown: String) -> lsp::MarkupContent {
        match self {
            Self::Markdown => lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: markdown },
            Self::Plain => lsp::MarkupContent { kind: lsp::MarkupKind::PlainText, value: plain(&markdown) },
        }
    }
}

/// The text without its marks: paragraphs, lists, tables with bars between their cells, and where links lead.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut link = String::new();
    // An empty line, but for the first.
    let apart = |out: &mut String| {
        out.truncate(out.trim_end().len());
        if !out.is_empty() {
            out.push_str("\n\n");
        }
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                out.push_str(&text);
            }
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::Rule => apart(&mut out),
            Event::Start(Tag::Item) => {
                out.truncate(out.trim_end_matches(' ').len());
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                out.push_str("- ");
            }
            Event::Start(Tag::Link { dest_url, .. }) => link = dest_url.into_string(),
            Event::End(TagEnd::Link) => out.push_str(&format!(" <{}>", std::mem::take(&mut link))),
            Event::Start(Tag::List(_) | Tag::Table(_) | Tag::Heading { .. } | Tag::CodeBlock(_)) => {
                apart(&mut out);
            }
            Event::End(TagEnd::TableCell) => out.push_str(" | "),
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => {
                out.truncate(out.trim_end_matches([' ', '|']).len());
                out.push('\n');
            }
            Event::End(TagEnd::Item) => out.push('\n'),
            Event::End(
                TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Table | TagEnd::Heading(_) | TagEnd::CodeBlock,
            ) => apart(&mut out),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn plain_text() {
        let markdown = "**`web.service`**\n\n`A=*b* **c**` and *this*\nthat, [systemd.unit(5)](https://example.org/x).\n\n\
             Started by:\n\n- a.socket (port 80)\n- **b**\n\n---\n\n| under `x` | |\n|---|---|\n| one | two |\n| – | `3` |\n\n``a`b``";
        let text = "web.service\n\nA=*b* **c** and this that, systemd.unit(5) <https://example.org/x>.\n\n\
             Started by:\n\n- a.socket (port 80)\n- b\n\nunder x\none | two\n– | 3\n\na`b";
        assert_eq!(plain(markdown), text);
    }
}
