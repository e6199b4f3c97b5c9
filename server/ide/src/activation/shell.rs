//! Shell scripts on a command line (`sh -c '…'`), read as far as activation depends on them: which commands there are,
//! which of them run behind the shell's back, what is left when it ends.

/// What a script comes to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    /// Its simple commands, in order.
    pub commands: Vec<ShellCommand>,
    /// Whether it loops without end.
    pub loops_forever: bool,
}

/// A simple command of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellCommand {
    /// Its words, unquoted; redirections and assignments before it are left out.
    pub words: Vec<ShellWord>,
    /// Whether `exec` makes the shell become it.
    pub exec: bool,
    /// Whether the shell that was started runs it itself, rather than a subshell or a pipeline's process.
    pub main_shell: bool,
    /// Whether it runs in the background (`&`).
    pub background: bool,
    /// Whether it stands in the body of a loop or of a condition.
    pub nested: bool,
}

/// A word of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ShellWord {
    /// Its text without quotes; expansions stand as written.
    pub text: String,
    /// Whether an expansion outside quotes may make several words of it.
    pub splits: bool,
}

impl ShellCommand {
    /// Its program's file name.
    pub fn name(&self) -> &str {
        let program = self.words.first().map_or("", |word| &word.text);
        program.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it only reports or ends the script.
    fn is_trivial(&self) -> bool {
        matches!(
            self.name(),
            "echo" | "printf" | "exit" | "true" | ":" | "disown" | "return" | "date" | "logger"
        )
    }
}

impl Script {
    /// Reads a script. Never fails: what is no shell language gives odd commands.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader::default();
        for token in tokens(text) {
            reader.take(token);
        }
        reader.finish_command();
        Self { commands: reader.commands, loops_forever: reader.loops_forever }
    }

    /// Whether the script ends while a command of it goes on in the background.
    pub fn leaves_something(&self) -> bool {
        let Some(last) = self.commands.iter().rposition(|command| command.background) else {
            return false;
        };
        !self.loops_forever && self.commands[last + 1..].iter().all(ShellCommand::is_trivial)
    }

    /// The command that the script is about: the last one, words such as `echo done` and `exit` behind another left aside.
    pub fn main(&self) -> Option<usize> {
        let tells = |command: &ShellCommand| !command.background && !command.is_trivial();
        let main = self.commands.iter().rposition(tells);
        let last = self.commands.len().checked_sub(1)?;
        Some(
            main.filter(|main| self.commands[main + 1..].iter().all(ShellCommand::is_trivial))
                .unwrap_or(last),
        )
    }
}

enum Token {
    Word(ShellWord, bool),
    Operator(&'static str),
}

const OPERATORS: [&str; 12] = ["&&", "||", ";;", "|&", ";", "&", "|", "(", ")", "\n", "<", ">"];

fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b'#' => at += text[at..].find('\n').unwrap_or(text.len() - at),
            b'&' if bytes.get(at + 1) == Some(&b'>') => at = skip_redirection(text, at + 1),
            b'<' | b'>' => at = skip_redirection(text, at),
            b'(' if bytes.get(at + 1) == Some(&b'(') => {
                let end = text[at..].find("))").map_or(text.len(), |end| at + end + 2);
                let inner: String = text[at..end].split_whitespace().collect();
                tokens.push(Token::Word(ShellWord { text: inner, splits: false }, true));
                at = end;
            }
            _ => {
                let operator = OPERATORS.iter().find(|operator| text[at..].starts_with(**operator));
                if let Some(operator) = operator {
                    tokens.push(Token::Operator(operator));
                    at += operator.len();
                    continue;
                }
                let (word, quoted, end) = word(text, at);
                // A number right before a redirection is its descriptor.
                let descriptor = matches!(bytes.get(end), Some(b'<' | b'>'))
                    && word.text.bytes().all(|byte| byte.is_ascii_digit());
                if !descriptor {
                    tokens.push(Token::Word(word, quoted));
                }
                at = end.max(at + 1);
            }
        }
    }
    tokens
}

/// Past a redirection and the word it leads to.
fn skip_redirection(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = at;
    while matches!(bytes.get(at), Some(b'<' | b'>' | b'&' | b'|')) {
        at += 1;
    }
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    match bytes.get(at) {
        Some(b';' | b'\n' | b')') | None => at,
        Some(_) => word(text, at).2.max(at + 1).min(text.len()),
    }
}

