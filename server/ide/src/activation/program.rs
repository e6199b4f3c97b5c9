//! What a service runs: the program behind `ExecStart=`, through wrappers and shells, and how it behaves.

use std::cell::Cell;

use unit_catalog::{
    Conduct, Hands, Interpreter, Launcher, Notify, Program, ProgramRow, Section, Sockets, program_row,
};
use unit_syntax::TextRange;

use super::arguments::{Arguments, CallWord, Style};
use super::shell::Script;
use crate::value::{ExecCommand, exec_commands, words_of};
use crate::workspace::{Effective, File, Setting};

/// Wrappers in wrappers are looked through this far.
const MOST_WRAPPERS: usize = 8;

/// A command line of a service with the program that it really runs.
#[derive(Clone, Debug)]
pub struct Launch<'a> {
    /// The line that holds it.
    pub setting: Setting<'a>,
    /// The command as it stands there.
    pub command: ExecCommand,
    /// The programs that run the real one, outermost first.
    pub via: Vec<Via>,
    /// The real program and its arguments.
    pub words: Vec<CallWord>,
    /// What is known of the real program.
    pub program: Option<&'static Program>,
    /// The innermost shell script on the way.
    pub script: Option<Script>,
    /// A program text of another language on the command line (`python -c`).
    pub inline: Option<String>,
}

/// A program on the way to the real one.
#[derive(Clone, Copy, Debug)]
pub struct Via {
    /// What is known of it.
    pub launcher: &'static Launcher,
    /// What became of its process.
    pub hands: Hands,
}

/// What the first process of a command does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It stays.
    Foreground(Reason),
    /// It exits while the program goes on.
    Background(Reason),
    /// A configuration file decides.
    Config,
    /// It ends by itself when its work is done.
    Job,
    /// Nothing known says.
    Unknown,
}

/// Why a program behaves as it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// The word of the command line of this number says so.
    Flag(Option<usize>),
    /// It does so unless told otherwise.
    Default,
    /// A configuration file that the call names may say otherwise.
    DefaultButConfig,
}

impl<'a> Launch<'a> {
    /// The commands of a service's lines of one key (`ExecStart`), in the order in which they run.
    pub fn all(unit: &Effective<'a>, key: &str) -> Vec<Self> {
        Self::of_lines(unit, unit.list(Section::Service, key))
    }

    /// The commands of these lines of the unit.
    pub(crate) fn of_lines(unit: &Effective<'a>, lines: impl IntoIterator<Item = Setting<'a>>) -> Vec<Self> {
        let environment = Environment::new(unit);
        let mut launches = Vec::new();
        for setting in lines {
            for command in exec_commands(setting.value()) {
                launches.push(Self::of(setting, command, &environment));
            }
        }
        launches
    }

    fn of(setting: Setting<'a>, command: ExecCommand, environment: &Environment<'_, '_>) -> Self {
        let mut words = environment.expand(&command);
        if command.prefixes.contains('@') && words.len() > 1 {
            words.remove(1);
        }
        let mut launch =
            Self { setting, command, via: Vec::new(), words, program: None, script: None, inline: None };
        while launch.via.len() < MOST_WRAPPERS {
            let Some(ProgramRow::Launcher(launcher)) = program_row(launch.name()) else { break };
            if !launch.look_through(launcher) {
                break;
            }
        }
        launch.settle_program();
        launch
    }

    /// The real program's file name.
    pub fn name(&self) -> &str {
        file_name(self.words.first().map_or("", |word| &word.text))
    }

    /// The range of the command in its file.
    pub fn range(&self) -> TextRange {
        self.setting.entry.value_to_source(self.command.range)
    }

