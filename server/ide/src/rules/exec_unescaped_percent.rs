//! Rule: a percent sign that was meant for the program.

use unit_catalog::{ProgramRow, program_row, table};
use unit_syntax::TextRange;

use super::declare::declare_rule;
use super::exec::{commands, place};
use super::line::{BadValue, LineContext};
use crate::activation::file_name;
use crate::diagnostic::Severity;
use crate::fix::Safety;
use crate::value::specifier::specifiers;
use crate::value::{ExecCommand, Problem};

declare_rule! {
    /// ## What it does
    ///
    /// Reports `%` with a letter that is no specifier in a command line, and specifiers in what is the format of `date`,
    /// `printf` or `stat`, also within a shell script.
    ///
    /// ## Why it bites
    ///
    /// systemd replaces `%` and a letter before the program sees it, in quotes and scripts too. With a letter that it does
    /// not know the unit is refused. With one that it knows nothing is said: `date +%H` prints the host name, `%s` is a
    /// shell, `%m` the machine ID.
    ///
    /// ## Example
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/bin/sh -c 'tar -cf /backup/$(date +%%Y-%%m-%z).tar /srv'
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini backup.service
    /// [Service]
    /// Type=oneshot
    /// ExecStart=/bin/sh -c 'tar -cf /backup/$(date +%%Y-%%m-%%z).tar /srv'
    /// ```
    ///
    /// ## Silent when
    ///
    /// It is written `%%`, or the specifier stands where any text may, which is what specifiers are for.
    ///
    /// ## Source
    ///
    /// systemd.unit(5), "Specifiers"; `unit_full_printf()`. Seen with `systemd-analyze verify` of 252, 257 and 262.
    EXEC_UNESCAPED_PERCENT {
        code: "exec-unescaped-percent",
        category: ExecCommand,
        severity: Error,
        since: Always,
        fix: Sometimes,
        check: Line(check),
    }
}

/// Letters that a format of `printf` can only mean for itself; `%i`, `%n` and their like may be the unit's.
const CONVERSIONS: &str = "sdbcfgeoxX";

fn check(cx: &mut LineContext<'_, '_>) {
    if let Some(bad) = cx.bad_values(|problem| problem == Problem::CommandSpecifier).first() {
        return report_unknown(cx, bad);
    }
    for command in commands(cx, &['%']) {
        for (program, format) in formats(cx.entry.item.value().unwrap_or_default(), &command) {
            let value = &cx.entry.item.value().unwrap_or_default()[std::ops::Range::from(format)];
            let meant = |letter: char| match program {
                "printf" => CONVERSIONS.contains(letter),
                _ => letter.is_ascii_alphabetic(),
            };
            let known = |letter: char| {
                table::specifier(letter).filter(|specifier| specifier.since <= cx.version() && meant(letter))
            };
            let Some((_, specifier)) = unescaped(value).find_map(|(at, letter)| Some((at, known(letter)?)))
            else {
                continue;
            };
            let letter = specifier.letter;
            let message = format!(
                "`%{letter}` is replaced by systemd ({}) before `{program}` sees it; write `%%{letter}`.",
                specifier.meaning.split(':').next().unwrap_or_default()
            );
            let range = place(cx, format);
            let text = doubled(value);
            let one_line = !cx.entry.item.continuations();
            let report = cx.report_as(&EXEC_UNESCAPED_PERCENT, Severity::Warning, range, message);
            if one_line {
                report.fix("Double the percent signs".to_owned(), Safety::Safe, range, text);
            }
        }
    }
}

/// Reports a specifier that nobody knows.
fn report_unknown(cx: &mut LineContext<'_, '_>, bad: &BadValue) {
    let message =
        format!("{} is {}: {}. A percent sign is written `%%`.", bad.shown, bad.error.what, bad.fate);
    let report = cx.report(&EXEC_UNESCAPED_PERCENT, bad.range, message);
    if let Some(instead) = bad.error.instead.as_deref() {
        report.fix(format!("Change to `{instead}`"), Safety::Unsafe, bad.range, instead.to_owned());
    }
}

