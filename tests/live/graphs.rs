//! The graph of units, compared with what systemd makes of the same files: relation by relation, in both directions.
//!
//! Three witnesses: the dump of `systemd --test` for the scope of the system and of users, and, on a running user manager,
//! `systemctl show` and `systemctl list-dependencies --reverse`. The sets are those of `graphs/`, the stories of
//! `tests/units`, the packages of `tests/corpus`, and all that is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use unit_ide::graph::{Graph, Relation};
use unit_ide::workspace::{Family, File, Places, Scope, SearchFolder, UnitLink, UnitName, Workspace};
use unit_syntax::Unit;

use crate::dump::{self, Units};
use crate::manager::{Manager, UNITS};
use crate::support::Source;
use crate::support::markdown::sections;
use crate::systemd::{Systemd, systemds};

/// A unit that has all units of a set loaded, and starts none.
const TOP: &str = "unitls-top.target";

/// The folder that a set is said to lie in: the first of the search path, whatever it is called.
const FOLDER: &str = "/set";

/// Differences with a reason: unit, relation, the other unit, and why systemd and the graph need not agree. `*` stands
/// for anything.
const EXPLAINED: &[(&str, &str, &str, &str)] = &[
    ("*.swap", "Before", "swap.target", CONTAINER),
    ("*.swap", "Before", "umount.target", CONTAINER),
    ("*.swap", "Conflicts", "umount.target", CONTAINER),
];

const CONTAINER: &str =
    "swap_add_default_dependencies() adds nothing in a container, and for systemd these are one";

/// Units as they lie in one folder.
struct Set {
    title: String,
    scope: Scope,
    /// With their paths below the folder.
    units: Vec<Source>,
    /// The folders that come after it in the search path.
    path: &'static [&'static str],
}

/// A relation that one side has and the other has not.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    unit: String,
    relation: &'static str,
    other: String,
    /// Where systemd has it from; nothing where only the graph has it.
    origin: Option<String>,
}

impl Difference {
    fn is_explained(&self) -> bool {
        let fits = |pattern: &str, name: &str| match pattern.split_once('*') {
            Some((start, end)) => name.starts_with(start) && name.ends_with(end.trim_matches('*')),
            None => pattern == name,
        };
        EXPLAINED.iter().any(|(unit, relation, other, _)| {
            fits(unit, &self.unit) && fits(relation, self.relation) && fits(other, &self.other)
        })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { unit, relation, other, origin } = self;
        match origin {
            Some(origin) => write!(f, "missing: {unit} {relation}={other} ({origin})"),
            None => write!(f, "too much: {unit} {relation}={other}"),
        }
    }
}

fn word(scope: Scope) -> &'static str {
    match scope {
        Scope::System => "system",
        Scope::User => "user",
    }
}

/// The sets that are written down: `graphs/*.md`, each `## heading` one for the scope that it begins with.
fn written() -> Vec<Set> {
    let mut sets = Vec::new();
    for entry in fs::read_dir(in_tests("live/graphs")).expect("the sets are there") {
        let path = entry.expect("its entries can be read").path();
        let text = fs::read_to_string(path).expect("the sets are text");
        for section in sections(&text) {
            let (scopes, title) = section.heading.split_once(": ").expect("a heading begins with a scope");
            let scopes = match scopes {
                "system" => &[Scope::System][..],
                "user" => &[Scope::User],
                "both" => &[Scope::System, Scope::User],
                _ => panic!("{scopes}: system, user or both?"),
            };
            sets.extend(scopes.iter().map(|scope| Set::new(title, *scope, section.sources(&text))));
        }
    }
    sets
}

/// The stories, and all packages of the corpus together.
fn real() -> Vec<Set> {
    let mut sets = Vec::new();
    for entry in fs::read_dir(in_tests("units")).expect("the stories are there") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            sets.push(Set::new(&path.display().to_string(), Scope::System, read_folder(&path)));
        }
    }
    for scope in [Scope::System, Scope::User] {
        let mut units = Vec::new();
        for entry in fs::read_dir(in_tests("corpus")).expect("the corpus is there") {
            let path = entry.expect("its entries can be read").path();
            units.extend(read_folder(&path.join("usr/lib/systemd").join(word(scope))));
        }
        sets.push(Set::new("corpus", scope, units));
    }
    sets
}

