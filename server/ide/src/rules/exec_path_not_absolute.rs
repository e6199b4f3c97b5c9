//! Rule: a program given by a relative path, or by that of a directory.

use unit_catalog::Version;

use super::declare::declare_rule;
use super::exec::{commands, place};
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;
use crate::value::{Effect, Problem};

declare_rule! {
    /// ## What it does
    ///
    /// Reports a command whose program has a slash in it but is no absolute path (`./web`, `bin/web`, `~/web`), or ends
    /// with a slash.
    ///
    /// ## Why it bites
    ///
    /// systemd knows no folder to start from: `WorkingDirectory=` is entered when the program runs, not where it is
    /// looked for, and no shell is there to replace `~`. One such line and the unit is refused. Behind the prefix `-`
    /// only the line is dropped: the command never runs, and nobody says so.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// WorkingDirectory=/srv/web
    /// ExecStart=./server --port 80
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// WorkingDirectory=/srv/web
    /// ExecStart=/srv/web/server --port 80
    /// ```
    ///
    /// ## Silent when
    ///
    /// The path begins with a specifier that stands for an absolute one (`%h/bin/web`), or the program is a bare name,
    /// which systemd looks for in its own list of folders.
    ///
    /// ## Source
    ///
    /// systemd.service(5), "Command Lines"; `config_parse_exec()`. Seen with `systemd-analyze verify` of 252, 257 and 262.
    EXEC_PATH_NOT_ABSOLUTE {
        code: "exec-path-not-absolute",
        category: ExecCommand,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

/// The release from which a bare name is looked up.
const BARE_NAMES: Version = Version(239);

fn check(cx: &mut LineContext<'_, '_>) {
    if cx.version() < BARE_NAMES {
        check_bare_names(cx);
    }
    for bad in cx.bad_values(|problem| problem == Problem::ProgramPath) {
        let refused = bad.error.effect == Effect::RefusesUnit;
        let severity = if refused { EXEC_PATH_NOT_ABSOLUTE.severity } else { Severity::Warning };
        let message = format!(
            "{} is {}: {}. A program is an absolute path or a bare name.",
            bad.shown, bad.error.what, bad.fate
        );
        let report = cx.report_as(&EXEC_PATH_NOT_ABSOLUTE, severity, bad.range, message);
        if let Some(instead) = bad.error.instead.as_deref() {
            report.fix(format!("Change to `{instead}`"), Safety::Unsafe, bad.range, instead.to_owned());
        }
    }
}

fn check_bare_names(cx: &mut LineContext<'_, '_>) {
    for command in commands(cx, &[]) {
        let Some(program) = command.words.first().filter(|word| !word.text.contains(['/', '$', '%'])) else {
            continue;
        };
        let message = format!(
            "`{}` is no absolute path: before systemd {} the unit is refused.",
            program.text, BARE_NAMES.0
        );
        let range = place(cx, program.range);
        cx.report(&EXEC_PATH_NOT_ABSOLUTE, range, message);
    }
}