    /// The file that holds it.
    pub fn file(&self) -> &'a std::sync::Arc<File> {
        self.setting.file
    }

    /// The range of a word of the real call where it stands in the file, else of the whole command.
    pub fn word_range(&self, word: usize) -> TextRange {
        let index = self.words.get(word).and_then(|word| word.index);
        let written = index.and_then(|index| self.command.words.get(index));
        written.map_or(self.range(), |word| self.setting.entry.value_to_source(word.range))
    }

    /// What became of the process that systemd started: the program itself, a parent that waits, or gone.
    pub fn hands(&self) -> Hands {
        let any = |hands| self.via.iter().any(|via| via.hands == hands);
        match () {
            () if any(Hands::Leaves) => Hands::Leaves,
            () if any(Hands::Waits) => Hands::Waits,
            () => Hands::Becomes,
        }
    }

    /// The outermost program whose process is not, or does not become, the real one.
    pub fn parent(&self) -> Option<Via> {
        self.via.iter().copied().find(|via| via.hands != Hands::Becomes)
    }

    /// The interpreter that runs the real program, where one does.
    pub fn interpreter(&self) -> Option<(&'static Launcher, Interpreter)> {
        self.via.iter().rev().find_map(|via| Some((via.launcher, via.launcher.interpreter?)))
    }

    /// Whether arguments of the real program are out of sight.
    pub fn hides_arguments(&self) -> bool {
        match self.program {
            Some(program) => self.arguments(program).hidden,
            None => self.words.iter().skip(1).any(|word| word.hidden),
        }
    }

    /// What the process that systemd starts does.
    pub fn mode(&self) -> Mode {
        if let Some(script) = &self.script {
            if script.leaves_something() {
                return Mode::Background(Reason::Flag(None));
            }
            if script.loops_forever {
                return Mode::Foreground(Reason::Flag(None));
            }
        }
        if self.via.iter().any(|via| via.hands == Hands::Leaves) {
            return Mode::Background(Reason::Flag(None));
        }
        let Some(program) = self.program else { return Mode::Unknown };
        let arguments = self.arguments(program);
        let background = arguments.best(program.background);
        let foreground = arguments.best(program.foreground);
        let flag = |word: usize| Reason::Flag(Some(word + 1));
        if program.job.iter().any(|pattern| arguments.find(pattern).is_some()) {
            return Mode::Job;
        }
        match (foreground, background) {
            (Some((measure, word)), other) if other.is_none_or(|(other, _)| other <= measure) => {
                return Mode::Foreground(flag(word));
            }
            (_, Some((_, word))) => return Mode::Background(flag(word)),
            _ => {}
        }
        if self.hides_arguments() {
            return Mode::Unknown;
        }
        let config = program.config.iter().any(|pattern| arguments.find(pattern).is_some());
        let reason = if config { Reason::DefaultButConfig } else { Reason::Default };
        match program.default {
            Conduct::Foreground => Mode::Foreground(reason),
            Conduct::Background => Mode::Background(reason),
            Conduct::Config => Mode::Config,
            Conduct::Job => Mode::Job,
        }
    }

    /// Whether the program sends `READY=1` as it is called here; `None` when nobody knows.
    pub fn notifies(&self) -> Option<Notify> {
        let program = self.program?;
        let notify = program.notify?;
        if program.notify_with.is_empty() || self.calls(program, program.notify_with) {
            return Some(notify);
        }
        (!self.hides_arguments()).then_some(Notify::No)
    }

    /// What the program does about passed descriptors as it is called here; `None` when nobody knows.
    pub fn sockets(&self) -> Option<Sockets> {
        let program = self.program?;
        let sockets = program.sockets?;
        if program.sockets_with.is_empty() || self.calls(program, program.sockets_with) {
            return Some(sockets);
        }
        (!self.hides_arguments()).then_some(Sockets::No)
    }

    /// Whether one of the catalog's patterns matches the real call.
    fn calls(&self, program: &Program, patterns: &[&'static str]) -> bool {
        let arguments = self.arguments(program);
        patterns.iter().any(|pattern| arguments.find(pattern).is_some())
    }

    fn arguments(&self, program: &Program) -> Arguments<'_> {
        let style = Style {
            valued: program.valued,
            single_dash: program.single_dash,
            rest_after: program.rest_after,
            stops_at_operand: false,
        };
        Arguments::read(self.words.get(1..).unwrap_or_default(), style)
    }

    fn settle_program(&mut self) {
        let Some(ProgramRow::Program(program)) = program_row(self.name()) else { return };
        if program.only_with.is_empty() || self.calls(program, program.only_with) {
            self.program = Some(program);
        }
    }

    /// Puts the program that a launcher runs in the launcher's place; false when it cannot be told.
    fn look_through(&mut self, launcher: &'static Launcher) -> bool {
        let style = Style {
            valued: launcher.valued,
            single_dash: launcher.single_dash,
            rest_after: &[],
            stops_at_operand: false,
        };
        let words = self.words.get(1..).unwrap_or_default();
        let all = Arguments::read(words, style);
        // Options behind the command are the command's.
        let own = Arguments::read(
            words,
            Style { stops_at_operand: launcher.script.is_empty() || launcher.shell, ..style },
        );
        let has = |patterns: &[&str]| patterns.iter().any(|pattern| own.find(pattern).is_some());
        let mut hands = launcher.hands;
        for (patterns, other) in [
            (launcher.becomes, Hands::Becomes),
            (launcher.waits, Hands::Waits),
            (launcher.leaves, Hands::Leaves),
        ] {
            if has(patterns) {
                hands = other;
            }
        }
        if launcher.opaque {
            self.via.push(Via { launcher, hands });
            self.words.truncate(1);
            return false;
        }
        if let Some((_, text)) = own.value_of(launcher.inline) {
            self.inline = Some(text.to_owned());
            self.via.push(Via { launcher, hands });
            return false;
        }
        if let Some((_, text)) = own.value_of(launcher.script) {
            let script = Script::read(&text.replace("$$", "$"));
            self.enter_script(launcher, hands, script);
            return self.script.as_ref().is_some_and(|script| !script.commands.is_empty());
        }
        if launcher.shell {
            // A file of commands: the shell itself is what runs.
            hands = Hands::Becomes;
        }
        let Some(next) = command_of(launcher, words, &all, &own) else {
            self.via.push(Via { launcher, hands });
            return false;
        };
        self.via.push(Via { launcher, hands });
        self.words = next;
        true
    }

    fn enter_script(&mut self, launcher: &'static Launcher, hands: Hands, script: Script) {
        let alone = script.commands.len() == 1;
        let main = script.main();
        let is_last = main.is_some_and(|main| main + 1 == script.commands.len());
        let main = main.map(|main| &script.commands[main]);
        let left = script.leaves_something();
        let hands = match main {
            _ if left => Hands::Leaves,
            Some(main) if main.exec && (alone || main.main_shell) && launcher.shell => Hands::Becomes,
            Some(main) if launcher.execs_last && is_last && main.main_shell && !main.nested => Hands::Becomes,
            _ => hands,
        };
        let command = if left { script.commands.iter().rfind(|command| command.background) } else { main };
        let words = command.map(|command| command.words.clone()).unwrap_or_default();
        let word = |word: super::shell::ShellWord| CallWord {
            hidden: word.splits || word.text.starts_with('$'),
            text: word.text,
            index: None,
        };
        self.words = words.into_iter().map(word).collect();
        self.via.push(Via { launcher, hands });
        self.script = Some(script);
    }
}

