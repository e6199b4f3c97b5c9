//! Rule: a variable without braces that is part of a word.

use super::declare::declare_rule;
use super::exec::{commands, is_interpreted, place};
use super::line::LineContext;
use crate::fix::Safety;

declare_rule! {
    /// ## What it does
    ///
    /// Reports `$NAME` in an argument that is more than this variable: `$DIR/bin`, `--config=$FILE`, `"$A $B"`.
    ///
    /// ## Why it bites
    ///
    /// Within a word only `${NAME}` is replaced. Where the word begins with `$`, all of it is taken for the name of a
    /// variable, which nobody has set: the whole argument vanishes. Elsewhere `$NAME` is passed as it stands.
    ///
    /// ## Example
    ///
    /// ```ini web.service
    /// [Service]
    /// Environment=DIR=/srv/web PORT=80
    /// ExecStart=/usr/bin/web --root $DIR/html --port=$PORT
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini web.service
    /// [Service]
    /// Environment=DIR=/srv/web PORT=80
    /// ExecStart=/usr/bin/web --root ${DIR}/html --port=${PORT}
    /// ```
    ///
    /// ## Silent when
    ///
    /// The variable is a word of its own (its value is then split at blanks, quoted or not), has braces, is escaped as
    /// `$$`, the command has the prefix `:` or `|`, or a shell or another interpreter reads it. Quoted text with blanks is
    /// left alone unless it is made of variables only, and so are the words of the dynamic linker (`$ORIGIN`).
    ///
    /// ## Source
    ///
    /// systemd.service(5), "Command Lines"; `replace_env_argv()`. What arrives as arguments was seen on 252.
    EXEC_MIDWORD_VARIABLE {
        code: "exec-midword-variable",
        category: ExecCommand,
        severity: Warning,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

/// What the dynamic linker replaces, or others who come later.
const OTHERS: [&str; 3] = ["ORIGIN", "LIB", "PLATFORM"];

fn check(cx: &mut LineContext<'_, '_>) {
    for command in commands(cx, &['$']) {
        if command.prefixes.contains(':') || is_interpreted(&command) {
            continue;
        }
        for word in command.words.iter().skip(1) {
            let names = bare_variables(&word.text);
            let Some((_, name)) = names.iter().find(|(_, name)| !OTHERS.contains(name)).copied() else {
                continue;
            };
            let alone = word.text.strip_prefix('$') == Some(name);
            let only = word.text.split_whitespace().all(|part| {
                part.strip_prefix('$').is_some_and(|part| names.iter().any(|(_, name)| *name == part))
            });
            if alone || word.text.contains(char::is_whitespace) && !only {
                continue;
            }
            let message = match word.text.starts_with('$') && !word.text.starts_with("${") {
                true => format!(
                    "Within a word only `${{{name}}}` is replaced: systemd takes all of `{}` for the name of a variable, and \
                     the argument vanishes.",
                    word.text
                ),
                false => {
                    format!("Within a word only `${{{name}}}` is replaced: `${name}` is passed as it stands.")
                }
            };
            let value = cx.entry.item.value().unwrap_or_default();
            let written = value.get(std::ops::Range::from(word.range)).unwrap_or_default();
            let (range, text) = (place(cx, word.range), braced(written));
            let one_line = !cx.entry.item.continuations();
            let report = cx.report(&EXEC_MIDWORD_VARIABLE, range, message);
            if one_line {
                report.fix(format!("Write `${{{name}}}`"), Safety::Unsafe, range, text);
            }
        }
    }
}

/// The variables without braces, with the places of their `$`.
fn bare_variables(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(dollar) = text[at..].find('$').map(|found| at + found) {
        let rest = &text[dollar + 1..];
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        at = match rest.bytes().next() {
            Some(b'$') => dollar + 2,
            Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
                found.push((dollar, &rest[..end]));
                dollar + 1 + end
            }
            _ => dollar + 1,
        };
    }
    found
}

/// The text with braces around its variables.
fn braced(text: &str) -> String {
    let mut out = String::new();
    let mut copied = 0;
    for (dollar, name) in bare_variables(text) {
        out += &text[copied..=dollar];
        out += &format!("{{{name}}}");
        copied = dollar + 1 + name.len();
    }
    out + &text[copied..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables() {
        for (text, expected) in [
            ("$A", "${A}"),
            ("$A/b", "${A}/b"),
            ("--x=$A$B_1.$c", "--x=${A}${B_1}.${c}"),
            ("$$A ${B} $1 $ a$", "$$A ${B} $1 $ a$"),
            ("\"$A\"ö$B", "\"${A}\"ö${B}"),
        ] {
            assert_eq!(braced(text), expected);
        }
    }
}
