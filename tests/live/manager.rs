//! A running user manager with units of its own: `systemctl`, what it logs, and what its services did.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Source;
use crate::systemd::Systemd;

/// The folder of the manager's own units, which hide all others.
pub(crate) const UNITS: &str = "/run/home/.config/systemd/user";

/// The address of the session bus, where there is one.
pub(crate) const BUS: &str = "unix:path=/run/live/bus";

/// The folder of D-Bus activation files.
const BUS_SERVICES: &str = "/run/live/bus-services";

/// A manager is there for good after this long, or never.
const START_LIMIT: Duration = Duration::from_secs(20);

/// What a single `systemctl` may take, in seconds.
const CALL_LIMIT: &str = "30";

/// A manager in namespaces of its own. Everything that it started ends with this value.
pub(crate) struct Manager {
    keeper: Child,
    stdin: Option<ChildStdin>,
    /// The process whose namespaces are the manager's.
    inside: String,
    log: Arc<Log>,
    listener: Option<thread::JoinHandle<()>>,
}

/// What came of a call.
pub(crate) struct Outcome {
    /// The exit status, 124 where it took too long.
    pub(crate) status: i32,
    pub(crate) output: String,
}

#[derive(Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    closed: AtomicBool,
}

impl Manager {
    /// Starts the user manager of `systemd`, with these units. Those that own a name on a bus (`BusName=`) get one.
    ///
    /// # Errors
    ///
    /// With the reason why no manager can be run here.
    pub(crate) fn start(systemd: &Systemd, units: &[Source]) -> Result<Self, String> {
        let actor = actor().as_ref().map_err(Clone::clone)?;
        let bus = units.iter().any(|unit| unit.text.contains("BusName=") || is_bus_service(unit));
        let mut command = Command::new("sh");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/live/manager.sh"));
        command.arg("enter").arg(&systemd.root);
        command.env_clear().envs(ENVIRONMENT).current_dir("/").process_group(0);
        command.env("SYSTEMD_LOG_TARGET", "journal");
        command.env("ACTOR", actor).env("STAND_INS", stand_ins(units).join(" "));
        command.env("BUS", if bus { "/run/live/bus.conf" } else { "" });
        command.env("DBUS_SESSION_BUS_ADDRESS", BUS);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut keeper = command.spawn().map_err(|error| format!("sh: {error}"))?;
        let stdin = keeper.stdin.take();
        let mut stdout = BufReader::new(keeper.stdout.take().expect("stdout is piped"));
        let mut manager = Self { keeper, stdin, inside: String::new(), log: Arc::default(), listener: None };
        manager.inside = manager.next_line(&mut stdout)?;
        manager.listen();
        manager.write_bus_configuration();
        let (activation, units): (Vec<Source>, Vec<Source>) = units.iter().cloned().partition(is_bus_service);
        manager.write(UNITS, &units);
        manager.write(BUS_SERVICES, &activation);
        if bus {
            manager.write(UNITS, &bus_units());
        }
        let stdin = manager.stdin.as_mut().expect("it was just piped");
        stdin.write_all(b"go\n").map_err(|error| error.to_string())?;
        manager.next_line(&mut stdout)?;
        let deadline = Instant::now() + START_LIMIT;
        while manager.systemctl(["is-active", "basic.target"]).status != 0 {
            if Instant::now() > deadline {
                let said = fs::read_to_string(manager.path("/run/live/manager.out")).unwrap_or_default();
                return Err(format!("the manager does not come up\n{said}{}", manager.log("").join("\n")));
            }
            thread::sleep(Duration::from_millis(50));
        }
        if bus {
            manager.systemctl(["start", "dbus.service"]);
        }
        Ok(manager)
    }

    /// The next line of the script, or what it complained of before it ended.
    fn next_line(&mut self, stdout: &mut BufReader<ChildStdout>) -> Result<String, String> {
        let mut line = String::new();
        stdout.read_line(&mut line).map_err(|error| error.to_string())?;
        if !line.is_empty() {
            return Ok(line.trim().to_owned());
        }
        let mut said = String::new();
        let mut stderr = self.keeper.stderr.take().expect("stderr is piped");
        stderr.read_to_string(&mut said).map_err(|error| error.to_string())?;
        Err(said.trim().replace('\n', "; "))
    }