fn in_tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path)
}

/// What a unit folder holds, with the folders in it. A folder that is not there holds nothing.
fn read_folder(folder: &Path) -> Vec<Source> {
    let mut units = Vec::new();
    let mut next = vec![folder.to_owned()];
    while let Some(path) = next.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten() {
            let path = entry.expect("its entries can be read").path();
            let name = path.strip_prefix(folder).expect("it lies there").display().to_string();
            if path.is_dir() && !path.is_symlink() {
                next.push(path);
            } else if let Ok(target) = fs::read_link(&path) {
                units.push(Source::of_marker(&format!("{name} -> {}", target.display())));
            } else if let Ok(text) = fs::read_to_string(&path) {
                let mut unit = Source::of_marker(&name);
                unit.push(&text);
                units.push(unit);
            }
        }
    }
    units
}

/// All that is installed, in the order of the search path.
fn installed(scope: Scope) -> Set {
    let path: &[&str] = match scope {
        Scope::System => &["/etc/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"],
        Scope::User => &["/etc/systemd/user", "/usr/local/lib/systemd/user", "/usr/lib/systemd/user"],
    };
    Set { title: "installed".to_owned(), scope, units: Vec::new(), path }
}

impl Set {
    /// Units over those that packages have installed.
    fn new(title: &str, scope: Scope, units: Vec<Source>) -> Self {
        let path: &[&str] = match scope {
            Scope::System => &["/usr/lib/systemd/system"],
            Scope::User => &["/usr/lib/systemd/user"],
        };
        Self { title: title.to_owned(), scope, units, path }
    }

    /// The names that can be asked for: of files, links and folders, templates left out; of all that is installed where
    /// the set has no units of its own.
    fn names(&self, manager: &Manager) -> BTreeSet<String> {
        let installed = match self.units.is_empty() {
            true => self.path.iter().flat_map(|folder| read_folder(&manager.path(folder))).collect(),
            false => Vec::new(),
        };
        let names = self.units.iter().chain(&installed).filter_map(|unit| {
            let name = unit.name();
            let first = name.split('/').next().unwrap_or_default();
            let owner =
                [".d", ".wants", ".requires", ".upholds"].iter().find_map(|end| first.strip_suffix(end));
            UnitName::parse(owner.unwrap_or(first))
        });
        let named = names.filter(|name| !name.is_template() && !name.prefix().ends_with('-'));
        named.map(|name| name.as_str().to_owned()).collect()
    }

    /// The set with the unit that loads them all.
    fn with_top(&self, manager: &Manager) -> Vec<Source> {
        let mut top = Source::of_marker(TOP);
        let names: Vec<_> = self.names(manager).into_iter().collect();
        top.push(&format!("[Unit]\nDefaultDependencies=no\nAfter={}\n", names.join(" ")));
        self.units.iter().cloned().chain([top]).collect()
    }

