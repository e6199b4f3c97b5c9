//! `unitls cat` against systemd: the merged unit, given back to systemd as a single file, must be loaded as the fragment
//! and its drop-ins are; and the files that systemd reads must be those that we name, in the same order.

#[path = "support/command.rs"]
mod command;
#[path = "support/systemd.rs"]
mod systemd;
#[path = "support/text.rs"]
#[expect(dead_code, reason = "only the numbers are of use here")]
mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use command::{Run, in_tests, unitls};
use systemd::{Loaded, load, manager, write};
use text::Random;

/// The folders of the search path that units lie in here, the one that counts most first.
const FOLDERS: [&str; 3] = ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system"];

/// Properties that tell where a unit came from, or that change from run to run.
const ABOUT_FILES: [&str; 8] = [
    "Alias: ",
    // Hangs on what lists were made of before they were cleared.
    "CGroup own mask: ",
    "Fragment Path: ",
    "DropIn Path: ",
    "Source Path: ",
    "Need Daemon Reload: ",
    "May GC: ",
    "State Change Timestamp: ",
];

/// Lines that stand in the order of a hash table.
const UNORDERED: [&str; 5] =
    [" (origin-", " (destination-", "RestrictNetworkInterfaces: ", "IPAddressAllow: ", "IPAddressDeny: "];

/// Properties whose words stand in the order of a hash table.
const SETS_OF_WORDS: [&str; 3] =
    ["SystemCallFilter: ", "SystemCallArchitectures: ", "RestrictAddressFamilies: "];

/// Units in a root of their own, by paths such as `etc/web.service.d/x.conf`.
struct World {
    root: tempfile::TempDir,
    units: BTreeSet<String>,
}

impl World {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder for the test");
        Self { root, units: BTreeSet::new() }
    }

    /// Adds a file: `etc/`, `run/` or `lib/` and what is below the folder of units there.
    fn add(&mut self, path: &str, text: &str) {
        let (folder, name) = path.split_once('/').expect("a path has a folder");
        let folder =
            FOLDERS.iter().find(|known| known.contains(folder)).expect("a folder of the search path");
        write(&self.root.path().join(folder).join(name), text);
    }

    /// The world of one of the sets in `effective_unit/sets.txt`: the units to compare, then its files.
    fn of_set(set: &str) -> Self {
        let mut world = Self::new();
        let (head, files) = set.split_once("==> ").expect("a set has files");
        let units = head.lines().nth(1).expect("a set names its units");
        world.units.extend(units.split(' ').map(str::to_owned));
        for file in files.split("\n==> ") {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            let text = text.trim_end_matches('\n');
            match path.strip_suffix(" \\n") {
                Some(path) => world.add(path, text),
                None if text.is_empty() || text.starts_with("-> ") => world.add(path, text),
                None => world.add(path, &format!("{text}\n")),
            }
        }
        world
    }

    fn folders(&self) -> Vec<PathBuf> {
        FOLDERS.iter().map(|folder| self.root.path().join(folder)).collect()
    }

    fn cat(&self, unit: &str, format: &str) -> Run {
        let root = self.root.path().to_str().expect("the tests' paths are UTF-8");
        let run = unitls(Path::new("/"), ["cat", unit, root, "--system-units=none", "--format", format]);
        assert_eq!((run.status, run.stderr.as_str()), (0, ""), "{unit}: {}", run.stdout);
        run
    }

    /// Compares all units with what systemd makes of them. Gives the names of those that it could load.
    fn check(&self, manager: &Path) -> Vec<String> {
        let units: Vec<String> = self.units.iter().cloned().collect();
        let real = load(manager, self.root.path(), &self.folders(), &units);
        let merged_root = tempfile::tempdir().expect("a folder for the test");
        let folder = merged_root.path().join("merged");
        for unit in &units {
            self.check_files(unit, &real);
            write(&folder.join(unit), &self.cat(unit, "text").stdout);
        }
        let merged = load(manager, merged_root.path(), std::slice::from_ref(&folder), &units);
        let (mut loaded, mut others) = (Vec::new(), String::new());
        for unit in &units {
            let (left, right) = (properties(&real, unit), properties(&merged, unit));
            let loads = |lines: &[String]| lines.contains(&"Unit Load State: loaded".to_owned());
            if loads(&left) {
                loaded.push(unit.clone());
            }
            if loads(&left) == loads(&right) && (!loads(&left) || left == right) {
                continue;
            }
            let only = |lines: &[String], others: &[String]| -> String {
                let only = lines.iter().filter(|line| !others.contains(line));
                only.take(9).map(|line| format!("    {line}\n")).collect()
            };
            others += &format!("{unit}:\n  only as it is:\n{}", only(&left, &right));
            others += &format!("  only when merged:\n{}", only(&right, &left));
            if let Some((left, right)) = left.iter().zip(&right).find(|(left, right)| left != right) {
                others += &format!("  first: {left} | {right}\n");
            }
            others += &self.cat(unit, "text").stdout;
        }
        assert!(others.is_empty(), "systemd loads other units when they are merged\n{others}");
        loaded
    }

    /// Compares the files of a unit with those that systemd has read.
    fn check_files(&self, unit: &str, real: &Loaded) {
        let lines = &real.get(unit).unwrap_or_else(|| panic!("systemd does not know {unit}"))[..];
        let told = ["Fragment Path: ", "DropIn Path: "];
        let read: Vec<_> = told
            .iter()
            .flat_map(|name| lines.iter().filter_map(move |line| line.strip_prefix(name)))
            .collect();
        let records = self.cat(unit, "json").json();
        let ours: Vec<_> = records
            .iter()
            .filter(|record| record["record"] == "file")
            .map(|record| record["path"].as_str().expect("a path is text"))
            .collect();
        // Of a unit that it refuses or that is masked systemd reads no drop-ins.
        if lines.contains(&"Unit Load State: loaded".to_owned()) {
            assert_eq!(read, ours, "{unit}");
        }
    }
}

