//! What is said of the program that a command runs: its ways with the background, readiness and passed sockets.

use std::fmt::Write;

use unit_catalog::{Conduct, Directive, Notify, Sockets};
use unit_syntax::{Entry, TextRange};

use crate::activation::{Launch, Mode, Reason};
use crate::hover::Hover;
use crate::workspace::{Effective, File, Setting};

/// The program at `offset` of a command line that stands in `entry`; `None` where nothing is known of it.
pub(super) fn program(
    unit: &Effective<'_>,
    file: &File,
    directive: &Directive,
    entry: &Entry,
    offset: u32,
) -> Option<Hover> {
    let here = |setting: &Setting<'_>| setting.file.path == file.path && setting.entry.start == entry.start;
    let lines = unit.list(directive.section, directive.name).into_iter().filter(here);
    let launches = Launch::of_lines(unit, lines);
    launches.iter().find_map(|launch| {
        let range = written(launch).filter(|range| range.contains_inclusive(offset))?;
        Some(Hover { markdown: text(launch)?, range })
    })
}

/// Where the program's name stands, unless it is in a script.
fn written(launch: &Launch<'_>) -> Option<TextRange> {
    launch.words.first()?.index?;
    Some(launch.word_range(0))
}

fn text(launch: &Launch<'_>) -> Option<String> {
    let program = launch.program?;
    let mut text = format!("**`{}`**: {}", launch.name(), conduct(launch, program.default));
    let mut facts = Vec::new();
    let stays = launch.mode() != Mode::Job;
    facts.extend(launch.notifies().filter(|_| stays).map(|notify| match notify {
        Notify::Yes => "Sends `READY=1`",
        Notify::Built => "Sends `READY=1` where it was built so",
        Notify::Recent => "Sends `READY=1` in recent releases",
        Notify::App => "Does not send `READY=1`, though the program that it hosts may",
        Notify::No => "Does not send `READY=1`",
    }));
    facts.extend(launch.sockets().filter(|_| stays).map(|sockets| match sockets {
        Sockets::Auto => "Takes sockets that systemd passes, or does so where its configuration says so",
        Sockets::Required => "Cannot work without sockets that systemd passes",
        Sockets::Inetd => "Serves one connection on its standard input",
        Sockets::No => "Opens its addresses itself, whatever systemd passes",
    }));
    text.push_str("\n\n");
    for fact in facts {
        let _ = writeln!(text, "- {fact}");
    }
    let sure = if program.verified { "" } else { "; not looked up" };
    let _ = write!(text, "- From {}{sure}", program.manual);
    Some(text)
}

/// What becomes of its first process, as it is called here.
fn conduct(launch: &Launch<'_>, default: Conduct) -> String {
    let flag = |reason| {
        let Reason::Flag(Some(at)) = reason else { return None };
        let word = &launch.words.get(at)?.text;
        let valued = launch.program.is_some_and(|program| program.valued.contains(&word.as_str()));
        let value = launch.words.get(at + 1).filter(|_| valued);
        let value = value.map_or(String::new(), |value| format!(" {}", value.text));
        Some(format!(" by `{word}{value}`"))
    };
    match launch.mode() {
        Mode::Foreground(reason) => match (flag(reason), default) {
            (Some(flag), Conduct::Background) => format!("kept in the foreground{flag}"),
            (Some(flag), _) => format!("stays in the foreground, told so{flag}"),
            (None, _) => "stays in the foreground".to_owned(),
        },
        Mode::Background(reason) => {
            let told = flag(reason).map_or(String::new(), |flag| format!(", told so{flag}"));
            format!("goes into the background{told}, and its first process exits")
        }
        Mode::Config => "its configuration file says whether it goes into the background".to_owned(),
        Mode::Job => "does its work and exits".to_owned(),
        Mode::Unknown => match default {
            Conduct::Foreground => "stays in the foreground, unless arguments out of sight say otherwise",
            Conduct::Background => "goes into the background, unless arguments out of sight say otherwise",
            Conduct::Config => "its configuration file says whether it goes into the background",
            Conduct::Job => "does its work and exits",
        }
        .to_owned(),
    }
}
