//! `cargo xtask tidy`: the habits of this repository that neither the compiler nor clippy checks. Which crates may be
//! named where, what every file begins and ends with, how long it may be. The tables at the top are the rules.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

/// Crates, as code spells them, and the only folders whose code and manifests may name them. They keep the imports one way:
/// grammar <- syntax <- ide <- lsp, catalog <- ide; and each framework in one place.
const HOMES: &[(&[&str], &[&str])] = &[
    (
        &["tree_sitter", "tree_sitter_language", "tree_sitter_systemd", "ropey"],
        &["grammar/", "server/syntax/", "server/xtask/"],
    ),
    (&["tower_lsp", "tower_lsp_server", "tokio", "serde_json"], &["server/lsp/", "server/xtask/", "tests/"]),
    (&["unit_syntax"], &["server/syntax/", "server/ide/", "server/lsp/", "server/xtask/", "tests/"]),
    (&["unit_catalog"], &["server/catalog/", "server/ide/", "server/lsp/", "server/xtask/", "tests/"]),
    (&["unit_ide"], &["server/ide/", "server/lsp/", "server/xtask/", "tests/"]),
];

/// Code that computes and does nothing else, and the modules of `std` it therefore has no use for.
const PURE: &[&str] = &["server/catalog/src/", "server/ide/src/", "server/syntax/src/"];
const OUTSIDE_WORLD: &[&str] = &["env", "fs", "net", "process"];

/// Runs of tokens that Rust code does not contain, where it may all the same, and why.
const BANNED: &[(&[&str], &[&str], &str)] = &[
    (&["unsafe"], &["grammar/"], "`unsafe` belongs in the grammar's binding only"),
    (&["#", "[", "ignore"], &[], "an ignored test tests nothing: mend it or remove it"),
    (&["todo", "!", "("], &[], "`todo!` is not finished work"),
    (&["unimplemented", "!", "("], &[], "`unimplemented!` is not finished work"),
    (&["dbg", "!", "("], &[], "`dbg!` is left over"),
];

/// What the first line of a file (after `#!`) begins with: it says why the file exists.
const OPENERS: &[(&str, &[&str])] = &[
    (".rs", &["//!"]),
    (".js", &["//", "/*"]),
    (".mjs", &["//", "/*"]),
    (".ts", &["//", "/*"]),
    (".lua", &["--"]),
    (".py", &["#", "\"\"\""]),
    (".scm", &[";"]),
    (".sh", &["#"]),
];

/// Inputs kept byte for byte and what other tools write: nothing about their form is ours.
const VERBATIM: &[&str] = &[
    "grammar/src/",
    "grammar/test/",
    "server/catalog/src/generated/",
    "tests/corpus/",
    "tests/schemas/",
    "tests/units/",
];

const MOST_LINES: usize = 1_000;
/// Tables of data and lockfiles may be longer.
const LONG: &[&str] = &[
    "Cargo.lock",
    "package-lock.json",
    "server/catalog/data/",
    "server/catalog/docs/",
    "server/ide/tests/oracle/",
    "tests/schemas/",
];

/// Where each rule of the server has a file of its own.
const RULES: &str = "server/ide/src/rules/";
const RULE_OPENER: &str = "//! Rule:";

/// Checks every file of the repository that git does not ignore, and prints what it finds as `file:line: message`.
///
/// # Errors
///
/// When git or the files cannot be read. Findings are no error, but make the exit code 1.
pub(crate) fn run() -> Result<ExitCode, String> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let mut count = 0;
    for path in files(root)? {
        let file = root.join(&path);
        // A link may lead anywhere, and a file that git knows may be gone.
        if !file.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) {
            continue;
        }
        let bytes = fs::read(&file).map_err(|error| format!("{path}: {error}"))?;
        let Ok(text) = str::from_utf8(&bytes) else {
            continue;
        };
        for Finding { line, message } in check(&path, text) {
            println!("{path}:{line}: {message}");
            count += 1;
        }
    }
    if count > 0 {
        eprintln!("{count} untidy places");
    }
    Ok(ExitCode::from(u8::from(count > 0)))
}

/// Tracked files, and untracked ones that are not ignored, relative to `root`.
fn files(root: &Path) -> Result<Vec<String>, String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cannot run git: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(format!("git cannot list the files: {}", reason.trim()));
    }
    let names = output.stdout.split(|&byte| byte == 0);
    Ok(names.filter(|name| !name.is_empty()).map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

#[derive(PartialEq, Debug)]
struct Finding {
    /// Counted from 1.
    line: usize,
    message: String,
}

/// Everything untidy about one file. `path` is relative to the repository and has forward slashes.
fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |line, message: String| findings.push(Finding { line, message });
    if !is_in(path, VERBATIM) {
        check_form(path, text, &mut report);
    }
    if path.ends_with("Cargo.toml") {
        for (line, name) in dependencies(text) {
            check_home(path, line, name, &mut report);
        }
    }
    if path.ends_with(".rs") {
        check_code(path, text, &mut report);
    }
    findings.sort_by_key(|finding| finding.line);
    findings
}

