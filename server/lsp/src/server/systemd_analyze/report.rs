//! Runs the installed `systemd-analyze` and reads what it prints.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use tokio::time::timeout;
use unit_catalog::UnitType;
use unit_ide::workspace::Scope;

/// It takes some 20 ms; a unit path on a vanished mount may take for ever.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A unit file, and what systemd-analyze must know to read it as the workspace does.
pub(super) struct Subject {
    /// The fragment.
    pub(super) fragment: PathBuf,
    pub(super) unit_type: Option<UnitType>,
    /// The folders of the unit's search path that hold its files.
    pub(super) folders: Vec<PathBuf>,
    pub(super) scope: Scope,
}

/// One line of what `systemd-analyze verify` prints.
#[derive(PartialEq, Debug)]
pub(super) struct Message {
    pub(super) whom: Whom,
    pub(super) text: String,
}

/// Whom a message concerns.
#[derive(PartialEq, Debug)]
pub(super) enum Whom {
    /// This line of this file, from 1.
    Line(PathBuf, u32),
    /// The unit of this name.
    Unit(String),
    /// Nobody in particular.
    All,
}

/// What `systemd-analyze security` says of a service.
pub(super) struct Exposure {
    /// From 0 to 10, and a word: `9.6 UNSAFE`.
    pub(super) overall: String,
    /// The rows that add something to the whole, the heaviest first.
    pub(super) rows: Vec<Row>,
}

/// One row of its table.
#[derive(Deserialize)]
pub(super) struct Row {
    /// The settings that it is about: `PrivateTmp=`, `User=/DynamicUser=`, `SystemCallFilter=~@clock`.
    pub(super) name: String,
    pub(super) description: String,
    /// What it adds to the whole; nothing where it does not apply.
    exposure: Option<String>,
}

impl Row {
    /// What it adds to the whole.
    pub(super) fn exposure(&self) -> f32 {
        self.exposure.as_deref().and_then(|exposure| exposure.parse().ok()).unwrap_or_default()
    }
}

/// What `systemd-analyze verify` says of a unit and of those that it pulls in.
///
/// # Errors
/// When it is not installed, takes too long, or knows no `verify`.
pub(super) async fn verify(subject: &Subject) -> Result<Vec<Message>, String> {
    // Since 250 it can be told not to report what other units have; before that it reports everything.
    let options = ["verify", "--man=no", "--recursive-errors=no"];
    let mut output = run(subject, &options).await?;
    if error_text(&output).contains("unrecognized option") {
        output = run(subject, &options[..2]).await?;
    }
    if error_text(&output).contains("unrecognized option") {
        return Err(format!("systemd-analyze is too old: {}", error_text(&output).trim()));
    }
    Ok(messages(&error_text(&output)))
}

/// What `systemd-analyze security` says of a service.
///
/// # Errors
/// When it is not installed, takes too long, cannot judge files (before systemd 250), or cannot load the service.
pub(super) async fn security(subject: &Subject) -> Result<Exposure, String> {
    let table = run(subject, &["security", "--offline=yes", "--json=short"]).await?;
    let mut rows: Vec<Row> = serde_json::from_slice(&table.stdout).map_err(|_| {
        format!("systemd-analyze security does not judge the service: {}", error_text(&table).trim())
    })?;
    rows.retain(|row| row.exposure() > 0.0);
    rows.sort_by(|a, b| b.exposure().total_cmp(&a.exposure()));
    let text = run(subject, &["security", "--offline=yes", "--no-pager"]).await?;
    let overall = overall(&String::from_utf8_lossy(&text.stdout));
    Ok(Exposure { overall: overall.unwrap_or_else(|| "unknown".to_owned()), rows })
}

