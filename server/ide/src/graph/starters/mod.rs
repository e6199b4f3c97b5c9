//! What can start a unit, and what keeps bringing it back.

mod chains;
mod events;
mod started;

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use chains::Chains;
pub(crate) use events::waits_for;
pub use started::{Started, started};

use super::commands::started_by;
use super::{Cause, Edge, Graph, Holds, Relation};
use crate::activation::Restart;
use crate::unit_reference::{ReferenceSource, references_in};
use crate::workspace::{
    Effective, File, Mention, Place, PresetAction, Resolution, Scope, UnitLink, UnitName, Workspace, accepts,
};

/// Something that can start a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Starter {
    /// Who does it: a unit's name, the path of a D-Bus file, or the unit itself for its restart policy.
    pub source: String,
    /// The same, where it is a unit.
    pub unit: Option<UnitName>,
    /// By what mechanism.
    pub kind: StarterKind,
    /// The details for people: `every 2 min`, `port 5000`, `if enabled`. May be empty.
    pub note: String,
    /// The file that says so.
    pub path: Option<Arc<Path>>,
    /// The place in that file, in bytes; `None` where it is the file as a whole.
    pub range: Option<TextRange>,
    /// What starts the source in turn, as far back as an event; empty where no event does.
    pub via: Vec<Starter>,
}

/// By what mechanism a unit is started; in order of certainty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StarterKind {
    /// The manager itself, when it starts: the unit is `default.target`.
    Boot,
    /// A link in `X.wants/`, `X.requires/` or `X.upholds/`.
    Link,
    /// A socket, on traffic.
    Socket,
    /// A timer.
    Timer,
    /// A path unit.
    Path,
    /// An automount, on access.
    Automount,
    /// A device that appears, by links, `WantedBy=` or rules of udev.
    Device,
    /// A message bus, when somebody asks for the name.
    DBus,
    /// `BindsTo=` of another unit.
    BindsTo,
    /// `Requires=` of another unit.
    Requires,
    /// `Wants=` of another unit.
    Wants,
    /// `Upholds=` of another unit: started again and again.
    Upholds,
    /// `OnFailure=` of another unit.
    OnFailure,
    /// `OnSuccess=` of another unit.
    OnSuccess,
    /// A command of another unit: `systemctl start …`.
    Command,
    /// `[Install]`, once the unit is enabled.
    Install,
    /// Its own `Restart=`.
    Restart,
}

impl StarterKind {
    /// The word in listings and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::Link => "link",
            Self::Socket => "socket",
            Self::Timer => "timer",
            Self::Path => "path",
            Self::Automount => "automount",
            Self::Device => "device",
            Self::DBus => "dbus",
            Self::BindsTo => "binds-to",
            Self::Requires => "requires",
            Self::Wants => "wants",
            Self::Upholds => "upholds",
            Self::OnFailure => "on-failure",
            Self::OnSuccess => "on-success",
            Self::Command => "command",
            Self::Install => "install",
            Self::Restart => "restart",
        }
    }
}

impl Starter {
    /// The details in one line, with what starts the source: `Wants=, via a.timer, every 2 min`.
    pub fn details(&self) -> String {
        let shown = self.via.iter().take(MOST_WAYS);
        let mut via: Vec<_> = shown.map(|via| format!("via {}, {}", via.source, via.details())).collect();
        if self.via.len() > MOST_WAYS {
            via.push(format!("{} more", self.via.len() - MOST_WAYS));
        }
        match (self.note.as_str(), via.join("; ")) {
            (note, via) if via.is_empty() => note.to_owned(),
            (note, via) => format!("{note}, {via}"),
        }
    }

    /// The source, then what starts it, each followed by what starts that; with the one that each starts, `None` for the
    /// unit itself.
    pub fn walk(&self) -> Vec<(&Starter, Option<&Starter>)> {
        let mut walked = vec![(self, None)];
        for via in &self.via {
            walked.extend(via.walk().into_iter().map(|(starter, through)| (starter, through.or(Some(self)))));
        }
        walked
    }

