//! What it costs to find who names a unit among 10,000, to rename it, and to find one by a few letters.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use unit_catalog::Version;
use unit_ide::references::{Declaration, references};
use unit_ide::rename::rename;
use unit_ide::workspace::{File, Workspace};
use unit_ide::workspace_symbol::workspace_symbols;
use unit_syntax::Unit;

const UNITS: usize = 10_000;
const FOLDER: &str = "/bench/etc/systemd/system";

/// A service that names its neighbours, a template's instance, a specifier, a command and a target that all name.
fn service(number: usize) -> String {
    let (before, behind) = ((number + UNITS - 1) % UNITS, (number + 1) % UNITS);
    format!(
        "[Unit]\nDescription=Unit {number}\nAfter=network.target unit-{before}.service\nWants=unit-{behind}.service\n\
         OnFailure=report@%n.service\n\n[Service]\nType=exec\nExecStart=/usr/bin/unit --number {number}\n\
         ExecStopPost=/bin/sh -c 'systemctl --no-block try-restart unit-{before}'\n\n\
         [Install]\nWantedBy=multi-user.target\n"
    )
}

fn workspace() -> Workspace {
    let mut workspace = Workspace::new(vec![Path::new("/bench").into()], Version::NEWEST);
    let places = workspace.places().clone();
    let file = |name: &str, text: &str| {
        let path = Path::new(FOLDER).join(name).into();
        File::new(path, &places, Version::NEWEST, Arc::new(Unit::parse(text)))
    };
    let units = (0..UNITS).map(|number| file(&format!("unit-{number}.service"), &service(number)));
    let others = [
        file("report@.service", "[Service]\nExecStart=/bin/report\n"),
        file("multi-user.target", "[Unit]\n"),
    ];
    workspace.set_on_disk(units.chain(others), []);
    workspace
}

fn navigation(criterion: &mut Criterion) {
    let mut workspace = workspace();
    let path: Arc<Path> = Path::new(FOLDER).join("unit-5000.service").into();
    let text = service(5000);
    workspace.set_open(&path, &Arc::new(Unit::parse(&text)));
    let file = workspace.file(&path).expect("it is open");
    let at = |word: &str| text.find(word).expect("the unit names it") as u32 + 1;
    for (what, word) in [
        ("a unit that 4 lines name", "unit-4999.service"),
        ("a template that 10,000 units name", "report@"),
        ("a target that 10,000 units name", "multi-user.target"),
    ] {
        let count = references(&workspace, file, at(word), Declaration::Included).len();
        criterion.bench_function(&format!("references of {what}, {count} found"), |bencher| {
            bencher.iter(|| black_box(references(&workspace, file, at(word), Declaration::Included)));
        });
    }
    criterion.bench_function("rename of a unit that 4 lines name, 10,000 units", |bencher| {
        bencher.iter(|| black_box(rename(&workspace, file, at("unit-4999.service"), "other.service")));
    });
    criterion.bench_function("workspace symbols, 10,000 units", |bencher| {
        bencher.iter(|| black_box(workspace_symbols(&workspace, "un99")));
    });
}

criterion_group!(benches, navigation);
criterion_main!(benches);