/// The words of the call that a launcher's words hold.
fn command_of(
    launcher: &Launcher,
    words: &[CallWord],
    all: &Arguments<'_>,
    own: &Arguments<'_>,
) -> Option<Vec<CallWord>> {
    let new = |text: &str| CallWord { text: text.to_owned(), hidden: false, index: None };
    if let Some((_, line)) = own.value_of(launcher.split) {
        return Some(line.split_whitespace().map(new).collect());
    }
    if let Some((at, module)) = own.value_of(launcher.module) {
        let rest = words.get(at + 2..).unwrap_or_default().iter().cloned();
        return Some(std::iter::once(new(module)).chain(rest).collect());
    }
    if let Some((at, program)) = launcher.command.iter().find_map(|option| all.value_of(&[option])) {
        let separator = words.iter().position(|word| word.text == "--");
        let rest = words.get(separator.map_or(at + 2, |at| at + 1)..).unwrap_or_default().iter().cloned();
        return Some(std::iter::once(new(program)).chain(rest).collect());
    }
    let mut skip = usize::from(launcher.operands);
    let mut start = None;
    let mut operands = all.operands.iter();
    for (at, text) in operands.by_ref() {
        if launcher.assignments && text.split_once('=').is_some_and(|(name, _)| !name.contains('/')) {
            continue;
        }
        if !launcher.subcommand.is_empty() {
            if launcher.subcommand.contains(text) {
                start = Some(at + 1);
            }
            break;
        }
        if skip == 0 {
            start = Some(*at);
            break;
        }
        skip -= 1;
    }
    let mut rest = words.get(start?..)?;
    while rest.first().is_some_and(|word| word.text.starts_with("--")) {
        rest = &rest[1..];
    }
    let hidden = rest.first()?.hidden;
    (!hidden).then(|| rest.to_vec())
}

