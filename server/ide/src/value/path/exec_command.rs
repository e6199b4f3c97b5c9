//! Command lines of `Exec*=`, split as `config_parse_exec()` splits them (systemd.service(5), "Command Lines").

use unit_syntax::TextRange;

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
    for word in split_words(value) {
        if word.text == ";" && !word.quoted && value[word.range.start as usize..].starts_with(';') {
            commands.extend(command(std::mem::take(&mut words)));
        } else {
            words.push(word);
        }
    }
    commands.extend(command(words));
    commands
}

fn command(mut words: Vec<ExecWord>) -> Option<ExecCommand> {
    let range = TextRange::new(words.first()?.range.start, words.last()?.range.end);
    let program = &mut words[0];
    let prefix = program.text.bytes().take_while(|byte| b"-@:+!|".contains(byte)).count();
    let prefixes: String = program.text.drain(..prefix).collect();
    if !program.quoted {
        program.range.start += prefix as u32;
    }
    Some(ExecCommand { prefixes, words, range })
}

/// Splits like `extract_first_word()` with `EXTRACT_UNQUOTE | EXTRACT_CUNESCAPE`.
fn split_words(value: &str) -> Vec<ExecWord> {
    let mut words = Vec::new();
    let mut current: Option<ExecWord> = None;
    let mut quote: Option<char> = None;
    let mut chars = value.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let end = (at + char.len_utf8()) as u32;
        let blank = matches!(char, ' ' | '\t' | '\n' | '\r');
        if blank && quote.is_none() {
            words.extend(current.take());
            continue;
        }
        let word = current.get_or_insert_with(|| ExecWord {
            text: String::new(),
            range: TextRange::new(at as u32, end),
            quoted: false,
        });
        word.range.end = end;
        match (char, quote) {
            ('\\', _) => {
                if let Some((at, escaped)) = chars.next() {
                    word.range.end = (at + escaped.len_utf8()) as u32;
                    word.text.push(match escaped {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        's' => ' ',
                        other => other,
                    });
                }
            }
            ('"' | '\'', None) => {
                quote = Some(char);
                word.quoted = true;
            }
            (char, Some(open)) if char == open => quote = None,
            (char, _) => word.text.push(char),
        }
    }
    words.extend(current);
    words
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
    }

    #[test]
    fn prefixes_and_ranges() {
        let command = &exec_commands("-@/bin/x name --flag")[0];
        assert_eq!((command.prefixes.as_str(), command.program_name()), ("-@", "x"));
        assert_eq!(command.arguments()[0].text, "--flag");
        assert_eq!(command.words[0].range, TextRange::new(2, 8));
    }
}
