//! Inlay hints: which values get one, where it stands, and what it says.

mod support;
#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use expect_test::{Expect, expect};
use jiff::tz::TimeZoneDatabase;
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;
use support::{Fixture, Source, workspace};
use unit_ide::inlay_hint::{HintKind, inlay_hints};
use unit_syntax::TextRange;

/// Wednesday, 2024-05-15 12:00 UTC, in Berlin.
fn noon() -> Zoned {
    let berlin = TimeZoneDatabase::bundled().get("Europe/Berlin").expect("a time zone");
    Timestamp::constant(1_715_774_400, 0).to_zoned(berlin)
}

/// The first file with its hints in place, in brackets.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let fixture = Fixture::new(text);
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let whole = TextRange::new(0, file.unit.len());
    let hints = inlay_hints(&fixture.workspace, file, whole, |_| true, Some(&noon()));
    let mut text = file.unit.text();
    for hint in hints.into_iter().rev() {
        text.insert_str(hint.offset as usize, &format!(" ‹{}›", hint.label));
    }
    expected.assert_eq(&text);
}

#[test]
fn spans_and_sizes() {
    check(
        "\
[Unit]
StartLimitIntervalSec=10
[Service]
TimeoutStartSec=1min 30s
TimeoutStopSec=5s
RestartSec=90
TimeoutSec=0
RuntimeMaxSec=infinity
WatchdogSec=soon
MemoryMax=1.5G
MemoryHigh=4G
MemoryLow=4294967296
TimerSlackNSec=50000
NoSuchSec=90
",
        expect![[r#"
            [Unit]
            StartLimitIntervalSec=10 ‹= 10s›
            [Service]
            TimeoutStartSec=1min 30s ‹= 90 s›
            TimeoutStopSec=5s
            RestartSec=90 ‹= 1min 30s›
            TimeoutSec=0 ‹= no limit›
            RuntimeMaxSec=infinity
            WatchdogSec=soon
            MemoryMax=1.5G ‹= 1 610 612 736 bytes›
            MemoryHigh=4G
            MemoryLow=4294967296 ‹= 4 GiB›
            TimerSlackNSec=50000 ‹= 50us›
            NoSuchSec=90
        "#]],
    );
}

#[test]
fn calendars() {
    check(
        "//- a.timer\n[Timer]\nOnCalendar=Mon 09:00\nOnCalendar=2020-01-01\nOnCalendar=never\nOnCalendar=daily Asia/Tokyo\nOnCalendar=daily CEST\nOnBootSec=1h 30min\n",
        expect![[r#"
            [Timer]
            OnCalendar=Mon 09:00 ‹next Mon 2024-05-20 09:00:00›
            OnCalendar=2020-01-01 ‹never again›
            OnCalendar=never
            OnCalendar=daily Asia/Tokyo ‹next Thu 2024-05-16 00:00:00 JST›
            OnCalendar=daily CEST
            OnBootSec=1h 30min ‹= 5400 s›
        "#]],
    );
}

#[test]
fn defaults_that_come_back() {
    check(
        "\
[Service]
TasksMax=
MemoryMax=
KillMode=
ExecStart=
RestartSec=
//- /etc/systemd/system.conf closed
[Manager]
DefaultTasksMax=50%
",
        expect![[r#"
            [Service]
            TasksMax= ‹= 50%›
            MemoryMax= ‹= infinity›
            KillMode= ‹= control-group›
            ExecStart=
            RestartSec=
        "#]],
    );
}

#[test]
fn specifiers() {
    check(
        "\
//- web@a.service
[Unit]
Description=Web of %i, 100%%
[Service]
ExecStart=/bin/web %t/%p/%i.sock --home %h \\
    %Zx %m
RuntimeDirectory=web/%j
SystemCallFilter=%i
",
        expect![[r#"
            [Unit]
            Description=Web of %i, 100%% ‹= Web of a, 100%›
            [Service]
            ExecStart=/bin/web %t/%p/%i.sock ‹= /run/web/a.sock› --home %h ‹= /root› \
                %Zx %m
            RuntimeDirectory=web/%j ‹= web/web›
            SystemCallFilter=%i
        "#]],
    );
    check(
        "//- web@.service\n[Service]\nExecStart=/bin/web %i %t/%p\n",
        expect![[r#"
        [Service]
        ExecStart=/bin/web %i %t/%p ‹= /run/web›
    "#]],
    );
    check(
        "//- user/web.service\n[Service]\nExecStart=/bin/web %t/%p\n",
        expect![[r#"
        [Service]
        ExecStart=/bin/web %t/%p
    "#]],
    );
}

#[test]
fn what_has_no_hints() {
    for name in ["a.service.in", "00-x.preset", "x.network"] {
        let text = format!("//- {name}\n[Service]\nRestartSec=90\n");
        check(&text, expect![["[Service]\nRestartSec=90\n"]]);
    }
}

#[test]
fn only_what_is_wanted_and_in_range() {
    let fixture = Fixture::new("[Service]\nRestartSec=90\nMemoryMax=1.5G\nKillMode=\nUser=%p\n");
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let kinds = |range: TextRange, wanted: &dyn Fn(HintKind) -> bool| {
        let hints = inlay_hints(&fixture.workspace, file, range, wanted, None);
        hints.into_iter().map(|hint| hint.kind).collect::<Vec<_>>()
    };
    let whole = TextRange::new(0, file.unit.len());
    use HintKind::{Default, Size, Specifier, TimeSpan};
    assert_eq!(kinds(whole, &|_| true), [TimeSpan, Size, Default, Specifier]);
    for kind in [TimeSpan, Size, Default, Specifier] {
        assert_eq!(kinds(whole, &|other| other == kind), [kind]);
    }
    let memory = file.unit.text().find("Max").expect("it is there") as u32;
    assert_eq!(kinds(TextRange::at(memory), &|_| true), [Size]);
}

proptest! {
    #[test]
    fn hints_stand_in_the_text(text in texts::text(20)) {
        let mut source = Source::of_marker("web@a.service");
        source.push(&format!("[Service]\nExecStart=%i {text}\nRestartSec={text}\nUser={text}"));
        let sources = [source];
        let workspace = workspace(&sources);
        let file = workspace.file(&sources[0].path).expect("it is there");
        let whole = TextRange::new(0, file.unit.len());
        for hint in inlay_hints(&workspace, file, whole, |_| true, Some(&noon())) {
            prop_assert!(sources[0].text.is_char_boundary(hint.offset as usize), "{:?}", hint);
        }
    }
}
