//! A language server driven over stdio for measurements: started, asked, waited for, and ended.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A server that leaves a step unanswered for so long has no figure for it.
const PATIENCE: Duration = Duration::from_secs(20);
/// A session that takes longer is ended: a server that no longer reads its input would hold it up for good.
const SESSION: Duration = Duration::from_secs(600);
/// How long a server may take to leave after `shutdown`, and again after `exit`.
const FAREWELL: Duration = Duration::from_secs(2);

/// A server to start.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) command: Vec<String>,
}

/// Builds one executable of the package `unitls` and asks cargo where it is.
pub(crate) fn built(name: &str, target: &[&str]) -> Result<Server, String> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--package", "unitls"])
        .arg("--message-format=json-render-diagnostics")
        .args(target)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} does not build"));
    }
    let executable = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .ok_or_else(|| format!("cargo does not say where it put {name}"))?;
    Ok(Server { name: name.to_owned(), command: vec![executable] })
}

/// Why a step has no figure.
pub(crate) enum Failure {
    /// The server lives, but did not do this step.
    Step(String),
    /// The server is gone, and the session with it.
    Gone,
}

/// A message from the server. `received` is the moment its last byte was read, before it was parsed.
pub(crate) struct Incoming {
    pub(crate) received: Instant,
    pub(crate) bytes: usize,
    pub(crate) body: Value,
}

/// One running server. Its process ends with this value.
pub(crate) struct Client {
    process: Arc<Mutex<Child>>,
    pid: u32,
    /// Closed with this value, which calls off the end of the session.
    _running: Sender<()>,
    stdin: ChildStdin,
    incoming: Receiver<Incoming>,
    last_id: u64,
}

