//! Calls of the service manager in command lines: `systemctl stop foo.service` and its like, also inside `sh -c`.

use std::ops::Range;

use unit_syntax::TextRange;

use crate::value::extract_word::without_quotes;
use crate::value::{ExecCommand, exec_commands};

/// One call of `systemctl`, `service`, `initctl` or `journalctl`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ManagerCall {
    /// What is asked for: `start`; of journalctl `logs`.
    pub(crate) verb: String,
    /// The units that it names.
    pub(crate) units: Vec<CalledUnit>,
    /// Whether the caller waits until it is done (no `--no-block`).
    pub(crate) waits: bool,
    /// Whether units are started or stopped too that are only to be enabled or disabled (`--now`).
    pub(crate) now: bool,
    /// Who is called.
    pub(crate) manager: CalledManager,
}

/// The manager that a call goes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CalledManager {
    /// That of the system: systemctl asks it, whoever calls.
    System,
    /// That of the caller (`--user`).
    User,
    /// One of another machine or container (`--host=`, `--machine=`).
    Elsewhere,
}

impl CalledManager {
    /// Who these arguments of systemctl call.
    fn of(arguments: &[CalledUnit]) -> Self {
        let is = |names: &[&str]| {
            arguments.iter().any(|word| {
                let option = word.written.split('=').next().unwrap_or_default();
                names.contains(&option)
                    || names.iter().any(|name| name.len() == 2 && option.starts_with(*name))
            })
        };
        match (is(&["--host", "--machine", "-H", "-M"]), is(&["--user"])) {
            (true, _) => Self::Elsewhere,
            (false, true) => Self::User,
            (false, false) => Self::System,
        }
    }
}

impl ManagerCall {
    /// Whether it starts its units, also those that do not run.
    pub(crate) fn starts(&self) -> bool {
        match self.verb.as_str() {
            "start" | "restart" | "reload-or-restart" | "isolate" => true,
            "enable" | "reenable" => self.now,
            _ => false,
        }
    }
}

/// A unit as a command line names it: specifiers and all, often without suffix.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CalledUnit {
    /// The word without its quotes.
    pub(crate) written: String,
    /// Where it stands, in bytes of the value, quotes left out.
    pub(crate) range: TextRange,
}

/// Verbs of systemctl whose arguments are all units, and those of which only the first is.
const UNIT_VERBS: [&str; 35] = [
    "add-requires",
    "add-wants",
    "cat",
    "clean",
    "condrestart",
    "disable",
    "edit",
    "enable",
    "force-reload",
    "freeze",
    "help",
    "is-active",
    "is-enabled",
    "is-failed",
    "isolate",
    "kill",
    "list-dependencies",
    "mask",
    "preset",
    "reenable",
    "reload",
    "reload-or-restart",
    "reload-or-try-restart",
    "reset-failed",
    "restart",
    "revert",
    "set-default",
    "show",
    "start",
    "status",
    "stop",
    "thaw",
    "try-reload-or-restart",
    "try-restart",
    "unmask",
];
const FIRST_UNIT_VERBS: [&str; 3] = ["bind", "mount-image", "set-property"];

/// Options of systemctl whose argument is the next word.
const WITH_ARGUMENT: [&str; 27] = [
    "--boot-loader-entry",
    "--check-inhibitors",
    "--host",
    "--image",
    "--job-mode",
    "--kill-who",
    "--kill-whom",
    "--lines",
    "--machine",
    "--message",
    "--output",
    "--preset-mode",
    "--property",
    "--root",
    "--signal",
    "--state",
    "--timestamp",
    "--type",
    "--what",
    "-H",
    "-M",
    "-P",
    "-n",
    "-o",
    "-p",
    "-s",
    "-t",
];

/// Words before a program that leave it the program.
const LEADERS: [&str; 16] = [
    "!", "command", "do", "elif", "else", "env", "exec", "if", "nice", "nohup", "setsid", "sudo", "then",
    "time", "timeout", "while",
];

/// Whether a value may hold a call: most do not, and need not be split to see it.
pub(crate) fn may_call_manager(value: &str) -> bool {
    ["systemctl", "service", "initctl", "invoke-rc.d", "journalctl"].iter().any(|tool| value.contains(tool))
}

/// Every call in a value of `Exec*=`.
pub(crate) fn manager_calls(value: &str) -> Vec<ManagerCall> {
    if !may_call_manager(value) {
        return Vec::new();
    }
    exec_commands(value).iter().flat_map(|command| calls_in(command, value)).collect()
}

