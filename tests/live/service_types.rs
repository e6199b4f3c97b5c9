//! Each `Type=` with each way that a program behaves: what hovering over the type says, and what a manager does.

use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;
use unit_ide::activation::{Behaviour, Fate, ServiceType, Start};

use crate::manager::Manager;
use crate::support::{Source, workspace};
use crate::systemd::{Systemd, systemds, twice};

/// `TimeoutStartSec=` of every unit whose type has one by default.
const TIMEOUT: Duration = Duration::from_secs(4);

/// Starts at a time. Many of them do nothing but wait for their timeout.
const WIDTH: usize = 24;

struct Cell {
    name: String,
    fate: Fate,
}

/// The acts of a program that behaves so, and would like to be called `name` on the bus.
fn acts(behaviour: Behaviour, name: &str) -> String {
    match behaviour {
        Behaviour::Foreground => "/run/live/actor forever".to_owned(),
        // The handler is what Type=notify-reload wants; it means nothing to others.
        Behaviour::Notifies => {
            "/run/live/actor on-hup:RELOADING=1 sleep:0.3 notify:READY=1 forever".to_owned()
        }
        Behaviour::TakesName => format!("/run/live/actor sleep:0.3 own:{name} forever"),
        Behaviour::Forks => "/run/live/actor sleep:0.3 daemon forever".to_owned(),
        Behaviour::Job => "/run/live/actor sleep:0.3 exit:0".to_owned(),
        Behaviour::FailingJob => "/run/live/actor sleep:0.3 exit:1".to_owned(),
        Behaviour::CannotExecute => "/run/live/missing".to_owned(),
    }
}

/// The unit of a cell, with what is said of it.
fn cell(systemd: &Systemd, service_type: ServiceType, behaviour: Behaviour) -> (Source, Cell) {
    let word = service_type.as_str();
    let name = format!("{word}-{behaviour:?}.service");
    let bus_name = format!("org.example.{}.{behaviour:?}", word.replace('-', "_"));
    let mut unit = Source::of_marker(&name);
    unit.version = Some(systemd.version);
    unit.push(&format!(
        "[Service]\nType={word}\nTimeoutStopSec=1\nExecStart={}\n",
        acts(behaviour, &bus_name)
    ));
    if service_type == ServiceType::Dbus {
        unit.push(&format!("BusName={bus_name}\n"));
    }
    if service_type != ServiceType::Oneshot {
        unit.push(&format!("TimeoutStartSec={}\n", TIMEOUT.as_secs()));
    }
    let workspace = workspace(std::slice::from_ref(&unit));
    let file = workspace.file(&unit.path).expect("it was just put there");
    let effective = workspace.effective_of(file).expect("a service");
    let counts = ServiceType::of(&effective, systemd.version).expect("a service has a type");
    (unit, Cell { name, fate: counts.fate(behaviour) })
}

/// What happens otherwise than said.
fn watch(manager: &Manager, cell: &Cell) -> Option<String> {
    let started = Instant::now();
    let no_block = (cell.fate.start == Start::Waits).then_some("--no-block");
    let call = ["start"].into_iter().chain(no_block).chain([&*cell.name]);
    let succeeded = manager.systemctl(call).status == 0;
    let took = started.elapsed();
    let as_said = match cell.fate.start {
        Start::Succeeds => succeeded && took < TIMEOUT,
        Start::Fails => !succeeded && took < TIMEOUT,
        Start::TimesOut => !succeeded && took >= TIMEOUT,
        Start::Waits => {
            thread::sleep(TIMEOUT * 2);
            true
        }
    };
    let mut seen = (String::new(), String::new());
    let deadline = Instant::now() + TIMEOUT * 2;
    while Instant::now() < deadline && (&*seen.0, &*seen.1) != (cell.fate.state, cell.fate.result) {
        thread::sleep(Duration::from_millis(100));
        let mut shown = manager.show(&[&cell.name], &["ActiveState", "Result"]).swap_remove(0);
        seen = (shown.remove("ActiveState").unwrap_or_default(), shown.remove("Result").unwrap_or_default());
    }
    let there = (&*seen.0, &*seen.1) == (cell.fate.state, cell.fate.result);
    (!as_said || !there).then(|| {
        let said = manager.log(&cell.name).join("\n    ");
        format!("{}: {succeeded} after {took:?}, then {seen:?}, not {:?}\n    {said}\n", cell.name, cell.fate)
    })
}

/// All cells under one manager; what happens otherwise than said.
fn judge(systemd: &Systemd) -> String {
    let (units, cells): (Vec<_>, Vec<_>) = ServiceType::ALL
        .into_iter()
        .flat_map(|service_type| Behaviour::ALL.map(|behaviour| cell(systemd, service_type, behaviour)))
        .unzip();
    let manager = Manager::start(systemd, &units).expect("it started before");
    // Type=idle waits for other jobs to be done: it goes first and alone.
    let (idle, others): (Vec<_>, Vec<_>) = cells.iter().partition(|cell| cell.name.starts_with("idle-"));
    let mut wrong: Vec<_> = idle.into_iter().filter_map(|cell| watch(&manager, cell)).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(WIDTH).build().expect("threads can be made");
    pool.install(|| wrong.par_extend(others.into_par_iter().filter_map(|cell| watch(&manager, cell))));
    wrong.into_iter().map(|wrong| format!("{}: {wrong}", systemd.version)).collect()
}

#[test]
fn types_make_of_programs_what_is_said() {
    let wrong: String = systemds().iter().map(twice(judge)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}
