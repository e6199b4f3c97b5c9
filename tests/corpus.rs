//! Unit files that people really ship: whatever is reported as an error there, systemd must complain of as well.

#[path = "support/command.rs"]
mod command;
#[path = "support/systemd.rs"]
mod systemd;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use command::{check_json, in_tests, unitls};
use expect_test::expect;
use serde_json::Value;

/// A folder of real units, or of a whole system.
const MACHINE: &str = "/usr/lib/systemd/system";

fn errors(findings: &[Value]) -> impl Iterator<Item = &Value> {
    findings.iter().filter(|finding| finding["severity"] == "error")
}

fn text<'a>(finding: &'a Value, member: &str) -> &'a str {
    finding[member].as_str().unwrap_or_else(|| panic!("{member} is text: {finding}"))
}

/// What systemd 257 says: the lines it complains of, 0 for the whole unit, by path.
fn complaints() -> BTreeMap<String, BTreeSet<u64>> {
    let table = std::fs::read_to_string(in_tests("corpus/systemd-257.tsv")).expect("the table is there");
    let mut complaints: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('\t');
        let (Some(path), Some(line)) = (cells.next(), cells.next()) else {
            panic!("path, line, message: {row}");
        };
        assert!(in_tests("corpus").join(path).is_file(), "{path}");
        complaints.entry(path.to_owned()).or_default().insert(line.parse().expect("a line number"));
    }
    complaints
}

#[test]
fn errors_are_what_systemd_257_complains_of() {
    let run = check_json(&in_tests("corpus"), ["."]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    let complaints = complaints();
    let mut listed = String::new();
    for error in errors(&run.json()) {
        let (path, line, code) = (text(error, "path"), &error["line"], text(error, "code"));
        let path = path.strip_prefix("./").expect("paths lie below the folder given");
        let of_file = complaints.get(path);
        let known = of_file.is_some_and(|lines| {
            lines.contains(&0) || line.as_u64().is_some_and(|line| lines.contains(&line))
        });
        assert!(known, "systemd 257 has nothing against line {line} of {path}: {error}");
        writeln!(listed, "{path} {line} {code}").expect("a String takes all");
    }
    expect![[r#"
        boxbackup-client/usr/lib/systemd/system/boxbackup-client.timer 7 unknown-section
        fair/usr/lib/systemd/system/fair-carrousel.service 6 unknown-key
        fair/usr/lib/systemd/system/fair-transponder.service 6 unknown-key
        iiod/usr/lib/systemd/system/iiod.service 16 invalid-value
        mumudvb/usr/lib/systemd/system/mumudvb.service 9 unknown-key
        regolith-powerd/usr/lib/systemd/user/regolith-init-powerd.service 11 start-limit-wrong-section
    "#]]
    .assert_eq(&listed);
}

/// Judged one by one the files have fewer neighbours, but no more errors.
#[test]
fn files_one_by_one() {
    let complaints = complaints();
    let folder = in_tests("corpus");
    let mut files = Vec::new();
    unit_files(&folder, &mut files);
    assert!(files.len() >= 60, "{}", files.len());
    for file in files {
        let run = check_json(&folder, [&file]);
        assert!(run.status <= 1, "{}: {}", file.display(), run.stderr);
        let below = file.strip_prefix(&folder).expect("found below").to_str().expect("the names are UTF-8");
        for error in errors(&run.json()) {
            assert!(complaints.contains_key(below), "systemd 257 has nothing against {below}: {error}");
        }
    }
}

fn unit_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry of the corpus").path();
        match path.extension().and_then(|extension| extension.to_str()) {
            _ if path.is_dir() => unit_files(&path, files),
            None | Some("tsv") => {}
            Some(_) => files.push(path),
        }
    }
}

/// The machine's own units, with the systemd that is installed as the judge.
#[test]
fn errors_on_this_machine_are_what_its_systemd_complains_of() {
    if !Path::new(MACHINE).is_dir() {
        println!("skipped: no {MACHINE}");
        return;
    }
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        println!("skipped: no systemd-analyze");
        return;
    }
    let run = unitls(Path::new("/"), ["check", "--format=json", MACHINE]);
    assert!(run.status <= 1, "{}", run.stderr);
    println!("{MACHINE} took {:?}", run.took);
    let mut blamed: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for error in errors(&run.json()) {
        let message = format!("{}: {}", error["line"], text(error, "message"));
        blamed.entry(unit_of(Path::new(text(error, "path")))).or_default().push(message);
    }
    for (unit, errors) in blamed {
        let verify = Command::new("systemd-analyze")
            .args(["verify", "--recursive-errors=no", "--man=no"])
            .arg(&unit)
            .output()
            .expect("systemd-analyze was there a moment ago");
        let said = String::from_utf8_lossy(&verify.stderr);
        let name = unit.file_name().expect("a unit has a name").to_string_lossy();
        // A template is verified as an instance of its own.
        let stem = name.split_once('@').map_or(&*name, |(prefix, _)| prefix);
        assert!(said.contains(stem), "systemd has nothing against {}: {errors:#?}\n{said}", unit.display());
    }
}

