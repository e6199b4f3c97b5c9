//! From what a person types to a unit: names without suffix, the place that a name is seen from, names nearby.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::UnitType;

use super::{File, Place, Scope, UnitLink, UnitName, Workspace};
use crate::unit_reference::indirect_names;

/// So many names are offered in place of one that nobody knows.
const MOST_NAMES: usize = 5;

impl UnitName {
    /// Reads a name as `systemctl` takes it: without a suffix it is a service's.
    pub fn of_typed(text: &str) -> Option<Self> {
        Self::parse(text).or_else(|| Self::parse(&format!("{text}.{}", UnitType::Service.suffix())))
    }
}

impl Workspace {
    /// The name to show a file under: its path below the open folder that holds it, else its whole path.
    pub fn shown(&self, path: &Path) -> String {
        let below = self.folders().iter().find_map(|folder| path.strip_prefix(folder).ok());
        below.unwrap_or(path).display().to_string()
    }

    /// The place from which the unit that a person names is seen: that of a file or link of this name, in the folders
    /// of the workspace before the machine's, for the system manager before users' managers; else that of a file or link that means
    /// it. `None` for an unknown name.
    pub fn place_of(&self, name: &UnitName) -> Option<Place> {
        let template = name.template();
        let names = || std::iter::once(name).chain(&template).map(UnitName::as_str);
        let files = names().flat_map(|name| self.files_of(name)).map(|file| file.place.clone());
        let links = names().flat_map(|name| self.disk.links.called(name));
        let links = links.filter(|placed| !placed.link.enables()).map(|placed| placed.place.clone());
        let declares = |name: &str| {
            self.files_mentioning(name)
                .filter(move |file| {
                    let mut mentions = file.mentions().iter();
                    mentions.any(|mention| mention.directive.name == "Alias" && &*mention.name == name)
                })
                .map(|file| file.place.clone())
                .collect::<Vec<_>>()
        };
        let declared = names().flat_map(declares);
        let rank =
            |place: &Place| (place.is_machine(), place.scope == Scope::User, place.rank, place.root.clone());
        let named = || {
            let triggers = [UnitType::Socket, UnitType::Timer, UnitType::Path, UnitType::Automount];
            let triggers = triggers.into_iter().filter_map(|trigger| name.with_type(trigger));
            let named = self.files_naming(name).map(|file| file.place.clone());
            let mut files: Vec<_> = named.collect();
            for trigger in triggers {
                files.extend(self.files_of(trigger.as_str()).map(|file| file.place.clone()));
            }
            let enabled = names().flat_map(|name| self.disk.links.called(name));
            let links = enabled.chain(self.disk.links.of_folder(name.as_str()));
            files.into_iter().chain(links.map(|placed| placed.place.clone())).min_by_key(rank)
        };
        files.chain(links).chain(declared).min_by_key(rank).or_else(named)
    }

    /// The units' and D-Bus activation files that name the unit, in commands and with specifiers, too.
    fn files_naming(&self, name: &UnitName) -> impl Iterator<Item = &Arc<File>> {
        let named = name.as_str().to_owned();
        self.files_meaning(name).into_iter().filter(move |file| {
            let mut mentions = file.mentions().iter();
            file.kind.is_judged()
                && (mentions.any(|mention| *mention.name == *named)
                    || indirect_names(file).iter().any(|known| **known == *named))
        })
    }

    /// What to say of a name that nobody knows: those that come nearest to it.
    pub fn unknown(&self, name: &str) -> String {
        let parsed = UnitName::parse(name);
        if parsed.is_some_and(|name| self.place_of(&name).is_some()) {
            return format!("no file in sight describes `{name}`");
        }
        match &self.names_near(name)[..] {
            [] => format!("there is no unit `{name}` in sight"),
            near => format!("there is no unit `{name}` in sight; near it: {}", near.join(", ")),
        }
    }

    /// The names of units that come nearest to one that nobody knows, the nearest first; a few at most.
    pub fn names_near(&self, name: &str) -> Vec<String> {
        let stem = |name: &str| name.rsplit_once('.').map_or(name.to_owned(), |(stem, _)| stem.to_owned());
        // Of an instance the template is what there may be.
        let template = UnitName::parse(name).and_then(|name| name.template());
        let wanted = template.as_ref().map_or(name, UnitName::as_str).to_ascii_lowercase();
        let wanted_stem = stem(&wanted);
        let most = (wanted_stem.chars().count() / 3).clamp(1, 3);
        let fragments = self.files().filter_map(|file| Some(file.kind.unit_name()?.as_str()));
        let links = self.links().filter(|link| !link.enables()).map(UnitLink::name);
        let mut near: Vec<(usize, &str)> = fragments
            .chain(links)
            .filter_map(|known| {
                let lower = known.to_ascii_lowercase();
                let whole = strsim::damerau_levenshtein(&wanted, &lower);
                let stems = match stem(&lower) == wanted_stem {
                    true => Some(1),
                    false if wanted_stem.len() >= 3 && lower.starts_with(&wanted_stem) => Some(most),
                    false => None,
                };
                // What is taken for a service's name may be one with a mistake in its own suffix.
                let suffixed =
                    wanted_stem.contains('.').then(|| strsim::damerau_levenshtein(&wanted_stem, &lower));
                let suffixed = suffixed.filter(|edits| *edits <= wanted_stem.len() / 5);
                let edits = Some(whole).filter(|whole| *whole <= most).into_iter().chain(suffixed);
                let distance = edits.chain(stems).min()?;
                Some((distance, known))
            })
            .collect();
        near.sort_unstable();
        near.dedup();
        near.into_iter().map(|(_, known)| known.to_owned()).take(MOST_NAMES).collect()
    }
}
