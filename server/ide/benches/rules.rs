//! What each rule costs: `cargo bench -p unit-ide --bench rules [-- FOLDER]` judges the units below a folder (by default
//! the Debian units of the tests) and prints the time of all rules together and of each rule alone.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use unit_catalog::Version;
use unit_ide::rules::{RULES, Rule, check_file, check_rule};
use unit_ide::workspace::{File, FileKind, Places, UnitLink, Workspace};
use unit_syntax::Unit;

/// Each time is the least of so many runs.
const RUNS: usize = 7;

fn main() {
    let given = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder =
        given.map_or(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus"), PathBuf::from);
    let mut found = Found::default();
    found.walk(&folder);
    let places = Arc::new(Places { folders: vec![folder.as_path().into()], ..Places::default() });

    // Findings about lines are kept with their file, so every run begins with fresh ones.
    let fresh = || {
        let mut workspace = Workspace::within(places.clone(), Version::NEWEST);
        let file = |(path, unit): &(Arc<Path>, Arc<Unit>)| {
            File::new(path.clone(), &places, Version::NEWEST, unit.clone())
        };
        workspace.set_on_disk(found.units.iter().map(file), found.links.iter().cloned());
        workspace
    };
    let all = least(&fresh, |workspace, file| {
        black_box(check_file(workspace, file, &|| false));
    });
    let two = (0..RUNS).map(|_| on_two_threads(&fresh())).min().unwrap_or_default();
    let alone = |rule: Option<&Rule>| {
        least(&fresh, |workspace, file| {
            black_box(check_rule(workspace, file, rule));
        })
    };
    let nothing = alone(None);
    let mut costs: Vec<(&str, Duration)> =
        RULES.iter().map(|rule| (rule.code, alone(Some(rule)).saturating_sub(nothing))).collect();
    costs.sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));

    let count = found.units.len();
    println!("{count} files, all {} rules: {} ms on one thread, {} ms on two", RULES.len(), ms(all), ms(two));
    println!("{:>9}  {:>6}  without any rule: effective units alone", ms(nothing), share(nothing, all));
    println!("{:>9}  {:>6}  rule, alone", "ms", "share");
    for (code, cost) in costs {
        println!("{:>9}  {:>6}  {code}", ms(cost), share(cost, all));
    }
}

/// The least time of several runs over all files, each in a fresh workspace.
fn least(fresh: &dyn Fn() -> Workspace, judge: impl Fn(&Workspace, &Arc<File>)) -> Duration {
    let run = |workspace: Workspace| {
        let start = Instant::now();
        for file in workspace.files() {
            judge(&workspace, file);
        }
        start.elapsed()
    };
    (0..RUNS).map(|_| run(fresh())).min().unwrap_or_default()
}

fn on_two_threads(workspace: &Workspace) -> Duration {
    let files: Vec<&Arc<File>> = workspace.files().collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for half in files.chunks(files.len().div_ceil(2).max(1)) {
            scope.spawn(move || {
                for file in half {
                    black_box(check_file(workspace, file, &|| false));
                }
            });
        }
    });
    start.elapsed()
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn share(part: Duration, whole: Duration) -> String {
    format!("{:.1}%", 100.0 * part.as_secs_f64() / whole.as_secs_f64())
}

/// Unit files and the links between them.
#[derive(Default)]
struct Found {
    units: Vec<(Arc<Path>, Arc<Unit>)>,
    links: Vec<UnitLink>,
}

impl Found {
    fn walk(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if let Ok(target) = fs::read_link(&path) {
                let name = target.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                self.links.push(UnitLink { path: path.as_path().into(), target: name.into() });
            } else if path.is_dir() {
                self.walk(&path);
            } else if FileKind::of_path(&path).is_judged()
                && let Ok(text) = fs::read_to_string(&path)
            {
                self.units.push((path.as_path().into(), Arc::new(Unit::parse(&text))));
            }
        }
    }
}