async fn run(subject: &Subject, options: &[&str]) -> Result<Output, String> {
    let mut command = Command::new("systemd-analyze");
    if subject.scope == Scope::User {
        command.arg("--user");
    }
    command.args(options).arg(&subject.fragment);
    // What it reads must not depend on how the editor was started; messages are read below.
    command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0").env("SYSTEMD_LOG_TARGET", "console");
    for variable in ["LEVEL", "COLOR", "LOCATION", "TIME", "TID"] {
        command.env_remove(format!("SYSTEMD_LOG_{variable}"));
    }
    command.env("SYSTEMD_UNIT_PATH", unit_path(&subject.folders));
    command.stdin(Stdio::null()).kill_on_drop(true);
    match timeout(TIME_LIMIT, command.output()).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) if error.kind() == ErrorKind::NotFound => {
            Err("systemd-analyze is not installed here, or not on PATH".to_owned())
        }
        Ok(Err(error)) => Err(format!("systemd-analyze cannot be run: {error}")),
        Err(_) => Err(format!("systemd-analyze took longer than {} s", TIME_LIMIT.as_secs())),
    }
}

/// These folders before those that count anyway; an empty element at the end stands for the usual ones.
fn unit_path(folders: &[PathBuf]) -> OsString {
    let mut path = OsString::new();
    for folder in folders {
        path.push(folder);
        path.push(":");
    }
    path.push(std::env::var_os("SYSTEMD_UNIT_PATH").unwrap_or_default());
    path
}

fn error_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Takes the messages apart, each once: it says many twice.
fn messages(text: &str) -> Vec<Message> {
    let mut messages = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let message = message(line);
        if !messages.contains(&message) {
            messages.push(message);
        }
    }
    messages
}

/// `/path/foo.service:7: text`, `foo.service: text`, or a text.
fn message(line: &str) -> Message {
    let all = || Message { whom: Whom::All, text: line.to_owned() };
    let Some((head, text)) = line.split_once(": ") else { return all() };
    let whom = match head.rsplit_once(':') {
        Some((path, number)) if Path::new(path).is_absolute() => {
            number.parse().ok().map(|number| Whom::Line(path.into(), number))
        }
        _ if !head.contains([' ', '/']) && head.contains('.') => Some(Whom::Unit(head.to_owned())),
        _ => None,
    };
    whom.map_or_else(all, |whom| Message { whom, text: text.to_owned() })
}

/// The line at the end: `→ Overall exposure level for foo.service: 9.6 UNSAFE 😨`.
fn overall(text: &str) -> Option<String> {
    let line = text.lines().rev().find(|line| line.contains("Overall exposure level"))?;
    let mut words = line.rsplit_once(": ")?.1.split_whitespace();
    Some(format!("{} {}", words.next()?, words.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_all_kinds() {
        let text = "/a b/foo.service:6: Unknown key 'Foo' in section [Service], ignoring.\n\
                    foo@i.service: Command /usr/bin/x is not executable: No such file or directory\n\
                    \n\
                    Unit bar.socket has a bad unit file setting.\n\
                    foo@i.service: Command /usr/bin/x is not executable: No such file or directory\n\
                    Failed to prepare filename foo: Invalid argument\n";
        let of = |whom, text: &str| Message { whom, text: text.to_owned() };
        assert_eq!(
            messages(text),
            [
                of(
                    Whom::Line("/a b/foo.service".into(), 6),
                    "Unknown key 'Foo' in section [Service], ignoring."
                ),
                of(
                    Whom::Unit("foo@i.service".to_owned()),
                    "Command /usr/bin/x is not executable: No such file or directory"
                ),
                of(Whom::All, "Unit bar.socket has a bad unit file setting."),
                of(Whom::All, "Failed to prepare filename foo: Invalid argument"),
            ]
        );
    }

    #[test]
    fn the_overall_exposure() {
        let text = "✗ UMask=  Files  0.1\n\n→ Overall exposure level for foo.service: 9.6 UNSAFE 😨\n";
        assert_eq!(overall(text).as_deref(), Some("9.6 UNSAFE"));
        assert_eq!(overall(""), None);
    }
}