/// The calls that one command of `value` makes.
pub(crate) fn calls_in(command: &ExecCommand, value: &str) -> Vec<ManagerCall> {
    let words = || command.words.iter();
    let program = program_of(&words().map(|word| word.text.as_str()).collect::<Vec<_>>());
    let name = program.and_then(|at| command.words.get(at)?.text.rsplit('/').next());
    let shell = matches!(name, Some("sh" | "bash" | "dash" | "zsh" | "ksh"));
    match words().position(|word| shell && word.text.starts_with('-') && word.text.ends_with('c')) {
        Some(option) => {
            let script = command.words.get(option + 1);
            script.map_or(Vec::new(), |script| calls_in_script(value, script.range.into()))
        }
        None => {
            let words = words().map(|word| {
                let range: Range<usize> = word.range.into();
                let bare = without_quotes(value, range.clone());
                let range = if value.get(bare.clone()) == Some(&word.text) { bare } else { range };
                CalledUnit { written: word.text.clone(), range: range.into() }
            });
            call(&words.collect::<Vec<_>>()).into_iter().collect()
        }
    }
}

/// The calls in a shell script that is a word of `value`. It is read as written: what its quotes and escapes come to
/// matters little for names of units.
fn calls_in_script(value: &str, script: Range<usize>) -> Vec<ManagerCall> {
    let between = |char: char| matches!(char, ';' | '|' | '&' | '(' | ')' | '`' | '\n');
    let mut calls = Vec::new();
    for part in split(value, without_quotes(value, script), between) {
        let words = split(value, part, |char| char.is_ascii_whitespace()).into_iter().map(|word| {
            let range = trim(value, word, &['"', '\'', '\\']);
            CalledUnit { written: value[range.clone()].to_owned(), range: range.into() }
        });
        calls.extend(call(&words.collect::<Vec<_>>()));
    }
    calls
}

/// The calls in the lines of a shell script, each with the number of its line, from 1.
pub(crate) fn calls_in_lines(script: &str) -> impl Iterator<Item = (u32, ManagerCall)> {
    let lines = (1..).zip(script.lines()).filter(|(_, line)| may_call_manager(line));
    let lines = lines.filter(|(_, line)| !line.trim_start().starts_with('#'));
    lines.flat_map(|(number, line)| {
        let calls = calls_in_script(line, 0..line.len()).into_iter();
        calls.map(move |call| (number, call))
    })
}