    /// Who and how, in a few words: `dice.socket (port 80)`, `restart on failure`.
    pub fn phrase(&self) -> String {
        match self.kind {
            StarterKind::Restart => self.note.clone(),
            _ if self.unit.is_none() => self.note.clone(),
            _ => match self.details() {
                details if details.is_empty() => self.source.clone(),
                details => format!("{} ({details})", self.source),
            },
        }
    }
}

impl StarterKind {
    /// Whether an event outside the unit's own dependencies is at work.
    pub fn is_trigger(self) -> bool {
        matches!(self, Self::Socket | Self::Timer | Self::Path | Self::Automount | Self::Device | Self::DBus)
    }

    /// Whether it is another unit that pulls this one up.
    fn is_pull(self) -> bool {
        matches!(
            self,
            Self::BindsTo
                | Self::Requires
                | Self::Wants
                | Self::Upholds
                | Self::OnFailure
                | Self::OnSuccess
                | Self::Command
        )
    }
}

/// What can start the unit called `name`, as far as the files that units at `asker` see tell; surest first. For a
/// template also what starts its instances. Nothing starts a unit that is masked.
///
/// Default dependencies and slices are left out: they start nothing that anybody would look for.
pub fn starters(workspace: &Workspace, name: &UnitName, asker: &Place) -> Vec<Starter> {
    let search = Search::new(workspace, asker);
    let mut found = search.all(name);
    let id = search.graph.id(name);
    let mut chains = Chains::new(&search, &id);
    for starter in &mut found {
        let source = starter.unit.as_ref().filter(|source| !starter.kind.is_trigger() && **source != id);
        starter.via = source.map_or_else(Vec::new, |source| chains.behind(source));
    }
    found
}

/// The same without what starts the sources.
pub(crate) fn direct_starters(workspace: &Workspace, name: &UnitName, asker: &Place) -> Vec<Starter> {
    Search::new(workspace, asker).all(name)
}

/// What can start a unit, for texts that are to be short and soon there.
pub(crate) enum Starting {
    /// All of them, see [`starters`].
    Listed(Vec<Starter>),
    /// Of too many to list, the units that pull it up; what systemd adds by itself counts.
    Many(Vec<UnitName>),
}

/// More ways to a source are counted, not named, in one line.
const MOST_WAYS: usize = 2;

/// More units are not listed where people look in passing.
const MOST_LISTED: usize = 100;

/// The same as [`starters`], but for units that hundreds pull up.
pub(crate) fn starting(workspace: &Workspace, name: &UnitName, asker: &Place) -> Starting {
    let graph = workspace.graph(asker);
    let units = graph.starting(&graph.id(name));
    match units.len() > MOST_LISTED {
        true => Starting::Many(units),
        false => Starting::Listed(starters(workspace, name, asker)),
    }
}

/// The triggers that start the unit again after `systemctl stop`: those that a stop of the unit does not stop too.
/// Sorted.
pub fn still_armed(workspace: &Workspace, name: &UnitName, asker: &Place) -> Vec<UnitName> {
    if matches!(workspace.resolve(name, asker), Resolution::Masked(_)) {
        return Vec::new();
    }
    let graph = workspace.graph(asker);
    let stops_with =
        [Relation::ConsistsOf, Relation::BoundBy, Relation::RequiredBy, Relation::PropagatesStopTo];
    let stopped: Vec<_> = stops_with.iter().flat_map(|relation| graph.related(name, *relation)).collect();
    let mut armed = graph.related(name, Relation::TriggeredBy);
    armed.extend(graph.related(name, Relation::UpheldBy));
    armed.retain(|unit| !stopped.contains(unit));
    armed.sort_unstable();
    armed
}

struct Search<'a> {
    workspace: &'a Workspace,
    asker: &'a Place,
    graph: Graph<'a>,
}

impl<'a> Search<'a> {
    fn new(workspace: &'a Workspace, asker: &'a Place) -> Self {
        Self { workspace, asker, graph: workspace.graph(asker) }
    }

