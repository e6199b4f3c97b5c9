//! A program's arguments, read as getopt(3) reads them, and the patterns of the catalog's programs held against them.

/// A word of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallWord {
    /// Its text, as far as it is known.
    pub text: String,
    /// Whether a variable or specifier may make other words of it.
    pub hidden: bool,
    /// Which word of the command line it is; `None` where a variable or a script brought it in.
    pub index: Option<usize>,
}

/// Arguments told apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Arguments<'a> {
    options: Vec<Opt<'a>>,
    /// Words that are no options, with their number among the arguments.
    pub(super) operands: Vec<(usize, &'a str)>,
    /// Whether what a variable holds may be more of them.
    pub(super) hidden: bool,
}

/// One option.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Opt<'a> {
    /// With its dashes; those of one letter with one.
    name: &'a str,
    /// For a letter in a row of letters.
    letter: Option<char>,
    /// What is attached to it: `--name=value`, `-xvalue`.
    attached: Option<&'a str>,
    /// The word behind it, where it may be its value.
    next: Option<&'a str>,
    /// Its number among the arguments.
    word: usize,
}

/// How a program writes its options.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Options whose value is the next word.
    pub(super) valued: &'static [&'static str],
    /// A word behind one dash is one option.
    pub(super) single_dash: bool,
    /// Words behind which another call begins.
    pub(super) rest_after: &'static [&'static str],
    /// Whether the first word that is no option begins another call.
    pub(super) stops_at_operand: bool,
}

impl<'a> Arguments<'a> {
    /// Reads the words behind the program's name.
    pub(super) fn read(words: &'a [CallWord], style: Style) -> Self {
        let mut read = Self { options: Vec::new(), operands: Vec::new(), hidden: false };
        let valued = |name: &str| {
            let same = |known: &&str| match style.single_dash {
                true => known.trim_start_matches('-') == name.trim_start_matches('-'),
                false => *known == name,
            };
            style.valued.iter().any(same)
        };
        let mut only_operands = false;
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let text = word.text.as_str();
            let number = at;
            at += 1;
            if word.hidden {
                read.hidden = true;
                continue;
            }
            if only_operands || !text.starts_with('-') || text == "-" {
                read.operands.push((number, text));
                if style.stops_at_operand || style.rest_after.iter().any(|rest| read.begins_with(rest)) {
                    break;
                }
                continue;
            }
            if text == "--" {
                only_operands = true;
                continue;
            }
            let next = words.get(at).filter(|next| !next.hidden).map(|next| next.text.as_str());
            if text.starts_with("--") || style.single_dash {
                let (name, attached) = match text.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (text, None),
                };
                let takes = attached.is_none() && valued(name);
                read.options.push(Opt { name, letter: None, attached, next, word: number });
                at += usize::from(takes);
                continue;
            }
            for (offset, letter) in text.char_indices().skip(1) {
                let end = offset + letter.len_utf8();
                let rest = text.get(end..).filter(|rest| !rest.is_empty());
                let takes = style.valued.iter().any(|known| {
                    known.strip_prefix('-').is_some_and(|known| known.chars().eq(std::iter::once(letter)))
                });
                let next = if rest.is_none() { next } else { None };
                let given = rest.and_then(|rest| rest.strip_prefix('=')).filter(|_| !takes);
                let attached = given.or(rest.filter(|_| takes));
                read.options.push(Opt { name: text, letter: Some(letter), attached, next, word: number });
                if given.is_some() {
                    break;
                }
                if takes {
                    at += usize::from(rest.is_none());
                    break;
                }
            }
        }
        read
    }

    /// Whether the operands are exactly these words, where `*` stands for any.
    fn begins_with(&self, pattern: &str) -> bool {
        let words = pattern.split(' ');
        words.clone().count() == self.operands.len()
            && words.zip(&self.operands).all(|(word, (_, operand))| word == "*" || word == *operand)
    }

    /// The value of the first of these options that is there, with the number of the option's word.
    pub(super) fn value_of(&self, names: &[&str]) -> Option<(usize, &'a str)> {
        self.options.iter().find_map(|option| {
            names
                .iter()
                .any(|name| option.is(name))
                .then_some((option.word, option.attached.or(option.next)?))
        })
    }

    /// The number of the word by which a pattern of the catalog matches; see the head of `programs.toml`.
    pub(super) fn find(&self, pattern: &str) -> Option<usize> {
        let mut parts = pattern.split(" & ").map(|part| self.find_one(part));
        let first = parts.next()??;
        parts.try_fold(first, |word, part| part.map(|other| word.max(other)))
    }

    fn find_one(&self, pattern: &str) -> Option<usize> {
        if !pattern.starts_with('-') {
            let words: Vec<&str> = pattern.split(' ').collect();
            let same = |(word, (_, operand)): (&&str, &(usize, &str))| glob(word, operand);
            let mut runs = self.operands.windows(words.len());
            let run = runs.find(|run| words.iter().zip(*run).all(same))?;
            return Some(run[0].0);
        }
        let (name, value) = match pattern.split_once(' ') {
            Some((name, value)) => (name, Some(value)),
            None => (pattern, None),
        };
        let fits = |option: &&Opt<'_>| {
            option.is(name)
                && match value {
                    Some(value) => option.attached.or(option.next).is_some_and(|given| glob(value, given)),
                    None => !option.attached.is_some_and(is_negative),
                }
        };
        self.options.iter().find(fits).map(|option| option.word)
    }

    /// The pattern among `patterns` that matches and asks for most, with that measure and the word's number.
    pub(super) fn best(&self, patterns: &[&'static str]) -> Option<(usize, usize)> {
        let measure = |pattern: &str| {
            pattern
                .split(" & ")
                .map(|part| if part.starts_with('-') { 1 } else { part.split(' ').count() })
                .sum::<usize>()
        };
        let found = patterns.iter().filter_map(|pattern| Some((measure(pattern), self.find(pattern)?)));
        found.reduce(|best, next| if next.0 > best.0 { next } else { best })
    }
}