/// The formats among a command's words, or in a script among them, with the programs that read them; as parts of the value.
fn formats(value: &str, command: &ExecCommand) -> Vec<(&'static str, TextRange)> {
    let mut found = Vec::new();
    // Behind a wrapper (`env`, `timeout`) the program is a later word.
    let wrapped = matches!(program_row(file_name(command.program())), Some(ProgramRow::Launcher(_)));
    let start =
        command.words.iter().position(|word| matches!(file_name(&word.text), "date" | "printf" | "stat"));
    let start = start.filter(|_| wrapped).unwrap_or(0);
    let words = command.words.get(start..).unwrap_or_default();
    match words.first().map_or("", |word| file_name(&word.text)) {
        "date" => found.extend(
            words.iter().skip(1).filter(|word| word.text.starts_with('+')).map(|word| ("date", word.range)),
        ),
        "printf" => found.extend(words.get(1).map(|word| ("printf", word.range))),
        "find" => {
            let after = words.windows(2).filter(|pair| pair[0].text == "-printf");
            found.extend(after.map(|pair| ("find", pair[1].range)));
        }
        "stat" => {
            for (index, word) in words.iter().enumerate() {
                let joined = word.text.starts_with("--format=") || word.text.starts_with("--printf=");
                if joined {
                    found.push(("stat", word.range));
                } else if matches!(word.text.as_str(), "-c" | "--format" | "--printf") {
                    found.extend(words.get(index + 1).map(|word| ("stat", word.range)));
                }
            }
        }
        _ => {
            let scripts =
                words.iter().skip(1).filter(|word| word.text.contains(' ') && word.text.contains('%'));
            for word in scripts {
                let written = &value[std::ops::Range::from(word.range)];
                let in_script = script_formats(written).into_iter();
                found.extend(in_script.map(|(program, range)| (program, range.shift(word.range.start))));
            }
        }
    }
    found
}

/// The formats of `date` and `printf` in the text of a script.
fn script_formats(script: &str) -> Vec<(&'static str, TextRange)> {
    let mut found = Vec::new();
    for program in ["date", "printf"] {
        for (at, _) in script.match_indices(program) {
            let before = script[..at].chars().next_back();
            let is_word = before.is_none_or(|before| " \t(`/;|&'\"$".contains(before));
            let rest = &script[at + program.len()..];
            let call = &rest[..rest.find([')', ';', '|', '&', '`', '\n']).unwrap_or(rest.len())];
            if !is_word || !call.starts_with([' ', '\t']) {
                continue;
            }
            let offset = at + program.len();
            let format = match program {
                // From the plus to the next blank, or to the quote that began before it.
                "date" => call.find('+').map(|plus| {
                    let quote = call[..plus].chars().next_back().filter(|char| "'\"".contains(*char));
                    let end = call[plus..].find(|char: char| match quote {
                        Some(quote) => char == quote,
                        None => char.is_whitespace() || "'\"\\".contains(char),
                    });
                    plus..end.map_or(call.len(), |end| plus + end)
                }),
                _ => {
                    let start = call.len() - call.trim_start().len();
                    let quote = call[start..].chars().next().filter(|char| "'\"".contains(*char));
                    let start = start + usize::from(quote.is_some());
                    let end = call[start..].find(|char: char| match quote {
                        Some(quote) => char == quote,
                        None => char.is_whitespace(),
                    });
                    Some(start..end.map_or(call.len(), |end| start + end))
                }
            };
            found.extend(
                format.map(|format| (program, TextRange::from(offset + format.start..offset + format.end))),
            );
        }
    }
    found
}

/// The `%` with a letter or digit behind it that are not escaped, with their places.
fn unescaped(text: &str) -> impl Iterator<Item = (usize, char)> {
    specifiers(text).filter(|(_, letter)| *letter != '%')
}

/// The text with these percent signs doubled.
fn doubled(text: &str) -> String {
    let mut out = text.to_owned();
    let places: Vec<usize> = unescaped(text).map(|(at, _)| at).collect();
    for at in places.into_iter().rev() {
        out.insert(at, '%');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs() {
        for (text, expected) in [
            ("+%Y-%m-%d", "+%%Y-%%m-%%d"),
            ("%%Y%%%Y", "%%Y%%%%Y"),
            ("100% %", "100% %"),
            ("%s ä%s", "%%s ä%%s"),
        ] {
            assert_eq!(doubled(text), expected);
        }
    }

    #[test]
    fn formats_in_scripts() {
        let formats = |script: &'static str| -> Vec<&str> {
            script_formats(script)
                .into_iter()
                .map(|(_, range)| &script[std::ops::Range::from(range)])
                .collect()
        };
        assert_eq!(formats("'echo $(date +%F) `date -u \"+%H %M\"`'"), ["+%F", "+%H %M"]);
        assert_eq!(formats("printf '%s\\n' x; update +%x; date; mydate +%y"), ["%s\\n"]);
        assert_eq!(formats("/bin/date -d @1 +%s"), ["+%s"]);
    }
}
