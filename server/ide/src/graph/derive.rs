//! From files to layers: which units a change touches, and what they say afterwards.

use std::sync::Arc;

use unit_catalog::UnitType;

use super::commands::started_by;
use super::edge::Condition;
use super::layer::{Derived, Layer, Standing, What};
use super::stating::{Stating, statements};
use crate::workspace::{Aliases, File, Place, Scope, UnitName, Workspace, drop_in_owners};

/// Units that each manager has from its start to its end, without any file.
const PERPETUAL: [&str; 4] = ["-.mount", "-.slice", "init.scope", "system.slice"];

fn is_perpetual(name: &UnitName, asker: &Place) -> bool {
    let other_manager = name.as_str() == "system.slice" && asker.scope == Scope::User;
    PERPETUAL.contains(&name.as_str()) && !other_manager
}

/// The units of a workspace as one place sees them, over the layers that hold what is below.
pub(super) struct Deriving<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) universe: &'a Place,
    pub(super) below: &'a [&'a Layer],
}

/// A file or link that came, went or changed: what it speaks for.
#[derive(Clone, Debug)]
pub(crate) struct Touched {
    /// A unit's name, or the name of a drop-in folder without `.d`: a dash prefix or a type.
    pub(crate) owner: Box<str>,
    pub(crate) place: Place,
}

impl Deriving<'_> {
    /// The layer of everything that there is.
    pub(super) fn all(&self) -> Arc<Layer> {
        let workspace = self.workspace;
        let files = workspace.files().filter(|file| workspace.sees(self.universe, &file.place));
        let mut units: Vec<_> = files.filter_map(|file| file.unit_name()).collect();
        units.extend(workspace.links_at(self.universe).filter_map(|link| match link.folder() {
            Some((owner, _)) => UnitName::parse(owner).filter(|owner| !owner.is_dash_prefix()),
            None => UnitName::parse(link.name()),
        }));
        let mut layer = Arc::default();
        self.refresh(&mut layer, units);
        layer
    }

    /// The layer of what the touched units say differently from the layers below.
    pub(super) fn only<'t>(&self, touched: impl IntoIterator<Item = &'t str>) -> Arc<Layer> {
        let mut layer = Arc::default();
        let mut units = Vec::new();
        for owner in touched {
            self.spoken_for(owner, &layer, &mut units);
        }
        self.refresh(&mut layer, units);
        layer
    }

    /// Derives the units that these owners speak for once more.
    pub(super) fn again<'t>(&self, layer: &mut Arc<Layer>, touched: impl IntoIterator<Item = &'t str>) {
        let mut units = Vec::new();
        for owner in touched {
            self.spoken_for(owner, layer, &mut units);
        }
        self.refresh(layer, units);
    }

    fn refresh(&self, layer: &mut Arc<Layer>, mut units: Vec<UnitName>) {
        let asker = self.universe;
        if !units.is_empty() {
            let perpetual = PERPETUAL.iter().filter_map(|name| UnitName::parse(name));
            let told = |name: &UnitName| {
                layer.speaks_for(name) || self.below.iter().any(|below| below.speaks_for(name))
            };
            units.extend(perpetual.filter(|name| is_perpetual(name, asker) && !told(name)));
        }
        let names: Vec<_> = units.iter().map(|unit| self.id(unit)).collect();
        units.extend(names);
        units.sort_unstable();
        units.dedup();
        let derive = |unit: &UnitName| derive(self.workspace, asker, unit);
        let exists = |unit: &UnitName| {
            let id = self.id(unit);
            let known = self.below.iter().any(|layer| layer.speaks_for(&id));
            let made = || {
                matches!(id.unit_type(), UnitType::Slice | UnitType::Device)
                    || self.workspace.fragment(&id, asker).is_some()
            };
            (!known && made()).then_some(id)
        };
        Layer::refresh(layer, units, &derive, &exists);
    }

    fn id(&self, name: &UnitName) -> UnitName {
        self.workspace.id_by(name, self.universe, Aliases::Linked)
    }

    /// Adds the units that a file of this owner speaks for.
    fn spoken_for(&self, owner: &str, own: &Layer, units: &mut Vec<UnitName>) {
        let name = UnitName::parse(owner).filter(|name| !name.is_dash_prefix());
        if let Some(name) = &name {
            units.push(name.clone());
            if !name.is_template() {
                return;
            }
        }
        let layers = self.below.iter().copied().chain([own]);
        match &name {
            Some(template) => {
                let instances = layers.flat_map(|layer| layer.instances_of(template));
                units.extend(instances.map(|(_, unit)| unit.clone()));
            }
            None => {
                // It makes no unit of a name that is only spoken of.
                let told = layers.flat_map(Layer::told).map(|(_, unit)| unit);
                units.extend(told.filter(|unit| speaks_for(owner, unit)).cloned());
            }
        }
    }
}

/// Whether a drop-in folder for a type (`service`) or a dash prefix (`foo-.service`) speaks for the unit.
fn speaks_for(owner: &str, unit: &UnitName) -> bool {
    match owner.rsplit_once('.') {
        None => owner == unit.unit_type().suffix(),
        Some((stem, suffix)) => {
            let prefix = stem.split('@').next().unwrap_or_default();
            suffix == unit.unit_type().suffix()
                && unit.prefix().starts_with(prefix)
                && drop_in_owners(unit).iter().any(|known| known == owner)
        }
    }
}

/// What the unit of this own name says in the universe of `asker`.
fn derive(workspace: &Workspace, asker: &Place, name: &UnitName) -> Derived {
    let nobody = Derived { standing: None, says: Vec::new() };
    if workspace.id_by(name, asker, Aliases::Linked) != *name {
        return nobody;
    }
    let unit = workspace.effective_or_drop_ins(name, asker);
    let stating = Stating::new(workspace, asker, name, &unit);
    let masked = unit.fragment.is_some_and(|fragment| fragment.masked);
    let fragment = !masked && unit.fragment.is_some();
    let is_own = |file: &File| file.unit_name().as_ref() == Some(name);
    let own = unit.fragment.is_some_and(|fragment| is_own(fragment));
    let instance = name.instance().is_some_and(|instance| !instance.is_empty());
    let made = instance || matches!(name.unit_type(), UnitType::Slice | UnitType::Device);
    // A device comes and goes by itself; who links to it means to have it.
    let linked_from = || workspace.links_in(name.as_str(), asker).next().is_some();
    let plugged = name.unit_type() == UnitType::Device && linked_from();
    let standing = Standing {
        described: !unit.parts.is_empty(),
        fragment,
        loaded: fragment || stating.needs_no_file(),
        default_dependencies: stating.has_default_dependencies(),
        only_named: made && !own && !is_perpetual(name, asker) && !plugged,
        meant: unit.parts.iter().any(|part| part.is_drop_in() && is_own(part)) || linked_from(),
    };
    let mut says: Vec<_> = Vec::new();
    for alias in &stating.linked {
        says.push((What::IsCalled(Aliases::Linked), alias.clone(), Condition::None));
    }
    if !masked {
        for alias in stating.declared_names() {
            says.push((What::IsCalled(Aliases::Declared), alias, Condition::None));
        }
        if let Some(instance) = stating.default_instance() {
            says.push((What::HasInstance, instance, Condition::None));
        }
    }
    if !masked {
        let started = started_by(workspace, &unit).into_iter();
        says.extend(started.map(|started| (What::Starts, started.unit, Condition::None)));
    }
    let stated = statements(stating);
    says.extend(stated.into_iter().map(|said| (What::Bears(said.relation), said.other, said.condition)));
    Derived { standing: Some(standing), says }
}