impl Opt<'_> {
    fn is(&self, name: &str) -> bool {
        match self.letter {
            Some(letter) => {
                name.strip_prefix('-').is_some_and(|name| name.chars().eq(std::iter::once(letter)))
            }
            // Without rows of letters `-name` and `--name` are the same to most parsers.
            None => {
                self.name == name
                    || !self.name.starts_with("--") && self.name[1..] == *name.trim_start_matches('-')
                    || name.starts_with('-')
                        && !name.starts_with("--")
                        && self.name.trim_start_matches('-') == &name[1..]
            }
        }
    }
}

/// Whether a value switches its option off.
pub(super) fn is_negative(value: &str) -> bool {
    ["no", "false", "0", "off", "n"].iter().any(|no| value.eq_ignore_ascii_case(no))
}

/// Whether a text is `pattern`, whose leading and trailing `*` stand for anything. Blanks in the text count as one.
fn glob(pattern: &str, text: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Vec<CallWord> {
        let words = text.split('|').enumerate();
        words
            .map(|(index, text)| CallWord {
                text: text.to_owned(),
                hidden: text.starts_with('$'),
                index: Some(index),
            })
            .collect()
    }

    const STYLE: Style = Style {
        valued: &["-c", "-g", "--config"],
        single_dash: false,
        rest_after: &["run *"],
        stops_at_operand: false,
    };

    #[test]
    fn rows_of_letters_and_values() {
        for (words, pattern, found) in [
            ("-nb", "-n", true),
            ("-nb", "-b", true),
            ("-cn", "-n", false),
            ("-c|-n", "-n", false),
            ("-nc|x", "-n", true),
            ("--no-daemon", "-n", false),
            ("-|n", "-n", false),
            ("--|-n", "-n", false),
            ("-g|user x; daemon  off;", "-g *daemon off*", true),
            ("-gdaemon off;", "-g *daemon off*", true),
            ("-g|pid x;", "-g *daemon off*", false),
            ("--daemon=no", "--daemon", false),
            ("-d=false", "-d", false),
            ("-d=true", "-d", true),
            ("--daemon", "--daemon", true),
            ("--daemon=no", "--daemon no", true),
            ("--daemon|no", "--daemon no", true),
            ("--daemon|yes", "--daemon no", false),
            ("-d", "-d & -m", false),
            ("-dm", "-d & -m", true),
            ("multi|start|w1", "multi start", true),
            ("start|multi", "multi start", false),
            ("run|image|-d", "-d", false),
            ("run|-d|image", "run & -d", true),
            ("/etc/x.conf", "*", true),
            ("--config|/etc/x.conf", "*", false),
        ] {
            let words = call(words);
            let arguments = Arguments::read(&words, STYLE);
            assert_eq!(arguments.find(pattern).is_some(), found, "{words:?} {pattern}");
        }
    }

    #[test]
    fn options_of_one_dash() {
        let style = Style { single_dash: true, rest_after: &[], ..STYLE };
        for (words, pattern, found) in [
            ("-dontfork", "-dontfork", true),
            ("-dontfork", "-d", false),
            ("--nofork", "-nofork", true),
            ("-daemon=0", "-daemon", false),
            ("-daemon=0", "-daemon 0", true),
            ("-config|-nofork", "-nofork", false),
        ] {
            let words = call(words);
            assert_eq!(Arguments::read(&words, style).find(pattern).is_some(), found, "{words:?} {pattern}");
        }
    }

    #[test]
    fn variables_hide_what_they_hold() {
        let words = call("-n|$OPTIONS|x");
        let arguments = Arguments::read(&words, STYLE);
        assert!(arguments.hidden && arguments.operands == [(2, "x")]);
    }

    #[test]
    fn what_asks_for_more_decides() {
        let words = call("compose|up|-d");
        let arguments = Arguments::read(&words, STYLE);
        assert_eq!(arguments.best(&["up", "compose up & -d"]), Some((3, 2)));
        assert_eq!(arguments.best(&["run"]), None);
    }
}