/// What systemd says of a unit; the order of dependencies means nothing, and that of words in sets neither.
fn properties(loaded: &Loaded, unit: &str) -> Vec<String> {
    let mut lines = loaded.get(unit).cloned().unwrap_or_default();
    for line in &mut lines {
        if SETS_OF_WORDS.iter().any(|name| line.starts_with(name)) {
            let mut words: Vec<_> = line.split([' ', '~']).collect();
            words.sort_unstable();
            *line = words.join(" ");
        }
    }
    let about_unit = |line: &String| !ABOUT_FILES.iter().any(|name| line.starts_with(name));
    let (mut unordered, ordered): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .filter(about_unit)
        .partition(|line| UNORDERED.iter().any(|part| line.contains(part)));
    unordered.sort();
    ordered.into_iter().chain(unordered).collect()
}

#[test]
fn sets_are_merged_as_systemd_merges_them() {
    let Some(manager) = manager() else {
        return;
    };
    let sets = std::fs::read_to_string(in_tests("effective_unit/sets.txt")).expect("the sets are there");
    for set in sets.split("\n=== ").skip(1) {
        eprintln!("set: {}", set.lines().next().unwrap_or_default());
        World::of_set(set).check(&manager);
    }
}

/// The types of made-up units, with what they cannot be loaded without and the tables of recorded values that the rest
/// comes from.
const TYPES: [(&str, &str, &[&str]); 5] = [
    ("service", "[Service]\nExecStart=/bin/true\n", &["unit", "service"]),
    ("socket", "[Socket]\nListenStream=/run/made-up\n", &["unit", "socket"]),
    ("timer", "[Timer]\nOnBootSec=1\n", &["unit", "timer"]),
    ("path", "[Path]\nPathExists=/made-up\n", &["unit", "path"]),
    ("slice", "", &["unit", "slice"]),
];

/// A key with values that it may be given, good and bad.
struct Key {
    section: String,
    key: String,
    values: Vec<String>,
}

