//! Formatting: what it puts in order, what it leaves alone, and that nobody can read the difference.

#[path = "../../syntax/tests/config_parse/mod.rs"]
mod config_parse;
mod support;
#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use std::path::Path;
use std::sync::Arc;

use config_parse::config_parse;
use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::pieces::piece;
use support::{Fixture, findings, workspaces};
use unit_catalog::Version;
use unit_ide::fix::apply;
use unit_ide::formatting::{Unformatted, formatting, on_type_formatting, range_formatting};
use unit_ide::workspace::{Decoding, File, FileKind, Places};
use unit_syntax::{TextRange, Unit};

/// Real units of a machine, where there are some.
const MACHINE: &str = "/usr/lib/systemd/system";

/// A file that is formatted whatever it holds, but for odd characters.
fn file(text: &str) -> File {
    let path = Path::new("/src/web.service").into();
    let mut file = File::new(path, &Places::default(), Version::NEWEST, Arc::new(Unit::parse(text)));
    (file.kind, file.foreign_template) = (FileKind::Other, false);
    file
}

#[track_caller]
fn formatted(text: &str) -> String {
    let edits = formatting(&file(text)).unwrap_or_else(|refused| panic!("{refused}: {text:?}"));
    for pair in edits.windows(2) {
        assert!(pair[0].range.end <= pair[1].range.start, "edits overlap or are in no order: {edits:?}");
    }
    for edit in &edits {
        let old = &text[std::ops::Range::from(edit.range)];
        assert_ne!(old, edit.text, "an edit that changes nothing: {edit:?}");
        assert!(edit.text.len() <= 2 && old.len() < (1 << 20), "more than blanks and an ending: {edit:?}");
    }
    apply(text, &edits)
}

/// Formats a text, and makes sure that nobody can read the difference.
#[track_caller]
fn harmless(text: &str) -> String {
    let once = formatted(text);
    assert_eq!(config_parse(text), config_parse(&once), "{text:?} became {once:?}");
    let ink = |text: &str| text.chars().filter(|c| !" \t\r\n".contains(*c)).collect::<String>();
    assert_eq!(ink(text), ink(&once), "{text:?} became {once:?}");
    assert_eq!(once.is_empty(), text.is_empty(), "an empty file is a mask: {text:?}");
    assert_eq!(formatted(&once), once, "a second time changes something: {text:?}");
    once
}

#[track_caller]
fn check(before: &str, after: Expect) {
    after.assert_eq(&harmless(before));
}

/// Blanks at the ends of lines as they show.
fn visible(text: &str) -> String {
    text.replace(' ', "·").replace('\t', "→").replace('\r', "␍")
}

