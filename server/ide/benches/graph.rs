//! What the graph costs on a tree of ten thousand units: derived from scratch, after an edit, and asked.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use unit_catalog::Version;
use unit_ide::call_hierarchy::{incoming, prepare};
use unit_ide::code_lens::code_lenses;
use unit_ide::graph::Relation;
use unit_ide::graph::starters::starters;
use unit_ide::hover::hover;
use unit_ide::workspace::{File, UnitLink, UnitName, Workspace};
use unit_syntax::{Document, TextRange, Unit};

const UNITS: usize = 10_000;
const FOLDER: &str = "/bench/etc/systemd/system";

/// Services with dependencies on their neighbours, every tenth with a socket, every twentieth with a timer, some of
/// them instances; links that enable them; drop-ins for some.
fn workspace() -> Workspace {
    let mut workspace = Workspace::new(Vec::new(), Version::NEWEST);
    let mut files = Vec::new();
    let mut links = Vec::new();
    let mut add = |workspace: &Workspace, name: String, text: String| {
        let path: Arc<Path> = Path::new(FOLDER).join(name).into();
        files.push(File::new(path, workspace.places(), Version::NEWEST, Arc::new(Unit::parse(&text))));
    };
    for target in
        ["sysinit", "basic", "multi-user", "network", "network-online", "sockets", "timers", "shutdown"]
    {
        add(&workspace, format!("{target}.target"), "[Unit]\nDescription=A target\n".to_owned());
    }
    add(&workspace, "worker@.service".to_owned(), "[Service]\nExecStart=/usr/bin/worker %i\n".to_owned());
    for number in 0..UNITS {
        match number % 20 {
            3 | 13 => add(
                &workspace,
                format!("app-{}.socket", number - 1),
                format!("[Socket]\nListenStream=/run/app-{number}\n\n[Install]\nWantedBy=sockets.target\n"),
            ),
            7 => add(
                &workspace,
                format!("app-{}.timer", number - 1),
                "[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n".to_owned(),
            ),
            11 => add(
                &workspace,
                format!("app-{}.service.d/10-limits.conf", number - 1),
                format!("[Unit]\nAfter=app-{}.service\n\n[Service]\nNice=5\n", number / 2),
            ),
            _ => add(
                &workspace,
                format!("app-{number}.service"),
                format!(
                    "[Unit]\nDescription=Application {number}\nAfter=network-online.target app-{}.service\n\
                     Wants=network-online.target worker@{number}.service\nRequires=app-{}.service\n\n\
                     [Service]\nType=notify\nExecStart=/usr/bin/app --port {number}\nRestart=on-failure\n\
                     StateDirectory=app\nPrivateTmp=yes\n\n[Install]\nWantedBy=multi-user.target\n",
                    number.saturating_sub(20),
                    number.saturating_sub(40),
                ),
            ),
        }
        if number % 5 == 0 {
            links.push(UnitLink {
                path: Path::new(FOLDER).join(format!("multi-user.target.wants/app-{number}.service")).into(),
                target: format!("app-{number}.service").into(),
            });
        }
    }
    workspace.set_on_disk(files, links);
    workspace
}

fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a unit name")
}

fn graph(criterion: &mut Criterion) {
    let base = workspace();
    let path: Arc<Path> = Path::new(FOLDER).join("app-5000.service").into();
    let place = base.file(&path).expect("it is there").place.clone();
    let mut group = criterion.benchmark_group("graph of 10,000 units");
    group.sample_size(10);
    group.bench_function("from scratch", |bencher| {
        bencher.iter_batched(
            || {
                // A change drops nothing, so begin with a workspace that nobody has asked.
                let mut fresh = Workspace::new(Vec::new(), Version::NEWEST);
                let files = base.files().map(|file| {
                    File::new(file.path.clone(), base.places(), Version::NEWEST, file.unit.clone())
                });
                fresh.set_on_disk(files.collect::<Vec<_>>(), base.links().cloned().collect::<Vec<_>>());
                fresh
            },
            |workspace| {
                let count =
                    workspace.graph(&place).related(&name("app-4980.service"), Relation::Before).len();
                black_box((count, workspace))
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();

    let _ = base.graph(&place);
    let mut group = criterion.benchmark_group("10,000 units");
    let file = base.file(&path).expect("it is there").clone();
    let mut document = Document::new(&file.unit.text());
    let mut workspace = base.clone();
    workspace.set_open(&path, document.unit());
    let at = file.unit.text().find("app-4980").expect("it is named") as u32 + 7;
    let mut digit = 0;
    group.bench_function("edit of a dependency, and the units ordered after", |bencher| {
        bencher.iter(|| {
            digit = (digit + 1) % 10;
            document.edit(TextRange::new(at, at + 1), &digit.to_string());
            workspace.set_open(&path, document.unit());
            let snapshot = workspace.clone();
            black_box(snapshot.graph(&place).related(&name("app-5000.service"), Relation::Before).len())
        });
    });
    group.bench_function("a file changes on disk", |bencher| {
        bencher.iter(|| {
            digit = (digit + 1) % 10;
            document.edit(TextRange::new(at, at + 1), &digit.to_string());
            let file = File::new(path.clone(), workspace.places(), Version::NEWEST, document.unit().clone());
            let snapshot = workspace.clone();
            workspace.set_on_disk([file], []);
            let count = workspace.graph(&place).related(&name("app-5000.service"), Relation::Before).len();
            black_box((count, snapshot))
        });
    });
    let workspace = base.clone();
    let graph = workspace.graph(&place);
    group.bench_function("edges from a service", |bencher| {
        bencher.iter(|| black_box(graph.edges_from(&name("app-5000.service")).len()));
    });
    group.bench_function("edges to a service", |bencher| {
        bencher.iter(|| black_box(graph.edges_to(&name("app-5000.service")).len()));
    });
    group.bench_function("starters of a service", |bencher| {
        bencher.iter(|| black_box(starters(&workspace, &name("app-5000.service"), &place).len()));
    });
    for unit in ["app-5000.service", "network-online.target", "sysinit.target", "multi-user.target"] {
        let file = workspace.file(&Path::new(FOLDER).join(unit)).expect("it is there");
        group.bench_function(format!("lenses over {unit}"), |bencher| {
            bencher.iter(|| black_box(code_lenses(&workspace, file).len()));
        });
        let item = prepare(&workspace, file, 0).and_then(|item| item.unit).expect("it is a unit");
        group.bench_function(format!("callers of {unit}"), |bencher| {
            bencher.iter(|| black_box(incoming(&workspace, &item, &file.place).len()));
        });
        group.bench_function(format!("the card of {unit}"), |bencher| {
            bencher.iter(|| black_box(hover(&workspace, file, 1, None)));
        });
    }
    group.bench_function("units that wait for the network", |bencher| {
        bencher.iter(|| black_box(graph.related(&name("network-online.target"), Relation::Before).len()));
    });
    group.finish();
}

criterion_group!(benches, graph);
criterion_main!(benches);
