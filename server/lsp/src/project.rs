//! Project files: `unitls.toml` in a folder settles what holds for the unit files below it.
//!
//! The nearest one above a file counts, as a whole: an outer one does not fill in what an inner one leaves open.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use unit_ide::workspace::Project;

use crate::settings::{EDITORS_ALONE, Fault, SETTINGS, Settings};

/// What project files are called.
pub(crate) const FILE_NAME: &str = "unitls.toml";

/// Larger files are no project files.
const MOST_BYTES: u64 = 1 << 20;

/// A project file as it was read.
#[derive(Debug)]
pub(crate) struct ProjectFile {
    pub(crate) path: Arc<Path>,
    pub(crate) text: String,
    pub(crate) settings: Settings,
    /// What is wrong with it, in bytes of the text.
    pub(crate) faults: Vec<(Range<usize>, String)>,
}

/// The project files in sight, with the settings that hold elsewhere.
#[derive(Clone, Default, Debug)]
pub(crate) struct Projects {
    files: Vec<Arc<ProjectFile>>,
    /// For each of the files, and for what lies below none of them: the folder and what it excludes.
    excluded: Vec<(Arc<Path>, Gitignore)>,
}

impl ProjectFile {
    /// Reads a project file; `None` where there is none.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok().filter(|metadata| metadata.is_file())?;
        let text = match metadata.len() <= MOST_BYTES {
            true => fs::read(path)
                .map_err(|error| error.to_string())
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())),
            false => Err("is larger than 1 MiB: no project file".to_owned()),
        };
        match text {
            Ok(text) => Some(Self::parse(path, text)),
            Err(error) => {
                let (text, settings) = (String::new(), Settings::default());
                Some(Self { path: path.into(), text, settings, faults: vec![(0..0, error)] })
            }
        }
    }

    /// Reads the text of a project file. What is wrong in it counts as not said; nothing of it does when it is no TOML.
    pub(crate) fn parse(path: &Path, text: String) -> Self {
        let (table, errors) = DeTable::parse_recoverable(&text);
        let mut faults: Vec<(Range<usize>, String)> = errors
            .iter()
            .map(|error| (error.span().unwrap_or_default(), error.message().to_owned()))
            .collect();
        if !faults.is_empty() {
            return Self { path: path.into(), text, settings: Settings::default(), faults };
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        let (settings, wrong) = Settings::of_json(&json(&DeValue::Table(table.get_ref().clone())), folder);
        faults.extend(wrong.into_iter().map(|fault| (span(&table, &fault), fault.message)));
        for (name, _) in table.get_ref().iter() {
            if EDITORS_ALONE.contains(&&**name.get_ref()) {
                faults.push((name.span(), format!("`{}` is a setting of editors", name.get_ref())));
            } else if !SETTINGS.iter().any(|setting| setting.name == name.get_ref()) {
                faults.push((name.span(), format!("there is no setting `{}`", name.get_ref())));
            }
        }
        faults.sort_by_key(|(range, _)| (range.start, range.end));
        Self { path: path.into(), settings, faults, text }
    }

    /// The folder whose files it is about.
    pub(crate) fn folder(&self) -> Arc<Path> {
        self.path.parent().unwrap_or(Path::new("")).into()
    }
}

impl Projects {
    /// These project files; what lies below `roots` and none of them is as `others` say.
    pub(crate) fn new(files: Vec<Arc<ProjectFile>>, others: &Settings, roots: &[Arc<Path>]) -> Self {
        let mut excluded: Vec<_> =
            roots.iter().map(|root| (root.clone(), globs(root, others.exclude.as_deref()))).collect();
        for file in &files {
            let settings = file.settings.over(others);
            let folder = file.folder();
            excluded.retain(|(known, _)| *known != folder);
            excluded.push((folder.clone(), globs(&folder, settings.exclude.as_deref())));
        }
        Self { files, excluded }
    }

    /// The files.
    pub(crate) fn files(&self) -> &[Arc<ProjectFile>] {
        &self.files
    }

    /// The one that counts for what lies at `path`.
    pub(crate) fn nearest(&self, path: &Path) -> Option<&Arc<ProjectFile>> {
        let above = self.files.iter().filter(|file| path.starts_with(file.folder()));
        above.max_by_key(|file| file.path.components().count())
    }

    /// What holds below the folders of the files, and everywhere else, where `above` counts before and `below` after them.
    pub(crate) fn projects(&self, above: &Settings, below: &Settings) -> Vec<Project> {
        let project = |folder: Arc<Path>, settings: &Settings| Project {
            folder,
            version: settings.systemd_version.map(|_| settings.version()),
            scope: settings.manager(),
            weights: settings.weights(),
        };
        let inner =
            self.files.iter().map(|file| project(file.folder(), &above.over(&file.settings).over(below)));
        inner.chain([project(Path::new("").into(), &above.over(below))]).collect()
    }

    /// Whether the file is excluded by the nearest project file.
    pub(crate) fn excludes(&self, path: &Path) -> bool {
        let holding = self.excluded.iter().filter(|(folder, _)| path.starts_with(folder));
        let nearest = holding.max_by_key(|(folder, _)| folder.components().count());
        nearest.is_some_and(|(_, globs)| {
            !globs.is_empty() && globs.matched_path_or_any_parents(path, false).is_ignore()
        })
    }

    /// Whether other files are in sight, or the same with other texts.
    pub(crate) fn differ(&self, files: &[Arc<ProjectFile>]) -> bool {
        let same = |(a, b): (&Arc<ProjectFile>, &Arc<ProjectFile>)| a.path == b.path && a.text == b.text;
        self.files.len() != files.len() || !self.files.iter().zip(files).all(same)
    }
}

