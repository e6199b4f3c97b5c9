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

/// Which names count as aliases.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Aliases {
    /// Those that links give: what systemd goes by.
    Linked,
    /// Also those of `Alias=` lines, which become links once the unit is enabled.
    Declared,
}

/// Longer chains of aliases are taken for a circle.
const MOST_LINKS: u8 = 8;

impl Workspace {
    /// Finds the unit that `name` leads to: by its own name, as an instance of a template, or by an alias.
    pub fn resolve<'a>(&'a self, name: &UnitName, asker: &Place) -> Resolution<'a> {
        match self.lookup(name, asker, Aliases::Declared, MOST_LINKS) {
            Some((_, file)) if file.masked => Resolution::Masked(file),
            Some((_, file)) => Resolution::Found(file),
            None => Resolution::Missing,
        }
    }

    /// The name under which systemd loads the unit that `name` leads to: its fragment's, with `name`'s instance in
    /// place of a template's (`u->id`). `None` when nothing in the universe answers to `name`.
    pub fn unit_id(&self, name: &UnitName, asker: &Place) -> Option<UnitName> {
        self.lookup(name, asker, Aliases::Declared, MOST_LINKS).map(|(id, _)| id)
    }

    /// The same by these aliases only; `name` itself where nothing answers to it.
    pub(crate) fn id_by(&self, name: &UnitName, asker: &Place, aliases: Aliases) -> UnitName {
        self.lookup(name, asker, aliases, MOST_LINKS).map_or_else(|| name.clone(), |(id, _)| id)
    }

    /// The unit's own name and its fragment, following at most `hops` aliases (`unit_file_find_fragment()`).
    fn lookup<'a>(
        &'a self,
        name: &UnitName,
        asker: &Place,
        aliases: Aliases,
        hops: u8,
    ) -> Option<(UnitName, &'a Arc<File>)> {
        if let Some(found) = self.lookup_exact(name, asker, aliases, hops) {
            return Some(found);
        }
        let (id, file) = self.lookup_exact(&name.template()?, asker, aliases, hops)?;
        Some((if id.is_template() { id.with_instance(name.instance()?)? } else { id }, file))
    }

    fn lookup_exact<'a>(
        &'a self,
        name: &UnitName,
        asker: &Place,
        aliases: Aliases,
        hops: u8,
    ) -> Option<(UnitName, &'a Arc<File>)> {
        let hops = hops.checked_sub(1)?;
        let own = self.best_fragment(name.as_str(), asker);
        let linked = || {
            let links = self.links_called(name.as_str(), asker).filter(|link| !link.enables());
            let above = links.filter(|link| match own {
                Some(file) => {
                    let place = self.places().of_folder(link.path.parent().unwrap_or(Path::new("")));
                    place.precedence(asker) < file.place.precedence(asker)
                }
                None => true,
            });
            above
                .filter_map(|link| link.alias_target(name))
                .find_map(|target| self.lookup(&target, asker, aliases, hops))
        };
        if let Some(found) = linked() {
            return Some(found);
        }
        if let Some(file) = own {
            return Some((name.clone(), file));
        }
        if aliases == Aliases::Linked {
            return None;
        }
        let declares = |file: &&Arc<File>| {
            let mut mentions = file.mentions().iter().filter(|mention| &*mention.name == name.as_str());
            super::effective::sees(asker, &file.place)
                && mentions.any(|mention| mention.directive.name == "Alias")
        };
        // A drop-in declares for its unit, and what is hidden declares nothing.
        let declaring = self.files_mentioning(name.as_str()).filter(declares);
        let mut declared = declaring.filter_map(|file| UnitName::parse(file.owner()?));
        declared.find_map(|unit| Some((unit.clone(), self.fragment(&unit, asker)?)))
    }

    /// The names that `Alias=` lines give to the unit whose own name is `id`.
    pub(crate) fn declared_aliases(&self, id: &UnitName, asker: &Place) -> Vec<UnitName> {
        self.effective_or_drop_ins(id, asker).declared_aliases()
    }

    /// The names that links give to the unit whose own name is `id`, nearest first.
    pub(crate) fn linked_aliases(&self, id: &UnitName, asker: &Place) -> Vec<UnitName> {
        let mut found: Vec<UnitName> = Vec::new();
        let mut next = 0;
        let mut target = id.clone();
        loop {
            let template = target.template();
            for of in [Some(&target), template.as_ref()].into_iter().flatten() {
                for link in self.links_to(of.as_str(), asker).filter(|link| !link.enables()) {
                    let alias = UnitName::parse(link.name()).and_then(|alias| match alias.is_template() {
                        true if !id.is_template() => alias.with_instance(id.instance()?),
                        _ => Some(alias),
                    });
                    let new = alias.filter(|alias| alias != id && !found.contains(alias));
                    found.extend(new.filter(|alias| self.id_by(alias, asker, Aliases::Linked) == *id));
                }
            }
            match found.get(next) {
                Some(alias) => target = alias.clone(),
                None => return found,
            }
            next += 1;
        }
    }

    /// Whether a link in an enablement folder (`sockets.target.wants/`) starts the unit.
    pub fn is_enabled(&self, name: &UnitName, asker: &Place) -> bool {
        self.links_called(name.as_str(), asker).any(UnitLink::enables)
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
        // The first usable line wins for Unit=, which may name any unit but its own; the last one for Service=.
        let usable = |value: &str| match unit.unit_type {
            UnitType::Socket => UnitName::parse(value).map_or(value.ends_with(".service"), |service| {
                service.unit_type() == UnitType::Service && !service.is_template()
            }),
            _ => name
                .expand(value)
                .is_none_or(|value| UnitName::parse(&value).is_some_and(|unit| unit != *name)),
        };
        let mut explicit = unit.list(section, key).into_iter().filter(|setting| usable(setting.value()));
        let explicit = match unit.unit_type {
            UnitType::Socket => explicit.next_back(),
            _ => explicit.next(),
        };
        match explicit {
            Some(setting) => {
                let target = UnitName::parse(&name.expand(setting.value())?)?;
                Some((name.instantiated(target), Some(setting)))
            }
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
            let template = aka.contains("@.").then_some(&*aka);
            let instances = template.into_iter().flat_map(|aka| self.files_mentioning_instances(aka));
            for user in self.files_mentioning(&aka).chain(instances) {
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
                let target = self.trigger_target(trigger).or_else(|| self.trigger_target(&trigger.as_instance()));
                target.is_some_and(|(started, _)| {
                    started == *name
                        || matches!(self.resolve(&started, &file.place), Resolution::Found(found) if found.path == file.path)
                })
            })
            .collect()
    }

    /// The unit's name and its aliases: those that its `[Install]` section gives it, and links to it.
    pub(crate) fn names_of(&self, name: &UnitName, file: &File) -> Vec<String> {
        let declared = file.mentions().iter().filter(|mention| mention.directive.name == "Alias");
        let declared = declared.filter_map(|mention| name.expand(&mention.name));
        let linked = self.linked_aliases(name, &file.place);
        let linked = linked.iter().map(|alias| alias.as_str().to_owned());
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