/// The pieces of a part of `value` between separators, empty ones left out.
fn split(value: &str, part: Range<usize>, separator: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut start = part.start;
    let mut pieces = Vec::new();
    for piece in value[part].split(separator) {
        // Separators are ASCII.
        pieces.push(start..start + piece.len());
        start += piece.len() + 1;
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn trim(value: &str, part: Range<usize>, marks: &[char]) -> Range<usize> {
    let text = &value[part.clone()];
    let start = part.start + (text.len() - text.trim_start_matches(marks).len());
    start..start + text.trim_matches(marks).len()
}

fn call(words: &[CalledUnit]) -> Option<ManagerCall> {
    let program = program_of(&words.iter().map(|word| word.written.as_str()).collect::<Vec<_>>())?;
    let arguments = &words[program + 1..];
    let units = |words: &[&CalledUnit]| words.iter().map(|word| (*word).clone()).collect::<Vec<_>>();
    let waits = !arguments.iter().any(|word| word.written == "--no-block");
    let now = arguments.iter().any(|word| word.written == "--now");
    let manager = CalledManager::of(arguments);
    let plain = plain_arguments(arguments);
    match file_name(&words[program]) {
        "systemctl" | "initctl" => {
            let (verb, rest) = plain.split_first()?;
            let named = match verb.written.as_str() {
                verb if UNIT_VERBS.contains(&verb) => rest,
                verb if FIRST_UNIT_VERBS.contains(&verb) => rest.get(..1)?,
                _ => return None,
            };
            Some(ManagerCall { verb: verb.written.clone(), units: units(named), waits, now, manager })
        }
        "service" | "invoke-rc.d" => match plain.as_slice() {
            [unit, verb, ..] => Some(ManagerCall {
                verb: verb.written.clone(),
                units: vec![(*unit).clone()],
                waits,
                now,
                manager,
            }),
            _ => None,
        },
        "journalctl" => {
            let options = arguments.windows(2).filter(|pair| is_unit_option(&pair[0].written));
            let separate = options.map(|pair| pair[1].clone());
            let joined = arguments.iter().filter_map(|word| {
                let unit =
                    ["--unit=", "--user-unit="].iter().find_map(|key| word.written.strip_prefix(*key))?;
                let range = TextRange::new(word.range.end.checked_sub(unit.len() as u32)?, word.range.end);
                Some(CalledUnit { written: unit.to_owned(), range })
            });
            Some(ManagerCall {
                verb: "logs".to_owned(),
                units: separate.chain(joined).collect(),
                waits: true,
                now,
                manager,
            })
        }
        _ => None,
    }
}

/// The number of the word that is the program: the first that is no leader, no assignment, and nothing that a leader takes
/// (options, the time of `timeout`).
fn program_of(words: &[&str]) -> Option<usize> {
    let mut leader = "";
    words.iter().position(|word| {
        let name = word.rsplit('/').next().unwrap_or_default();
        if LEADERS.contains(&name) {
            leader = name;
            return false;
        }
        let taken = !leader.is_empty() && word.starts_with('-')
            || leader == "timeout" && word.starts_with(|char: char| char.is_ascii_digit());
        !taken && !is_assignment(word)
    })
}

/// The arguments that are no options and not those of options.
fn plain_arguments(arguments: &[CalledUnit]) -> Vec<&CalledUnit> {
    let mut plain = Vec::new();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word.written == "--" {
            plain.extend(words);
            break;
        }
        if WITH_ARGUMENT.contains(&word.written.as_str()) {
            words.next();
        } else if !word.written.starts_with('-') {
            plain.push(word);
        }
    }
    plain
}

fn file_name(program: &CalledUnit) -> &str {
    program.written.rsplit('/').next().unwrap_or_default()
}

fn is_unit_option(word: &str) -> bool {
    matches!(word, "-u" | "--unit" | "--user-unit")
}

/// Whether a word sets a variable for the program behind it.
fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls as `verb unit unit`, each unit as its range says.
    fn calls(value: &str) -> Vec<String> {
        let text = |unit: &CalledUnit| value[Range::from(unit.range)].to_owned();
        let shown = |call: ManagerCall| {
            let units: Vec<_> = call.units.iter().map(text).collect();
            format!("{}{} {}", call.verb, if call.waits { "" } else { "!" }, units.join(" "))
        };
        manager_calls(value).into_iter().map(shown).collect()
    }

    #[test]
    fn programs_and_verbs() {
        assert_eq!(calls("/bin/systemctl stop a.service b"), ["stop a.service b"]);
        assert_eq!(calls("-systemctl --no-block --user restart \"%n\""), ["restart! %n"]);
        assert_eq!(calls("systemctl -s HUP kill a.service ; service b stop"), ["kill a.service", "stop b"]);
        assert_eq!(calls("systemctl set-property a.slice CPUQuota=10%%"), ["set-property a.slice"]);
        assert_eq!(calls("/usr/bin/env LANG=C sudo systemctl -- start a"), ["start a"]);
        assert_eq!(calls("timeout -k 5 10s systemctl stop a"), ["stop a"]);
        assert_eq!(calls("/usr/bin/env bash -c 'systemctl stop a'"), ["stop a"]);
        assert_eq!(calls("invoke-rc.d a restart"), ["restart a"]);
        assert_eq!(calls("journalctl -n 5 -u a.service --unit=b"), ["logs a.service b"]);
        for none in ["systemctl daemon-reload", "echo systemctl stop a", "service", "systemctl", "service a"]
        {
            assert_eq!(calls(none), [""; 0], "{none}");
        }
    }

    #[test]
    fn managers() {
        let manager = |value: &str| manager_calls(value)[0].manager;
        for (value, called) in [
            ("systemctl start a", CalledManager::System),
            ("systemctl --user start a", CalledManager::User),
            ("systemctl -Hroot@x start a", CalledManager::Elsewhere),
            ("systemctl --machine=me@.host --user start a", CalledManager::Elsewhere),
            ("systemctl -M box restart a", CalledManager::Elsewhere),
        ] {
            assert_eq!(manager(value), called, "{value}");
        }
    }

    #[test]
    fn scripts() {
        assert_eq!(
            calls(
                "/bin/sh -c 'test -e /x && exec systemctl start \"a.service\" b; echo $(systemctl is-active c)'"
            ),
            ["start a.service b", "is-active c"]
        );
        assert_eq!(calls(r#"/bin/bash -ec "systemctl stop \"a.service\"""#), ["stop a.service"]);
        assert_eq!(calls("/bin/sh -c 'echo service dice stop'"), [""; 0]);
        assert_eq!(calls("/bin/sh -c"), [""; 0]);
        assert_eq!(calls("/bin/sh -c 'systemctl stop ü\u{a0}x y"), ["stop ü\u{a0}x y"]);
    }
}
