//! The graph that follows edits equals one that is derived from nothing, and so do the findings about circles.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use unit_catalog::{Section, UnitType, Version, directives};
use unit_ide::graph::Relation;
use unit_ide::graph::starters::{Starter, starters};
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, ScriptFile, UnitLink, UnitName, Workspace};
use unit_syntax::{Document, TextRange, Unit};

const FOLDER: &str = "/src";

const FILES: [&str; 13] = [
    "a.service",
    "b.service",
    "c.target",
    "d.socket",
    "d.service",
    "t@.service",
    "t@1.service",
    "a.service.d/one.conf",
    "b-.service.d/two.conf",
    "t@.service.d/three.conf",
    "service.d/four.conf",
    "sysinit.target",
    "srv.mount",
];

const LINKS: [(&str, &str); 6] = [
    ("c.target.wants/a.service", "a.service"),
    ("c.target.requires/b.service", "b.service"),
    ("sysinit.target.wants/d.socket", "d.socket"),
    ("a.service.wants/t@1.service", "t@.service"),
    ("alias.service", "a.service"),
    ("b.service.upholds/d.service", "d.service"),
];

const LINES: [&str; 53] = [
    "[Unit]",
    "[Unit]",
    "[Unit]",
    "[Service]",
    "[Service]",
    "[Install]",
    "[Socket]",
    "[Mount]",
    "[D-BUS Service]",
    "[Broken",
    "After=a.service",
    "After=a.service",
    "After=b.service",
    "After=b.service",
    "After=c.target d.service",
    "After=t@1.service",
    "After=alias.service",
    "After=sysinit.target",
    "After=srv.mount",
    "Before=a.service",
    "Before=b.service",
    "Before=c.target",
    "Before=d.socket",
    "Before=sysinit.target",
    "Before=t@%i.service",
    "Wants=a.service b.service",
    "Wants=t@1.service t@2.service",
    "Requires=c.target",
    "Requires=alias.service",
    "BindsTo=d.service",
    "Conflicts=a.service",
    "DefaultDependencies=no",
    "DefaultDependencies=yes",
    "RequiresMountsFor=/srv/data",
    "WantedBy=c.target",
    "WantedBy=sysinit.target",
    "RequiredBy=a.service",
    "Alias=other.service",
    "DefaultInstance=1",
    "Type=oneshot",
    "Type=dbus",
    "BusName=org.example.A",
    "ExecStart=/bin/true",
    "ExecStart=/srv/start.sh",
    "ExecStart=",
    "ExecStartPre=systemctl start b.service",
    "WorkingDirectory=/srv/data",
    "Slice=machine.slice",
    "Sockets=d.socket",
    "Service=b.service",
    "Accept=yes",
    "# a comment",
    "Aft",
];

/// Something that happens to the files.
#[derive(Clone, Debug)]
enum Step {
    /// An editor puts a line in place of so many others, from some line on; it opens the file first.
    Edit {
        file: usize,
        at: usize,
        over: usize,
        lines: Vec<usize>,
    },
    Close(usize),
    /// The buffer is saved.
    Save(usize),
    /// The file is gone from the disk.
    Remove(usize),
    /// One file takes the place of another on disk.
    Rename(usize, usize),
    /// The link comes, or goes.
    Link(usize),
    /// Somebody asks.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let file = || 0..FILES.len();
    let lines = proptest::collection::vec(0..LINES.len(), 0..3);
    prop_oneof![
        12 => (file(), 0..8_usize, 0..2_usize, lines)
            .prop_map(|(file, at, over, lines)| Step::Edit { file, at, over, lines }),
        1 => file().prop_map(Step::Close),
        2 => file().prop_map(Step::Save),
        1 => file().prop_map(Step::Remove),
        1 => (file(), file()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (0..LINKS.len()).prop_map(Step::Link),
        9 => Just(Step::Look),
    ]
}

/// A workspace, and what it is made of.
struct World {
    workspace: Workspace,
    open: BTreeMap<usize, Document>,
    disk: BTreeMap<usize, String>,
    links: Vec<usize>,
}

fn path(file: &str) -> Arc<Path> {
    Path::new(FOLDER).join(file).into()
}

fn link(number: usize) -> UnitLink {
    let (from, target) = LINKS[number];
    UnitLink { path: path(from), target: target.into() }
}

impl World {
    fn new() -> Self {
        let mut workspace = Workspace::new(vec![Path::new(FOLDER).into()], Version::NEWEST);
        workspace.set_scripts([ScriptFile::new(&path("start.sh"), "systemctl start a.service\n", |_| false)]);
        Self { workspace, open: BTreeMap::new(), disk: BTreeMap::new(), links: Vec::new() }
    }

