//! Judges command lines of `Exec*=`, as `config_parse_exec()` does.

use std::ops::Range;

use super::exec_command::{Token, prefix_len, tokens};
use super::path_simplify::is_valid;
use crate::value::extract_word::{Extract, Word};
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, Effect, Problem, ValueError};

const RELATIVE: &str = "a relative path";
const VARIABLE: &str = "a relative path (variables are not replaced in it)";
const DIRECTORY: &str = "a directory";
const EXPECTED: &str = "an absolute path or the name of a program first";

/// Judges the commands of a value. The first fault ends it: systemd drops the rest of the line too.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut judge = Judge { first: true, optional: false, argument_zero: None };
    let mut program = true;
    for token in tokens(checker.value, Extract::PLAIN) {
        let good = match token {
            Ok(Token::Separator) => {
                let good = program || judge.end(checker);
                judge.first &= program;
                program = true;
                good
            }
            Ok(Token::Word(word)) if program => {
                program = false;
                judge.program(checker, &word)
            }
            Ok(Token::Word(word)) => judge.argument(checker, &word),
            Err(error) => {
                let error = checker.word_error(error, true);
                judge.settle(error);
                if program {
                    error.effect = judge.dropped();
                }
                return;
            }
        };
        if !good {
            return;
        }
    }
    if !program {
        judge.end(checker);
    }
}

/// What is known of the command being read.
struct Judge {
    /// No command stands before it.
    first: bool,
    /// It has the prefix `-`, which makes its faults harmless.
    optional: bool,
    /// Where the program stands that still waits for the name to run under.
    argument_zero: Option<Range<usize>>,
}

impl Judge {
    /// What is done about a command that is only dropped.
    fn dropped(&self) -> Effect {
        if self.first { Effect::IgnoresLine } else { Effect::IgnoresWord }
    }

    fn settle(&self, error: &mut ValueError) {
        error.effect = if self.optional { self.dropped() } else { Effect::RefusesUnit };
    }

    /// Judges a command's first word; false ends the reading.
    fn program(&mut self, checker: &mut Checker<'_>, word: &Word<'_>) -> bool {
        let prefix = prefix_len(&word.text, checker.since(258));
        let (marks, path) = word.text.split_at(prefix);
        self.optional = marks.contains('-');
        let piece = word.piece();
        let shell = marks.contains('|');
        self.argument_zero = (marks.contains('@') && !shell).then(|| word.range.clone());
        if checker.since(258)
            && let Some(at) = marks.find("!!")
        {
            checker.report(piece.place(at..at + 2), "without effect since release 258", "").notice();
        }
        if shell {
            return true;
        }
        let program = piece.behind(prefix);
        if let Some(error) = checker.specifier(program, SpecifierSet::Unit) {
            error.problem = specifier_problem(error);
            self.settle(error);
            return false;
        }
        let release = checker.context.version.0;
        let Some(what) = checker.expanded(path).fault(|path| fault(path, release)) else { return true };
        let part = program.range();
        let meant = repaired(path).filter(|_| checker.value.get(part.clone()) == Some(path));
        let error = checker.report(part, what, EXPECTED).problem(problem(what)).instead(meant);
        self.settle(error);
        false
    }

    /// Judges a word behind the program; false ends the reading.
    fn argument(&mut self, checker: &mut Checker<'_>, word: &Word<'_>) -> bool {
        self.argument_zero = None;
        if let Some(error) = checker.specifier(word.piece(), SpecifierSet::Unit) {
            error.problem = specifier_problem(error);
            self.settle(error);
            return false;
        }
        if let Some(escape) = word.bad_escape.clone() {
            let meant = checker.value.get(escape.clone()).map(|written| format!("\\{written}"));
            let what = "no escape and stands as written";
            checker.report(escape, what, "C escapes, and \\\\ for a backslash").notice().instead(meant);
        }
        true
    }

    /// Judges a command at its end; false ends the reading.
    fn end(&mut self, checker: &mut Checker<'_>) -> bool {
        let Some(program) = self.argument_zero.take() else { return true };
        let what = "without the name to run under that its @ announces";
        let error = checker.report(program, what, "that name as the word behind the program");
        self.settle(error);
        false
    }
}

