//! What rules claim happens at run time: `scenarios/CODE.md` makes it happen, and the rule is asked about the same files.
//!
//! `## fires: …` is a set of units that the rule must speak of, `## silent: …` one that it must not; `## fires 254+: …`
//! says the releases that it speaks for. `## happens: …` is what hovers, pages and lenses tell; whole files are of that
//! kind. `UNITLS_LIVE_ONLY=WORD` leaves the files whose names hold the word.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;

use rayon::prelude::*;
use unit_catalog::Version;
use unit_ide::graph::starters::starters;
use unit_ide::rules::rule;
use unit_ide::workspace::UnitName;

use crate::scenario::{Scenario, scenarios, speaks_of};
use crate::support::{Source, findings, workspace};
use crate::systemd::{Systemd, systemds, twice};

/// Managers at a time. They mostly wait.
const WIDTH: usize = 8;

/// The releases that rules are asked for, whether they are installed or not.
const VERSIONS: [Version; 3] = [Version(252), Version(257), Version(262)];

/// Every scenario with the code of its rule.
fn all() -> Vec<(String, Scenario)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/live/scenarios");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("its entries can be read").path())
        .collect();
    paths.sort();
    if let Ok(word) = env::var("UNITLS_LIVE_ONLY") {
        paths.retain(|path| path.to_string_lossy().contains(&word));
    }
    let read = |path: &std::path::PathBuf| {
        let code = path.file_stem().and_then(|stem| stem.to_str()).expect("names are text").to_owned();
        let text = fs::read_to_string(path).expect("every scenario file can be read");
        let named = move |scenario| (code.clone(), scenario);
        scenarios(&path.file_stem().unwrap_or_default().to_string_lossy(), &text)
            .into_iter()
            .map(named)
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(read).collect()
}

/// What the heading claims of the rule for a release: whether it speaks.
fn claim(scenario: &Scenario, version: Version) -> Option<bool> {
    let (claim, _) = scenario.title.split_once(": ").expect("a heading begins with a claim and a colon");
    match claim.split_once(' ').unwrap_or((claim, "")) {
        ("fires", "") => Some(true),
        ("fires", versions) => Some(speaks_of(versions, version)),
        ("silent", _) => Some(false),
        ("happens", _) => None,
        _ => panic!("{}: fires, silent or happens?", scenario.place),
    }
}

#[test]
fn rules_speak_of_what_happens() {
    let mut pending = BTreeSet::new();
    let mut wrong = Vec::new();
    for (code, scenario) in all() {
        for version in VERSIONS {
            let Some(claimed) = claim(&scenario, version) else {
                continue;
            };
            if rule(&code).is_none() {
                pending.insert(code.clone());
                continue;
            }
            let judged = |unit: &Source| Source { version: Some(version), ..unit.clone() };
            let found = findings(&scenario.units.iter().map(judged).collect::<Vec<_>>());
            if found.iter().any(|finding| finding.code == code) != claimed {
                let said: Vec<_> = found.iter().map(|finding| (finding.code, &finding.message)).collect();
                wrong.push(format!("{} ({version}): {said:?}", scenario.place));
            }
        }
    }
    if !pending.is_empty() {
        let _ = writeln!(std::io::stderr(), "tests/live: pending, no such rule: {pending:?}");
    }
    assert!(wrong.is_empty(), "not as claimed:\n{}", wrong.join("\n"));
}

#[test]
fn starters_are_those_that_start_it() {
    let mut wrong = Vec::new();
    for (_, scenario) in all() {
        for (unit, listed) in &scenario.starters {
            let workspace = workspace(&scenario.units);
            let name = UnitName::parse(unit).expect("a unit name");
            let file = workspace.file(&scenario.units[0].path).expect("the first is no link");
            let found = starters(&workspace, &name, &file.place).into_iter();
            let found: Vec<_> =
                found.map(|starter| format!("{} {}", starter.kind.as_str(), starter.source)).collect();
            if found != *listed {
                wrong.push(format!("{}: {unit}: {found:?}", scenario.place));
            }
        }
    }
    assert!(wrong.is_empty(), "other starters than listed:\n{}", wrong.join("\n"));
}

#[test]
fn what_rules_speak_of_happens() {
    let all = all();
    let jobs: Vec<_> = systemds()
        .iter()
        .flat_map(|systemd| all.iter().map(move |(_, scenario)| (systemd, scenario)))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(WIDTH).build().expect("threads can be made");
    let run = |&(systemd, scenario): &(&Systemd, &Scenario)| {
        let judge = twice(|systemd| scenario.run(systemd).err().unwrap_or_default());
        Some(judge(systemd)).filter(|complaint| !complaint.is_empty())
    };
    let failures: Vec<String> = pool.install(|| jobs.par_iter().filter_map(run).collect());
    assert!(
        failures.is_empty(),
        "{} of {} otherwise:\n{}",
        failures.len(),
        jobs.len(),
        failures.join("\n\n")
    );
}