    fn set_on_disk(&mut self, file: usize, text: String) {
        let on_disk = read(&self.workspace, FILES[file], &text);
        self.workspace.set_on_disk([on_disk], []);
        self.disk.insert(file, text);
    }

    fn remove(&mut self, file: usize) -> Option<String> {
        self.workspace.remove_from_disk(&path(FILES[file]));
        self.disk.remove(&file)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Edit { file, at, over, ref lines } => {
                let on_disk = self.disk.get(&file).cloned().unwrap_or_default();
                let document = self.open.entry(file).or_insert_with(|| Document::new(&on_disk));
                let text = document.text();
                let starts: Vec<usize> =
                    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
                let start = |line: usize| starts[line.min(starts.len() - 1)];
                let (from, to) = (start(at), start(at + over));
                let insert: String = lines.iter().map(|line| format!("{}\n", LINES[*line])).collect();
                document.edit(TextRange::from(from..to), &insert);
                let unit = document.unit().clone();
                self.workspace.set_open(&path(FILES[file]), &unit);
            }
            Step::Close(file) => {
                self.open.remove(&file);
                self.workspace.close(&path(FILES[file]));
            }
            Step::Save(file) => {
                if let Some(text) = self.open.get(&file).map(Document::text) {
                    self.set_on_disk(file, text);
                }
            }
            Step::Remove(file) => {
                self.remove(file);
            }
            Step::Rename(from, to) => {
                if let Some(text) = self.remove(from) {
                    self.set_on_disk(to, text);
                }
            }
            Step::Link(number) => match self.links.iter().position(|known| *known == number) {
                Some(at) => {
                    self.links.remove(at);
                    self.workspace.remove_from_disk(&link(number).path);
                }
                None => {
                    self.links.push(number);
                    self.workspace.set_on_disk([], [link(number)]);
                }
            },
            Step::Look => {}
        }
    }

    /// The same world, built from nothing.
    fn afresh(&self) -> Workspace {
        let mut workspace = World::new().workspace;
        let files: Vec<_> =
            self.disk.iter().map(|(file, text)| read(&workspace, FILES[*file], text)).collect();
        workspace.set_on_disk(files, self.links.iter().map(|number| link(*number)));
        for (file, document) in &self.open {
            workspace.set_open(&path(FILES[*file]), &Arc::new(Unit::parse(&document.text())));
        }
        workspace
    }
}

fn read(workspace: &Workspace, file: &str, text: &str) -> File {
    File::new(path(file), workspace.places(), workspace.version(), Arc::new(Unit::parse(text)))
}

/// What the graph tells of these units.
fn told(workspace: &Workspace, units: &[&str]) -> String {
    let Some(file) = workspace.files().next() else { return String::new() };
    let graph = workspace.graph(&file.place);
    let known = graph.units();
    let mut told = format!("{known:?}\n");
    // Instances that nobody names are there for those alone who ask for them.
    let units = units.iter().map(|unit| UnitName::parse(unit).expect("a unit name"));
    for unit in units.filter(|unit| unit.instance().is_none() || known.contains(unit)) {
        let relations =
            [Relation::After, Relation::Before, Relation::Wants, Relation::RequiredBy, Relation::TriggeredBy];
        for relation in relations {
            let _ = writeln!(told, "{unit} {}: {:?}", relation.name(), graph.related(&unit, relation));
        }
        let mut edges: Vec<_> = graph.edges_to(&unit).iter().map(|edge| format!("{edge:?}")).collect();
        edges.sort();
        let _ = writeln!(told, "{}", edges.len());
        let starters = starters(workspace, &unit, &file.place);
        let _ = writeln!(told, "{:?}", starters.iter().map(Starter::phrase).collect::<Vec<_>>());
    }
    told
}