#[test]
fn blanks_around_keys_values_headers_and_comments() {
    check(
        "  [Unit]  \n\tDescription = A  web   server\t\nAfter=\t\n  # about what follows  \n; x\nWants = a  b \n",
        expect![[r#"
            [Unit]
            Description=A  web   server
            After=
            # about what follows
            ; x
            Wants=a  b
        "#]],
    );
}

#[test]
fn blank_lines() {
    check(
        "\n  \n\n# What this is.\n[Unit]\n\nA=1\n \t\n\n\n\nB=2\n[Service]\nC=3\n\n[Empty]\n[Install]\nD=4\n\n\n",
        expect![[r#"
            # What this is.
            [Unit]

            A=1

            B=2

            [Service]
            C=3

            [Empty]

            [Install]
            D=4
        "#]],
    );
    check(
        "[Unit]\nA=1",
        expect![[r#"
        [Unit]
        A=1
    "#]],
    );
    for nothing in ["", "\n", " \n\n\t"] {
        assert_eq!(harmless(nothing), nothing);
    }
}

/// Comments right above a header belong to it, but a setting that was switched off belongs to its section.
#[test]
fn comments_between_sections() {
    check(
        "[Unit]\nA=1\n# How it runs.\n# And why.\n[Service]\nB=2\n# Nice=3\n#User=me\n[Install]\nE=5\n# unitls: allow(never-enabled)\n#Also=me\n[X-Y]\n",
        expect![[r#"
            [Unit]
            A=1

            # How it runs.
            # And why.
            [Service]
            B=2
            # Nice=3
            #User=me

            [Install]
            E=5

            # unitls: allow(never-enabled)
            #Also=me
            [X-Y]
        "#]],
    );
}

#[test]
fn continuations_stay() {
    let text = "[Service]\nExecStart = \\\n  /bin/sh -c   \\\n\t'a' \\\n  # why \n   ; not  \n\\\n  b  \nEnvironment= A=1 \\\n   \n[Install]\nKe\\\n y = v \nX=1 \\";
    let expected = expect![[r#"
        [Service]
        ExecStart=\
        ··/bin/sh·-c···\
        →'a'·\
        ··#·why·
        ···;·not··
        \
        ··b
        Environment=A=1·\

        [Install]
        Ke\
        ·y·=·v·
        X=1·\
    "#]];
    expected.assert_eq(&visible(&harmless(text)));
}

/// Where a blank at the end of a line keeps it from going on, it stays.
#[test]
fn blanks_that_mean_something() {
    let same = "[Service]\nA=b \\ \nB=c\\\\\\\t\nC='a \\ \n";
    assert_eq!(harmless(same), same);
    assert_eq!(harmless("[Service]\nA = b\\\\ \nB=\"x \nC= \\\\\n"), "[Service]\nA=b\\\\\nB=\"x\nC=\\\\\n");
}

/// What systemd cannot use stays as it is, and what is around it does not suffer.
#[test]
fn junk_stays() {
    let text = "[Unit]\n  lone  word \nA = 1\n = 2\n\n\n[Serv\nB = 3 \n[Install] # no\nC = 4\n";
    let expected = expect![[r#"
        [Unit]
        ··lone··word·
        A=1
        ·=·2

        [Serv
        B=3
        [Install]·#·no
        C=4
    "#]];
    expected.assert_eq(&visible(&harmless(text)));
}

#[test]
fn line_endings_and_marks_stay() {
    let formatted = harmless("\u{feff}[Unit]\t\r\nA = 1  \r\n\r\n \r\nB = 2\nC=3\r\n[Service] ");
    assert_eq!(formatted, "\u{feff}[Unit]\r\nA=1\r\n\r\nB=2\nC=3\r\n\r\n[Service]\r\n");
    // systemd takes the mark away after it has looked for comments.
    assert_eq!(harmless("\u{feff}\n# A=1\n[Unit]\n\n"), "\u{feff}\n# A=1\n[Unit]\n");
}

#[test]
fn lines_that_are_too_long_stay_too_long() {
    let blanks = " ".repeat(1 << 20);
    let text = format!("[Unit]\nA = {blanks}\n#{blanks}\n{blanks}\nB = 1\n");
    let expected = format!("[Unit]\nA = {blanks}\n#{blanks}\n{blanks}\nB=1\n");
    assert!(formatted(&text) == expected);
}

#[test]
fn what_is_not_formatted() {
    let refused = |path: &str, text: &str, decoding| {
        let unit = Arc::new(Unit::parse(text));
        let mut file = File::new(Path::new(path).into(), &Places::default(), Version::NEWEST, unit);
        file.decoding = decoding;
        formatting(&file).err()
    };
    let utf8 = Decoding::Utf8;
    assert_eq!(refused("/a.service", "A = 1\n", Decoding::Lossy), Some(Unformatted::NotUtf8));
    for odd in ["A = \0\n", "A = 1\rB = 2\n", "A = 1\n\u{feff}B = 2\n", "A = 1\r"] {
        assert_eq!(refused("/a.service", odd, utf8), Some(Unformatted::OddCharacters), "{odd:?}");
    }
    assert_eq!(refused("/a.service.in", "A = 1\n", utf8), Some(Unformatted::Template));
    assert_eq!(refused("/a.service", "{% if x %}\nA = 1\n", utf8), Some(Unformatted::Template));
    assert_eq!(refused("/00-x.preset", "enable  a\n", utf8), Some(Unformatted::NoSettings));
    assert_eq!(refused("/a.service", "[D-BUS Service]\nName = x\n", utf8), Some(Unformatted::NoSettings));
    for fine in ["/etc/systemd/system.conf", "/a.service.d/x.conf", "/a.socket", "untitled:1"] {
        assert_eq!(refused(fine, "A = 1\n", utf8), None, "{fine}");
    }
}

#[test]
fn a_range_is_left_alone_around() {
    let text = "[Unit]\nA = 1\nB = 2 \\\n  c \nC = 3\n\n\n\n[Service]\nD = 4\n[Install]\n";
    let range = |from: &str, to: &str| {
        let place = |part: &str| text.find(part).expect("it is there") as u32;
        let edits = range_formatting(&file(text), TextRange::new(place(from), place(to)));
        apply(text, &edits.expect("it is text"))
    };
    assert_eq!(range("2 \\", "c \nC"), text.replace("B = 2 \\\n  c ", "B=2 \\\n  c"));
    assert_eq!(range("A =", "B ="), text.replace("A = 1", "A=1"));
    assert_eq!(range("D =", "D ="), text.replace("D = 4", "D=4"));
    assert_eq!(range("[Install", "nstall"), text.replace("[Install]", "\n[Install]"));
    assert_eq!(range("[Unit", "nit]"), text);
}

#[test]
fn a_new_line_of_a_continuation_is_indented() {
    let typed = |text: &str| {
        let fixture = Fixture::new(text);
        let (file, offset) = fixture.cursor();
        let edit = on_type_formatting(file, offset, "    ");
        edit.map(|edit| apply(&file.unit.text(), [&edit]))
    };
    let below = |start: &str, rest: &str| typed(&format!("[Service]\nExecStart={start}\n$0{rest}"));
    assert_eq!(below("a \\", "").as_deref(), Some("[Service]\nExecStart=a \\\n    "));
    assert_eq!(below("a \\", "\nType=x\n").as_deref(), Some("[Service]\nExecStart=a \\\n    \nType=x\n"));
    assert_eq!(below("a \\\n\tb \\", "\n").as_deref(), Some("[Service]\nExecStart=a \\\n\tb \\\n\t\n"));
    assert_eq!(below("a \\\n  # b", "\n").as_deref(), Some("[Service]\nExecStart=a \\\n  # b\n  \n"));
    assert_eq!(below("a \\\n  # b", "").as_deref(), Some("[Service]\nExecStart=a \\\n  # b\n  "));
    for (start, rest) in [("a", ""), ("a \\", "b\n"), ("a \\ ", "\n"), ("a", "\nType=x\n"), ("a\\\\", "")] {
        assert_eq!(below(start, rest), None, "{start:?} {rest:?}");
    }
    assert_eq!(typed("# a \\\n$0\n"), None);
    assert_eq!(typed("[Service]\nExecStart=a \\\n  b \\\n  $0\n"), None);
}

/// Units that people really ship.
#[test]
fn real_units_read_the_same() {
    let corpus = support::crate_path("../../tests/corpus");
    let mut count = 0;
    for folder in [corpus.as_path(), Path::new(MACHINE)] {
        read_all(folder, &mut |path, text| {
            let kind =
                File::new(path.into(), &Places::default(), Version::NEWEST, Arc::new(Unit::parse(text)));
            if kind.kind.has_settings() {
                harmless(text);
                count += 1;
            }
        });
    }
    assert!(count >= 60, "{count} units");
}

fn read_all(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            read_all(&path, visit);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            visit(&path, &text);
        }
    }
}

/// Rules say the same of a formatted file, with the same comments for them in force.
#[test]
fn findings_stay() {
    for (name, sources) in workspaces() {
        let mut after = sources.clone();
        for source in after.iter_mut().filter(|source| source.target.is_none()) {
            let path = source.path.clone();
            let unit = Arc::new(Unit::parse(&source.text));
            let mut file = File::new(path, &Places::default(), Version::NEWEST, unit);
            file.decoding = source.decoding;
            if let Ok(edits) = formatting(&file) {
                source.text = apply(&source.text, &edits);
            }
        }
        let said = |sources: &[support::Source]| {
            let all = findings(sources).into_iter();
            all.map(|found| (found.path, found.code, found.message)).collect::<Vec<_>>()
        };
        assert_eq!(said(&sources), said(&after), "{name}");
    }
}

/// Without the characters of which readers make different things.
fn plain(text: &str) -> String {
    let text = text.replace(['\0', '\u{feff}'], "");
    let lines: Vec<_> = text.split("\r\n").map(|line| line.replace('\r', "")).collect();
    lines.join("\r\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn hard_texts_read_the_same(text in texts::text(40), mark in any::<bool>()) {
        let text = format!("{}{}", if mark { "\u{feff}" } else { "" }, plain(&text));
        harmless(&text);
    }

    #[test]
    fn units_read_the_same(pieces in proptest::collection::vec(piece(), 0..30)) {
        let text = plain(&pieces.concat());
        harmless(&text);
    }

    #[test]
    fn nothing_panics(text in texts::text(24), from in 0u32..60, length in 0u32..60) {
        let file = file(&text);
        let end = text.len() as u32;
        let range = TextRange::new(from.min(end), (from + length).min(end));
        if let Ok(edits) = range_formatting(&file, range) {
            prop_assert_eq!(config_parse(&text), config_parse(&apply(&text, &edits)));
        }
        on_type_formatting(&file, range.start, "  ");
    }
}
