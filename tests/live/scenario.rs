//! Scenarios: unit files, what is done with them and what must come of it, written as Markdown.
//!
//! Each `## heading` is one. Fences `ini PATH` hold its units (`ini PATH -> TARGET` is a link), and a fence `steps` says,
//! one a line:
//!
//! ```text
//! start a.socket b.service        any verb of systemctl; with `fails` at its end it must not succeed
//! wait 0.5                        seconds
//! write PATH, remove PATH         files
//! connect PATH|PORT: hello        what a client gets: an answer, `nothing`, `silence`, `refused`, `reset`, `missing`
//! activate BUS.NAME: works        or `fails`: what the bus says when it is asked to start the owner of a name
//! a.service becomes failed timeout        ActiveState= or SubState=, and Result= if given, within some seconds
//! a.service is active             the same, at once
//! a.service shows Type=exec       a property
//! a ran 5 times                   the acts `run:a`; also `a ran at least 5 times`, `a never ran`
//! a ran before b
//! ```
//!
//! `252:` or `257+:` in front of a step says the releases that it is for.
//!
//! A fence `starters UNIT` lists what can start the unit, as `kind source`, one a line: what the steps then show.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use unit_catalog::Version;

use crate::manager::{BUS, Manager};
use crate::support::Source;
use crate::support::markdown::{Fence, Section, sections};
use crate::systemd::Systemd;

/// How long something may take that happens at once on a machine with nothing else to do.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a number of runs must hold to count as final: twice the pause before a restart.
const QUIET: Duration = Duration::from_millis(600);

/// A set of units with what happens to them.
pub(crate) struct Scenario {
    /// Where it stands, for messages.
    pub(crate) place: String,
    /// The heading.
    pub(crate) title: String,
    /// The unit files.
    pub(crate) units: Vec<Source>,
    /// Units, each with what can start it.
    pub(crate) starters: Vec<(String, Vec<String>)>,
    steps: Vec<String>,
}

/// The scenarios of one file.
pub(crate) fn scenarios(name: &str, text: &str) -> Vec<Scenario> {
    let read = |section: Section<'_>| {
        let lines = |fence: &Fence<'_>| -> Vec<String> {
            text[fence.content.clone()].lines().map(str::to_owned).collect()
        };
        let steps = section.fences.iter().filter(|fence| fence.info == "steps");
        let starters = section.fences.iter().filter_map(|fence| {
            let unit = fence.info.strip_prefix("starters ")?;
            Some((unit.to_owned(), lines(fence)))
        });
        Scenario {
            place: format!("{name}: {}", section.heading),
            title: section.heading.to_owned(),
            units: section.sources(text),
            starters: starters.collect(),
            steps: steps.flat_map(lines).collect(),
        }
    };
    sections(text).into_iter().map(read).collect()
}

/// Whether `version` is among those that `252`, `257+` or `252 257` list.
pub(crate) fn speaks_of(versions: &str, version: Version) -> bool {
    let listed = |word: &str| match word.strip_suffix('+') {
        Some(first) => first.parse().is_ok_and(|first| version >= Version(first)),
        None => word.parse().is_ok_and(|only| version == Version(only)),
    };
    versions.split(' ').any(listed)
}

impl Scenario {
    /// Does the steps under a manager of `systemd`.
    ///
    /// # Errors
    ///
    /// At the first step that goes otherwise: with what was seen and what the manager said.
    pub(crate) fn run(&self, systemd: &Systemd) -> Result<(), String> {
        let manager = Manager::start(systemd, &self.units)?;
        for line in &self.steps {
            let step = match line.split_once(": ") {
                Some((versions, step)) if versions.starts_with(|char: char| char.is_ascii_digit()) => {
                    if !speaks_of(versions, systemd.version) {
                        continue;
                    }
                    step
                }
                _ => line,
            };
            take(&manager, step).map_err(|seen| {
                let said = manager.log("").join("\n    ");
                format!("{} ({}): `{line}`: {seen}\n    {said}", self.place, systemd.version)
            })?;
        }
        Ok(())
    }
}

