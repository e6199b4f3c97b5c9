//! What the rules about single command lines share.

use unit_catalog::{Availability, ProgramRow, ValueKind, program_row};
use unit_syntax::TextRange;

use super::line::LineContext;
use crate::activation::file_name;
use crate::value::{ExecCommand, exec_commands};

/// Programs that read a language of their own from the command line, in which our signs mean something.
const LANGUAGES: [&str; 25] = [
    "awk",
    "gawk",
    "mawk",
    "sed",
    "find",
    "expr",
    "test",
    "[",
    "jq",
    "xargs",
    "nft",
    "tc",
    "tcpdump",
    "tshark",
    "dumpcap",
    "sqlite3",
    "psql",
    "mysql",
    "mariadb",
    "ssh",
    "envsubst",
    "gst-launch-1.0",
    "bc",
    "dc",
    "tmux",
];

/// The commands of a line that holds any of `signs`, or of any where there are none: nothing where systemd does not act on it as it stands.
pub(super) fn commands(cx: &LineContext<'_, '_>, signs: &[char]) -> Vec<ExecCommand> {
    let commands = cx.line.directive.filter(|directive| directive.kind == ValueKind::ExecCommand);
    let active = |directive: &unit_catalog::Directive| {
        directive.availability(cx.version()) == Availability::Active && !cx.file.foreign_template
    };
    match (commands.filter(|directive| active(directive)), cx.entry.item.value()) {
        (Some(_), Some(value)) if signs.is_empty() || value.contains(signs) => exec_commands(value),
        _ => Vec::new(),
    }
}

/// Whether a shell or another interpreter reads what stands on the command line.
pub(super) fn is_interpreted(command: &ExecCommand) -> bool {
    let reads = |at: usize| {
        let name = file_name(&command.words[at].text);
        let launcher = match program_row(name) {
            Some(ProgramRow::Launcher(launcher)) if launcher.interpreter.is_some() => {
                runs_inline(command, at)
            }
            Some(ProgramRow::Launcher(launcher)) if launcher.shell => runs_script(command, at),
            Some(ProgramRow::Launcher(launcher)) => !launcher.script.is_empty(),
            _ => false,
        };
        launcher || LANGUAGES.contains(&name)
    };
    // Behind a wrapper the program may be any of the words.
    let wrapped = matches!(program_row(file_name(command.program())), Some(ProgramRow::Launcher(_)));
    let mut programs = 0..if wrapped { command.words.len() } else { command.words.len().min(1) };
    command.prefixes.contains('|')
        || programs.any(|at| !command.words[at].quoted && reads(at))
        || command.words.iter().any(|word| word.text == "-S" && file_name(command.program()) == "env")
}

/// Whether the shell that is the word `at` is given a text to run (`-c`, also in a row of letters), rather than a file.
fn runs_script(command: &ExecCommand, at: usize) -> bool {
    let mut rows = command.words[at + 1..].iter().filter_map(|word| word.text.strip_prefix('-'));
    rows.any(|row| !row.starts_with('-') && row.contains('c'))
}

/// Whether the interpreter that is the word `at` is told by an option to run a text of the command line (`-c`, `-e`, `-r`,
/// `--eval`), rather than a file.
fn runs_inline(command: &ExecCommand, at: usize) -> bool {
    let options = command.words[at + 1..].iter().take_while(|word| word.text.starts_with('-'));
    options.map(|word| word.text.as_str()).any(|option| match option.strip_prefix("--") {
        Some(name) => name.starts_with("ev") || name.starts_with("print"),
        // Rows of letters (`-ne`), but not words such as `-jar`.
        None => option.ends_with(['c', 'e', 'E', 'p', 'r']) && option.len() <= 4 && option != "-jar",
    })
}

/// The place of a part of the value, from the entry's start.
pub(super) fn place(cx: &LineContext<'_, '_>, range: TextRange) -> TextRange {
    cx.entry.item.value_to_source(range)
}

/// The command as a shell would be given it, to stand in its place; `None` where quoting it is no mechanical matter.
pub(super) fn in_shell(
    cx: &LineContext<'_, '_>,
    command: &ExecCommand,
    how: &str,
) -> Option<(TextRange, String)> {
    let value = cx.entry.item.value()?;
    let range = TextRange::new(command.words.first()?.range.start, command.range.end);
    let written = value.get(std::ops::Range::from(range))?;
    let plain = !written.contains(['\'', '"', '\\']) && !cx.entry.item.continuations();
    let named = command.prefixes.contains('@');
    (plain && !named).then(|| (place(cx, range), format!("/bin/sh -c '{how}{written}'")))
}