fn is_in(path: &str, places: &[&str]) -> bool {
    let file = path.rsplit('/').next();
    places.iter().any(|place| path.starts_with(place) || file == Some(place))
}

fn check_form(path: &str, text: &str, report: &mut impl FnMut(usize, String)) {
    let lines = text.lines().count();
    let mut blank_ends = text.split('\n').zip(1..).filter(|(line, _)| line.ends_with(char::is_whitespace));
    if let Some((_, number)) = blank_ends.next() {
        let more = blank_ends.count();
        report(number, format!("white space at the end of this line, and of {more} lines below"));
    }
    if !text.is_empty() && !text.ends_with('\n') {
        report(lines, "no line feed at the end of the file".to_owned());
    }
    if lines > MOST_LINES && !is_in(path, LONG) {
        report(MOST_LINES + 1, format!("{lines} lines: more than {MOST_LINES} do not stay in anyone's head"));
    }
    if let Some((_, openers)) = OPENERS.iter().find(|(suffix, _)| path.ends_with(suffix)) {
        let shebang = usize::from(text.starts_with("#!/"));
        let first = text.lines().nth(shebang).unwrap_or_default();
        if !openers.iter().any(|opener| first.starts_with(opener)) {
            let expected = openers.join("` or `");
            report(shebang + 1, format!("begin with `{expected}` and say why this file exists"));
        }
    }
}

/// The names of the crates that a manifest depends on, under both names if it renames one. A line reader suffices for
/// the way manifests are written here: one dependency a line, or a table of its own.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut in_dependencies = false;
    for (line, number) in manifest.lines().zip(1..) {
        if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end().trim_end_matches(']');
            let (table, name) = match header.split_once("dependencies.") {
                Some((_, name)) => ("dependencies", Some(name)),
                None => (header, None),
            };
            // What the workspace offers is nobody's import yet.
            in_dependencies = table.ends_with("dependencies") && !header.starts_with("workspace.");
            if in_dependencies {
                found.extend(name.map(|name| (number, name)));
            }
        } else if in_dependencies {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            found.push((number, name.trim_matches('"')));
            if let Some((_, renamed)) = line.split_once("package = \"") {
                found.push((number, renamed.split('"').next().unwrap_or_default()));
            }
        }
    }
    found
}

/// Reports `name`, as a manifest or code spells it, when `path` is not its home.
fn check_home(path: &str, line: usize, name: &str, report: &mut impl FnMut(usize, String)) {
    let name = name.replace('-', "_");
    for (crates, homes) in HOMES {
        if crates.contains(&name.as_str()) && !is_in(path, homes) {
            report(line, format!("{name} may be named only in {}", homes.join(", ")));
        }
    }
}

fn check_code(path: &str, text: &str, report: &mut impl FnMut(usize, String)) {
    let tokens = tokens(text);
    let starts = |at: usize, run: &[&str]| {
        let rest = &tokens[at..];
        rest.len() >= run.len() && run.iter().zip(rest).all(|(wanted, token)| *wanted == token.text)
    };
    let mut rules = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        check_home(path, token.line, token.text, report);
        for (run, homes, why) in BANNED {
            if starts(at, run) && !is_in(path, homes) {
                report(token.line, (*why).to_owned());
            }
        }
        if starts(at, &["std", ":", ":"]) && is_in(path, PURE) {
            for module in modules(&tokens[at + 3..]) {
                if OUTSIDE_WORLD.contains(&module.text) {
                    report(module.line, format!("std::{} in code that does no I/O", module.text));
                }
            }
        }
        if starts(at, &["declare_rule", "!", "{"]) {
            rules.extend(tokens.get(at + 3));
        }
    }

    let Some(file) = path.strip_prefix(RULES) else {
        return;
    };
    let expected = file.trim_end_matches(".rs").to_uppercase();
    let declares = text.starts_with(RULE_OPENER);
    if declares && rules.is_empty() {
        report(1, format!("`{RULE_OPENER}` begins a file that declares no rule"));
    }
    for rule in rules.iter().skip(usize::from(declares)) {
        let reason = format!("one file that begins with `{RULE_OPENER}`");
        report(rule.line, format!("each rule is declared in {reason}, alone"));
    }
    for rule in rules.iter().filter(|rule| rule.text != expected) {
        report(rule.line, format!("the rule in this file is called {expected}"));
    }
}

