//! Rule: shell syntax in a command that no shell reads.

use super::declare::declare_rule;
use super::exec::{commands, in_shell, is_interpreted, place};
use super::line::LineContext;
use crate::activation::file_name;
use crate::fix::Safety;
use crate::value::ExecCommand;

declare_rule! {
    /// ## What it does
    ///
    /// Reports pipes, redirections, `&&`, `||`, a trailing `&`, backticks, `$(…)`, `~/`, file name patterns and a `;` without
    /// blanks around it in a command whose program is no shell, and commands that only shells have (`cd`, `source`).
    ///
    /// ## Why it bites
    ///
    /// systemd starts the program itself. These signs mean nothing to it and are passed as arguments: nothing is written
    /// to the file, nothing is piped, `rm *.pid` looks for a file called `*.pid`. Often the program does not complain.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web --port 80 >> /var/log/web.log 2>&1
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// ExecStart=/usr/bin/web --port 80
    /// StandardOutput=append:/var/log/web.log
    /// StandardError=inherit
    /// ```
    ///
    /// ## Silent when
    ///
    /// The word is quoted, the program is a shell with `-c`, an interpreter with its like, or one with a language of its own (`find`, `awk`, `expr`,
    /// `nft`), or the command has the prefix `|`. File name patterns are reported for programs that work on files only.
    ///
    /// ## Source
    ///
    /// systemd.service(5), "Command Lines". What arrives as arguments was seen on 252.
    EXEC_SHELL_SYNTAX {
        code: "exec-shell-syntax",
        category: ExecCommand,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

/// Programs to which a pattern among their arguments can only be a file that is not there.
const FILE_TOOLS: [&str; 17] = [
    "rm",
    "cp",
    "mv",
    "ln",
    "ls",
    "cat",
    "chmod",
    "chown",
    "chgrp",
    "touch",
    "mkdir",
    "rmdir",
    "install",
    "shred",
    "gzip",
    "setfacl",
    "restorecon",
];

/// Programs to which the same goes for what begins like a path; other patterns may be for themselves.
const PATH_TOOLS: [&str; 15] = [
    "bzip2",
    "du",
    "file",
    "grep",
    "head",
    "md5sum",
    "rsync",
    "scp",
    "sha256sum",
    "stat",
    "tail",
    "tar",
    "wc",
    "xz",
    "zstd",
];

/// Commands that only shells have, with what systemd has in their place. As programs they are missing, or do nothing.
const BUILTINS: [(&str, &str); 12] = [
    ("cd", "use `WorkingDirectory=`"),
    ("pushd", "use `WorkingDirectory=`"),
    ("source", "let a shell run it along with what needs it, or use `EnvironmentFile=`"),
    ("export", "use `Environment=`"),
    ("set", "use `Environment=`"),
    ("unset", "use `UnsetEnvironment=`"),
    ("ulimit", "use `LimitNOFILE=` and its like"),
    ("umask", "use `UMask=`"),
    ("exec", "leave it out"),
    ("eval", "let a shell run it"),
    ("alias", "write the command itself"),
    ("trap", "let a shell run it along with what needs it"),
];

fn check(cx: &mut LineContext<'_, '_>) {
    for command in commands(cx, &[]) {
        if is_interpreted(&command) {
            continue;
        }
        let Some((index, what)) = first_sign(&command) else {
            if let Some((name, instead)) = BUILTINS.iter().find(|(name, _)| *name == command.program()) {
                let range = place(cx, command.words[0].range);
                let message = format!("`{name}` is a command of shells and no program: {instead}.");
                cx.report(&EXEC_SHELL_SYNTAX, range, message);
            }
            continue;
        };
        let word = &command.words[index];
        let program = file_name(command.program());
        let fate = match word.text.starts_with("$(") {
            // Taken for the name of a variable.
            true => "vanishes".to_owned(),
            false => format!("is passed to `{program}` as an argument"),
        };
        let quote = if word.text.contains('`') { '\'' } else { '`' };
        let message = format!("No shell reads this command: {quote}{}{quote} {what}, it {fate}.", word.text);
        // In the background it would be gone from sight.
        let wrapped = in_shell(cx, &command, "").filter(|_| word.text != "&");
        let range = place(cx, word.range);
        let report = cx.report(&EXEC_SHELL_SYNTAX, range, message);
        if let Some((range, text)) = wrapped {
            report.fix("Let a shell run it".to_owned(), Safety::Unsafe, range, text);
        }
    }
}

/// The first word that a shell would act on, and what it is not, as half a sentence.
fn first_sign(command: &ExecCommand) -> Option<(usize, &'static str)> {
    let last = command.words.len() - 1;
    let program = file_name(command.program());
    let words = command.words.iter().enumerate().skip(1).filter(|(_, word)| !word.quoted);
    let mut signs = words.filter_map(|(index, word)| {
        let text = word.text.as_str();
        let what = match text {
            "|" | "|&" => "is no pipe",
            "&&" | "||" => "does not join commands",
            "&" if index == last => "puts nothing into the background",
            _ if text.starts_with("&&") || text.ends_with("&&") => "does not join commands",
            _ if has_glued_semicolon(text, command.words.get(index + 1).map(|next| next.text.as_str())) => {
                "ends no command without blanks around the `;`"
            }
            _ if is_redirection(text) => "redirects nothing",
            _ if text.contains('`') || text.contains("$(") => "runs nothing",
            _ if text.starts_with("~/") || text.starts_with('-') && text.contains("=~/") => {
                "is no home directory"
            }
            _ if is_pattern(program, text) => "matches no files",
            _ => return None,
        };
        Some((index, what))
    });
    signs.next()
}

/// Whether a `;` that is part of a word was meant to stand between two commands: a program's path follows.
fn has_glued_semicolon(text: &str, next: Option<&str>) -> bool {
    const PROGRAMS: [&str; 5] = ["/bin/", "/sbin/", "/usr/", "/opt/", "/home/"];
    let is_program = |text: &str| PROGRAMS.iter().any(|folder| text.starts_with(folder));
    let before_next = |text: &str| text.ends_with(';') && text.len() > 1 && next.is_some_and(is_program);
    before_next(text) || text.split_once(';').is_some_and(|(_, behind)| is_program(behind))
}

/// Whether only a shell could make something of a pattern.
fn is_pattern(program: &str, text: &str) -> bool {
    text.contains(['*', '?', '['])
        && (FILE_TOOLS.contains(&program) && !text.starts_with('-')
            || PATH_TOOLS.contains(&program) && text.starts_with(['/', '.', '%']))
}

/// `>`, `>>file`, `2>&1`, `&>file`, `<file` and the like; no comparison (`>=1`), and no placeholder (`<file>`).
fn is_redirection(text: &str) -> bool {
    let rest = text.trim_start_matches(|char: char| char.is_ascii_digit());
    let rest = rest.strip_prefix('&').filter(|rest| rest.starts_with('>')).unwrap_or(rest);
    let redirects = rest.starts_with(['<', '>']) && text.len() - rest.len() <= 1;
    redirects && !rest[1..].starts_with('=') && !(rest.starts_with('<') && rest.ends_with('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirections() {
        for text in
            [">", ">>", "<", "2>", "2>&1", ">&2", "&>", "&>>x", ">/dev/null", "1>x", "</x", "2>/dev/null"]
        {
            assert!(is_redirection(text), "{text}");
        }
        for text in ["", "a>b", "->", "<x>", ">=1", "<=2", "12", "&", "&a", "12>x", "=>"] {
            assert!(!is_redirection(text), "{text}");
        }
    }
}
