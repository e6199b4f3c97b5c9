//! Which lines of unit files the graph reads: it need not be derived again for edits of any others.

use unit_catalog::{Directive, Section, ValueKind};
use unit_syntax::{Item, ItemKind};

use crate::activation::may_call_manager;
use crate::workspace::{FileKind, Line, may_call_shell_script, mentions_units};

/// The keys that bear on what a unit states about others, beside those whose values are units' names.
const READ: [&str; 39] = [
    "Accept",
    "BindToDevice",
    "BusName",
    "CacheDirectory",
    "ConfigurationDirectory",
    "DefaultDependencies",
    "DefaultInstance",
    "DirectoryNotEmpty",
    "DynamicUser",
    "ListenDatagram",
    "ListenFIFO",
    "ListenSequentialPacket",
    "ListenSpecial",
    "ListenStream",
    "ListenUSBFunction",
    "LogNamespace",
    "LogsDirectory",
    "OnCalendar",
    "Options",
    "PathChanged",
    "PathExists",
    "PathExistsGlob",
    "PathModified",
    "Persistent",
    "PrivateTmp",
    "RequiresMountsFor",
    "RootDirectory",
    "RootImage",
    "RootMStack",
    "RuntimeDirectory",
    "StandardError",
    "StandardInput",
    "StandardOutput",
    "StateDirectory",
    "Type",
    "WantsMountsFor",
    "What",
    "Where",
    "WorkingDirectory",
];

/// Whether the graph reads assignments of this key in unit files.
pub(super) fn reads_key(directive: &Directive) -> bool {
    mentions_units(directive) || READ.contains(&directive.name)
        // Sockets run processes only where they have commands.
        || directive.section == Section::Socket && directive.kind == ValueKind::ExecCommand
}

/// Whether the graph may read this line of a file of this kind.
pub(crate) fn reads(kind: &FileKind, line: &Line, item: &Item) -> bool {
    if !kind.is_unit_file() {
        return !matches!(item.kind(), ItemKind::Blank | ItemKind::Comment);
    }
    line.directive.is_some_and(|directive| {
        let value = || item.value().unwrap_or_default();
        // Of commands those count that ask the manager for something, be it in a script, and those that clear the others
        // away.
        let asks = || {
            directive.kind == ValueKind::ExecCommand
                && (value().is_empty() || may_call_manager(value()) || may_call_shell_script(value()))
        };
        reads_key(directive) || asks()
    })
}