/// The modules named right behind `std::`, where `rest` begins: one, or those of a group in braces.
fn modules<'a>(rest: &'a [Token<'a>]) -> Vec<&'a Token<'a>> {
    if rest.first().is_none_or(|token| token.text != "{") {
        return rest.first().into_iter().collect();
    }
    let mut depth = 0;
    let mut before = "";
    let mut found = Vec::new();
    for token in rest {
        if depth == 1 && matches!(before, "{" | ",") {
            found.push(token);
        }
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        before = token.text;
    }
    found
}

/// A word or one other character of Rust code.
struct Token<'a> {
    line: usize,
    text: &'a str,
}

/// The tokens of Rust code without comments, literals of text, and lifetimes' quotes.
fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut line = 1;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => text_literal(rest),
            '\'' => character_literal(rest),
            _ if matches!(&rest[..word], "r" | "br" | "cr") && raw_hashes(&rest[word..]).is_some() => {
                word + raw_literal(&rest[word..])
            }
            _ if first.is_whitespace() => first.len_utf8(),
            _ => {
                let length = word.max(first.len_utf8());
                tokens.push(Token { line, text: &rest[..length] });
                length
            }
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// The length of the comment that `rest` begins with; such comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let bytes = &rest.as_bytes()[at..];
        if bytes.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The length of the literal that `rest` begins with, to the closing one of its first character.
fn text_literal(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let mut bytes = rest.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            _ if byte == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of the character literal that `rest` begins with, or of a lifetime's quote.
fn character_literal(rest: &str) -> usize {
    let mut after = rest.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => text_literal(rest),
        _ => 1,
    }
}

