//! Programs that services run: foreground or background, readiness, passed sockets; and programs that run others.

use crate::{Version, generated::programs::NAMES};

/// What is known of a program (`data/programs.toml`). Its flags are patterns, as that file's head explains.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Program {
    /// File names, without folders and version numbers.
    pub names: &'static [&'static str],
    /// The manual page or option reference that the row rests on.
    pub manual: &'static str,
    /// What stands there, in our words.
    pub evidence: &'static str,
    /// Whether that is known for sure.
    pub verified: bool,
    /// The row speaks of calls with one of these alone; of all when empty.
    pub only_with: &'static [&'static str],
    /// What it does without a flag.
    pub default: Conduct,
    /// What keeps it in the foreground.
    pub foreground: &'static [&'static str],
    /// What sends it to the background.
    pub background: &'static [&'static str],
    /// What names a configuration file that may turn the default around.
    pub config: &'static [&'static str],
    /// Calls that end by themselves.
    pub job: &'static [&'static str],
    /// Options whose value is the next word.
    pub valued: &'static [&'static str],
    /// Words behind which another program's call stands.
    pub rest_after: &'static [&'static str],
    /// What it leaves in the background lives outside the service.
    pub detached: bool,
    /// In the foreground it may still end by itself.
    pub ends: bool,
    /// It stays in the foreground where systemd waits for `READY=1`.
    pub stays_for_notify: bool,
    /// A word behind one dash is one option.
    pub single_dash: bool,
    /// The `Type=` that fits it in the foreground.
    pub ready: Ready,
    /// Whether it sends `READY=1`; `None` when nobody looked.
    pub notify: Option<Notify>,
    /// It does so with one of these alone; always when empty.
    pub notify_with: &'static [&'static str],
    /// For programs of systemd itself: the last release that is known not to send it.
    pub notify_not_in: Option<Version>,
    /// `READY=1` comes from another process than the first.
    pub notify_child: bool,
    /// SIGHUP ends it.
    pub no_reload_signal: bool,
    /// What it does about passed descriptors; `None` when nobody looked.
    pub sockets: Option<Sockets>,
    /// It does so with one of these alone; always when empty.
    pub sockets_with: &'static [&'static str],
}

/// What a program does with its first process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Conduct {
    /// It stays.
    Foreground,
    /// It forks, and the first process exits.
    Background,
    /// Its configuration file says.
    Config,
    /// It does its work and exits.
    Job,
}

/// The `Type=` that fits a program in the foreground.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ready {
    /// `Type=exec`: nothing better is known.
    Exec,
    /// `Type=notify`.
    Notify,
    /// `Type=dbus`.
    Dbus,
    /// `Type=forking`: there is no foreground.
    Forking,
}

/// Whether a program sends `READY=1`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notify {
    /// It does.
    Yes,
    /// Where it was built so.
    Built,
    /// In recent releases.
    Recent,
    /// It does not, but the program that it hosts may.
    App,
    /// In no release.
    No,
}

/// What a program does about descriptors passed by systemd.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sockets {
    /// It takes them when there are any, or is told so by its configuration.
    Auto,
    /// It cannot work without them.
    Required,
    /// It serves one connection on standard input.
    Inetd,
    /// It binds by itself.
    No,
}

/// A program that runs another one (`data/launchers.toml`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Launcher {
    /// File names, without folders and version numbers.
    pub names: &'static [&'static str],
    /// The manual page or option reference that the row rests on.
    pub manual: &'static str,
    /// What becomes of the first process.
    pub hands: Hands,
    /// Options with which it becomes the program.
    pub becomes: &'static [&'static str],
    /// Options with which it waits for the program.
    pub waits: &'static [&'static str],
    /// Options with which it leaves the program behind.
    pub leaves: &'static [&'static str],
    /// Options whose value is the next word.
    pub valued: &'static [&'static str],
    /// So many words of its own stand before the command.
    pub operands: u8,
    /// The command stands behind one of these words.
    pub subcommand: &'static [&'static str],
    /// `NAME=VALUE` words may stand before the command.
    pub assignments: bool,
    /// Options whose value is a shell script.
    pub script: &'static [&'static str],
    /// Options whose value is the program.
    pub command: &'static [&'static str],
    /// Options whose value is a module that counts as the program.
    pub module: &'static [&'static str],
    /// Options whose value is a program text of its own language.
    pub inline: &'static [&'static str],
    /// Options whose value is the whole command line.
    pub split: &'static [&'static str],
    /// It interprets files of a language, whose programs may or may not fork into the background.
    pub interpreter: Option<Interpreter>,
    /// Its language is that of sh(1).
    pub shell: bool,
    /// As a shell, it becomes the last command of its script.
    pub execs_last: bool,
    /// What it runs is written down elsewhere (`package.json`).
    pub opaque: bool,
    /// A word behind one dash is one option.
    pub single_dash: bool,
}

/// What becomes of a launcher's own process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hands {
    /// It becomes the program (execve).
    Becomes,
    /// It stays; the program is its child.
    Waits,
    /// It exits at once; the program goes on.
    Leaves,
}

/// What programs of an interpreted language do with their first process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Interpreter {
    /// They stay in the foreground: the runtime cannot fork.
    Never,
    /// They may go to the background by themselves.
    Maybe,
}

/// What a program's name leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProgramRow {
    /// A program.
    Program(&'static Program),
    /// A program that runs another one.
    Launcher(&'static Launcher),
}

impl Program {
    /// A row with nothing in it.
    pub(crate) const NONE: Self = Self {
        names: &[],
        manual: "",
        evidence: "",
        verified: false,
        only_with: &[],
        default: Conduct::Config,
        foreground: &[],
        background: &[],
        config: &[],
        job: &[],
        valued: &[],
        rest_after: &[],
        detached: false,
        ends: false,
        stays_for_notify: false,
        single_dash: false,
        ready: Ready::Exec,
        notify: None,
        notify_with: &[],
        notify_not_in: None,
        notify_child: false,
        no_reload_signal: false,
        sockets: None,
        sockets_with: &[],
    };
}

impl Launcher {
    /// A row with nothing in it.
    pub(crate) const NONE: Self = Self {
        names: &[],
        manual: "",
        hands: Hands::Becomes,
        becomes: &[],
        waits: &[],
        leaves: &[],
        valued: &[],
        operands: 0,
        subcommand: &[],
        assignments: false,
        script: &[],
        command: &[],
        module: &[],
        inline: &[],
        split: &[],
        interpreter: None,
        shell: false,
        execs_last: false,
        opaque: false,
        single_dash: false,
    };
}

/// The row of a program's file name; a version at its end (`php-fpm8.2`, `python3`) is looked past.
pub fn program_row(file_name: &str) -> Option<ProgramRow> {
    let find = |name: &str| {
        let at = NAMES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
        Some(NAMES[at].1)
    };
    find(file_name).or_else(|| {
        let stem =
            file_name.trim_end_matches(|char: char| char.is_ascii_digit() || matches!(char, '.' | '-'));
        (stem.len() < file_name.len()).then(|| find(stem)).flatten()
    })
}

/// Every name with its row, sorted by name.
pub fn program_rows() -> &'static [(&'static str, ProgramRow)] {
    NAMES
}
