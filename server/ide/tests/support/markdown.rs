//! Unit files in Markdown: fenced blocks below headings, as rule pages and the scenarios of rules hold them.

use std::ops::Range;

use super::Source;

/// A heading of the second level with the fenced blocks below it.
pub(crate) struct Section<'a> {
    pub(crate) heading: &'a str,
    pub(crate) fences: Vec<Fence<'a>>,
}

/// A fenced block.
pub(crate) struct Fence<'a> {
    /// What stands behind the opening backticks.
    pub(crate) info: &'a str,
    /// Where its content lies in the text.
    pub(crate) content: Range<usize>,
}

/// The sections of a text. Pages are ours, so only what they use is read: `## ` and fences of three backticks that
/// begin a line.
#[track_caller]
pub(crate) fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut open: Option<Fence<'_>> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        match (open.take(), line.trim_end()) {
            (Some(mut fence), "```") => {
                fence.content.end = start;
                let section = sections.last_mut().expect("fences stand below a heading");
                section.fences.push(fence);
            }
            (None, line) if line.starts_with("```") => {
                open = Some(Fence { info: &line[3..], content: at..at })
            }
            (None, line) if line.starts_with("## ") => {
                sections.push(Section { heading: &line[3..], fences: Vec::new() });
            }
            (fence, _) => open = fence,
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    sections
}

impl Section<'_> {
    /// The unit files below the heading: fences called `ini PATH …`.
    ///
    /// What Markdown or its keepers would swallow is written as a symbol: `␠` a trailing blank, `␍` a carriage
    /// return, `␀` a NUL byte.
    pub(crate) fn sources(&self, text: &str) -> Vec<Source> {
        let files = self.fences.iter().filter_map(|fence| Some((fence.info.strip_prefix("ini ")?, fence)));
        let read = |(marker, fence): (&str, &Fence<'_>)| {
            let content = &text[fence.content.clone()];
            let content = content.replace('␠', " ").replace('␍', "\r").replace('␀', "\0");
            let mut source = Source::of_marker(marker);
            source.push(&content);
            source
        };
        files.map(read).collect()
    }
}