    /// The set over what is installed, as the graph sees it once both are read from the disk.
    fn workspace(&self, manager: &Manager, systemd: &Systemd) -> Workspace {
        let set = self.with_top(manager).into_iter().map(|unit| (FOLDER, unit));
        let read = |folder: &'static str| {
            let units = read_folder(&manager.path(folder)).into_iter();
            units.map(move |unit| (folder, unit))
        };
        let installed = self.path.iter().copied().flat_map(read);
        let places = Arc::new(self.places());
        let mut workspace = Workspace::within(places.clone(), systemd.version);
        for (folder, unit) in set.chain(installed) {
            let path: Arc<Path> = Path::new(folder).join(unit.name()).into();
            match unit.target.as_deref() {
                Some("/dev/null") => {
                    workspace.set_on_disk([File::masked(path, &places, systemd.version)], []);
                }
                Some(target) => {
                    let target = Path::new(target).file_name().and_then(|name| name.to_str());
                    workspace.set_on_disk([], [UnitLink { path, target: target.unwrap_or_default().into() }]);
                }
                None => {
                    let unit = Arc::new(Unit::parse(&unit.text));
                    workspace.set_on_disk([File::new(path, &places, systemd.version, unit)], []);
                }
            }
        }
        workspace
    }

    /// The search path: the set's own folder before those of packages.
    fn places(&self) -> Places {
        let folders = [FOLDER].into_iter().chain(self.path.iter().copied());
        let folder =
            |path| SearchFolder { path: Path::new(path).into(), family: Family::Units, scope: self.scope };
        Places { machine: folders.map(folder).collect(), ..Places::default() }
    }

    /// What a running user manager makes of it: everything that it has loaded, and for each unit of the set what
    /// `systemctl list-dependencies --all --reverse` lists.
    fn live(&self, manager: &Manager) -> (Units, BTreeMap<String, BTreeMap<String, String>>) {
        let _ = fs::remove_dir_all(manager.path(UNITS));
        manager.write(UNITS, &self.with_top(manager));
        manager.systemctl(["daemon-reload"]);
        manager.systemctl(["start", TOP]);
        let relations = Relation::ALL.map(Relation::name);
        let mut units = Units::new();
        for mut shown in manager.show(&["*"], &[&["Id", "Names"], &relations[..]].concat()) {
            // Names with a backslash are quoted.
            let unquoted = |word: &str| word.trim_matches('"').replace("\\\\", "\\");
            let words = |value: Option<String>| -> BTreeSet<String> {
                value.unwrap_or_default().split_whitespace().map(unquoted).collect()
            };
            let names = words(shown.remove("Names"));
            let listed = |relation: Relation| {
                let others = words(shown.remove(relation.name())).into_iter();
                (relation, others.map(|other| (other, "systemctl".to_owned())).collect())
            };
            let relations = Relation::ALL.into_iter().map(listed).collect();
            units.extend(shown.remove("Id").map(|id| (id, dump::Unit { names, relations })));
        }
        assert!(units.contains_key(TOP), "{} is not loaded: {}", self.title, manager.log("").join("\n"));
        let mut reverse = BTreeMap::new();
        for name in self.names(manager) {
            let outcome = manager.systemctl(["list-dependencies", "--all", "--reverse", "--plain", &name]);
            // The first line is the unit itself; the others are no tree when they are plain.
            let listed = outcome.output.lines().skip(1).map(|line| line.trim().to_owned());
            reverse.insert(name, listed.map(|other| (other, "systemctl".to_owned())).collect());
        }
        manager.systemctl(["stop", TOP]);
        (units, reverse)
    }

    /// What `systemd --test` makes of it.
    fn dump(&self, manager: &Manager, number: usize) -> Units {
        let units = format!("/run/live/sets/{number}");
        manager.write(&units, &self.with_top(manager));
        let path = format!("SYSTEMD_UNIT_PATH={units}:{}", self.path.join(":"));
        // It looks for its cgroup below the one that it sees as the root, and refuses to run as root.
        let inside = ["sh", "-c", "echo 0 >/sys/fs/cgroup/keeper/cgroup.procs; exec \"$@\"", "sh"];
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        let call = ["env", &path, "XDG_RUNTIME_DIR=/run/live/nobody", "/usr/lib/systemd/systemd", "--test"];
        let scope = format!("--{}", word(self.scope));
        let top = format!("--unit={TOP}");
        let words = inside.into_iter().chain(nobody).chain(call).chain([&*scope, &*top]);
        let outcome = manager.run(words);
        let units = dump::parse(&outcome.output);
        assert!(units.contains_key(TOP), "no dump of {}: {}", self.title, outcome.output);
        units
    }
}

/// What the graph and systemd say differently of the units in `names`, as far as files say it.
fn differences(graph: &Graph<'_>, units: &Units, names: &BTreeSet<String>) -> Vec<Difference> {
    let mut found = Vec::new();
    for (id, unit) in units.iter().filter(|(_, unit)| !unit.names.is_disjoint(names)) {
        let name = UnitName::parse(id).expect("systemd has no other names");
        for relation in Relation::ALL {
            // What systemd has not loaded it does not list.
            let ours = graph.related(&name, relation).into_iter().map(|other| other.as_str().to_owned());
            let ours = ours.filter(|other| units.contains_key(other)).collect();
            let theirs = unit.relations.get(&relation).into_iter().flatten();
            let theirs = theirs.filter(|(_, origin)| !is_of_the_machine(origin));
            let theirs = theirs.map(|(other, origin)| (other.clone(), origin.clone())).collect();
            compare(id, relation.name(), &ours, &theirs, &mut found);
        }
    }
    found
}