/// What the service's own `Environment=` lines set, for `$VAR` in command lines.
struct Environment<'u, 'a> {
    unit: &'u Effective<'a>,
    /// Its lines are read when a command first asks.
    variables: Cell<Option<Vec<(String, String)>>>,
}

impl<'u, 'a> Environment<'u, 'a> {
    fn new(unit: &'u Effective<'a>) -> Self {
        Self { unit, variables: Cell::new(None) }
    }

    /// A command's words with variables put in as `replace_env_argv()` does, as far as the unit itself sets them.
    fn expand(&self, command: &ExecCommand) -> Vec<CallWord> {
        let mut words = Vec::with_capacity(command.words.len());
        for (index, word) in command.words.iter().enumerate() {
            let index = Some(index);
            let text = word.text.as_str();
            if !text.contains('$') || command.prefixes.contains(':') {
                let hidden = text.starts_with("-%") || text.starts_with("--%");
                words.push(CallWord { text: text.to_owned(), hidden, index });
                continue;
            }
            let name = text.strip_prefix('$').filter(|name| is_name(name));
            let braced = text.strip_prefix("${").and_then(|text| text.strip_suffix('}'));
            match (name, braced.filter(|name| is_name(name))) {
                (Some(name), _) => match self.value(name) {
                    Some(value) => {
                        let parts = words_of(&value).into_iter();
                        words.extend(parts.map(|text| CallWord { text, hidden: false, index }));
                    }
                    None => words.push(CallWord { text: text.to_owned(), hidden: true, index }),
                },
                (None, Some(name)) => match self.value(name) {
                    Some(text) => words.push(CallWord { text, hidden: false, index }),
                    None => words.push(CallWord { text: text.to_owned(), hidden: true, index }),
                },
                (None, None) => {
                    let hidden = text.starts_with('$') && !text.starts_with("$$");
                    words.push(CallWord { text: text.replace("$$", "$"), hidden, index });
                }
            }
        }
        words
    }

    /// A variable's value, where the unit itself settles it.
    fn value(&self, name: &str) -> Option<String> {
        let known = self.variables.take().unwrap_or_else(|| self.read());
        let value = known.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        self.variables.set(Some(known));
        value
    }

    fn read(&self) -> Vec<(String, String)> {
        // Files come last and win.
        if !self.unit.list(Section::Service, "EnvironmentFile").is_empty() {
            return Vec::new();
        }
        let lines = self.unit.list(Section::Service, "Environment");
        let words = lines.iter().flat_map(|setting| words_of(setting.value()));
        let unset: Vec<String> = self
            .unit
            .list(Section::Service, "UnsetEnvironment")
            .iter()
            .flat_map(|setting| words_of(setting.value()))
            .collect();
        words
            .filter(|word| !word.contains('%'))
            .filter_map(|word| word.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
            .filter(|(name, _)| !unset.contains(name))
            .collect()
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
