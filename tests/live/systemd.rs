//! The systemds that can be asked: the machine's own, and those of other roots that `UNITLS_LIVE_ROOTS` lists.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{OnceLock, PoisonError, RwLock};

use unit_catalog::Version;

use crate::manager::Manager;
use crate::support::Source;

/// An installed systemd.
#[derive(Debug)]
pub(crate) struct Systemd {
    /// Its release.
    pub(crate) version: Version,
    /// The root that it is installed in.
    pub(crate) root: PathBuf,
}

/// Those that managers can be run of, the machine's first. Where there are none, says once why not.
///
/// `UNITLS_LIVE=off` asks none, `UNITLS_LIVE=require` panics where the machine's own cannot be run.
/// `UNITLS_LIVE_ROOTS="257=DIR 262=DIR"` adds others, which must run then.
pub(crate) fn systemds() -> &'static [Systemd] {
    static SYSTEMDS: OnceLock<Vec<Systemd>> = OnceLock::new();
    SYSTEMDS.get_or_init(|| match find() {
        Ok(systemds) => systemds,
        Err(reason) => {
            assert!(!required(), "UNITLS_LIVE=require, but {reason}");
            // Past the test harness, which keeps what passing tests print.
            let _ = writeln!(std::io::stderr(), "tests/live: skipped: {reason}");
            Vec::new()
        }
    })
}

/// Whether it is an error that a systemd cannot be asked.
pub(crate) fn required() -> bool {
    env::var_os("UNITLS_LIVE").is_some_and(|value| value == "require")
}

/// A judge who asks again before complaining (an empty text is no complaint), with no other judge at work. A busy machine
/// may upset a time; what is really otherwise is so on an idle one, too.
pub(crate) fn twice(judge: impl Fn(&Systemd) -> String) -> impl Fn(&Systemd) -> String {
    static AT_WORK: RwLock<()> = RwLock::new(());
    move |systemd| {
        let complaint = {
            let _with_others = AT_WORK.read().unwrap_or_else(PoisonError::into_inner);
            judge(systemd)
        };
        if complaint.is_empty() {
            return complaint;
        }
        let _alone = AT_WORK.write().unwrap_or_else(PoisonError::into_inner);
        judge(systemd)
    }
}

fn find() -> Result<Vec<Systemd>, String> {
    if env::var_os("UNITLS_LIVE").is_some_and(|value| value == "off") {
        return Err("UNITLS_LIVE=off".to_owned());
    }
    let machine = Systemd::new(Path::new("/"))?;
    // With a bus, which some scenarios want.
    let mut probe = Source::of_marker("probe.service");
    probe.push("[Service]\nBusName=org.example.Probe\nExecStart=/bin/true\n");
    Manager::start(&machine, &[probe])
        .map_err(|error| format!("no user manager can be run here: {error}"))?;
    let mut systemds = vec![machine];
    for word in env::var("UNITLS_LIVE_ROOTS").unwrap_or_default().split_whitespace() {
        let (number, root) = word.split_once('=').expect("UNITLS_LIVE_ROOTS is a list of VERSION=DIRECTORY");
        let systemd = Systemd::new(Path::new(root)).unwrap_or_else(|error| panic!("{root}: {error}"));
        assert_eq!(systemd.version.0.to_string(), number, "the release of systemd in {root}");
        if systemds.iter().all(|known: &Systemd| known.version != systemd.version) {
            systemds.push(systemd);
        }
    }
    Ok(systemds)
}

impl Systemd {
    fn new(root: &Path) -> Result<Self, String> {
        let program = "/usr/lib/systemd/systemd";
        // Only root may change the root, and whoever is not root is to be told of the namespaces that they lack.
        let words = if root == Path::new("/") { vec![] } else { vec!["chroot".as_ref(), root.as_os_str()] };
        let output = Command::new("env").args(words).args([program, "--version"]).output();
        let output = output.map_err(|error| format!("env: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let number = text.strip_prefix("systemd ").and_then(|rest| {
            rest.split(|char: char| !char.is_ascii_digit()).next().and_then(|number| number.parse().ok())
        });
        let version = number.map(Version).ok_or_else(|| {
            format!("{program} does not say its version: {}", String::from_utf8_lossy(&output.stderr).trim())
        })?;
        Ok(Self { version, root: root.to_owned() })
    }
}
