//! Rule: a variable where the program stands.

use super::declare::declare_rule;
use super::exec::{commands, in_shell, place};
use super::line::LineContext;
use crate::diagnostic::Severity;
use crate::fix::Safety;
use crate::value::Problem;

declare_rule! {
    /// ## What it does
    ///
    /// Reports a command whose first word is or holds a variable: `$JAVA_HOME/bin/java`, `${PROGRAM} --flag`.
    ///
    /// ## Why it bites
    ///
    /// systemd replaces variables in arguments only. With a slash in it the word is a relative path, and the unit is
    /// refused. Without one it is taken for the name of a program: the unit loads, and fails with status 203 when it
    /// runs.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// EnvironmentFile=/etc/default/web
    /// ExecStart=${JAVA_HOME}/bin/java -jar /usr/share/web.jar
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// EnvironmentFile=/etc/default/web
    /// ExecStart=/bin/sh -c 'exec "$JAVA_HOME/bin/java" -jar /usr/share/web.jar'
    /// ```
    ///
    /// ## Silent when
    ///
    /// The variable is an argument, or a shell runs the command (the prefix `|` of systemd 258 and later).
    ///
    /// ## Source
    ///
    /// systemd.service(5), "Command Lines"; `config_parse_exec()`, `replace_env_argv()`. Seen with `systemd-analyze verify`
    /// of 252, 257 and 262, and at run time on 252.
    EXEC_VARIABLE_AS_PROGRAM {
        code: "exec-variable-as-program",
        category: ExecCommand,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

fn check(cx: &mut LineContext<'_, '_>) {
    let bad = cx.bad_values(|problem| problem == Problem::ProgramVariable);
    for command in commands(cx, &['$']) {
        let Some(word) = command.words.first().filter(|word| word.text.contains('$')) else {
            continue;
        };
        if command.prefixes.contains('|') {
            continue;
        }
        let range = place(cx, word.range);
        let refused = bad.iter().find(|bad| bad.range.start <= range.end && range.start <= bad.range.end);
        let severity = match refused {
            Some(_) if !command.prefixes.contains('-') => EXEC_VARIABLE_AS_PROGRAM.severity,
            None if word.text.contains('/') => continue,
            _ => Severity::Warning,
        };
        let fate = match refused {
            Some(bad) => format!("`{}` is a relative path: {}", word.text, bad.fate),
            None => format!(
                "systemd looks for a program called `{}`, and the command fails with status 203 when it runs",
                word.text
            ),
        };
        let message = format!("Variables are not replaced in the program's place; {fate}.");
        let wrapped = in_shell(cx, &command, "exec ");
        let report = cx.report_as(&EXEC_VARIABLE_AS_PROGRAM, severity, range, message);
        if let Some((range, text)) = wrapped {
            report.fix("Let a shell replace it".to_owned(), Safety::Unsafe, range, text);
        }
    }
}
