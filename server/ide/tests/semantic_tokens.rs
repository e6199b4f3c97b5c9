//! What editors colour: every part of a line with what it is.

mod support;
#[path = "../../../grammar/tests/texts/mod.rs"]
mod texts;

use std::ops::Range;
use std::sync::Arc;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use support::pieces::piece;
use support::{Fixture, Source, slice, workspace};
use unit_ide::semantic_tokens::{SemanticToken, TokenKind, semantic_tokens};
use unit_ide::workspace::File;
use unit_syntax::TextRange;

fn shown(file: &File, token: &SemanticToken) -> String {
    let kind = match token.kind {
        TokenKind::Value(kind) => format!("{kind:?}"),
        kind => format!("{kind:?}"),
    };
    let deprecated = if token.deprecated { " deprecated" } else { "" };
    format!("{} {kind}{deprecated}\n", slice(file, token.range))
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    let fixture = Fixture::new(text);
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let tokens = semantic_tokens(file, None);
    expected.assert_eq(&tokens.iter().map(|token| shown(file, token)).collect::<String>());
}

/// The tokens of the values of one service section.
#[track_caller]
fn values(lines: &str, expected: Expect) {
    let fixture = Fixture::new(&format!("[Service]\n{lines}"));
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let tokens = semantic_tokens(file, None);
    let tokens = tokens.iter().filter(|token| matches!(token.kind, TokenKind::Value(_)));
    expected.assert_eq(&tokens.map(|token| shown(file, token)).collect::<String>());
}