fn findings(workspace: &Workspace) -> Vec<unit_ide::diagnostic::Diagnostic> {
    let mut files: Vec<_> = workspace.files().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.into_iter().flat_map(|file| check_file(workspace, file, &|| false)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_graph_that_follows_edits_is_the_one_derived_from_nothing(
        texts in proptest::collection::vec(proptest::collection::vec(0..LINES.len(), 0..6), FILES.len()),
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        for (file, lines) in texts.iter().enumerate().filter(|(_, lines)| lines.len() > 1) {
            let lines = lines.iter().map(|line| format!("{}\n", LINES[*line]));
            world.set_on_disk(file, format!("[Unit]\n{}", lines.collect::<String>()));
        }
        for step in &steps {
            world.take(step);
            if matches!(step, Step::Look) {
                let afresh = world.afresh();
                let units = ["a.service", "b.service", "c.target", "d.service", "sysinit.target", "t@1.service"];
                prop_assert_eq!(told(&world.workspace, &units), told(&afresh, &units));
                prop_assert_eq!(findings(&world.workspace), findings(&afresh));
            }
        }
    }
}

/// What is found of many units is found of each alone: where all are asked about, one look at all of them spares searches.
#[test]
fn circles_among_many_units() {
    let name = |number: usize| format!("u{number}.service");
    let unit = |number: usize| {
        let after = match number {
            0 => "target-7.target".to_owned(),
            // Three circles, one of which needs that somebody is enabled.
            40 => name(44),
            80 => "late.target".to_owned(),
            _ => name(number - 1),
        };
        let target = if number == 60 { "early.target" } else { "late.target" };
        format!("[Unit]\nAfter={after}\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy={target}\n")
    };
    let mut sources: Vec<(String, String)> = (0..120).map(|number| (name(number), unit(number))).collect();
    sources.push(("late.target".to_owned(), format!("[Unit]\nWants={}\nAfter={0}\n", name(90))));
    sources.push(("early.target".to_owned(), format!("[Unit]\nBefore={}\n", name(50))));
    let workspace = || {
        let mut workspace = World::new().workspace;
        let files: Vec<_> = sources.iter().map(|(name, text)| read(&workspace, name, text)).collect();
        workspace.set_on_disk(files, []);
        workspace
    };
    let circles = |workspace: &Workspace, name: &str| -> Vec<_> {
        let file = workspace.file(&path(name)).expect("it is there");
        let found = check_file(workspace, file, &|| false);
        found.into_iter().filter(|finding| finding.code == "ordering-cycle").collect()
    };
    let together = workspace();
    let mut found = Vec::new();
    for (name, _) in &sources {
        let here = circles(&together, name);
        assert_eq!(here, circles(&workspace(), name), "{name}");
        if !here.is_empty() {
            found.push(&**name);
        }
    }
    let count =
        |range: std::ops::Range<usize>| range.filter(|number| found.contains(&&*name(*number))).count();
    assert_eq!((count(40..45), found.contains(&"u60.service"), count(80..91)), (5, true, 11), "{found:?}");
}

/// Each key there is, with values of many kinds.
#[test]
fn what_the_graph_reads_is_heard() {
    let values = [
        "",
        "yes",
        "dbus",
        "/srv/data",
        "/srv/start.sh",
        "a.service",
        "org.example.A",
        "systemctl start a.service",
    ];
    for unit_type in UnitType::ALL {
        let Some(own) = unit_type.own_section() else { continue };
        let name = match unit_type {
            UnitType::Mount => "srv-other.mount".to_owned(),
            _ => format!("x.{}", unit_type.suffix()),
        };
        let path = path(&name);
        let world = || {
            let mut world = World::new();
            world.set_on_disk(0, "[Service]\nExecStart=/bin/true\n".to_owned());
            world.set_on_disk(12, "[Mount]\nWhat=/dev/sda1\n".to_owned());
            world.workspace
        };
        let (mut follows, mut afresh) = (world(), world());
        for section in [own, Section::Unit, Section::Install] {
            let head = format!("[{}]\n", section.name());
            let mut document = Document::new(&head);
            for (directive, value) in
                directives(section).iter().flat_map(|key| values.map(|value| (key, value)))
            {
                let end = document.text().len();
                document.edit(TextRange::from(head.len()..end), &format!("{}={value}\n", directive.name));
                follows.set_open(&path, document.unit());
                afresh.close(&path);
                afresh.set_open(&path, &Arc::new(Unit::parse(&document.text())));
                let units = [&*name, "a.service"];
                assert_eq!(told(&follows, &units), told(&afresh, &units), "{name}: {}", document.text());
            }
        }
    }
}
