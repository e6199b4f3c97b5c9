//! Command lines of `Exec*=`, split as `config_parse_exec()` splits them (systemd.service(5), "Command Lines").

use unit_syntax::TextRange;

use crate::value::extract_word::{Extract, Word, WordError, Words, words};
use crate::value::piece::Origin;

/// One command of an `Exec*=` line; a line holds several where words of a lone `;` part them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExecCommand {
    /// The special prefixes before the program (`-@:+!|`).
    pub prefixes: String,
    /// The program and its arguments, unquoted; specifiers and variables stand as written.
    pub words: Vec<ExecWord>,
    /// From the first prefix to the last word, in bytes of the value.
    pub range: TextRange,
}

/// A word of a command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExecWord {
    /// Its text after unquoting and unescaping.
    pub text: String,
    /// Where it stands, in bytes of the value, quotes included.
    pub range: TextRange,
    /// Whether any part of it was quoted.
    pub quoted: bool,
}

impl ExecCommand {
    /// The program word without prefixes.
    pub fn program(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    /// The program's file name.
    pub fn program_name(&self) -> &str {
        self.program().rsplit('/').next().unwrap_or_default()
    }

    /// The words behind the program; with the prefix `@` the first of them is the process's name.
    pub fn arguments(&self) -> &[ExecWord] {
        let skip = if self.prefixes.contains('@') { 2 } else { 1 };
        self.words.get(skip..).unwrap_or_default()
    }
}

/// Splits a value into its commands. Never fails: an unclosed quote ends with the value.
pub fn exec_commands(value: &str) -> Vec<ExecCommand> {
    let mut commands = Vec::new();
    let mut words: Vec<ExecWord> = Vec::new();
    for token in tokens(value, Extract::RELAX) {
        match token {
            Ok(Token::Word(word)) => words.push(ExecWord {
                text: word.text.into_owned(),
                range: TextRange::new(word.range.start as u32, word.range.end as u32),
                quoted: word.quoted,
            }),
            Ok(Token::Separator) => commands.extend(command(std::mem::take(&mut words))),
            Err(_) => {}
        }
    }
    commands.extend(command(words));
    commands
}

fn command(mut words: Vec<ExecWord>) -> Option<ExecCommand> {
    let range = TextRange::new(words.first()?.range.start, words.last()?.range.end);
    let program = &mut words[0];
    let prefixes: String = program.text.drain(..prefix_len(&program.text, true)).collect();
    if !program.quoted {
        program.range.start += prefixes.len() as u32;
    }
    Some(ExecCommand { prefixes, words, range })
}

/// How many bytes of a command's first word are marks, each of which may stand once; `shell` says whether `|` is
/// one of them. Of `+`, `!` and `!!` there may be one.
pub(super) fn prefix_len(word: &str, shell: bool) -> usize {
    let mut seen: Vec<u8> = Vec::new();
    for mark in word.bytes() {
        let repeated = seen.contains(&mark);
        let taken = match mark {
            b'-' | b'@' | b':' => !repeated,
            b'|' => shell && !repeated,
            b'+' => !repeated && !seen.contains(&b'!'),
            b'!' => !seen.contains(&b'+') && seen.iter().filter(|seen| **seen == b'!').count() < 2,
            _ => false,
        };
        if !taken {
            break;
        }
        seen.push(mark);
    }
    seen.len()
}

/// A piece of a value that holds command lines.
pub(super) enum Token<'a> {
    /// A word of a command.
    Word(Word<'a>),
    /// The `;` behind a command.
    Separator,
}

/// Splits a value into words, with the unknown escapes left in them, and the marks between commands.
pub(super) fn tokens(value: &str, flags: Extract) -> Tokens<'_> {
    let flags = flags | Extract::UNQUOTE | Extract::CUNESCAPE | Extract::UNESCAPE_RELAX;
    Tokens { value, words: words(value, flags), first: true }
}

/// The pieces of a value that holds command lines.
pub(super) struct Tokens<'a> {
    value: &'a str,
    words: Words<'a>,
    /// Whether the next word is a command's first.
    first: bool,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<Token<'a>, WordError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = std::mem::take(&mut self.first);
        Some(self.words.next()?.map(|word| {
            let written = &self.value[word.range.clone()];
            if written == ";" || first && word.text == ";" {
                self.first = true;
                Token::Separator
            } else if written == "\\;" && !first {
                let mut origin = Origin::default();
                origin.escaped(0, word.range.clone());
                Token::Word(Word { text: ";".into(), bad_escape: None, origin, ..word })
            } else {
                Token::Word(word)
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(value: &str) -> Vec<Vec<String>> {
        let commands = exec_commands(value).into_iter();
        commands.map(|command| command.words.into_iter().map(|word| word.text).collect()).collect()
    }

    #[test]
    fn quotes_and_separators() {
        assert_eq!(words("/bin/sh -c 'a ; b'"), [["/bin/sh", "-c", "a ; b"]]);
        assert_eq!(words("/bin/a x ; /bin/b"), [vec!["/bin/a", "x"], vec!["/bin/b"]]);
        assert_eq!(words("/bin/a \\; x"), [["/bin/a", ";", "x"]]);
        assert_eq!(words("/bin/a \"un closed"), [["/bin/a", "un closed"]]);
        assert_eq!(words(""), Vec::<Vec<String>>::new());
        assert_eq!(words(r"/bin/a \x41\s\q ; ; /bin/b"), [vec!["/bin/a", r"A \q"], vec!["/bin/b"]]);
    }

    #[test]
    fn prefixes_and_ranges() {
        let command = &exec_commands("-@/bin/x name --flag")[0];
        assert_eq!((command.prefixes.as_str(), command.program_name()), ("-@", "x"));
        assert_eq!(command.arguments()[0].text, "--flag");
        assert_eq!(command.words[0].range, TextRange::new(2, 8));
        for (word, marks) in [("-@:+/a", 4), ("--/a", 1), ("+!/a", 1), ("!!!/a", 2), ("!+/a", 1), ("|||", 1)]
        {
            assert_eq!(prefix_len(word, true), marks, "{word}");
        }
        assert_eq!(prefix_len("|/a", false), 0);
    }
}