/// Does one step; the error is what was seen instead.
fn take(manager: &Manager, step: &str) -> Result<(), String> {
    let words: Vec<&str> = step.split(' ').collect();
    match words[..] {
        ["wait", seconds] => {
            thread::sleep(Duration::from_secs_f64(seconds.parse().expect("a number of seconds")));
            Ok(())
        }
        ["write", path] => {
            fs::write(manager.path(path), "").expect("files are written below /run");
            Ok(())
        }
        ["remove", path] => {
            fs::remove_file(manager.path(path)).expect("files that are there are removed");
            Ok(())
        }
        ["connect", place, outcome] => {
            let place = place.strip_suffix(':').expect("a colon stands behind the address");
            same(outcome, &manager.run(["/run/live/actor", &format!("connect:{place}")]).output)
        }
        ["activate", name, outcome] => {
            let name = name.strip_suffix(':').expect("a colon stands behind the name");
            let call = ["busctl", "--timeout=5", &format!("--address={BUS}"), "call", "org.freedesktop.DBus"];
            let call = call.into_iter().chain(["/org/freedesktop/DBus", "org.freedesktop.DBus"]);
            let call = manager.run(call.chain(["StartServiceByName", "su", name, "0"]));
            let seen = if call.status == 0 { "works" } else { "fails" };
            same(outcome, seen).map_err(|seen| format!("{seen}: {}", call.output))
        }
        [unit, "is", ref state @ ..] => {
            let seen = states(manager, unit);
            if holds(&seen, state) { Ok(()) } else { Err(seen.join(" ")) }
        }
        [unit, "becomes", ref state @ ..] => {
            let mut seen = Vec::new();
            let there = eventually(|| {
                seen = states(manager, unit);
                holds(&seen, state)
            });
            if there { Ok(()) } else { Err(seen.join(" ")) }
        }
        [unit, "shows", ..] => {
            let (_, assignment) = step.split_once(" shows ").expect("it was just seen");
            let (property, value) = assignment.split_once('=').expect("a property has a value");
            let mut seen = String::new();
            eventually(|| {
                seen = manager.show(&[unit], &[property])[0].remove(property).unwrap_or_default();
                seen == value
            });
            same(value, &seen)
        }
        [name, "never", "ran"] => count(manager, name, 0),
        [name, "ran", "at", "least", number, "times"] => {
            let number: usize = number.parse().expect("a number of times");
            let enough = eventually(|| manager.runs(name).len() >= number);
            if enough { Ok(()) } else { Err(format!("ran {} times", manager.runs(name).len())) }
        }
        [name, "ran", number, "times" | "time"] => count(manager, name, number.parse().expect("a number")),
        [first, "ran", "before", second] => {
            eventually(|| !manager.runs(first).is_empty() && !manager.runs(second).is_empty());
            let (first, second) = (manager.runs(first), manager.runs(second));
            match (first.first(), second.first()) {
                (Some(earlier), Some(later)) if earlier < later => Ok(()),
                _ => Err(format!("{first:?}, {second:?}")),
            }
        }
        [ref call @ .., "fails"] => {
            manager.settle();
            let outcome = manager.systemctl(call.iter().copied());
            if outcome.status != 0 { Ok(()) } else { Err("it worked".to_owned()) }
        }
        ref call => {
            manager.settle();
            let outcome = manager.systemctl(call.iter().copied());
            if outcome.status == 0 { Ok(()) } else { Err(outcome.output) }
        }
    }
}

fn same(expected: &str, seen: &str) -> Result<(), String> {
    if expected == seen { Ok(()) } else { Err(seen.to_owned()) }
}

/// Whether a condition comes true before [`PATIENCE`] ends.
fn eventually(mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// `ActiveState=`, `SubState=` and `Result=`.
fn states(manager: &Manager, unit: &str) -> Vec<String> {
    let mut shown = manager.show(&[unit], &["ActiveState", "SubState", "Result"]).swap_remove(0);
    ["ActiveState", "SubState", "Result"].map(|key| shown.remove(key).unwrap_or_default()).into()
}

fn holds(seen: &[String], wanted: &[&str]) -> bool {
    let (state, result) = match *wanted {
        [state] => (state, None),
        [state, result] => (state, Some(result)),
        _ => panic!("a state and a result, not {wanted:?}"),
    };
    (seen[0] == state || seen[1] == state) && result.is_none_or(|result| seen[2] == result)
}

fn count(manager: &Manager, name: &str, number: usize) -> Result<(), String> {
    eventually(|| manager.runs(name).len() >= number);
    thread::sleep(QUIET);
    match manager.runs(name).len() {
        runs if runs == number => Ok(()),
        runs => Err(format!("ran {runs} times")),
    }
}