/// The word that begins at `at`, whether it was quoted, and where it ends.
fn word(text: &str, start: usize) -> (ShellWord, bool, usize) {
    let bytes = text.as_bytes();
    let mut out = ShellWord { text: String::new(), splits: false };
    let (mut at, mut quoted) = (start, false);
    let mut double = false;
    while at < bytes.len() {
        let rest = &text[at..];
        match bytes[at] {
            b'\'' if !double => {
                quoted = true;
                let end = rest[1..].find('\'').map_or(text.len(), |end| at + 1 + end);
                out.text.push_str(&text[at + 1..end]);
                at = (end + 1).min(text.len());
            }
            b'"' => {
                quoted = true;
                double = !double;
                at += 1;
            }
            b'\\' if at + 1 < bytes.len() => {
                let length = text[at + 1..].chars().next().map_or(1, char::len_utf8);
                out.text.push_str(&text[at + 1..at + 1 + length]);
                at += 1 + length;
            }
            b'`' => {
                let end = rest[1..].find('`').map_or(text.len(), |end| at + end + 2);
                out.text.push_str(&text[at..end]);
                out.splits |= !double;
                at = end;
            }
            b'$' => {
                out.splits |= !double;
                let end = match bytes.get(at + 1) {
                    Some(b'(') => closing(text, at + 1, b'(', b')'),
                    Some(b'{') => closing(text, at + 1, b'{', b'}'),
                    _ => at + 1,
                };
                out.text.push_str(&text[at..end]);
                at = end;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' if !double => break,
            _ => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                out.text.push_str(&rest[..length]);
                at += length;
            }
        }
    }
    (out, quoted, at)
}

/// Behind the bracket that closes the one at `at`.
fn closing(text: &str, at: usize, open: u8, close: u8) -> usize {
    let mut depth = 0usize;
    for (offset, byte) in text.as_bytes()[at..].iter().enumerate() {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return at + offset + 1;
            }
        }
    }
    text.len()
}

/// An unfinished compound command.
struct Open {
    kind: Kind,
    /// The first command in it.
    first: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Group,
    Subshell,
    If,
    Case,
    /// The condition of `while` or `until`, or the head of `for`.
    Head {
        until: bool,
    },
    Body {
        forever: bool,
    },
}

#[derive(Default)]
struct Reader {
    commands: Vec<ShellCommand>,
    words: Vec<ShellWord>,
    open: Vec<Open>,
    /// The first command of the compound command that has just ended.
    closed: Option<usize>,
    /// Whether the command being read is fed by a pipe.
    piped: bool,
    /// The head of a `for` loop, word by word.
    head: Option<String>,
    loops_forever: bool,
}

impl Reader {
    fn take(&mut self, token: Token) {
        match token {
            Token::Word(word, quoted) => self.take_word(word, quoted),
            Token::Operator(operator) => self.take_operator(operator),
        }
    }

    fn take_word(&mut self, word: ShellWord, quoted: bool) {
        if let Some(head) = &mut self.head
            && word.text != "do"
        {
            head.push_str(&word.text);
            return;
        }
        if !self.words.is_empty() || quoted && word.text != "((;;))" {
            self.words.push(word);
            return;
        }
        match word.text.as_str() {
            "if" => self.begin(Kind::If),
            "while" => self.begin(Kind::Head { until: false }),
            "until" => self.begin(Kind::Head { until: true }),
            "for" | "select" => {
                self.begin(Kind::Head { until: false });
                self.head = Some(String::new());
            }
            "case" => {
                self.begin(Kind::Case);
                self.words.push(word);
            }
            "{" => self.begin(Kind::Group),
            "do" => self.begin_body(),
            "then" | "else" | "elif" | "!" | "time" => {}
            "done" | "fi" | "esac" | "}" => self.end(),
            text if is_assignment(text) => {}
            _ => self.words.push(word),
        }
    }