/// systemd loads formatted units as it loads them as they are.
#[test]
fn formatted_units_load_the_same() {
    let Some(manager) = systemd::manager() else { return };
    let root = tempfile::tempdir().expect("a folder for the test");
    let mut files = Vec::new();
    unit_files(&in_tests("corpus"), &mut files);
    if Path::new(MACHINE).is_dir() {
        unit_files(Path::new(MACHINE), &mut files);
    }
    files.retain(|file| file.extension().is_some_and(|suffix| suffix == "service") && file.is_file());
    let folders = ["before", "after"].map(|name| root.path().join(name));
    let mut units = BTreeSet::new();
    for file in files {
        let name = file.file_name().and_then(|name| name.to_str()).expect("the names are UTF-8").to_owned();
        let text = std::fs::read_to_string(&file).expect("units are text");
        if !name.contains('@') && units.insert(name.clone()) {
            folders.iter().for_each(|folder| systemd::write(&folder.join(&name), &text));
        }
    }
    assert!(units.len() > 30, "{}", units.len());
    let run = unitls(&folders[1], ["fmt", "."]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(!run.stderr.contains(" 0 files"), "{}", run.stderr);
    let units: Vec<String> = units.into_iter().collect();
    let load = |folder: &PathBuf| {
        let loaded = systemd::load(&manager, root.path(), std::slice::from_ref(folder), &units);
        // Not what tells of this very run: where the file lies, when it was read, the order in which sets are told.
        let lines = |lines: Vec<String>| {
            let of_run = [" Timestamp:", "Path: ", "Invocation ID:", "May GC:"];
            let told = |line: &String| !of_run.iter().any(|word| line.contains(word));
            let words = |line: String| {
                let mut words: Vec<_> = line.split([' ', '~']).map(str::to_owned).collect();
                words.sort();
                words
            };
            let mut lines: Vec<_> = lines.into_iter().filter(told).map(words).collect();
            lines.sort();
            lines
        };
        loaded.into_iter().map(|(unit, all)| (unit, lines(all))).collect::<BTreeMap<_, _>>()
    };
    let [before, after] = folders.each_ref().map(load);
    for unit in &units {
        assert_eq!(before.get(unit), after.get(unit), "{unit}");
    }
}

/// The unit to verify for a file: itself, or for a drop-in the unit that it belongs to.
fn unit_of(file: &Path) -> PathBuf {
    let folder = file.parent().and_then(Path::to_str).unwrap_or_default();
    match folder.strip_suffix(".d") {
        Some(unit) if file.extension().is_some_and(|extension| extension == "conf") => unit.into(),
        _ => file.to_owned(),
    }
}
