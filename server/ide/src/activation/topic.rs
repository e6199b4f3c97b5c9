//! What lines may be about, at a glance: few files have any that a rule about commands needs to read closely.

use unit_catalog::{Conduct, Directive, ProgramRow, Section, ValueKind, program_row};

use super::{file_name, may_call_manager};

/// What a line may be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Topic {
    /// Asking the manager for something: `systemctl start`.
    Manager,
    /// Sending `READY=1`.
    Notifying,
    /// Going on when the command has ended, or guarding against the end of a terminal.
    LeavingBehind,
}

/// Words of commands and variables that send `READY=1`.
const NOTIFYING: [&str; 5] = ["systemd-notify", "NOTIFY_SOCKET", "READY=1", "sd_notify", "sdnotify"];

/// Tools for people at terminals.
const TERMINAL_TOOLS: [&str; 4] = ["sudo", "su", "nohup", "disown"];

impl Topic {
    pub(crate) const ALL: [Self; 3] = [Self::Manager, Self::Notifying, Self::LeavingBehind];

    /// Whether an assignment of this key may be about it.
    pub(crate) fn is_in(self, directive: &Directive, value: &str) -> bool {
        let is_command = directive.kind == ValueKind::ExecCommand;
        match self {
            Self::Manager => is_command && may_call_manager(value),
            Self::Notifying => {
                let read = is_command || matches!(directive.name, "Environment" | "PassEnvironment");
                read && NOTIFYING.iter().any(|word| value.contains(word))
            }
            Self::LeavingBehind => {
                is_command
                    && directive.section == Section::Service
                    && (TERMINAL_TOOLS.iter().any(|tool| value.contains(tool))
                        || matches!(directive.name, "ExecStartPre" | "ExecCondition") && may_leave(value))
            }
        }
    }
}

/// Whether a line may call a program that is known to go to the background. Where that takes more than a look at its
/// first word, it may.
fn may_leave(line: &str) -> bool {
    let several = line.contains(';');
    let first = line.trim_start_matches([' ', '\t', '-', '@', ':', '+', '!']).split_whitespace().next();
    let leaves = |word: &str| match program_row(file_name(word)) {
        Some(ProgramRow::Launcher(_)) => true,
        Some(ProgramRow::Program(program)) => {
            program.default == Conduct::Background || !program.background.is_empty()
        }
        None => word.contains(['"', '\'', '\\', '$', '%']),
    };
    several || first.is_some_and(leaves)
}