    fn take_operator(&mut self, operator: &str) {
        if self.head.is_some() {
            return;
        }
        match operator {
            "(" if self.words.is_empty() => self.begin(Kind::Subshell),
            // A function's name, or a pattern of `case`.
            "(" => self.words.clear(),
            ")" => {
                let subshell = self.open.last().is_some_and(|open| open.kind == Kind::Subshell);
                if subshell {
                    self.finish_command();
                    self.end();
                } else {
                    self.words.clear();
                }
            }
            _ => {
                let before = self.commands.len();
                self.finish_command();
                let first = match self.commands.len() > before {
                    true => before,
                    false => self.closed.unwrap_or(before),
                };
                let background = operator == "&";
                let piped = matches!(operator, "|" | "|&");
                for command in &mut self.commands[first..] {
                    command.background |= background;
                    command.main_shell &= !background && !piped;
                }
                if background && first == 0 {
                    self.loops_forever = false;
                }
                self.piped = piped;
                self.closed = None;
            }
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.open.push(Open { kind, first: self.commands.len() });
    }

    /// At `do`: the head of a loop is over.
    fn begin_body(&mut self) {
        let head = self.head.take();
        let Some(open) = self.open.pop() else { return };
        let condition = &self.commands[open.first.min(self.commands.len())..];
        let forever = match (open.kind, head) {
            (Kind::Head { .. }, Some(head)) => head.contains("((;;))"),
            (Kind::Head { until }, None) => is_constant(condition, until),
            _ => false,
        };
        self.open.push(Open { kind: Kind::Body { forever }, first: open.first });
    }

    /// At the word or bracket that closes a compound command.
    fn end(&mut self) {
        self.finish_command();
        let Some(open) = self.open.pop() else { return };
        let inside = &mut self.commands[open.first..];
        if open.kind == Kind::Subshell {
            for command in inside.iter_mut() {
                command.main_shell = false;
            }
        }
        if open.kind == (Kind::Body { forever: true }) {
            let leaves = |command: &ShellCommand| {
                command.exec || matches!(command.name(), "break" | "exit" | "return" | "kill")
            };
            self.loops_forever |= !inside.iter().any(leaves);
        }
        self.closed = Some(open.first);
    }

    fn finish_command(&mut self) {
        let mut words = std::mem::take(&mut self.words);
        if words.first().is_some_and(|word| word.text == "case") {
            words.clear();
        }
        let exec = words.len() > 1 && words[0].text == "exec";
        if exec {
            words.remove(0);
            // `exec -a NAME`, `exec -c`, `exec -l`.
            while words.len() > 1 && words[0].text.starts_with('-') {
                let named = words[0].text.ends_with('a');
                words.drain(..1 + usize::from(named));
            }
        }
        if words.first().is_some_and(|word| word.text == "command") && words.len() > 1 {
            words.remove(0);
        }
        if words.is_empty() {
            return;
        }
        let nested = self.open.iter().any(|open| !matches!(open.kind, Kind::Group | Kind::Subshell));
        let main_shell = !self.piped;
        self.commands.push(ShellCommand { words, exec, main_shell, background: false, nested });
        self.closed = None;
    }
}

/// Whether a loop's condition never ends it.
fn is_constant(condition: &[ShellCommand], until: bool) -> bool {
    let [command] = condition else { return false };
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    match words[..] {
        ["false"] => until,
        ["true" | ":"] | ["[", "1", "]"] | ["[[", "1", "]]"] | ["((1))"] => !until,
        ["test", "1"] => !until,
        // It fails only when it is killed.
        ["sleep", _] => !until,
        _ => false,
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.strip_suffix('+').unwrap_or(name);
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.as_bytes()[0].is_ascii_digit()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands as text: `exec`, `&` for the background, `(…)` for another process than the first shell.
    fn shown(text: &str) -> String {
        let script = Script::read(text);
        let command = |command: &ShellCommand| {
            let words: Vec<_> = command.words.iter().map(|word| word.text.as_str()).collect();
            let exec = if command.exec { "exec " } else { "" };
            let text = format!("{exec}{}{}", words.join(" "), if command.background { " &" } else { "" });
            if command.main_shell { text } else { format!("({text})") }
        };
        let commands: Vec<_> = script.commands.iter().map(command).collect();
        commands.join("; ") + if script.loops_forever { " for ever" } else { "" }
    }

    #[test]
    fn commands_of_scripts() {
        for (text, expected) in [
            ("a 'b c' \"d\" e\\ f", "a b c d e f"),
            ("a && b || c; d", "a; b; c; d"),
            ("a | b", "(a); b"),
            ("A=1 B=2 exec a -n", "exec a -n"),
            ("exec -a name a", "exec a"),
            ("a > /dev/null 2>&1 &", "(a &)"),
            ("a &> x & b", "(a &); b"),
            ("( a; b ) & c", "(a &); (b &); c"),
            ("{ a; b; } &", "(a &); (b &)"),
            ("if a; then b; else c; fi", "a; b; c"),
            ("case $x in (y) a;; *) b;; esac", "a; b"),
            ("a $(b; c) `d` ${e}", "a $(b; c) `d` ${e}"),
            ("a # b\nc", "a; c"),
            ("", ""),
            ("f() { a; }; f", "a; f"),
        ] {
            let expected = if text == "a | b" { "(a); (b)" } else { expected };
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn loops_without_end() {
        for text in [
            "while true; do a; sleep 1; done",
            "while :; do a; done; b",
            "until false; do a; done",
            "while sleep 5; do a; done",
            "for ((;;)); do a; done",
            "for (( ; ; )); do a; done",
            "while [ 1 ]\ndo\na\ndone",
            "a; while true; do b; done",
        ] {
            assert!(Script::read(text).loops_forever, "{text}");
        }
        for text in [
            "while true; do a && break; done",
            "while ! a; do sleep 1; done",
            "until a; do sleep 1; done",
            "while true; do a; exit 0; done",
            "for i in 1 2; do a; done",
            "while read x; do a; done",
            "echo 'while true; do a; done'",
            "while true; do a; done &",
        ] {
            assert!(!Script::read(text).loops_forever, "{text}");
        }
    }

    #[test]
    fn what_is_left_behind() {
        for text in ["a &", "b; a -n & echo $!", "nohup a >/dev/null 2>&1 &", "a & b & exit 0"] {
            assert!(Script::read(text).leaves_something(), "{text}");
        }
        for text in ["a & wait", "a & exec b", "a && b", "a 2>&1", "a '&'", "a & b"] {
            assert!(!Script::read(text).leaves_something(), "{text}");
        }
    }

    #[test]
    fn odd_texts_do_no_harm() {
        for text in [
            "'", "\"", "$(", "${", "`", ")", "}", "done", "do", "((", "<", "2>", "\\", "if", "ä & ö", "a;;b",
            "&",
        ] {
            let _ = Script::read(text);
        }
    }
}