/// Why this is no program to the release, if it is none.
fn fault(path: &str, release: u16) -> Option<&'static str> {
    let special = |char: char| char.is_ascii_control() || matches!(char, '"' | '\'' | '\\');
    let absolute = path.starts_with('/');
    if path.is_empty() {
        Some("without a program")
    } else if path.contains(special) || release >= 262 && path.contains(['*', '?', '[']) {
        Some("no path: it has special characters")
    } else if !absolute && path.starts_with(['-', '@', ':', '+', '!', '|']) && path.contains('/') {
        Some("behind a prefix that cannot stand here")
    } else if !absolute && path.contains('/') {
        match path.contains('$') {
            true => Some(VARIABLE),
            false => Some(RELATIVE),
        }
    } else if matches!(path, "." | "..")
        || release >= 257 && matches!(path.rsplit('/').next(), Some("." | ".."))
        || path.ends_with('/')
    {
        Some(DIRECTORY)
    } else if !is_valid(path) {
        Some("too long")
    } else {
        None
    }
}

/// Which rule speaks of such a specifier: one that the unit's name cannot fill was meant as one.
fn specifier_problem(error: &ValueError) -> Problem {
    if error.instead.is_some() { Problem::CommandSpecifier } else { Problem::Other }
}

/// Which rule speaks of such a fault.
fn problem(what: &str) -> Problem {
    match what {
        RELATIVE | DIRECTORY => Problem::ProgramPath,
        VARIABLE => Problem::ProgramVariable,
        _ => Problem::Other,
    }
}

/// The path that was probably meant.
fn repaired(path: &str) -> Option<String> {
    if let Some(below_home) = path.strip_prefix("~/") {
        return Some(format!("%h/{below_home}"));
    }
    let roots = ["usr/", "bin/", "sbin/", "opt/", "srv/", "etc/", "var/", "lib/"];
    roots.iter().any(|root| path.starts_with(root)).then(|| format!("/{path}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, faults_in, good, good_in};
    use crate::value::Effect::{IgnoresLine, IgnoresWord, Notice, RefusesUnit};

    #[test]
    fn commands() {
        let fine = [
            "/bin/true",
            "true",
            "-@:+/bin/x name",
            "/a ; ; /b",
            "/a ;",
            ";",
            r"/a \; b",
            "/a ;b",
            "$A",
            "%h/a",
            "@/a \"\"",
            "/a/../b",
            "/a%",
            "\"/a b\" c",
            "%i/a",
            "|foo bar",
            "@|foo",
            "-/a $X ${Y} %n",
        ];
        good("Service", "ExecStart", &fine);
        let bad = [
            "a/b",
            "./a",
            "$A/b",
            "~/a",
            "/a/",
            "/",
            "..",
            "--x/a x",
            "+!/a",
            "@/a",
            "/a ; @/b",
            "/a ; b/c",
            "\"\" a",
            "/a %Z",
            "%Z",
            "/a \"b",
            r"/a\qb",
            "+",
            "\"/a\\tb\"",
            "/a/b*",
        ];
        let (optional, strict): (Vec<_>, Vec<_>) = bad.into_iter().partition(|value| value.starts_with('-'));
        faults("Service", "ExecStart", &strict, RefusesUnit);
        faults("Service", "ExecStart", &optional, IgnoresLine);
    }

    #[test]
    fn harmless_faults() {
        faults(
            "Service",
            "ExecStart",
            &["-", "-a/b", "-/a %Z", "-/a \"b", "'/a", "--/a", "-@/a"],
            IgnoresLine,
        );
        faults("Service", "ExecStart", &["/a ; -", "/a ; \"b", "/a ; -b/c"], IgnoresWord);
        faults("Service", "ExecStart", &[r"/a \q", "!!/a"], Notice);
    }

    #[test]
    fn releases() {
        good_in(252, "Service", "ExecStart", &["/a/..", "/a/."]);
        faults_in(257, "Service", "ExecStart", &["/a/..", "/."], RefusesUnit);
        good_in(257, "Service", "ExecStart", &["!!/a", "/a*", "[x]", "/a/../b"]);
        faults_in(257, "Service", "ExecStart", &["|a/b", "|/a/", "!!!/a"], RefusesUnit);
        faults_in(255, "Service", "ExecStart", &["/a %D"], RefusesUnit);
    }
}
