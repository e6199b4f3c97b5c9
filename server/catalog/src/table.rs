//! Tables that values are read with: signals, capabilities, time units, specifiers and the like.

use crate::{Version, generated::tables};

/// A name and its number: a signal or a capability.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Numbered {
    /// The name in full: `SIGTERM`, `CAP_KILL`.
    pub name: &'static str,
    /// The number the kernel gives it.
    pub number: u8,
}

/// A spelling of a time unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimeUnit {
    /// The unit as written after a number: `min`.
    pub name: &'static str,
    /// Its length in microseconds; months and years are averages.
    pub microseconds: u64,
}

/// The suffix of a size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ByteSuffix {
    /// The letter, upper case only.
    pub letter: char,
    /// Bytes per unit where steps are 1024, as nearly everywhere.
    pub iec: u64,
    /// Bytes per unit where steps are 1000: the rates of `IOReadBandwidthMax=` and its kin.
    pub si: u64,
}

/// A shorthand of a calendar event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CalendarShorthand {
    /// The word: `daily`.
    pub name: &'static str,
    /// What it stands for: `*-*-* 00:00:00`.
    pub expression: &'static str,
}

/// Who gave an exit status its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatusOrigin {
    /// `EXIT_SUCCESS` and `EXIT_FAILURE` of the C library.
    Libc,
    /// systemd, for what went wrong before the program ran (systemd.exec(5), "Process Exit Codes").
    Systemd,
    /// The Linux Standard Base, for init scripts.
    Lsb,
    /// sysexits.h.
    Bsd,
}

/// The name of an exit status.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitStatus {
    /// The name as written in `SuccessExitStatus=`.
    pub name: &'static str,
    /// The status.
    pub code: u8,
    /// Who named it.
    pub origin: ExitStatusOrigin,
}

/// A specifier of unit files: `%` and a letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Specifier {
    /// The character after the percent sign.
    pub letter: char,
    /// What it is replaced by, as Markdown.
    pub meaning: &'static str,
    /// Replaced in `[Install]` and in values that are unit names too; the others keep those values from being read.
    pub names: bool,
    /// The first release that knows it; [`Version::ALWAYS`] when older than any record.
    pub since: Version,
    /// Not to be used any more.
    pub deprecated: bool,
}

/// A mark before the program of a command line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExecPrefix {
    /// The mark: `-`, or `!!`.
    pub text: &'static str,
    /// What it does, as half a sentence.
    pub meaning: &'static str,
    /// The first release that knows it; [`Version::ALWAYS`] when older than any record.
    pub since: Version,
    /// The last release that acts on it.
    pub until: Option<Version>,
}

/// An environment variable that systemd sets for commands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Variable {
    /// The name without `$`.
    pub name: &'static str,
    /// What it holds, and for which commands.
    pub meaning: &'static str,
    /// The first release that sets it; [`Version::ALWAYS`] when older than any record.
    pub since: Version,
}

/// A group of names, written as `@name`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Group {
    /// The name with its `@`.
    pub name: &'static str,
    /// The members, other groups among them.
    pub members: &'static [&'static str],
    /// The first release that knows it, or the earliest that may; [`Version::ALWAYS`] when older than any record.
    pub since: Version,
}

/// The comparison operators of conditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComparisonOperators {
    /// Compare versions and numbers: `>=`.
    pub version: &'static [&'static str],
    /// Compare with a pattern: `$=`.
    pub glob: &'static [&'static str],
    /// The first family as words: `ge`.
    pub textual: &'static [&'static str],
}

/// Signals by number, as on x86-64 and arm64. Real-time signals are not among them.
pub fn signals() -> &'static [Numbered] {
    tables::SIGNALS
}

/// Linux capabilities by number.
pub fn capabilities() -> &'static [Numbered] {
    tables::CAPABILITIES
}

/// Every spelling of every time unit (systemd.time(7)).
pub fn time_units() -> &'static [TimeUnit] {
    tables::TIME_UNITS
}

/// Suffixes of sizes, smallest first.
pub fn byte_suffixes() -> &'static [ByteSuffix] {
    tables::BYTE_SUFFIXES
}

/// Shorthands of calendar events (systemd.time(7)).
pub fn calendar_shorthands() -> &'static [CalendarShorthand] {
    tables::CALENDAR_SHORTHANDS
}

/// Names of exit statuses, by origin and number.
pub fn exit_statuses() -> &'static [ExitStatus] {
    tables::EXIT_STATUSES
}

/// Specifiers of unit files (systemd.unit(5), "Specifiers").
pub fn specifiers() -> &'static [Specifier] {
    tables::SPECIFIERS
}

/// The specifier of this letter.
pub fn specifier(letter: char) -> Option<&'static Specifier> {
    specifiers().iter().find(|specifier| specifier.letter == letter)
}

/// Marks before the program of a command line (systemd.service(5), "Special executable prefixes").
pub fn exec_prefixes() -> &'static [ExecPrefix] {
    tables::EXEC_PREFIXES
}

/// Environment variables that systemd sets for the commands of units.
pub fn variables() -> &'static [Variable] {
    tables::VARIABLES
}

/// Groups of system calls. `@known` has no members here: they are all that systemd was built with.
pub fn syscall_groups() -> &'static [Group] {
    tables::SYSCALL_GROUPS
}

/// Groups of file system types. `@known` has no members here: they are the words of [`crate::words::FILESYSTEM`].
pub fn filesystem_groups() -> &'static [Group] {
    tables::FILESYSTEM_GROUPS
}

/// The comparison operators of conditions.
pub fn comparison_operators() -> &'static ComparisonOperators {
    &tables::COMPARISON_OPERATORS
}