    /// Everything, in order.
    fn all(&self, name: &UnitName) -> Vec<Starter> {
        if matches!(self.workspace.resolve(name, self.asker), Resolution::Masked(_)) {
            return Vec::new();
        }
        let id = self.graph.id(name);
        let mut found = self.direct(&id);
        if id.is_template() {
            for instance in self.graph.instances(&id) {
                found.extend(self.direct(&instance).into_iter().map(|mut starter| {
                    starter.note = format!("{instance}: {}", starter.note);
                    starter
                }));
            }
        } else if let Some(template) = id.template() {
            // Who starts an instance for each connection may have started this one.
            let each = self.direct(&template).into_iter();
            found.extend(each.filter(|starter| self.accepts(starter)));
        }
        found.extend(self.boot(&id));
        found.extend(self.restart(&id));
        found.sort_by(|a, b| (a.kind, &a.source, &a.note).cmp(&(b.kind, &b.source, &b.note)));
        found.dedup_by(|a, b| a.kind == b.kind && a.source == b.source && a.note == b.note);
        found
    }

    fn accepts(&self, starter: &Starter) -> bool {
        let socket = starter.unit.as_ref().filter(|_| starter.kind == StarterKind::Socket);
        socket
            .and_then(|socket| self.workspace.effective(socket, self.asker))
            .is_some_and(|unit| accepts(&unit))
    }

    fn direct(&self, id: &UnitName) -> Vec<Starter> {
        let mut edges = self.graph.edges_to_by(id, |_, relation| relation.starts());
        // Of what says the same, a trigger's own file tells more than the unit that it starts.
        edges.sort_by_key(|edge| directive_of(edge.cause) == Some("Sockets"));
        let mut found: Vec<_> = edges.iter().filter_map(|edge| self.of_edge(edge)).collect();
        found.extend(self.commands(id));
        found.extend(self.device_rules(id));
        found.extend(self.enabled_with(id));
        let linked: Vec<_> = found
            .iter()
            .filter(|starter| starter.kind == StarterKind::Link)
            .map(|starter| starter.source.clone())
            .collect();
        found.retain(|starter| starter.kind != StarterKind::Install || !linked.contains(&starter.source));
        once_each(found)
    }