    /// Stands in for the journal, and keeps what the manager says.
    fn listen(&mut self) {
        let socket = self.path("/run/systemd/journal/socket");
        let socket = UnixDatagram::bind(socket).expect("/run can be written");
        socket.set_read_timeout(Some(Duration::from_millis(100))).expect("the time is not zero");
        let log = self.log.clone();
        self.listener = Some(thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while !log.closed.load(Ordering::Relaxed) {
                if let Ok(length) = socket.recv(&mut buffer) {
                    let entry = String::from_utf8_lossy(&buffer[..length]);
                    let message = entry.lines().find_map(|line| line.strip_prefix("MESSAGE="));
                    log.lines.lock().expect("nobody panics with it").extend(message.map(str::to_owned));
                }
            }
        }));
    }

    fn write_bus_configuration(&self) {
        let text = format!(
            "<busconfig><type>session</type><listen>{BUS}</listen>\
             <servicedir>{BUS_SERVICES}</servicedir><policy context=\"default\"><allow user=\"*\"/>\
             <allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>"
        );
        fs::write(self.path("/run/live/bus.conf"), text).expect("/run can be written");
    }

    /// Writes units below `folder`; those with absolute paths where they say, below `/run`.
    pub(crate) fn write(&self, folder: &str, units: &[Source]) {
        for unit in units {
            let path = self.path(&Path::new(folder).join(unit.name()).to_string_lossy());
            fs::create_dir_all(path.parent().expect("units lie in folders")).expect("/run can be written");
            match &unit.target {
                Some(target) => symlink(target, path).expect("/run can be written"),
                None => fs::write(path, &unit.text).expect("/run can be written"),
            }
        }
    }

    /// Lets user 65534 run a systemd inside.
    pub(crate) fn open_to_nobody(&self) {
        for folder in ["/run/systemd", "/run/live/nobody"] {
            let folder = self.path(folder);
            fs::create_dir_all(&folder).expect("/run can be written");
            fs::set_permissions(folder, Permissions::from_mode(0o777)).expect("/run can be written");
        }
    }

    /// A path inside, as it is called here.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{inside}", self.inside))
    }

    /// Runs a program inside.
    pub(crate) fn run<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Outcome {
        let mut command = Command::new("nsenter");
        command.args(["--target", &self.inside, "--mount", "--pid", "--cgroup", "--net", "--ipc"]);
        command.args(["timeout", CALL_LIMIT]).args(words);
        command.env_clear().envs(ENVIRONMENT).stdin(Stdio::null());
        let output = command.output().expect("nsenter is there, or there would be no manager");
        let text = [output.stdout, output.stderr].concat();
        Outcome {
            status: output.status.code().unwrap_or(-1),
            output: String::from_utf8_lossy(&text).trim().to_owned(),
        }
    }

    /// `systemctl --user` with these words.
    pub(crate) fn systemctl<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Outcome {
        self.run(["systemctl", "--user"].into_iter().chain(words))
    }

    /// Waits until what was forked has become its program and come to rest; one that never rests, for a second. A service
    /// of `Type=simple` counts as started before that, and a signal would end it before it did anything.
    pub(crate) fn settle(&self) {
        let deadline = Instant::now() + Duration::from_secs(1);
        while self.is_at_work() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether a process runs, or has no program yet: its name is in parentheses then.
    fn is_at_work(&self) -> bool {
        let processes = fs::read_dir(self.path("/proc")).into_iter().flatten().flatten();
        let stats = processes.filter_map(|process| fs::read_to_string(process.path().join("stat")).ok());
        let at_work = |stat: String| {
            let (name, state) = stat.split_once('(').and_then(|(_, rest)| rest.rsplit_once(") "))?;
            Some(name.starts_with('(') && name != "(sd-pam)" || state.starts_with('R'))
        };
        stats.filter_map(at_work).any(|at_work| at_work)
    }

    /// What `systemctl show` says of each unit, by its `Id=` and property.
    pub(crate) fn show(&self, units: &[&str], properties: &[&str]) -> Vec<BTreeMap<String, String>> {
        let list = format!("--property={}", properties.join(","));
        let outcome = self.systemctl([&["show", "--all", &list, "--"], units].concat());
        let blocks = outcome.output.split("\n\n");
        let read = |block: &str| {
            let pairs = block.lines().filter_map(|line| line.split_once('='));
            pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
        };
        blocks.map(read).collect()
    }

    /// When the acts `run:NAME` happened, in seconds of some clock.
    pub(crate) fn runs(&self, name: &str) -> Vec<f64> {
        let text = fs::read_to_string(self.path("/run/live/runs").join(name)).unwrap_or_default();
        let times = text.lines().filter_map(|line| line.split(' ').next());
        times.map(|time| time.parse().expect("the actor writes numbers")).collect()
    }

    /// What the manager logged that begins with `start`.
    pub(crate) fn log(&self, start: &str) -> Vec<String> {
        let lines = self.log.lines.lock().expect("nobody panics with it");
        lines.iter().filter(|line| line.starts_with(start)).cloned().collect()
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        self.log.closed.store(true, Ordering::Relaxed);
        // The script ends with its input, and all processes with it.
        drop(self.stdin.take());
        let _ = self.keeper.wait();
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

const ENVIRONMENT: [(&str, &str); 5] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("HOME", "/run/home"),
    ("XDG_RUNTIME_DIR", "/run/user"),
    ("LANG", "C"),
    ("SYSTEMD_PAGER", ""),
];

/// A manager connects to the bus once these two run. The bus itself was there before, and is none of its services.
fn bus_units() -> [Source; 2] {
    let unit = |name, text| {
        let mut unit = Source::of_marker(name);
        unit.push(text);
        unit
    };
    [
        unit("dbus.socket", "[Socket]\nListenStream=/run/live/no-bus\n"),
        unit("dbus.service", "[Unit]\nRequires=dbus.socket\n[Service]\nExecStart=/run/live/actor forever\n"),
    ]
}

fn is_bus_service(unit: &Source) -> bool {
    unit.text.contains("[D-BUS Service]")
}

/// The programs below `/run/live/bin/` that units name, seen from `/run/live`: the actor plays them all.
fn stand_ins(units: &[Source]) -> Vec<String> {
    let mut names = Vec::new();
    for unit in units {
        for rest in unit.text.split("/run/live/bin/").skip(1) {
            let end = rest.find(|char: char| char.is_whitespace()).unwrap_or(rest.len());
            names.push(format!("bin/{}", &rest[..end]));
        }
    }
    names
}

/// The program that services run, compiled once.
fn actor() -> &'static Result<PathBuf, String> {
    static ACTOR: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    ACTOR.get_or_init(|| {
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-actor");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/live/actor.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&program).arg(source);
        let output = compiler.output().map_err(|error| format!("cc: {error}"))?;
        match output.status.success() {
            true => Ok(program),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    })
}
