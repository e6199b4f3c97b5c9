//! Repairs that the rules about `Type=` share: another type, a flag more, a flag less.

use unit_catalog::{Hands, Notify, Program, Ready, Section};
use unit_syntax::TextRange;

use crate::activation::{Launch, Mode, Reason};
use crate::fix::Fix;
use crate::workspace::Setting;

/// Sets `Type=`, where `kind` stands or else beside the command.
pub(super) fn use_type(kind: Option<Setting<'_>>, launch: &Launch<'_>, word: &str) -> Fix {
    let fix = Fix::risky(format!("Use `Type={word}`"));
    match kind {
        Some(kind) => fix.set(kind, word),
        None => fix.insert(launch.file(), Section::Service, &format!("Type={word}")),
    }
}

/// The `Type=` for a program that stays in the foreground as it is called here.
pub(super) fn foreground_type(launch: &Launch<'_>) -> &'static str {
    let says_ready = matches!(launch.notifies(), Some(Notify::Yes | Notify::Built));
    let ready = launch.program.is_some_and(|program| program.ready == Ready::Notify && !program.notify_child);
    if says_ready && ready && launch.hands() == Hands::Becomes { "notify" } else { "exec" }
}

/// Adds what a pattern of the catalog asks for behind the program's name.
pub(super) fn add_flag(launch: &Launch<'_>, pattern: &str) -> Option<Fix> {
    let flag = flag_of(pattern)?;
    let program = launch.words.first()?.index?;
    // With the prefix `@` the name to run under comes first.
    let named = usize::from(program == 0 && launch.command.prefixes.contains('@'));
    let behind = launch.command.words.get(program + named)?;
    let at = TextRange::at(launch.setting.entry.value_to_source(behind.range).end);
    Some(Fix::risky(format!("Add `{flag}`")).replace(launch.file(), at, format!(" {flag}")))
}

/// Keeps the program in the foreground: with its flag, without the flag to the contrary, or by the other command.
pub(super) fn keep_in_foreground(launch: &Launch<'_>, program: &Program) -> Option<Fix> {
    match launch.mode() {
        Mode::Background(Reason::Flag(Some(word))) => {
            let written = launch.words.get(word)?.text.as_str();
            let plain = |pattern: &&&str| !pattern.contains([' ', '*']);
            let other =
                |with: &str| program.foreground.iter().filter(plain).find(|flag| flag.starts_with(with));
            if program.background.iter().filter(plain).any(|flag| *flag == written) {
                return match written.starts_with('-') {
                    true => remove_flag(launch, word),
                    false => replace_word(launch, word, other(written).or_else(|| other("run"))?),
                };
            }
            None
        }
        Mode::Background(_) | Mode::Config => add_flag(launch, program.foreground.first()?),
        _ => None,
    }
}

/// Takes a word of the call away, with the blanks before it.
pub(super) fn remove_flag(launch: &Launch<'_>, word: usize) -> Option<Fix> {
    let written = launch.words.get(word)?;
    let index = written.index.filter(|index| *index > 0)?;
    let before = launch.command.words.get(index - 1)?;
    let entry = launch.setting.entry;
    let start = entry.value_to_source(before.range).end;
    let range = TextRange::new(start, launch.word_range(word).end);
    Some(Fix::risky(format!("Remove `{}`", written.text)).replace(launch.file(), range, ""))
}

fn replace_word(launch: &Launch<'_>, word: usize, text: &str) -> Option<Fix> {
    launch.words.get(word)?.index?;
    let fix = Fix::risky(format!("Use `{} {text}`", launch.name()));
    Some(fix.replace(launch.file(), launch.word_range(word), text))
}

/// How a pattern of the catalog is written in a command line.
fn flag_of(pattern: &str) -> Option<String> {
    if pattern.contains(" & ") || !pattern.starts_with('-') {
        return None;
    }
    Some(match pattern.split_once(' ') {
        // The one flag that asks for a statement of the program's own language.
        Some((flag, "*daemon off*")) => format!("{flag} 'daemon off;'"),
        Some((flag, value)) if !value.contains('*') => format!("{flag} {value}"),
        Some(_) => return None,
        None => pattern.to_owned(),
    })
}