    fn of_edge(&self, edge: &Edge<'a>) -> Option<Starter> {
        if is_aside(edge) || self.starts_another(edge) {
            return None;
        }
        let unit = || self.workspace.effective(&edge.from, self.asker);
        let words = |of: fn(&Effective<'_>) -> String| unit().map_or(String::new(), |unit| of(&unit));
        let by = || format!("{}=", directive_of(edge.cause).unwrap_or(edge.relation.name()));
        let (kind, note) = match (edge.cause, edge.relation, edge.from.unit_type()) {
            (Cause::Install { .. }, ..) => (StarterKind::Install, self.intent(&edge.to)),
            (Cause::Link(_), _, UnitType::Device) => (StarterKind::Device, "when it appears".to_owned()),
            (Cause::Link(link), ..) => (StarterKind::Link, linked(link).to_owned()),
            (Cause::DBus(file), ..) => (StarterKind::DBus, format!("D-Bus name {}", bus_name(file))),
            (_, Relation::Triggers, UnitType::Socket) => (StarterKind::Socket, words(events::listens)),
            (_, Relation::Triggers, UnitType::Timer) => (StarterKind::Timer, words(events::elapses)),
            (_, Relation::Triggers, UnitType::Path) => (StarterKind::Path, words(events::watches)),
            (_, Relation::Triggers, _) => (StarterKind::Automount, "on access".to_owned()),
            (_, _, UnitType::Device) => (StarterKind::Device, "when it appears".to_owned()),
            (_, Relation::Requires, _) => (StarterKind::Requires, by()),
            (_, Relation::Wants, _) => (StarterKind::Wants, by()),
            (_, Relation::BindsTo, _) => (StarterKind::BindsTo, by()),
            (_, Relation::Upholds, _) => (StarterKind::Upholds, by()),
            (_, Relation::OnFailure, _) => (StarterKind::OnFailure, "when it fails".to_owned()),
            (_, Relation::OnSuccess, _) => (StarterKind::OnSuccess, "when it succeeds".to_owned()),
            _ => return None,
        };
        let (path, range) = match edge.cause {
            Cause::Link(link) => (Some(link.path.clone()), None),
            Cause::DBus(file) => (Some(file.path.clone()), file.activation().map(|(_, range)| range)),
            cause => cause.place().map_or((None, None), |(file, range)| (Some(file.path.clone()), range)),
        };
        let note = match edge.holds {
            Holds::OnceEnabled if !matches!(kind, StarterKind::Install | StarterKind::Link) => {
                format!("{note}, if enabled")
            }
            _ => note,
        };
        let (source, unit) = match edge.cause {
            Cause::DBus(file) => (file.path.display().to_string(), None),
            _ => (edge.from.as_str().to_owned(), Some(edge.from.clone())),
        };
        Some(Starter { source, unit, kind, note, path, range, via: Vec::new() })
    }

    /// Whether a socket that the unit has by `Sockets=` starts another service.
    fn starts_another(&self, edge: &Edge<'a>) -> bool {
        edge.relation == Relation::Triggers
            && directive_of(edge.cause) == Some("Sockets")
            && self
                .workspace
                .effective(&edge.from, self.asker)
                .and_then(|socket| self.workspace.trigger_target(&socket))
                .is_some_and(|(target, _)| self.graph.id(&target) != edge.to)
    }

    /// How sure it is that the unit gets enabled.
    fn intent(&self, unit: &UnitName) -> String {
        let preset = self.workspace.preset(unit, self.asker);
        let said = match (&preset.line, preset.action) {
            (Some(_), PresetAction::Enable) => "if enabled, as presets do",
            (Some(_), PresetAction::Disable) => "if enabled, which presets do not do",
            _ => "if enabled",
        };
        said.to_owned()
    }

    fn commands(&self, id: &UnitName) -> Vec<Starter> {
        let mut found = Vec::new();
        for caller in self.graph.calling(id) {
            let Some(unit) = self.workspace.effective(&caller, self.asker) else { continue };
            let started = started_by(self.workspace, &unit).into_iter();
            found.extend(started.filter(|started| self.graph.id(&started.unit) == *id).map(|started| {
                Starter {
                    source: caller.as_str().to_owned(),
                    unit: Some(caller.clone()),
                    kind: StarterKind::Command,
                    note: started.how,
                    path: Some(started.file.path.clone()),
                    range: Some(started.range),
                    via: Vec::new(),
                }
            }));
        }
        found
    }

    /// The udev rules that have it started, or an instance of it that the device names.
    fn device_rules(&self, id: &UnitName) -> Vec<Starter> {
        let mut names = self.graph.names(id);
        names.extend(id.template());
        let mut found = Vec::new();
        for name in names {
            for file in self.workspace.device_rules(&name, self.asker) {
                let source = ReferenceSource::UdevRule(self.asker.scope);
                let ours = references_in(file).filter(|said| said.name == name && said.source == source);
                found.extend(ours.map(|said| Starter {
                    source: file.path.display().to_string(),
                    unit: None,
                    kind: StarterKind::Device,
                    note: "when a device appears, by udev".to_owned(),
                    path: Some(file.path.clone()),
                    range: Some(said.range),
                    via: Vec::new(),
                }));
            }
        }
        found
    }

    /// The units that enable this one together with themselves, where that means something.
    fn enabled_with(&self, id: &UnitName) -> Vec<Starter> {
        let installed = |key| {
            let unit = self.workspace.effective(id, self.asker);
            unit.is_some_and(|unit| !unit.list(Section::Install, key).is_empty())
        };
        if !["WantedBy", "RequiredBy", "UpheldBy", "Alias"].into_iter().any(installed) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for name in self.graph.names(id) {
            for file in self.workspace.files_mentioning(name.as_str()) {
                let also =
                    |mention: &&Mention| mention.directive.name == "Also" && *mention.name == *name.as_str();
                let (Some(mention), Some(unit)) = (file.mentions().iter().find(also), file.unit_name())
                else {
                    continue;
                };
                if self.workspace.sees(self.asker, &file.place) && unit != *id {
                    found.push(Starter {
                        source: unit.as_str().to_owned(),
                        unit: Some(unit),
                        kind: StarterKind::Install,
                        note: "enabled together with it by Also=".to_owned(),
                        path: Some(file.path.clone()),
                        range: Some(file.unit.entries()[mention.entry as usize].range()),
                        via: Vec::new(),
                    });
                }
            }
        }
        found
    }

    /// The manager, for what is `default.target`.
    fn boot(&self, id: &UnitName) -> Option<Starter> {
        const DEFAULT: &str = "default.target";
        if !self.graph.names(id).iter().any(|name| name.as_str() == DEFAULT) {
            return None;
        }
        let link = self.workspace.links_called(DEFAULT, self.asker).find(|link| !link.enables());
        let note = match self.asker.scope {
            Scope::System => "at boot, as default.target",
            Scope::User => "when the user manager starts, as default.target",
        };
        Some(Starter {
            source: "systemd".to_owned(),
            unit: None,
            kind: StarterKind::Boot,
            note: note.to_owned(),
            path: link.map(|link| link.path.clone()),
            range: None,
            via: Vec::new(),
        })
    }

    fn restart(&self, id: &UnitName) -> Option<Starter> {
        let unit = self.workspace.effective(id, self.asker)?;
        let policy = |value: &str| Restart::from_word(value).is_some();
        let restart = unit.scalar(Section::Service, "Restart", policy).filter(|set| set.value() != "no");
        let forced = || unit.list(Section::Service, "RestartForceExitStatus").pop();
        let (setting, note) = match restart {
            Some(setting) => (setting, format!("restart {}", setting.value().replacen('-', " ", 1))),
            None => {
                forced().map(|setting| (setting, format!("restart on exit status {}", setting.value())))?
            }
        };
        Some(Starter {
            source: id.as_str().to_owned(),
            unit: Some(id.clone()),
            kind: StarterKind::Restart,
            note,
            path: Some(setting.file.path.clone()),
            range: Some(setting.line_range()),
            via: Vec::new(),
        })
    }
}

/// In order, each source once for each kind.
fn once_each(mut found: Vec<Starter>) -> Vec<Starter> {
    found.sort_by(|a, b| (a.kind, &a.source).cmp(&(b.kind, &b.source)));
    found.dedup_by(|a, b| a.kind == b.kind && a.source == b.source);
    found
}

/// Whether an edge starts units that nobody would look for: default dependencies, slices, the devices and the root that
/// paths need. Mounts are there because paths below them are used.
fn is_aside(edge: &Edge<'_>) -> bool {
    match edge.cause {
        Cause::Implicit(_) => true,
        Cause::Implied { .. } => edge.to.unit_type() != UnitType::Mount || edge.to.as_str() == "-.mount",
        cause => directive_of(cause) == Some("Slice"),
    }
}

/// The key of the line that makes an edge.
fn directive_of(cause: Cause<'_>) -> Option<&'static str> {
    match cause {
        Cause::Line { file, entry, .. } | Cause::Implied { file, entry } => {
            file.lines()[entry as usize].directive.map(|directive| directive.name)
        }
        _ => None,
    }
}

/// Who made a link: whoever installed the unit, or its vendor.
fn linked(link: &UnitLink) -> &'static str {
    if link.is_vendors() { "always, by a link of the vendor" } else { "enabled" }
}

/// The name that a D-Bus activation file is for.
fn bus_name(file: &File) -> &str {
    let mut entries = file.unit.entries().iter().rev();
    entries.find(|entry| entry.key() == Some("Name")).and_then(|entry| entry.value()).unwrap_or_default()
}
