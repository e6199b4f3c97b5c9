//! What can start a unit, and what keeps bringing it back.

use std::path::Path;
use std::sync::Arc;

use unit_catalog::{Section, UnitType};
use unit_syntax::TextRange;

use super::{Cause, Edge, Graph, Holds, Relation};
use crate::activation::Restart;
use crate::value::time_span;
use crate::workspace::{Effective, Place, Setting, UnitName, Workspace};

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
    /// What triggers the source, where the source is pulled up itself; one level deep.
    pub via: Vec<Starter>,
}

/// By what mechanism a unit is started; in order of certainty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum StarterKind {
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
    /// A device that appears.
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

/// What can start the unit called `name`, as far as the files that units at `asker` see tell; surest first.
///
/// Default dependencies, slices and mounts of paths are left out: they start nothing that anybody would look for.
pub fn starters(workspace: &Workspace, name: &UnitName, asker: &Place) -> Vec<Starter> {
    let graph = workspace.graph(asker);
    let search = Search { workspace, asker, graph };
    let id = search.graph.id(name);
    let mut found = search.direct(&id);
    for starter in &mut found {
        let pulls = !matches!(starter.kind, StarterKind::Install | StarterKind::Link | StarterKind::Restart);
        if let Some(source) =
            starter.unit.as_ref().filter(|unit| pulls && unit.unit_type() == UnitType::Service)
        {
            starter.via = search.direct(source);
            starter.via.retain(|via| via.kind.is_trigger());
        }
    }
    found.extend(search.restart(&id));
    found
}

impl StarterKind {
    /// Whether an event outside the unit's own dependencies is at work.
    pub fn is_trigger(self) -> bool {
        matches!(self, Self::Socket | Self::Timer | Self::Path | Self::Automount | Self::Device | Self::DBus)
    }
}

struct Search<'a> {
    workspace: &'a Workspace,
    asker: &'a Place,
    graph: Graph<'a>,
}

impl<'a> Search<'a> {
    fn direct(&self, id: &UnitName) -> Vec<Starter> {
        let edges = self.graph.edges_to(id);
        let mut found: Vec<_> = edges.iter().filter_map(|edge| self.of_edge(edge)).collect();
        found.sort_by(|a, b| (a.kind, &a.source).cmp(&(b.kind, &b.source)));
        found.dedup_by(|a, b| a.kind == b.kind && a.source == b.source);
        found
    }

    fn of_edge(&self, edge: &Edge<'a>) -> Option<Starter> {
        if !edge.relation.starts() || matches!(edge.cause, Cause::Implicit(_)) {
            return None;
        }
        let (kind, note) = match (edge.cause, edge.relation, edge.from.unit_type()) {
            (Cause::Install { .. }, ..) => (StarterKind::Install, "if enabled".to_owned()),
            (Cause::Link(_), ..) => (StarterKind::Link, "enabled".to_owned()),
            (_, Relation::Triggers, UnitType::Socket) => (StarterKind::Socket, self.listens(&edge.from)),
            (_, Relation::Triggers, UnitType::Timer) => (StarterKind::Timer, self.elapses(&edge.from)),
            (_, Relation::Triggers, UnitType::Path) => (StarterKind::Path, self.watches(&edge.from)),
            (_, Relation::Triggers, _) => (StarterKind::Automount, "on access".to_owned()),
            (_, _, UnitType::Device) => (StarterKind::Device, format!("{}=", edge.relation.name())),
            (_, Relation::Requires, _) => (StarterKind::Requires, "Requires=".to_owned()),
            (_, Relation::Wants, _) => (StarterKind::Wants, "Wants=".to_owned()),
            (_, Relation::BindsTo, _) => (StarterKind::BindsTo, "BindsTo=".to_owned()),
            (_, Relation::Upholds, _) => (StarterKind::Upholds, "Upholds=".to_owned()),
            (_, Relation::OnFailure, _) => (StarterKind::OnFailure, "when it fails".to_owned()),
            (_, Relation::OnSuccess, _) => (StarterKind::OnSuccess, "when it succeeds".to_owned()),
            _ => return None,
        };
        let (path, range) = match edge.cause {
            Cause::Link(link) => (Some(link.path.clone()), None),
            cause => match cause.place() {
                Some((file, range)) => (Some(file.path.clone()), range),
                None => (None, None),
            },
        };
        let note = match edge.holds {
            Holds::OnceEnabled if kind != StarterKind::Install => format!("{note}, if enabled"),
            _ => note,
        };
        Some(Starter {
            source: edge.from.as_str().to_owned(),
            unit: Some(edge.from.clone()),
            kind,
            note,
            path,
            range,
            via: Vec::new(),
        })
    }

    fn restart(&self, id: &UnitName) -> Option<Starter> {
        let unit = self.workspace.effective(id, self.asker)?;
        let policy = |value: &str| Restart::from_word(value).is_some();
        let setting = unit.scalar(Section::Service, "Restart", policy)?;
        let word = setting.value();
        (word != "no").then(|| Starter {
            source: id.as_str().to_owned(),
            unit: Some(id.clone()),
            kind: StarterKind::Restart,
            note: match word {
                "always" => "restart always".to_owned(),
                word => format!("restart {}", word.replacen('-', " ", 1)),
            },
            path: Some(setting.file.path.clone()),
            range: Some(setting.line_range()),
            via: Vec::new(),
        })
    }

    fn listens(&self, socket: &UnitName) -> String {
        const KEYS: [&str; 7] = [
            "ListenStream",
            "ListenDatagram",
            "ListenSequentialPacket",
            "ListenFIFO",
            "ListenSpecial",
            "ListenNetlink",
            "ListenMessageQueue",
        ];
        self.each(socket, Section::Socket, &KEYS, |setting| {
            let value = setting.value();
            match value.parse::<u16>() {
                Ok(port) => format!("port {port}"),
                Err(_) => value.to_owned(),
            }
        })
    }

    fn watches(&self, path: &UnitName) -> String {
        const KEYS: [&str; 5] =
            ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"];
        self.each(path, Section::Path, &KEYS, |setting| setting.value().to_owned())
    }

    fn elapses(&self, timer: &UnitName) -> String {
        const KEYS: [&str; 6] = [
            "OnCalendar",
            "OnUnitActiveSec",
            "OnUnitInactiveSec",
            "OnBootSec",
            "OnStartupSec",
            "OnActiveSec",
        ];
        self.each(timer, Section::Timer, &KEYS, |setting| {
            let value = setting.value();
            let span = || time_span(value).map_or_else(|| value.to_owned(), |span| span.to_string());
            match setting.entry.key().unwrap_or_default() {
                "OnUnitActiveSec" => format!("every {}", span()),
                "OnUnitInactiveSec" => format!("{} after it ended", span()),
                "OnBootSec" => format!("{} after boot", span()),
                "OnStartupSec" => format!("{} after the manager's start", span()),
                "OnActiveSec" => format!("{} after the timer's start", span()),
                _ => value.to_owned(),
            }
        })
    }

    /// The unit's settings of these keys in words.
    fn each(
        &self,
        name: &UnitName,
        section: Section,
        keys: &[&str],
        words: impl Fn(Setting<'a>) -> String,
    ) -> String {
        let Some(unit): Option<Effective<'a>> = self.workspace.effective(name, self.asker) else {
            return String::new();
        };
        let settings = keys.iter().flat_map(|key| unit.list(section, key));
        settings.map(words).collect::<Vec<_>>().join(", ")
    }
}