#[test]
fn values_by_their_kinds() {
    values(
        "Type=notify\nTimeoutStopSec=1min 30s\nTimeoutStartSec=infinity\nPrivateTmp=yes\nNice=-5\nUMask=0077\nMemoryMax=1.5G\nCPUQuota=20%\nKillSignal=SIGINT\nSuccessExitStatus=2 SIGKILL TEMPFAIL\nUser=me\nWorkingDirectory=-/srv/%i\nLimitNOFILE=1024:infinity\nSystemCallFilter=~@mount chown:EPERM\nCapabilityBoundingSet=CAP_KILL\nSlice=a.slice\nReadWritePaths=-/a +/b\nCPUAffinity=0-3,5\n",
        expect![[r#"
            notify Word
            1min Number
            30s Number
            infinity Word
            yes Boolean
            -5 Number
            0077 Number
            1.5G Number
            20% Number
            SIGINT Signal
            2 Number
            SIGKILL Signal
            TEMPFAIL Word
            me Text
            - Operator
            /srv/ Text
            %i Specifier
            1024 Number
            : Operator
            infinity Word
            ~ Operator
            @mount Word
            chown Word
            : Operator
            EPERM Word
            CAP_KILL Word
            a.slice Unit
            - Operator
            /a Text
            + Operator
            /b Text
            0 Number
            - Operator
            3 Number
            , Operator
            5 Number
        "#]],
    );
}

#[test]
fn command_lines_and_environments() {
    values(
        "ExecStart=-@/bin/sh sh -c \"echo $HOME ${X} $$ %n\" \\\n  # why\n  b ; :/bin/true $Y\nEnvironment=A=1 \"B=two words\" C\nPassEnvironment=HOME PATH\nEnvironmentFile=-/etc/x\n",
        expect![[r#"
            -@ Operator
            /bin/sh Program
            sh Argument
            -c Argument
            "echo Argument
            $HOME Variable
            ${X} Variable
            $$ Argument
            %n Specifier
            " Argument
            b Argument
            ; Operator
            : Operator
            /bin/true Program
            $Y Argument
            A Variable
            = Operator
            1 Text
            " Text
            B Variable
            = Operator
            two words" Text
            C Text
            HOME Variable
            PATH Variable
            - Operator
            /etc/x Text
        "#]],
    );
}

#[test]
fn units_conditions_and_calendars() {
    check(
        "//- a.timer\n[Unit]\nAfter=a.service b@%i.socket\nConditionPathExists=|!/etc/x\nConditionVirtualization=!vm\nConditionMemory=>=2G\nDescription=A %n\n[Timer]\nOnCalendar=Mon..Fri *-*-* 09:00 Europe/Berlin\n",
        expect![[r#"
            [Unit] Section
            After Key
            a.service Unit
            b@ Unit
            %i Specifier
            .socket Unit
            ConditionPathExists Key
            |! Operator
            /etc/x Text
            ConditionVirtualization Key
            ! Operator
            vm Word
            ConditionMemory Key
            >= Operator
            2G Number
            Description Key
            A Text
            %n Specifier
            [Timer] Section
            OnCalendar Key
            Mon Word
            .. Operator
            Fri Word
            *-*-* Operator
            09 Number
            : Operator
            00 Number
            Europe Word
            / Operator
            Berlin Word
        "#]],
    );
}

/// What systemd ignores looks like a comment.
#[test]
fn what_does_not_count() {
    check(
        "# Comment.\nA=1\n[Service]\nNoSuchKey=a b\nX-Mine=1\nMemoryLimit=1G\nBlockIOWeight=5\nlone word\n[Nothing]\nA=1\n[X-Other]\nA=1\n[Socket]\nAccept=yes\n",
        expect![[r#"
            # Comment. Comment
            A Comment deprecated
            1 Comment
            [Service] Section
            NoSuchKey Comment deprecated
            a b Comment
            X-Mine Key
            MemoryLimit Comment deprecated
            1G Comment
            BlockIOWeight Comment deprecated
            5 Comment
            lone word Comment deprecated
            [Nothing] Section deprecated
            A Comment deprecated
            1 Comment
            [X-Other] Section
            A Key
            [Socket] Section deprecated
            Accept Comment deprecated
            yes Comment
        "#]],
    );
    check(
        "//- a.service.in\n[Service]\n@KEY@=1\nType=@TYPE@\n",
        expect![[r#"
        [Service] Section
        @KEY@ Key
        Type Key
        @TYPE@ Text
    "#]],
    );
    check(
        "//- x.service\n[D-BUS Service]\nName=a.b\n",
        expect![[r#"
        [D-BUS Service] Section
        Name Key
    "#]],
    );
}

#[test]
fn a_range_has_its_lines_only() {
    let fixture = Fixture::new("[Service]\nType=simple\nExecStart=/bin/a \\\n  b\nNice=1\n");
    let file = fixture.workspace.file(&fixture.sources[0].path).expect("it is there");
    let text = file.unit.text();
    let range = |from: &str, to: &str| {
        let place = |part: &str| text.find(part).expect("it is there") as u32;
        let tokens = semantic_tokens(file, Some(TextRange::new(place(from), place(to))));
        tokens.iter().map(|token| slice(file, token.range)).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(range("simple", "imple"), "Type simple");
    assert_eq!(range("  b", "Nice"), "ExecStart /bin/a b");
    assert_eq!(range("[Service", "[Service"), "[Service]");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn tokens_are_in_order_and_within_lines(
        hard in texts::text(16),
        pieces in proptest::collection::vec(piece(), 0..12),
    ) {
        let text = format!("{}\n{}{hard}\n{hard}", pieces.concat(), "[Service]\nExecStart=");
        let mut source = Source::of_marker("web.service");
        source.push(&text);
        let sources = [source];
        let workspace = workspace(&sources);
        let file: &Arc<File> = workspace.file(&sources[0].path).expect("it is there");
        let tokens = semantic_tokens(file, None);
        let mut end = 0;
        for token in &tokens {
            prop_assert!(token.range.start >= end, "{:?} in {:?}", token, text);
            let part = text.get(Range::from(token.range));
            prop_assert!(part.is_some_and(|part| !part.is_empty() && !part.contains(['\n', '\r'])), "{:?} in {:?}", token, text);
            end = token.range.end;
        }
        for (index, entry) in file.unit.entries().iter().enumerate().take(4) {
            let own = semantic_tokens(file, Some(entry.range()));
            let of_entry = tokens.iter().filter(|token| entry.range().contains(token.range.start));
            prop_assert_eq!(own, of_entry.copied().collect::<Vec<_>>(), "entry {}", index);
        }
    }
}