/// How many `#` stand before the quote of a raw literal, if it is one.
fn raw_hashes(rest: &str) -> Option<usize> {
    let hashes = rest.bytes().take_while(|&byte| byte == b'#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}

/// The length of the raw literal whose hashes and quote `rest` begins with.
fn raw_literal(rest: &str) -> usize {
    let hashes = raw_hashes(rest).unwrap_or_default();
    let end = format!("\"{}", "#".repeat(hashes));
    let body = hashes + 1;
    rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [usize; 0] = [];

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(path, text).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn manifests_import_one_way() {
        let bad = [
            ("server/syntax/Cargo.toml", "unit-ide.workspace = true"),
            ("server/syntax/Cargo.toml", "unit-catalog.workspace = true"),
            ("server/catalog/Cargo.toml", "unit-syntax = { workspace = true }"),
            ("server/ide/Cargo.toml", "tree-sitter.workspace = true"),
            ("server/ide/Cargo.toml", "text = { package = \"ropey\", version = \"1\" }"),
            ("server/ide/Cargo.toml", "tokio = \"1\""),
            ("server/lsp/Cargo.toml", "tree-sitter-systemd.workspace = true"),
            ("grammar/Cargo.toml", "unit_syntax = \"1\""),
        ];
        for (path, dependency) in bad {
            for table in ["dependencies", "dev-dependencies", "target.'cfg(unix)'.dependencies"] {
                let text = format!("[package]\nname = \"x\"\n[{table}]\n{dependency}\n[lints]\n");
                assert_eq!(lines(path, &text), [4], "{path}: {text}");
            }
        }
        assert_eq!(lines("server/ide/Cargo.toml", "[dependencies.tokio]\nversion = \"1\"\n"), [1]);

        assert_eq!(lines("server/ide/Cargo.toml", "[dependencies]\nunit-syntax.workspace = true\n"), NONE);
        assert_eq!(lines("server/ide/Cargo.toml", "[package]\nname = \"tokio\"\n"), NONE);
        assert_eq!(lines("Cargo.toml", "[workspace.dependencies]\nunit-ide.path = \"x\"\n"), NONE);
    }

    #[test]
    fn code_imports_one_way() {
        let bad = [
            ("server/ide/src/a.rs", "use tree_sitter::Tree;"),
            ("server/ide/src/a.rs", "fn f(t: &ropey::Rope) {}"),
            ("server/syntax/src/a.rs", "use unit_catalog as c;"),
            ("server/syntax/tests/a.rs", "use {std::fmt, unit_ide::Analysis};"),
            ("server/catalog/src/a.rs", "use serde_json::json;"),
            ("server/lsp/src/a.rs", "extern crate tree_sitter;"),
        ];
        for (path, code) in bad {
            assert_eq!(lines(path, &format!("//! A.\n{code}\n")), [2], "{path}: {code}");
        }
        let good = "//! A, not tokio.\n/* use tokio; /* */ tokio */\nconst A: &str = \"tokio::spawn\";\n";
        assert_eq!(lines("server/ide/src/a.rs", good), NONE);
        assert_eq!(lines("server/lsp/src/a.rs", "//! A.\nuse tokio::sync;\nuse unit_ide::A;\n"), NONE);
    }

    #[test]
    fn pure_code_does_not_touch_the_world() {
        let text = "//! A.\nuse std::{\n    collections::HashMap,\n    fs::{self, File},\n    sync::Arc,\n    env,\n};\nfn f() { std::process::exit(1) }\nuse std::net;\n";
        assert_eq!(lines("server/ide/src/a.rs", text), [4, 6, 8, 9]);
        assert_eq!(lines("server/ide/tests/a.rs", text), NONE);
        let good =
            "//! A.\nuse std::{fmt, sync::{env, fs}};\nuse std::collections::fs;\nlet a = env!(\"A\");\n";
        assert_eq!(lines("server/syntax/src/a.rs", good), NONE);
    }

    #[test]
    fn unfinished_code_is_found() {
        let text = "//! A.\n#[ignore]\nfn a() { todo!() }\nfn b() { unimplemented!(\"b\") }\nfn c() { dbg!(1) }\n#[ignore = \"slow\"]\nunsafe fn d() {}\n";
        assert_eq!(lines("server/lsp/src/a.rs", text), [2, 3, 4, 5, 6, 7]);
        assert_eq!(lines("grammar/a.rs", "//! A.\nunsafe fn a() {}\n"), NONE);
        let good = "//! A.\n#![forbid(unsafe_code)]\n// todo!()\nconst A: &str = r#\"todo!() \"dbg!()\"#;\nuse ignore::Walk;\n";
        assert_eq!(lines("server/lsp/src/a.rs", good), NONE);
    }

    #[test]
    fn literals_end_where_they_end() {
        let text = "a '\"' b '\\'' c 'x: \"\\\"q\" d br\"\\\" e r#type /* \" */ f '\u{1f600}' g\nh";
        let words: Vec<_> = tokens(text)
            .into_iter()
            .filter(|token| token.text.starts_with(char::is_alphabetic))
            .map(|token| (token.line, token.text))
            .collect();
        let names = ["a", "b", "c", "x", "d", "e", "r", "type", "f", "g", "h"];
        assert_eq!(words.iter().map(|word| word.1).collect::<Vec<_>>(), names);
        assert_eq!(words.last(), Some(&(2, "h")));
        for open in ["\"a", "'\\", "r#\"a\"", "/* a", "'"] {
            tokens(open);
        }
    }

    #[test]
    fn files_begin_with_their_reason() {
        assert_eq!(lines("server/ide/src/a.rs", "// A.\n"), [1]);
        assert_eq!(lines("server/ide/src/a.rs", ""), [1]);
        assert_eq!(lines("tests/a.rs", "\n//! A.\n"), [1]);
        assert_eq!(lines("grammar/grammar.js", "module.exports = 1;\n"), [1]);
        assert_eq!(lines("editors/a.lua", "#!/usr/bin/lua\nreturn 1\n"), [2]);
        assert_eq!(lines("editors/a.lua", "-- A.\nreturn 1\n"), NONE);
        assert_eq!(lines("grammar/queries/a.scm", "(a)\n"), [1]);
        assert_eq!(lines("README.md", "Text.\n"), NONE);
    }

    #[test]
    fn form_is_checked_except_in_verbatim_files() {
        for (text, found) in [("a \nb\t\nc\r\nd", vec![1, 4]), ("a\n\n b\n", vec![]), ("", vec![])] {
            assert_eq!(lines("docs/a.md", text), found);
            assert_eq!(lines("tests/units/a.service", text), NONE);
        }
        let long = "a\n".repeat(MOST_LINES + 1);
        assert_eq!(lines("a.md", &long), [MOST_LINES + 1]);
        assert_eq!(lines("a.md", &long[2..]), NONE);
        assert_eq!(lines("editors/vscode/package-lock.json", &long), NONE);
    }

    #[test]
    fn a_rule_has_a_file_of_its_own() {
        let path = "server/ide/src/rules/some_rule.rs";
        let rule = "declare_rule! {\n    /// Text.\n    SOME_RULE { code: \"some-rule\" }\n}\n";
        assert_eq!(lines(path, &format!("//! Rule: some.\n{rule}")), NONE);
        assert_eq!(lines(path, "//! Rule: some.\n"), [1]);
        assert_eq!(lines(path, &format!("//! Rule: some.\n{rule}{rule}")), [8]);
        assert_eq!(lines(path, &format!("//! Some.\n{rule}")), [4]);
        assert_eq!(lines("server/ide/src/rules/other.rs", &format!("//! Rule: some.\n{rule}")), [4]);
        assert_eq!(
            lines(
                "server/ide/src/rules/declare.rs",
                "//! The macro.\nmacro_rules! declare_rule { () => {} }\n"
            ),
            NONE
        );
    }
}
