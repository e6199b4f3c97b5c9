//! Document links: manual pages and addresses in `Documentation=`, and files that values name.

use std::ops::Range;
use std::path::{Path, PathBuf};

use unit_catalog::{Directive, ValueKind, manual_page_url};
use unit_syntax::{Entry, TextRange};

use crate::value::extract_word::{Extract, words};
use crate::workspace::File;

/// A part of the file that leads somewhere outside of units.
#[derive(Clone, PartialEq, Debug)]
pub struct DocumentLink {
    /// Where, in bytes.
    pub range: TextRange,
    /// Where it leads.
    pub target: LinkTarget,
}

/// Where a link leads.
#[derive(Clone, PartialEq, Debug)]
pub enum LinkTarget {
    /// A page on the web, which is taken to exist.
    Web {
        /// Its address.
        url: String,
        /// What it is.
        tooltip: String,
    },
    /// A file or folder, which may or may not exist.
    Path(PathBuf),
}

/// All links of a file, in order. Whether a path exists is for the caller to find out.
///
/// In a file that stands below another root than `/` (an image, a package tree), paths are those of that root.
pub fn document_links(file: &File) -> Vec<DocumentLink> {
    let lines = file.lines().iter().zip(file.unit.entries());
    let links = lines.filter_map(|(line, entry)| Some(links(file, line.directive?, entry)));
    links.flatten().collect()
}

fn links(file: &File, directive: &Directive, entry: &Entry) -> Vec<DocumentLink> {
    let value = entry.value().unwrap_or_default();
    let found: Vec<(Range<usize>, LinkTarget)> = match directive.kind {
        ValueKind::UrlList => {
            let words = words(value, Extract::UNQUOTE).map_while(Result::ok);
            words.filter_map(|word| Some((word.range, documentation(file, &word.text)?))).collect()
        }
        kind if holds_paths(kind) => {
            paths(value).filter_map(|range| Some((range.clone(), path(file, &value[range])?))).collect()
        }
        _ => Vec::new(),
    };
    let link = |(range, target): (Range<usize>, _)| DocumentLink {
        range: entry.value_to_source(range.into()),
        target,
    };
    found.into_iter().map(link).collect()
}

fn documentation(file: &File, word: &str) -> Option<LinkTarget> {
    let word = expand(file, word)?;
    if let Some(page) = word.strip_prefix("man:") {
        let (name, section) = match page.strip_suffix(')').and_then(|page| page.split_once('(')) {
            Some((name, section)) => (name, Some(section)),
            None => (page, None),
        };
        let url = manual_page_url(name, section)?;
        return Some(LinkTarget::Web { url, tooltip: format!("Manual page {page}") });
    }
    if ["http://", "https://"].iter().any(|scheme| word.starts_with(scheme)) {
        return Some(LinkTarget::Web { url: word.clone(), tooltip: word });
    }
    let path = word.strip_prefix("file:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    path.starts_with('/').then(|| LinkTarget::Path(below_root(file, path)))
}

/// The path of a value, specifiers replaced; `None` where it is known at run time only, or shows nothing of use.
fn path(file: &File, written: &str) -> Option<LinkTarget> {
    let path = expand(file, written)?;
    let known = !path.contains(['$', '*', '?', '[']) && !["/", "/dev/null"].contains(&path.as_str());
    known.then(|| LinkTarget::Path(below_root(file, &path)))
}

fn expand(file: &File, text: &str) -> Option<String> {
    match text.contains('%') {
        true => file.unit_name()?.expand(text),
        false => Some(text.to_owned()),
    }
}

fn below_root(file: &File, path: &str) -> PathBuf {
    match file.place.searched {
        true => file.place.root.join(path.trim_start_matches('/')),
        false => Path::new(path).to_owned(),
    }
}

/// Whether values of this kind hold paths of the machine.
fn holds_paths(kind: ValueKind) -> bool {
    use ValueKind as K;
    matches!(
        kind,
        K::Path
            | K::PathList
            | K::PathListColon
            | K::PidFilePath
            | K::EnvFile
            | K::ExecCommand
            | K::WorkingDirectory
            | K::ConditionPath
            | K::NamespacePathList
            | K::BindPathList
            | K::CredentialLoad
            | K::ExtensionImageList
            | K::MountImageList
            | K::MountSource
            | K::OpenFile
            | K::RootHash
            | K::RootHashSignature
            | K::StdInput
            | K::StdOutput
    )
}

/// The absolute paths in a value. Which separators a key has does not matter much: what is no path will not exist.
fn paths(value: &str) -> impl Iterator<Item = Range<usize>> {
    let between =
        |char: char| char.is_ascii_whitespace() || matches!(char, '"' | '\'' | ':' | ',' | ';' | '=');
    let mut at = 0;
    value.split(between).filter_map(move |piece| {
        let start = at;
        at += piece.len() + 1;
        let marks = piece.len() - piece.trim_start_matches(['-', '+', '!', '|', '@']).len();
        piece[marks..].starts_with('/').then_some(start + marks..start + piece.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_values() {
        let found = |value: &str| paths(value).map(|range| value[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("-@/bin/a b --x=/c:/d 'e f' \"/g\" x/y"), ["/bin/a", "/c", "/d", "/g"]);
        assert_eq!(found("file:/ü/x"), ["/ü/x"]);
        assert_eq!(found(""), [""; 0]);
    }
}
