//! Reads `server/catalog/docs/*.md`: which text belongs to which key, and the words it explains.
//!
//! A heading of level one opens an entry: `# Service, Socket: Name, Other` (each section with each name), `# *: Name`
//! (every section that has the key and no entry of its own), or `# [Service]` (the section itself). The first line
//! is the summary, `## word` opens the text about a word of the value, everything else is the body.

use std::{collections::BTreeMap, fs, path::Path};

use super::data::{Complaints, Data, Directive, SECTIONS};

const SUMMARY_LIMIT: usize = 120;

/// Every entry, and which key has which.
pub(super) struct Docs {
    pub(super) entries: Vec<Entry>,
    keys: BTreeMap<(&'static str, String), usize>,
    sections: BTreeMap<&'static str, usize>,
}

/// One text.
#[derive(Default)]
pub(super) struct Entry {
    /// The heading without its `# `.
    pub(super) heading: String,
    pub(super) summary: String,
    pub(super) body: String,
    pub(super) words: Vec<(String, String)>,
}

/// What an entry is about.
enum Subject {
    Section(&'static str),
    /// (section, key) pairs; `general` where they came from a `*`.
    Keys {
        keys: Vec<(&'static str, String)>,
        general: bool,
    },
}

impl Docs {
    /// Reads every Markdown file of the folder, in the order of their names.
    pub(super) fn read(folder: &Path, data: &Data) -> Result<Docs, String> {
        let mut docs = Docs { entries: Vec::new(), keys: BTreeMap::new(), sections: BTreeMap::new() };
        let mut general = BTreeMap::new();
        let mut complaints = Complaints::default();
        for (file, text) in markdown_files(folder)? {
            for entry in split(&text) {
                let mut complain = |what: String| complaints.add(&file, &entry.heading, what);
                let index = docs.entries.len();
                let previous = match subject(&entry.heading, data) {
                    Err(what) => {
                        complain(what);
                        None
                    }
                    Ok(Subject::Section(section)) => docs.sections.insert(section, index),
                    Ok(Subject::Keys { keys, general: is_general }) => {
                        check_words(&entry, &keys, data, &mut complain);
                        let taken = if is_general { &mut general } else { &mut docs.keys };
                        keys.into_iter().filter_map(|key| taken.insert(key, index)).last()
                    }
                };
                if let Some(previous) = previous {
                    let other = docs.entries.get(previous).unwrap_or(&entry);
                    complain(format!("is documented already under {:?}", other.heading));
                }
                check_summary(&entry.summary, &mut complain);
                docs.entries.push(entry);
            }
        }
        complaints.into_result()?;
        for (key, index) in general {
            docs.keys.entry(key).or_insert(index);
        }
        Ok(docs)
    }

    /// The index of a key's entry.
    pub(super) fn of(&self, section: &'static str, name: &str) -> Option<usize> {
        self.keys.get(&(section, name.to_owned())).copied()
    }

    /// The index of a section's entry.
    pub(super) fn of_section(&self, section: &str) -> Option<usize> {
        self.sections.get(section).copied()
    }
}

/// Names (`docs/x.md`) and contents, sorted by name.
fn markdown_files(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for file in fs::read_dir(folder).map_err(failed)? {
        let path = file.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("docs/{name}"), text));
        }
    }
    files.sort();
    Ok(files)
}

/// The entries of a file. Headings inside fenced code are text.
fn split(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if !fenced && let Some(heading) = line.strip_prefix("# ") {
            entries.push(Entry { heading: heading.trim().to_owned(), ..Entry::default() });
            continue;
        }
        let Some(entry) = entries.last_mut() else { continue };
        if !fenced && let Some(word) = line.strip_prefix("## ") {
            entry.words.push((word.trim().to_owned(), String::new()));
        } else if entry.summary.is_empty() && entry.words.is_empty() {
            line.trim().clone_into(&mut entry.summary);
        } else {
            let text = entry.words.last_mut().map_or(&mut entry.body, |(_, text)| text);
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    for entry in &mut entries {
        let texts = entry.words.iter_mut().map(|(_, text)| text).chain([&mut entry.body]);
        for text in texts {
            *text = text.trim().to_owned();
        }
    }
    entries
}

/// What a heading names; `Err` says what is wrong with it.
fn subject(heading: &str, data: &Data) -> Result<Subject, String> {
    if let Some(name) = heading.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return section(name).map(Subject::Section);
    }
    let (sections, names) =
        heading.split_once(": ").ok_or("is neither `[Section]` nor `Section: Name` nor `*: Name`")?;
    let general = sections == "*";
    let sections: Vec<&'static str> = match general {
        true => SECTIONS.to_vec(),
        false => sections.split(", ").map(section).collect::<Result<_, _>>()?,
    };
    let mut keys = Vec::new();
    for name in names.split(", ") {
        let (has, lacks): (Vec<&'static str>, Vec<_>) =
            sections.iter().copied().partition(|section| data.directive(section, name).is_some());
        if has.is_empty() || (!general && !lacks.is_empty()) {
            return Err(format!("names {name}, which [{}] does not have", lacks.join("], [")));
        }
        keys.extend(has.into_iter().map(|section| (section, name.to_owned())));
    }
    Ok(Subject::Keys { keys, general })
}

fn section(name: &str) -> Result<&'static str, String> {
    let known = SECTIONS.into_iter().find(|section| *section == name);
    known.ok_or_else(|| format!("names an unknown section {name:?}"))
}

fn check_summary(summary: &str, complain: &mut impl FnMut(String)) {
    let length = summary.chars().count();
    if summary.is_empty() {
        complain("has no summary".to_owned());
    } else if length > SUMMARY_LIMIT {
        complain(format!("has a summary of {length} characters; {SUMMARY_LIMIT} are the limit"));
    } else if !summary.ends_with('.') {
        complain("has a summary that does not end with a full stop".to_owned());
    }
}

/// Every `## word` must be a word of the value where the words are all there is; other kinds may have more to explain.
fn check_words(
    entry: &Entry,
    keys: &[(&'static str, String)],
    data: &Data,
    complain: &mut impl FnMut(String),
) {
    let rows = || keys.iter().filter_map(|(section, name)| data.directive(section, name));
    let takes = |row: &Directive, word: &str| {
        row.kind != "enum"
            || data.words_of(row).contains(&word)
            || (row.boolean.is_some() && matches!(word, "yes" | "no"))
    };
    for (index, (word, text)) in entry.words.iter().enumerate() {
        if !rows().any(|row| takes(row, word)) {
            complain(format!("explains {word:?}, which is not a word of the value"));
        }
        if entry.words[..index].iter().any(|(earlier, _)| earlier == word) {
            complain(format!("explains {word:?} twice"));
        }
        if text.is_empty() {
            complain(format!("has no text for {word:?}"));
        }
    }
}