/// Reads those of the `known` paths of project files that are there, and the nearest above each of the `folders`, but
/// not above `ceiling(folder)`; by path.
pub(crate) fn find<'a>(
    folders: impl IntoIterator<Item = &'a Path>,
    known: &[PathBuf],
    ceiling: impl Fn(&Path) -> Option<&'a Path>,
) -> Vec<Arc<ProjectFile>> {
    let nearest = |folder: &'a Path| {
        let top = ceiling(folder);
        let inside = folder.ancestors().take_while(move |above| top.is_none_or(|top| above.starts_with(top)));
        inside.map(|above| above.join(FILE_NAME)).find(|path| path.is_file())
    };
    let mut paths: Vec<PathBuf> =
        folders.into_iter().filter_map(nearest).chain(known.iter().cloned()).collect();
    paths.sort();
    paths.dedup();
    paths.iter().filter_map(|path| ProjectFile::read(path)).map(Arc::new).collect()
}

/// One glob of an ignore file in `folder`.
pub(crate) fn glob(folder: &Path, glob: &str) -> Result<Gitignore, ignore::Error> {
    let mut builder = GitignoreBuilder::new(folder);
    builder.add_line(None, glob)?;
    builder.build()
}

/// The globs of an ignore file in `folder`, without those that are none.
fn globs(folder: &Path, globs: Option<&[String]>) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    for glob in globs.unwrap_or_default() {
        // What is no glob has been reported where it was read.
        let _ = builder.add_line(None, glob);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// A value of TOML as one of JSON; what JSON has not is null.
fn json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Value::Null, Value::from)
        }
        DeValue::Boolean(truth) => Value::from(*truth),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect(),
        DeValue::Table(table) => {
            let members = table.iter();
            members.map(|(name, value)| (name.get_ref().to_string(), json(value.get_ref()))).collect()
        }
        DeValue::Float(_) | DeValue::Datetime(_) => Value::Null,
    }
}

/// Where the value stands that is at fault; in a table of a setting together with its key.
fn span(table: &Spanned<DeTable<'_>>, fault: &Fault) -> Range<usize> {
    let mut inner = Some(table.get_ref());
    let mut items = None;
    let mut span = 0..0;
    for (depth, name) in fault.place.iter().enumerate() {
        let member = inner.and_then(|table| table.iter().find(|(key, _)| key.get_ref() == name));
        let item = items.and_then(|items: &toml::de::DeArray<'_>| items.get(name.parse::<usize>().ok()?));
        let Some(value) = member.map(|(_, value)| value).or(item) else {
            break;
        };
        span = match member {
            Some((key, value)) if depth > 0 => key.span().start..value.span().end,
            _ => value.span(),
        };
        inner = value.get_ref().as_table();
        items = value.get_ref().as_array();
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(String, String)> {
        let file = ProjectFile::parse(Path::new("/srv/unitls.toml"), text.to_owned());
        file.faults.iter().map(|(range, message)| (text[range.clone()].to_owned(), message.clone())).collect()
    }

    #[test]
    fn faults_stand_where_they_are() {
        let text = "\
            systemdVersion = 257\n\
            scope = 'global'\n\
            select = ['unknown-key', 'no-such-rule']\n\
            Exclude = []\n\
            [severity]\n\
            unknown-key = 'loud'\n\
            no-such-rule = 'off'\n";
        let faults = faults(text);
        let places: Vec<_> = faults.iter().map(|(place, _)| place.as_str()).collect();
        let expected =
            ["'global'", "'no-such-rule'", "Exclude", "unknown-key = 'loud'", "no-such-rule = 'off'"];
        assert_eq!(places, expected);
        let file = ProjectFile::parse(Path::new("/srv/unitls.toml"), text.to_owned());
        assert_eq!(file.settings.select, Some(vec!["unknown-key"]), "the rest counts");
    }

    #[test]
    fn faults_of_the_language() {
        assert_eq!(faults("").len(), 0);
        assert!(!faults("scope = \n").is_empty());
        assert!(!faults("[severity\nx").is_empty());
        assert!(!faults("scope = 'user'\nscope = 'user'\n").is_empty());
        assert_eq!(faults("systemdVersion = 0x101\n"), []);
        assert_eq!(faults("systemdVersion = 257.5\n").len(), 1);
    }

    #[test]
    fn the_nearest_file_excludes() {
        let file = |path: &str, text: &str| Arc::new(ProjectFile::parse(Path::new(path), text.to_owned()));
        let files = vec![
            file("/srv/unitls.toml", "exclude = ['/build/', '*.bad.service', '!good.bad.service']\n"),
            file("/srv/inner/unitls.toml", "exclude = ['c.service']\n"),
        ];
        let editor = Settings { exclude: Some(vec!["e.service".to_owned()]), ..Settings::default() };
        let roots = [Path::new("/srv").into(), Path::new("/other").into()];
        let projects = Projects::new(files, &editor, &roots);
        for (path, excluded) in [
            ("/srv/build/a.service", true),
            ("/srv/build/deep/a.service.d/b.conf", true),
            ("/srv/units/build/a.service", false),
            ("/srv/units/a.bad.service", true),
            ("/srv/units/good.bad.service", false),
            ("/srv/inner/a.bad.service", false),
            ("/srv/inner/deep/c.service", true),
            ("/srv/e.service", false),
            ("/other/e.service", true),
            ("/elsewhere/e.service", false),
        ] {
            assert_eq!(projects.excludes(Path::new(path)), excluded, "{path}");
        }
    }
}
