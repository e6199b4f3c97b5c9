//! `$NAME` and `${NAME}` in command lines, also those half typed.

use std::ops::Range;

use super::{ExecCommand, exec_commands};

/// A variable in a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Variable<'v> {
    /// From its `$` to the end of its name, or to the `}` behind it.
    pub(crate) range: Range<usize>,
    /// Its name; empty where it is still to come.
    pub(crate) name: &'v str,
    /// Whether systemd replaces it: `${NAME}` anywhere, `$NAME` as a word of its own.
    pub(crate) replaced: bool,
}

/// The variable at the byte `at` of a command line; a cursor right behind it counts. None where the mark `:` leaves
/// variables alone.
pub(crate) fn variable_at(value: &str, at: usize) -> Option<Variable<'_>> {
    let mut from = 0;
    while let Some(found) = value.get(from..)?.find('$') {
        let start = from + found;
        let behind = &value[start + 1..];
        if behind.starts_with('$') {
            from = start + 2;
            continue;
        }
        let braced = behind.strip_prefix('{');
        let name = braced.unwrap_or(behind);
        let name = &name[..name.find(|char: char| !is_of_name(char)).unwrap_or(name.len())];
        let end = start + 1 + usize::from(braced.is_some()) + name.len();
        let closed = braced.is_some_and(|braced| braced[name.len()..].starts_with('}'));
        let range = start..end + usize::from(closed);
        if range.start < at && at <= range.end {
            let blank = |char: char| char.is_ascii_whitespace();
            let alone = value[..start].chars().next_back().is_none_or(blank)
                && value[range.end..].chars().next().is_none_or(blank);
            return (!is_left_alone(value, at)).then_some(Variable {
                range,
                name,
                replaced: closed || alone,
            });
        }
        from = end;
    }
    None
}

/// Whether the command at `at` has the mark `:`.
fn is_left_alone(value: &str, at: usize) -> bool {
    let marked = |command: &ExecCommand| command.prefixes.contains(':');
    let begun = |command: &ExecCommand| command.range.start as usize <= at;
    exec_commands(value).iter().rfind(|command| begun(command)).is_some_and(marked)
}

/// Whether names of variables hold it.
fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_variables() {
        let at = |text: &str| {
            let cursor = text.find('|').expect("a cursor");
            let value = text.replace('|', "");
            let found = variable_at(&value, cursor);
            found.map(|variable| format!("{}: {}", &value[variable.range.clone()], variable.name))
        };
        assert_eq!(at("a $HO|ME b").as_deref(), Some("$HOME: HOME"));
        assert_eq!(at("a/${HO|ME}/b").as_deref(), Some("${HOME}: HOME"));
        assert_eq!(at("a ${HO| b").as_deref(), Some("${HO: HO"));
        assert_eq!(at("a $|").as_deref(), Some("$: "));
        assert_eq!(at("a ${|}").as_deref(), Some("${}: "));
        for nothing in ["a $$HO|ME", "|$HOME", "$HOME |x", "a|", "é|$", "-:/bin/a $HO|ME"] {
            assert_eq!(at(nothing), None, "{nothing}");
        }
    }
}