impl Client {
    pub(crate) fn spawn(server: &Server, errors: &Path) -> Result<Client, String> {
        let errors = File::create(errors).map_err(|error| format!("cannot keep its stderr: {error}"))?;
        let mut process = Command::new(&server.command[0])
            .args(&server.command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", server.command[0]))?;
        let stdin = process.stdin.take().expect("stdin was asked to be piped");
        let stdout = process.stdout.take().expect("stdout was asked to be piped");
        let (sender, incoming) = mpsc::channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Ok(body) = read_frame(&mut stdout) {
                let received = Instant::now();
                let Ok(parsed) = serde_json::from_slice(&body) else {
                    break;
                };
                let message = Incoming { received, bytes: body.len(), body: parsed };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let pid = process.id();
        let process = Arc::new(Mutex::new(process));
        let (running, ended) = mpsc::channel();
        let watched = Arc::clone(&process);
        thread::spawn(move || {
            if ended.recv_timeout(SESSION) == Err(RecvTimeoutError::Timeout) {
                end(&watched);
            }
        });
        Ok(Client { pid, process, _running: running, stdin, incoming, last_id: 0 })
    }

    /// Writes one message. Gives the moment before its first byte was written.
    pub(crate) fn send(&mut self, message: &Value) -> Result<Instant, Failure> {
        let body = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        let sent = Instant::now();
        let written = self.stdin.write_all(frame.as_bytes());
        written.map_err(|_| Failure::Gone)?;
        Ok(sent)
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) -> Result<Instant, Failure> {
        // What still comes for an earlier step is not the answer to this one.
        while let Ok(message) = self.incoming.try_recv() {
            self.oblige(&message.body)?;
        }
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}))
    }

    /// Gives the answer and the moment of asking.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Result<(Incoming, Instant), Failure> {
        self.last_id += 1;
        let id = self.last_id;
        let sent = self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))?;
        let answer = self.wait(PATIENCE, method, |body| body["id"] == id && body.get("method").is_none())?;
        match answer.body.get("error") {
            Some(error) => Err(Failure::Step(format!("{method} was refused: {error}"))),
            None => Ok((answer, sent)),
        }
    }

    /// Waits for the diagnostics of this version of the file; a server that names no version is taken at its word.
    pub(crate) fn diagnostics(&mut self, uri: &str, version: u64) -> Result<Incoming, Failure> {
        self.wait(PATIENCE, "textDocument/publishDiagnostics", |body| {
            let (method, params) = (&body["method"], &body["params"]);
            method == "textDocument/publishDiagnostics"
                && params["uri"] == uri
                && params["version"].as_u64().is_none_or(|found| found == version)
        })
    }

    /// Waits for a message.
    pub(crate) fn wait(
        &mut self,
        patience: Duration,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Result<Incoming, Failure> {
        let deadline = Instant::now() + patience;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.incoming.recv_timeout(left) {
                Ok(message) if wanted(&message.body) => return Ok(message),
                Ok(message) => self.oblige(&message.body)?,
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Gone),
                Err(RecvTimeoutError::Timeout) => {
                    let seconds = patience.as_secs();
                    return Err(Failure::Step(format!("no {what} within {seconds} s")));
                }
            }
        }
    }

    /// Answers a request of the server, as an editor without any settings would.
    fn oblige(&mut self, body: &Value) -> Result<(), Failure> {
        let (Some(id), Some(method)) = (body.get("id"), body.get("method")) else {
            return Ok(());
        };
        let result = match body["params"]["items"].as_array() {
            Some(items) if method == "workspace/configuration" => {
                json!(vec![Value::Null; items.len()])
            }
            _ => Value::Null,
        };
        self.send(&json!({"jsonrpc": "2.0", "id": id, "result": result}))?;
        Ok(())
    }

    /// The most memory that the process itself ever held, in KiB (`VmHWM`, see proc_pid_status(5)); Linux only.
    pub(crate) fn peak_memory(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    }

    /// The processor time that the process has taken so far, in milliseconds (proc_pid_stat(5)); Linux
    /// only.
    pub(crate) fn processor_time(&self) -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).ok()?;
        // The name of the program may hold blanks; fields 14 and 15 are counted from the first, in ticks of 10 ms.
        let fields: Vec<_> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
        Some(ticks * 10.0)
    }

    pub(crate) fn say_goodbye(&mut self) {
        let id = u64::MAX;
        let asked = self.send(&json!({"jsonrpc": "2.0", "id": id, "method": "shutdown"}));
        let answered = asked.and_then(|_| self.wait(FAREWELL, "shutdown", |body| body["id"] == id));
        if answered.is_ok() && self.send(&json!({"jsonrpc": "2.0", "method": "exit"})).is_ok() {
            self.exit_status();
        }
    }

    fn exit_status(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + FAREWELL;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = lock(&self.process).try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// What there is to say about a server that closed its pipes in the middle of the script.
    pub(crate) fn last_words(&mut self, errors: &Path) -> String {
        let end = match self.exit_status() {
            Some(status) => format!("ended before the script did ({status})"),
            None => "closed its output, or wrote what is not JSON-RPC".to_owned(),
        };
        let errors = fs::read_to_string(errors).unwrap_or_default();
        match errors.lines().rfind(|line| !line.trim().is_empty()) {
            Some(line) => format!("{end}: {line}"),
            None => end,
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        end(&self.process);
    }
}

pub(crate) fn end(process: &Mutex<Child>) {
    let mut process = lock(process);
    // Both fail only for a process that has ended already.
    let _ = process.kill();
    let _ = process.wait();
}

pub(crate) fn lock(process: &Mutex<Child>) -> MutexGuard<'_, Child> {
    process.lock().expect("nobody panics while holding a process")
}

/// Reads one message of the base protocol: headers, an empty line, as many bytes as `Content-Length` says.
pub(crate) fn read_frame(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                length = value.trim().parse().ok();
            }
            Some(_) => {}
            None => break,
        }
    }
    let length: usize = length.ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(body)
}

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The smallest sample that at least `percent` percent of the samples do not exceed.
pub(crate) fn percentile(samples: &[f64], percent: usize) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * percent).div_ceil(100).max(1) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let samples: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(percentile(&samples, 50), 100.0);
        assert_eq!(percentile(&samples, 95), 190.0);
        assert_eq!(percentile(&[7.0], 95), 7.0);
    }

    #[test]
    fn frames_are_read_by_their_length() {
        let mut input =
            &b"content-length: 2\r\nContent-Type: x; charset=utf-8\r\n\r\n{}Content-Length: 4\r\n\r\nnull"[..];
        assert_eq!(read_frame(&mut input).expect("a frame"), b"{}");
        assert_eq!(read_frame(&mut input).expect("a frame"), b"null");
        assert!(read_frame(&mut input).is_err());
        assert!(read_frame(&mut &b"X: 1\r\n\r\n{}"[..]).is_err());
    }
}
