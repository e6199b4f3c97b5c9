//! From a trigger to what it starts, as `socket_load_service_unit()` and `config_parse_trigger_unit()` find it.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType};

use super::{Effective, File, Place, Setting, UnitLink, UnitName, Workspace};

/// What became of a name.
#[derive(Clone, Debug)]
pub enum Resolution<'a> {
    /// A fragment for it is known.
    Found(&'a Arc<File>),
    /// Its name is masked in the place that counts.
    Masked(&'a Arc<File>),
    /// Nothing in the universe answers to it.
    Missing,
}

/// Whether everything that could be there is in sight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum World {
    /// A whole system: what is missing is missing.
    Closed,
    /// A package tree or a repository: the rest lies elsewhere.
    Open,
}

/// Longer chains of aliases are taken for a circle.
const MOST_LINKS: u8 = 8;

impl Workspace {
    /// Finds the unit that `name` leads to: by its own name, as an instance of a template, or by an alias.
    pub fn resolve<'a>(&'a self, name: &UnitName, asker: &Place) -> Resolution<'a> {
        match self.fragment(name, asker).or_else(|| self.aliased(name, asker, MOST_LINKS)) {
            Some(file) if file.masked => Resolution::Masked(file),
            Some(file) => Resolution::Found(file),
            None => Resolution::Missing,
        }
    }

    /// The name under which systemd loads the unit that `name` leads to: its fragment's, with `name`'s instance in
    /// place of a template's (`u->id`). `None` when nothing in the universe answers to `name`.
    pub fn unit_id(&self, name: &UnitName, asker: &Place) -> Option<UnitName> {
        let (Resolution::Found(file) | Resolution::Masked(file)) = self.resolve(name, asker) else {
            return None;
        };
        let own = file.kind.unit_name()?;
        match name.instance() {
            Some(instance) if own.is_template() => own.with_instance(instance),
            _ => Some(own.clone()),
        }
    }

    /// The unit that carries `name` as an alias, by `Alias=` or by symlinks, of which at most `hops` are followed.
    fn aliased<'a>(&'a self, name: &UnitName, asker: &Place, hops: u8) -> Option<&'a Arc<File>> {
        let hops = hops.checked_sub(1)?;
        let names = [Some(name.clone()), name.template()];
        names.iter().flatten().find_map(|name| {
            let declares = |file: &&Arc<File>| {
                let mut mentions = file.mentions().iter().filter(|mention| &*mention.name == name.as_str());
                super::effective::sees(asker, &file.place)
                    && mentions.any(|mention| mention.directive.name == "Alias")
            };
            // A drop-in declares for its unit, and what is hidden declares nothing.
            let declaring = self.files_mentioning(name.as_str()).filter(declares);
            let mut declared = declaring.filter_map(|file| UnitName::parse(file.owner()?));
            let linked = || {
                let aliases = self.links_called(name, asker).filter(|link| !link.enables());
                let mut targets = aliases.filter_map(|link| UnitName::parse(&link.target));
                targets
                    .find_map(|unit| self.fragment(&unit, asker).or_else(|| self.aliased(&unit, asker, hops)))
            };
            declared.find_map(|unit| self.fragment(&unit, asker)).or_else(linked)
        })
    }

    /// Whether a link in an enablement folder (`sockets.target.wants/`) starts the unit.
    pub fn is_enabled(&self, name: &UnitName, asker: &Place) -> bool {
        self.links_called(name, asker).any(UnitLink::enables)
    }

    /// The links of this file name that units at `asker` see.
    fn links_called<'a>(&'a self, name: &UnitName, asker: &Place) -> impl Iterator<Item = &'a UnitLink> {
        self.links().iter().filter(move |link| {
            link.path.file_name().is_some_and(|file_name| file_name == name.as_str())
                && self.sees_link(link, asker)
        })
    }

    /// The names that links give to the unit `name`: `b@x.service` for `a@x.service` where `b@.service` leads to
    /// `a@.service`.
    pub(super) fn links_to(&self, name: &UnitName, asker: &Place) -> Vec<UnitName> {
        let template = name.template();
        let leads_here = |link: &&UnitLink| {
            let template = template.as_ref().map(UnitName::as_str);
            (*link.target == *name.as_str() || template == Some(&link.target)) && !link.enables()
        };
        let aliases = self.links().iter().filter(leads_here).filter(|link| self.sees_link(link, asker));
        let names = aliases.filter_map(|link| {
            let alias = UnitName::parse(link.path.file_name()?.to_str()?)?;
            match (name.instance(), alias.instance()) {
                (Some(instance), Some("")) => alias.with_instance(instance),
                (mine, other) => (mine == other).then_some(alias),
            }
        });
        let mut names: Vec<_> = names.filter(|alias| alias != name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn sees_link(&self, link: &UnitLink, asker: &Place) -> bool {
        let folder = link.path.parent().unwrap_or(Path::new(""));
        let units = if link.enables() { folder.parent().unwrap_or(folder) } else { folder };
        super::effective::sees(asker, &Place::of_folder(units, self.folders()))
    }

    /// Whether the units around `unit` are all there are.
    ///
    /// A root that holds `sysinit.target` and `basic.target` is a whole system. In an open world a
    /// missing sibling is still news when another unit of the same stem lies beside.
    pub fn world(&self, place: &Place) -> World {
        let whole = ["sysinit.target", "basic.target"].iter().all(|name| {
            self.files_of(name).any(|file| file.place.root == place.root && file.place.scope == place.scope)
        });
        match place.is_machine() || place.searched && whole {
            true => World::Closed,
            false => World::Open,
        }
    }

    /// Whether another unit than `name` of the same stem (`foo@` counts as `foo`) lies in the same root.
    pub fn has_stem_sibling(&self, name: &UnitName, place: &Place) -> bool {
        UnitType::ALL.iter().any(|unit_type| {
            let suffix = unit_type.suffix();
            [format!("{}.{suffix}", name.prefix()), format!("{}@.{suffix}", name.prefix())]
                .iter()
                .filter(|sibling| *sibling != name.as_str())
                .any(|sibling| {
                    self.files_of(sibling)
                        .any(|file| file.place.root == place.root && file.kind.unit_name().is_some())
                })
        })
    }

    /// The unit that a socket, timer or path starts: from its `Service=`/`Unit=` line, else by its name.
    ///
    /// `None` when the name cannot be known before run time.
    pub fn trigger_target<'a>(&self, unit: &Effective<'a>) -> Option<(UnitName, Option<Setting<'a>>)> {
        let name = unit.name.as_ref()?;
        let (section, key) = match unit.unit_type {
            UnitType::Socket if accepts(unit) => {
                return Some((name.template_with_type(UnitType::Service)?, None));
            }
            UnitType::Socket => (Section::Socket, "Service"),
            UnitType::Timer => (Section::Timer, "Unit"),
            UnitType::Path => (Section::Path, "Unit"),
            UnitType::Automount => return Some((name.with_type(UnitType::Mount)?, None)),
            _ => return None,
        };
        // The first usable line wins for Unit=, which may name any other type; the last one for Service=.
        let usable = |value: &str| match unit.unit_type {
            UnitType::Socket => value.ends_with(".service"),
            own => name
                .expand(value)
                .is_none_or(|value| UnitName::parse(&value).is_some_and(|unit| unit.unit_type() != own)),
        };
        let mut explicit = unit.list(section, key).into_iter().filter(|setting| usable(setting.value()));
        let explicit = match unit.unit_type {
            UnitType::Socket => explicit.next_back(),
            _ => explicit.next(),
        };
        match explicit {
            Some(setting) => Some((UnitName::parse(&name.expand(setting.value())?)?, Some(setting))),
            None => Some((name.with_type(UnitType::Service)?, None)),
        }
    }

    /// The units of the given type that start `target`: same stem or naming it, in `target`'s universe.
    pub fn triggers_of<'a>(&'a self, target: &Effective<'a>, unit_type: UnitType) -> Vec<Effective<'a>> {
        let (Some(name), Some(file)) = (&target.name, target.parts.first()) else {
            return Vec::new();
        };
        let mut names: Vec<UnitName> = Vec::new();
        for aka in self.names_of(name, file) {
            names.extend(UnitName::parse(&aka).and_then(|aka| aka.with_type(unit_type)));
            for user in self.files_mentioning(&aka) {
                let owner = user.owner().and_then(UnitName::parse);
                names.extend(owner.filter(|owner| owner.unit_type() == unit_type));
            }
        }
        names.sort_unstable();
        names.dedup();
        let units = names.iter().filter_map(|trigger| self.effective(trigger, &file.place));
        units
            .filter(|trigger| !trigger.fragment.is_some_and(|fragment| fragment.masked))
            .filter(|trigger| {
                self.trigger_target(trigger).is_some_and(|(started, _)| {
                    started == *name
                        || matches!(self.resolve(&started, &file.place), Resolution::Found(found) if found.path == file.path)
                })
            })
            .collect()
    }

    /// The unit's name and its aliases: those that its `[Install]` section gives it, and links to it.
    fn names_of(&self, name: &UnitName, file: &File) -> Vec<String> {
        let declared = file.mentions().iter().filter(|mention| mention.directive.name == "Alias");
        let declared = declared.filter_map(|mention| name.expand(&mention.name));
        let links = self.links().iter().filter(|link| &*link.target == name.as_str() && !link.enables());
        let linked = links.filter_map(|link| Some(link.path.file_name()?.to_str()?.to_owned()));
        std::iter::once(name.as_str().to_owned()).chain(declared).chain(linked).collect()
    }
}

/// Whether a socket starts one instance a connection (`Accept=yes`).
pub(crate) fn accepts(socket: &Effective<'_>) -> bool {
    let usable = |value: &str| crate::value::boolean(value).is_some();
    socket
        .scalar(Section::Socket, "Accept", usable)
        .is_some_and(|setting| crate::value::boolean(setting.value()) == Some(true))
}

impl UnitLink {
    /// Whether it enables its target, rather than giving it another name.
    fn enables(&self) -> bool {
        let folder = self.path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        let folder = folder.unwrap_or_default();
        [".wants", ".requires", ".upholds"].iter().any(|suffix| folder.ends_with(suffix))
    }
}
