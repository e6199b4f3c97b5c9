//! Runs the built `unitls` as a script would, with a limit on its time.
#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a single run may take. Far more than any run needs: what takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// What comes first where findings are wanted as JSON, for systemd 257 and without the machine's units.
const FIXED: [&str; 4] = ["check", "--format=json", "--systemd-version=257", "--system-units=none"];

/// What a run came to.
pub(crate) struct Run {
    /// The exit status; a death by signal fails the test.
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
}

impl Run {
    /// The objects of `--format json`, one a line.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        let object = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.stdout.lines().map(object).collect()
    }

    /// The codes of the findings, from `--format json`.
    pub(crate) fn codes(&self) -> Vec<String> {
        let code = |finding: &serde_json::Value| finding["code"].as_str().expect("a code is text").to_owned();
        self.json().iter().map(code).collect()
    }
}

/// A `unitls` that has not been started: quiet surroundings, so that tests give the same everywhere.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unitls"));
    for variable in ["CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR", "FORCE_COLOR", "UNITLS_LOG", "RUST_BACKTRACE"]
    {
        command.env_remove(variable);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `unitls` in `folder`.
pub(crate) fn unitls<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
    let mut command = command();
    command.current_dir(folder).args(arguments);
    run(command)
}

/// As [`check_json`], by a user who may not read everything, even where root runs the tests.
pub(crate) fn check_json_as_nobody(folder: &Path, arguments: &[&str]) -> Run {
    const NOBODY: u32 = 65534;
    let mut command = command();
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        // Where the tests were built may be no place for others.
        let copy = folder.join("unitls-for-nobody");
        // Not by this process: a child that another test starts meanwhile would have the copy open for writing, and no
        // such file can be run.
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_unitls")).arg(&copy).status();
        assert!(copied.is_ok_and(|status| status.success()), "the binary under test can be copied");
        for path in [folder, &copy] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("these are ours");
        }
        let mut unprivileged = Command::new(copy);
        unprivileged.uid(NOBODY).gid(NOBODY);
        unprivileged.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command = unprivileged;
    }
    command.current_dir(folder).args(FIXED).args(arguments);
    run(command)
}

fn run(mut command: Command) -> Run {
    let started = Instant::now();
    let mut child = command.spawn().expect("the binary under test starts");
    let stdout = collect(child.stdout.take().expect("stdout is piped"));
    let stderr = collect(child.stderr.take().expect("stderr is piped"));
    let status = wait(&mut child, LIMIT);
    let took = started.elapsed();
    let text = |output: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&output.join().expect("reading a pipe does not panic")).into_owned()
    };
    let run = Run { status, stdout: text(stdout), stderr: text(stderr), took };
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    run
}

/// `unitls check --format json`, for systemd 257 and without the machine's units.
pub(crate) fn check_json<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
    let arguments: Vec<_> = arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect();
    unitls(folder, FIXED.iter().map(|argument| OsStr::new(argument).to_owned()).chain(arguments))
}

/// The exit status; panics, and ends the child, when it takes longer than `limit` or dies by a signal.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> i32 {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().expect("the child can be waited for") {
            return status.code().unwrap_or_else(|| panic!("{status}"));
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            panic!("unitls is still running after {limit:?}");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// Reads a pipe to its end, so that the child never waits for a reader.
pub(crate) fn collect(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    })
}

/// A path in this project's `tests` folder.
pub(crate) fn in_tests(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path)
}
