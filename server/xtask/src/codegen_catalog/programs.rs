//! The programs that services run: reads `programs.toml` and `launchers.toml`, checks them, writes `programs.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::data::{Complaints, read_toml};

/// Both files.
pub(super) struct Programs {
    programs: Vec<Program>,
    launchers: Vec<Launcher>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramFile {
    program: Vec<Program>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LauncherFile {
    launcher: Vec<Launcher>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Program {
    names: Vec<String>,
    manual: String,
    evidence: String,
    verified: bool,
    #[serde(default)]
    only_with: Vec<String>,
    default: Conduct,
    #[serde(default)]
    foreground: Vec<String>,
    #[serde(default)]
    background: Vec<String>,
    #[serde(default)]
    config: Vec<String>,
    #[serde(default)]
    job: Vec<String>,
    #[serde(default)]
    valued: Vec<String>,
    #[serde(default)]
    rest_after: Vec<String>,
    #[serde(default)]
    detached: bool,
    #[serde(default)]
    ends: bool,
    #[serde(default)]
    stays_for_notify: bool,
    #[serde(default)]
    single_dash: bool,
    #[serde(rename = "type")]
    ready: Option<Ready>,
    notify: Option<Notify>,
    #[serde(default)]
    notify_with: Vec<String>,
    notify_not_in: Option<u16>,
    #[serde(default)]
    notify_child: bool,
    #[serde(default)]
    no_reload_signal: bool,
    sockets: Option<Sockets>,
    #[serde(default)]
    sockets_with: Vec<String>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Conduct {
    Foreground,
    Background,
    Config,
    Job,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
enum Ready {
    Exec,
    Notify,
    Dbus,
    Forking,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Notify {
    Yes,
    Built,
    Recent,
    App,
    No,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Sockets {
    Auto,
    Required,
    Inetd,
    No,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Launcher {
    names: Vec<String>,
    manual: String,
    conduct: Hands,
    #[serde(default)]
    becomes: Vec<String>,
    #[serde(default)]
    waits: Vec<String>,
    #[serde(default)]
    leaves: Vec<String>,
    #[serde(default)]
    valued: Vec<String>,
    #[serde(default)]
    operands: u8,
    #[serde(default)]
    subcommand: Vec<String>,
    #[serde(default)]
    assignments: bool,
    #[serde(default)]
    script: Vec<String>,
    #[serde(default)]
    command: Vec<String>,
    #[serde(default)]
    module: Vec<String>,
    #[serde(default)]
    inline: Vec<String>,
    #[serde(default)]
    split: Vec<String>,
    interpreter: Option<Interpreter>,
    #[serde(default)]
    shell: bool,
    #[serde(default)]
    execs_last: bool,
    #[serde(default)]
    opaque: bool,
    #[serde(default)]
    single_dash: bool,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
enum Hands {
    Becomes,
    Waits,
    Leaves,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "lowercase")]
enum Interpreter {
    Never,
    Maybe,
}

impl Programs {
    /// Reads and checks both files of the folder.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let read = Self {
            programs: read_toml::<ProgramFile>(folder, "programs.toml")?.program,
            launchers: read_toml::<LauncherFile>(folder, "launchers.toml")?.launcher,
        };
        let mut complaints = Complaints::default();
        read.check(&mut complaints);
        complaints.into_result()?;
        Ok(read)
    }

    fn check(&self, complaints: &mut Complaints) {
        let rows = self.programs.iter().map(|row| ("programs.toml", &row.names));
        let rows = rows.chain(self.launchers.iter().map(|row| ("launchers.toml", &row.names)));
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let mut before = ("", "");
        for (file, names) in rows {
            let first = names.first().map_or("", String::as_str);
            if first.is_empty() {
                complaints.add(file, "a row", "has no name".to_owned());
            }
            if before.0 == file && before.1 > first {
                complaints.add(file, first, format!("must stand before {}", before.1));
            }
            before = (file, first);
            for name in names {
                if let Some(other) = seen.insert(name, file) {
                    complaints.add(file, name, format!("is there twice, also in {other}"));
                }
            }
        }
        for row in &self.programs {
            let mut complain = |what: &str| complaints.add("programs.toml", &row.names[0], what.to_owned());
            if row.manual.is_empty() || row.evidence.is_empty() {
                complain("has no manual or evidence");
            }
            let settled = row.foreground.iter().any(|flag| row.background.contains(flag));
            if settled {
                complain("has a flag that means both foreground and background");
            }
            if row.default == Conduct::Foreground && row.notify == Some(Notify::No) && row.notify_child {
                complain("sends no READY=1, but from a child");
            }
        }
    }

    /// `programs.rs`: both tables, and the names that lead to their rows.
    pub(super) fn emit(&self) -> String {
        let mut out = String::from(
            "//! Programs that services run, and programs that run others; and their names, sorted.\n\
             //! Generated by `cargo xtask codegen` from programs.toml and launchers.toml; do not edit.\n\n\
             use crate::{Conduct, Hands, Interpreter, Launcher, Notify, Program, ProgramRow, Ready, Sockets, Version};\n\n\
             const P: Program = Program::NONE;\nconst L: Launcher = Launcher::NONE;\n",
        );
        out.push_str("\nstatic PROGRAMS: &[Program] = &[\n");
        for row in &self.programs {
            writeln!(out, "    Program {{ {}, ..P }},", program(row).join(", ")).expect("a string");
        }
        out.push_str("];\n\nstatic LAUNCHERS: &[Launcher] = &[\n");
        for row in &self.launchers {
            writeln!(out, "    Launcher {{ {}, ..L }},", launcher(row).join(", ")).expect("a string");
        }
        let mut names: Vec<(&str, String)> = Vec::new();
        for (at, row) in self.programs.iter().enumerate() {
            let row_of = |name| (name, format!("ProgramRow::Program(&PROGRAMS[{at}])"));
            names.extend(row.names.iter().map(String::as_str).map(row_of));
        }
        for (at, row) in self.launchers.iter().enumerate() {
            let row_of = |name| (name, format!("ProgramRow::Launcher(&LAUNCHERS[{at}])"));
            names.extend(row.names.iter().map(String::as_str).map(row_of));
        }
        names.sort();
        out.push_str("];\n\npub(crate) static NAMES: &[(&str, ProgramRow)] = &[\n");
        for (name, row) in names {
            writeln!(out, "    ({name:?}, {row}),").expect("a string");
        }
        out.push_str("];\n");
        out
    }
}

/// The fields of a row that are not the usual ones.
fn program(row: &Program) -> Vec<String> {
    let mut fields = vec![
        format!("names: &{:?}", row.names),
        format!("manual: {:?}", row.manual),
        format!("evidence: {:?}", row.evidence),
        format!("default: Conduct::{:?}", row.default),
    ];
    lists(
        &mut fields,
        &[
            ("only_with", &row.only_with),
            ("foreground", &row.foreground),
            ("background", &row.background),
            ("config", &row.config),
            ("job", &row.job),
            ("valued", &row.valued),
            ("rest_after", &row.rest_after),
            ("notify_with", &row.notify_with),
            ("sockets_with", &row.sockets_with),
        ],
    );
    flags(
        &mut fields,
        &[
            ("verified", row.verified),
            ("detached", row.detached),
            ("ends", row.ends),
            ("stays_for_notify", row.stays_for_notify),
            ("single_dash", row.single_dash),
            ("notify_child", row.notify_child),
            ("no_reload_signal", row.no_reload_signal),
        ],
    );
    fields.extend(row.ready.map(|ready| format!("ready: Ready::{ready:?}")));
    fields.extend(row.notify.map(|notify| format!("notify: Some(Notify::{notify:?})")));
    fields.extend(row.notify_not_in.map(|release| format!("notify_not_in: Some(Version({release}))")));
    fields.extend(row.sockets.map(|sockets| format!("sockets: Some(Sockets::{sockets:?})")));
    fields
}

fn launcher(row: &Launcher) -> Vec<String> {
    let mut fields = vec![
        format!("names: &{:?}", row.names),
        format!("manual: {:?}", row.manual),
        format!("hands: Hands::{:?}", row.conduct),
    ];
    lists(
        &mut fields,
        &[
            ("becomes", &row.becomes),
            ("waits", &row.waits),
            ("leaves", &row.leaves),
            ("valued", &row.valued),
            ("subcommand", &row.subcommand),
            ("script", &row.script),
            ("command", &row.command),
            ("module", &row.module),
            ("inline", &row.inline),
            ("split", &row.split),
        ],
    );
    flags(
        &mut fields,
        &[
            ("assignments", row.assignments),
            ("shell", row.shell),
            ("execs_last", row.execs_last),
            ("opaque", row.opaque),
            ("single_dash", row.single_dash),
        ],
    );
    if row.operands > 0 {
        fields.push(format!("operands: {}", row.operands));
    }
    fields.extend(row.interpreter.map(|kind| format!("interpreter: Some(Interpreter::{kind:?})")));
    fields
}

fn lists(fields: &mut Vec<String>, lists: &[(&str, &Vec<String>)]) {
    let set = lists.iter().filter(|(_, list)| !list.is_empty());
    fields.extend(set.map(|(name, list)| format!("{name}: &{list:?}")));
}

fn flags(fields: &mut Vec<String>, flags: &[(&str, bool)]) {
    fields.extend(flags.iter().filter(|(_, set)| *set).map(|(name, _)| format!("{name}: true")));
}