/// Adds what is in one list only. `theirs` says where each is from.
fn compare(
    unit: &str,
    relation: &'static str,
    ours: &BTreeSet<String>,
    theirs: &BTreeMap<String, String>,
    found: &mut Vec<Difference>,
) {
    let difference = |other: &str, origin: Option<&String>| Difference {
        unit: unit.to_owned(),
        relation,
        other: other.to_owned(),
        origin: origin.cloned(),
    };
    let missing = theirs.iter().filter(|(other, _)| !ours.contains(*other));
    let missing = missing.map(|(other, origin)| difference(other, Some(origin)));
    let extra = ours.iter().filter(|other| !theirs.contains_key(*other)).map(|other| difference(other, None));
    found.extend(missing.chain(extra).filter(|difference| !difference.is_explained()));
}

/// What `systemctl list-dependencies --reverse` and the graph say differently.
fn reverse_differences(
    graph: &Graph<'_>,
    units: &Units,
    reverse: &BTreeMap<String, BTreeMap<String, String>>,
) -> Vec<Difference> {
    const LISTED: [Relation; 6] = [
        Relation::RequiredBy,
        Relation::RequisiteOf,
        Relation::WantedBy,
        Relation::PartOf,
        Relation::BoundBy,
        Relation::UpheldBy,
    ];
    let mut found = Vec::new();
    for (name, theirs) in reverse {
        let unit = graph.id(&UnitName::parse(name).expect("sets hold units"));
        let mut ours = BTreeSet::new();
        let mut next = vec![unit.clone()];
        while let Some(unit) = next.pop() {
            for other in LISTED.into_iter().flat_map(|relation| graph.related(&unit, relation)) {
                if units.contains_key(other.as_str()) && ours.insert(other.as_str().to_owned()) {
                    next.push(other);
                }
            }
        }
        // A unit that comes round to itself is not listed below itself.
        ours.remove(unit.as_str());
        compare(name, "list-dependencies --reverse", &ours, theirs, &mut found);
    }
    found
}

/// Whether a relation is there because of what is mounted or plugged in, and not because a file says so.
fn is_of_the_machine(origin: &str) -> bool {
    origin
        .split(' ')
        .all(|word| ["mountinfo", "udev", "proc-swap"].iter().any(|source| word.ends_with(source)))
}

/// The report on one set, where there is something to report.
fn report(set: &Set, systemd: &Systemd, found: &[Difference]) -> Option<String> {
    let lines: String = found.iter().map(|difference| format!("  {difference}\n")).collect();
    let title = format!("{} ({}, {}):\n", set.title, word(set.scope), systemd.version);
    (!found.is_empty()).then(|| title + &lines)
}

#[test]
fn relations_are_those_of_the_dump() {
    let mut sets = written();
    sets.extend(real());
    sets.extend([Scope::System, Scope::User].map(installed));
    let mut failures = Vec::new();
    for systemd in systemds() {
        let manager = Manager::start(systemd, &[]).expect("it started before");
        manager.open_to_nobody();
        let judge = |(number, set): (usize, &Set)| {
            let units = set.dump(&manager, number);
            let workspace = set.workspace(&manager, systemd);
            let graph = workspace.graph(&set.places().of_folder(Path::new(FOLDER)));
            report(set, systemd, &differences(&graph, &units, &set.names(&manager)))
        };
        failures.par_extend(sets.par_iter().enumerate().filter_map(judge));
    }
    assert!(failures.is_empty(), "{}", failures.concat());
}

#[test]
fn relations_are_those_of_a_running_manager() {
    let mut sets = written();
    sets.extend(real());
    sets.retain(|set| set.scope == Scope::User);
    let judge = |systemd: &Systemd| {
        let manager = Manager::start(systemd, &[]).expect("it started before");
        let judge = |set: &Set| {
            let (units, reverse) = set.live(&manager);
            let workspace = set.workspace(&manager, systemd);
            let graph = workspace.graph(&set.places().of_folder(Path::new(FOLDER)));
            let mut found = differences(&graph, &units, &set.names(&manager));
            found.extend(reverse_differences(&graph, &units, &reverse));
            report(set, systemd, &found)
        };
        sets.iter().filter_map(judge).collect::<String>()
    };
    let failures: String = systemds().par_iter().map(judge).collect();
    assert!(failures.is_empty(), "{failures}");
}