/// What the table of recorded verdicts (`server/ide/tests/oracle`) knows values of.
fn recorded_values(table: &str) -> Vec<Key> {
    let path = in_tests("../server/ide/tests/oracle").join(table).with_extension("txt");
    let text = std::fs::read_to_string(path).expect("the table is there");
    let mut keys: Vec<Key> = Vec::new();
    for line in text.lines() {
        let (letters, value) = line.split_once('\t').unwrap_or((line, ""));
        if letters.len() == 3 {
            let key = keys.last_mut().expect("a key comes first");
            // What may come to nothing on this machine, and the unit's path, which is another one when merged.
            let hangs = ["%A", "%B", "%M", "%R", "%r", "%i", "%I", "%y", "%Y"];
            if !hangs.iter().any(|specifier| value.contains(specifier)) {
                key.values.push(value.to_owned());
            }
            continue;
        }
        let mut words = line.split(' ').skip(1).map(str::to_owned);
        let (section, key) = words.next().zip(words.next()).expect("a line names section and key");
        keys.push(Key { section, key, values: Vec::new() });
    }
    keys
}

/// How many worlds are made up, and how many units in each.
const WORLDS: usize = 4;
const UNITS: usize = 40;

/// Values of many keys: made-up lines in fragment and drop-ins, good and bad, resets among them.
#[test]
fn made_up_units_are_merged_as_systemd_merges_them() {
    let Some(manager) = manager() else {
        return;
    };
    let mut random = Random::new(0x5eed);
    let types = TYPES.map(|(suffix, needed, tables)| {
        (suffix, needed, tables.iter().flat_map(|table| recorded_values(table)).collect::<Vec<_>>())
    });
    let mut loaded = 0;
    for _ in 0..WORLDS {
        let mut world = World::new();
        for number in 0..UNITS {
            let (suffix, needed, keys) = &types[random.below(types.len())];
            add_made_up(&mut world, &format!("made-{number}.{suffix}"), needed, keys, &mut random);
        }
        loaded += world.check(&manager).len();
    }
    assert!(loaded > WORLDS * UNITS / 2, "systemd loaded {loaded} of {} units", WORLDS * UNITS);
}

/// Adds a unit of this name and up to three drop-ins.
fn add_made_up(world: &mut World, name: &str, needed: &str, keys: &[Key], random: &mut Random) {
    for part in 0..1 + random.below(4) {
        let mut text = String::new();
        if part == 0 {
            text += needed;
        }
        for _ in 0..1 + random.below(8) {
            let Key { section, key, values } = &keys[random.below(keys.len())];
            // A bad command in its own file refuses the unit, and nothing is left to compare.
            if part == 0 && key.starts_with("Exec") {
                continue;
            }
            text += &format!("[{section}]\n");
            for _ in 0..1 + random.below(3) {
                let value = if random.below(8) == 0 { "" } else { &values[random.below(values.len())] };
                text += &format!("{key}={value}\n");
            }
        }
        let folder = ["etc", "run", "lib"][random.below(3)];
        match part {
            0 => world.add(&format!("{folder}/{name}"), &text),
            _ => world.add(&format!("{folder}/{name}.d/{}.conf", ["a", "b", "c"][random.below(3)]), &text),
        }
    }
    world.units.insert(name.to_owned());
}

/// What Debian's packages ship: each unit of the corpus, instances of its templates.
#[test]
fn units_of_packages_are_merged_as_systemd_merges_them() {
    let Some(manager) = manager() else {
        return;
    };
    let mut world = World::new();
    for package in std::fs::read_dir(in_tests("corpus")).expect("the corpus is there") {
        let units = package.expect("the folder can be read").path().join("usr/lib/systemd/system");
        for path in files_below(&units) {
            let name = path.strip_prefix(&units).expect("it is below").to_str().expect("names are text");
            world.add(&format!("lib/{name}"), &std::fs::read_to_string(&path).expect("a unit file is text"));
            if !name.contains('/') {
                world.units.insert(name.replace("@.", "@in-stance."));
            }
        }
    }
    let loaded = world.check(&manager);
    assert!(loaded.len() > 40, "systemd loaded {} units", loaded.len());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("the folder can be read").path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files
}
