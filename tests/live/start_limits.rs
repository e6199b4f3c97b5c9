//! Start limits: what the arithmetic says of a service that ends again and again, and how often it really runs.

use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use unit_catalog::Version;
use unit_ide::activation::{StartLimit, Verdict};

use crate::manager::Manager;
use crate::support::{Source, workspace};
use crate::systemd::{Systemd, systemds, twice};

/// How much later than on an idle machine a service may be given up.
const PATIENCE: f64 = 3.0;

/// A service that ends by itself, over and over.
struct Case {
    /// Lines of `[Unit]`.
    unit: &'static str,
    /// Lines of `[Service]`.
    service: &'static str,
    /// Seconds from each start to the end of the run.
    runtime: f64,
}

const fn at_once(unit: &'static str, service: &'static str) -> Case {
    Case { unit, service, runtime: 0.0 }
}

const CASES: &[Case] = &[
    at_once("", ""),
    at_once("", "RestartSec=0"),
    at_once("", "RestartSec=500ms"),
    // Below the boundary, with its slack; in between, where nothing is said; on it; above.
    at_once("StartLimitBurst=3\nStartLimitIntervalSec=4s", "RestartSec=600ms"),
    at_once("StartLimitBurst=3\nStartLimitIntervalSec=2s", "RestartSec=600ms"),
    at_once("StartLimitBurst=3\nStartLimitIntervalSec=1800ms", "RestartSec=600ms"),
    at_once("StartLimitBurst=3\nStartLimitIntervalSec=1500ms", "RestartSec=600ms"),
    at_once("StartLimitBurst=2\nStartLimitIntervalSec=1s", "RestartSec=800ms"),
    at_once("StartLimitBurst=1", ""),
    at_once("StartLimitIntervalSec=0", "RestartSec=300ms"),
    at_once("StartLimitBurst=0", "RestartSec=300ms"),
    at_once("StartLimitBurst=3\nStartLimitIntervalSec=infinity", "RestartSec=1s"),
    // In the section of old, and where it is not read.
    at_once("", "StartLimitBurst=3\nStartLimitInterval=4s\nRestartSec=600ms"),
    at_once("StartLimitBurst=2", "StartLimitIntervalSec=1s\nRestartSec=800ms"),
    // The run counts as much as the pause.
    Case { unit: "StartLimitBurst=3", service: "RestartSec=100ms", runtime: 0.6 },
    Case { unit: "StartLimitBurst=3\nStartLimitIntervalSec=2s", service: "RestartSec=200ms", runtime: 0.6 },
    // Pauses that grow, from 254 on.
    at_once("", "RestartSec=100ms\nRestartSteps=3\nRestartMaxDelaySec=1s"),
    at_once("StartLimitIntervalSec=2s", "RestartSec=100ms\nRestartSteps=3\nRestartMaxDelaySec=1s"),
    at_once("StartLimitIntervalSec=0", "RestartSec=200ms\nRestartSteps=2\nRestartMaxDelaySec=800ms"),
    at_once("", "RestartSec=100ms\nRestartSteps=3"),
];

impl Case {
    fn unit(&self, number: usize, version: Version) -> Source {
        let mut unit = Source::of_marker(&format!("{number}.service"));
        unit.version = Some(version);
        unit.push(&format!(
            "[Unit]\n{}\n[Service]\nRestart=always\n{}\nExecStart=/run/live/actor run:{number} sleep:{} exit:1\n",
            self.unit, self.service, self.runtime
        ));
        unit
    }

    /// What the arithmetic says: the limit as it is read from the unit, and what it comes to.
    fn said(&self, unit: &Source, version: Version) -> (StartLimit, Verdict) {
        let workspace = workspace(std::slice::from_ref(unit));
        let file = workspace.file(&unit.path).expect("it was just put there");
        let limit = StartLimit::of(&workspace.effective_of(file).expect("a service"), version);
        (limit, limit.verdict(self.runtime))
    }

    /// What happens otherwise.
    fn watch(&self, manager: &Manager, number: usize, version: Version) -> Option<String> {
        let unit = self.unit(number, version);
        let (limit, verdict) = self.said(&unit, version);
        let name = number.to_string();
        let enough = match verdict {
            // Twice round and one more: more than one window let them be.
            Verdict::Endless { .. } => 2 * limit.burst.max(3) as usize + 1,
            Verdict::GivesUp { runs, .. } => runs as usize + 1,
            Verdict::Unsure => return None,
        };
        let slow = (1..=enough as u64).map(|restart| limit.pause(restart) + self.runtime + 0.25).sum::<f64>();
        let deadline = Instant::now() + Duration::from_secs_f64(slow + PATIENCE);
        let failed = || manager.systemctl(["is-failed", &unit.name()]).status == 0;
        while Instant::now() < deadline && manager.runs(&name).len() < enough && !failed() {
            thread::sleep(Duration::from_millis(100));
        }
        let (runs, failed) = (manager.runs(&name), failed());
        let as_said = match verdict {
            Verdict::Endless { .. } => runs.len() >= enough,
            Verdict::GivesUp { runs: number, at_least, at_most } => {
                // From its first start to the time when it was given up, both on the clock that the actor reads.
                let mut shown =
                    manager.show(&[&unit.name()], &["InactiveEnterTimestampMonotonic"]).swap_remove(0);
                let end: f64 = shown.remove("InactiveEnterTimestampMonotonic")?.parse().ok()?;
                let took = end / 1e6 - runs.first().copied().unwrap_or_default();
                let in_time = took > at_least - 0.05 && took < at_most + PATIENCE;
                failed && runs.len() == number as usize && in_time
            }
            Verdict::Unsure => true,
        };
        let pauses: Vec<_> = runs.windows(2).map(|pair| pair[1] - pair[0] - self.runtime).collect();
        // A pause is never shorter than computed; how much longer is the machine's affair.
        let paused = pauses.iter().zip(1..).all(|(pause, restart)| *pause > limit.pause(restart) - 0.02);
        (!as_said || !paused).then(|| {
            let log = manager.log(&unit.name()).join("\n    ");
            format!(
                "{version}: {:?}: {verdict:?}, but failed: {failed}, pauses {pauses:?}\n    {log}\n",
                unit.text
            )
        })
    }
}

fn judge(systemd: &Systemd) -> String {
    let units: Vec<_> =
        CASES.iter().enumerate().map(|(number, case)| case.unit(number, systemd.version)).collect();
    let manager = Manager::start(systemd, &units).expect("it started before");
    let names: Vec<_> = units.iter().map(Source::name).collect();
    manager.systemctl(["start", "--no-block"].into_iter().chain(names.iter().map(String::as_str)));
    let watch = |(number, case): (usize, &Case)| case.watch(&manager, number, systemd.version);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(CASES.len()).build().expect("threads can be made");
    pool.install(|| CASES.par_iter().enumerate().filter_map(watch).collect())
}

#[test]
fn limits_are_hit_as_computed() {
    let wrong: String = systemds().iter().map(twice(judge)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}
