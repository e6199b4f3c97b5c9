//! Where names lead, what else in a file is the same, what a file and a workspace hold.

mod support;

use expect_test::{Expect, expect};
use support::{Fixture, display, slice};
use unit_ide::definition::definition;
use unit_ide::document_highlight::document_highlight;
use unit_ide::document_link::{LinkTarget, document_links};
use unit_ide::document_symbol::{DocumentSymbol, document_symbols};
use unit_ide::implementation::implementation;
use unit_ide::navigation::Target;
use unit_ide::unit_reference::references_in;
use unit_ide::workspace_symbol::workspace_symbols;

/// Targets as `path selected text`.
fn show(fixture: &Fixture, targets: &[Target]) -> String {
    let line = |target: &Target| {
        let file = fixture.workspace.file(&target.path).expect("targets are known files");
        assert!(target.range.start <= target.selection.start && target.selection.end <= target.range.end);
        assert_eq!(target.range.end, file.unit.len());
        let selected = slice(file, target.selection);
        let selected = if selected.is_empty() { "its start" } else { &selected };
        format!("{} {selected}\n", display(&target.path))
    };
    targets.iter().map(line).collect()
}

/// Compares `«origin»` and where it leads.
#[track_caller]
fn check_definition(text: &str, expected: Expect) {
    expected.assert_eq(&shown_definition(text));
}

#[track_caller]
fn shown_definition(text: &str) -> String {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let found = definition(&fixture.workspace, file, offset).map(|found| {
        assert!(found.origin.contains_inclusive(offset));
        format!("«{}»\n{}", slice(file, found.origin), show(&fixture, &found.targets))
    });
    found.unwrap_or_else(|| "nowhere\n".to_owned())
}

#[track_caller]
fn check_implementation(text: &str, expected: Expect) {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    expected.assert_eq(&show(&fixture, &implementation(&fixture.workspace, file, offset)));
}

/// Units that others name.
const UNITS: &str = "
//- dice.service closed
# A dice.
[Unit]
[Service]
//- dice.service.d/10-a.conf closed
[Service]
//- dice.service.d/20-b.conf closed
[Unit]
//- dice.socket
[Socket]
//- roll@.service closed
[Service]
//- roll@six.service.d/x.conf closed
[Service]
//- roll@.service.d/y.conf closed
[Service]
//- cube.service -> dice.service
//- gone.service -> /dev/null
";

/// Where the name of one of them leads.
const DICE: &str = "\
«dice.service»
dice.service [Unit]
dice.service.d/10-a.conf [Service]
dice.service.d/20-b.conf [Unit]
";

fn with_units(text: &str) -> String {
    format!("//- web.service\n{text}{UNITS}")
}

#[test]
fn from_settings() {
    let check = |text: &str, expected: Expect| check_definition(&with_units(text), expected);
    for text in [
        "[Unit]\nAfter=a.service di$0ce.service b.service\n",
        "[Unit]\nAfter=$0dice.service\n",
        "[Unit]\nAfter=dice.service$0\n",
        "[Unit]\nAfter=a.service \\\n# comment\n dice$0.service\n",
        "[Install]\nWantedBy=\"dice$0.service\"\n",
        "[Install]\nAlso=dice$0.service\n",
    ] {
        assert_eq!(shown_definition(&with_units(text)), DICE, "{text}");
    }
    check(
        "[Service]\nSockets=di$0ce.socket\n",
        expect![[r#"
        «dice.socket»
        dice.socket [Socket]
    "#]],
    );
    check(
        "[Unit]\nWants=roll@s$0ix.service\n",
        expect![[r#"
        «roll@six.service»
        roll@.service [Service]
        roll@six.service.d/x.conf [Service]
        roll@.service.d/y.conf [Service]
    "#]],
    );
    check(
        "[Unit]\nWants=cube$0.service\n",
        expect![[r#"
        «cube.service»
        dice.service [Unit]
        dice.service.d/10-a.conf [Service]
        dice.service.d/20-b.conf [Unit]
    "#]],
    );
    check(
        "[Unit]\nWants=gone$0.service\n",
        expect![[r#"
        «gone.service»
        gone.service its start
    "#]],
    );
    for nowhere in [
        "[Unit]\nWants=no-such$0.service\n",
        "[Unit]\nWan$0ts=dice.service\n",
        "[Unit]\nDescription=dice$0.service\n",
        "[Unit]\nDocumentation=man:dice$0.service\n",
        "[Un$0it]\n",
        "[Serv$0ice]\n",
        "[Unit]\nAfter=network-online$0.target\n",
        "# dice$0.service\n[Unit]\n",
        "$0",
    ] {
        assert_eq!(shown_definition(&with_units(nowhere)), "nowhere\n", "{nowhere}");
    }
}

#[test]
fn from_specifiers() {
    check_definition(
        "
//- dice@.service
[Unit]
Requires=%p$0@%i.socket
//- dice@.socket
[Socket]
",
        expect![[r#"
            «%p@%i.socket»
            dice@.socket [Socket]
        "#]],
    );
    check_definition(
        "
//- dice@six.service
[Unit]
Requires=roll-%$0i.socket
//- roll-six.socket
[Socket]
",
        expect![[r#"
            «roll-%i.socket»
            roll-six.socket [Socket]
        "#]],
    );
    check_definition(
        "//- a@.service\n[Unit]\nAfter=x-%$0i.service\n//- x-.service\n[Unit]\n",
        expect![["nowhere\n"]],
    );
}

#[test]
fn from_commands_and_the_bus() {
    let check = |text: &str, expected: Expect| check_definition(&with_units(text), expected);
    check(
        "[Service]\nExecStart=/bin/sh -c 'sleep 1; systemctl start di$0ce'\n",
        expect![[r#"
        «dice»
        dice.service [Unit]
        dice.service.d/10-a.conf [Service]
        dice.service.d/20-b.conf [Unit]
    "#]],
    );
    check(
        "[Service]\nExecStop=-systemctl --no-block stop \"dice.so$0cket\" x\n",
        expect![[r#"
        «dice.socket»
        dice.socket [Socket]
    "#]],
    );
    check("[Service]\nExecStop=/usr/bin/roll di$0ce.service\n", expect![["nowhere\n"]]);
    check_definition(
        "
//- org.example.Dice.service
[D-BUS Service]
Name=org.example.Dice
SystemdService=dice$0.service
//- dice.service
[Service]
",
        expect![[r#"
            «dice.service»
            dice.service [Service]
        "#]],
    );
}

#[test]
fn from_triggers() {
    check_definition(
        "//- dice.socket\n[Sock$0et]\nListenStream=1\n//- dice.service\n[Service]\n",
        expect![[r#"
        «[Socket]»
        dice.service [Service]
    "#]],
    );
    check_definition(
        "//- dice.socket\n[Sock$0et]\nAccept=yes\n//- dice@.service\n[Service]\n//- dice.service\n[Service]\n",
        expect![[r#"
            «[Socket]»
            dice@.service [Service]
        "#]],
    );
    check_definition(
        "//- dice.timer\n[Timer$0]\nUnit=a.target\n//- a.target\n[Unit]\n",
        expect![[r#"
        «[Timer]»
        a.target [Unit]
    "#]],
    );
    check_definition(
        "//- dice.timer.d/x.conf\n[Timer$0]\n//- dice.timer\n[Timer]\n//- dice.service\n[Unit]\n",
        expect![[r#"
        «[Timer]»
        dice.service [Unit]
    "#]],
    );
    check_definition("//- dice.timer\n[Un$0it]\n//- dice.service\n[Unit]\n", expect![["nowhere\n"]]);
    check_definition("//- dice.timer\n[Path$0]\n//- dice.service\n[Unit]\n", expect![["nowhere\n"]]);
}

#[test]
fn implementations() {
    let fragment = |text: &str| text.replace("[Unit]\n[Service]", "[Un$0it]\n[Service]");
    check_implementation(
        &fragment(UNITS),
        expect![[r#"
        dice.service.d/10-a.conf [Service]
        dice.service.d/20-b.conf [Unit]
    "#]],
    );
    check_implementation(
        &UNITS.replace("# A dice", "# A$0 dice"),
        expect![[r#"
        dice.service.d/10-a.conf [Service]
        dice.service.d/20-b.conf [Unit]
    "#]],
    );
    check_implementation(
        &UNITS.replace("20-b.conf closed\n[Unit]", "20-b.conf\n[Unit]\n$0"),
        expect![[r#"
        dice.service [Unit]
    "#]],
    );
    check_implementation(
        &UNITS.replace("x.conf closed\n", "x.conf\n$0"),
        expect![[r#"
        roll@.service [Service]
    "#]],
    );
    check_implementation(
        &with_units("[Unit]\nAfter=dice$0.service\n"),
        expect![[r#"
        dice.service.d/10-a.conf [Service]
        dice.service.d/20-b.conf [Unit]
    "#]],
    );
    check_implementation(&with_units("[Un$0it]\n"), expect![""]);
    check_implementation("//- service.d/x.conf\n[Un$0it]\n//- a.service\n[Unit]\n", expect![""]);
    check_implementation("$0", expect![""]);
}

#[test]
fn highlights() {
    let check = |text: &str, expected: Expect| {
        let fixture = Fixture::new(text);
        let (file, offset) = fixture.cursor();
        let found = document_highlight(&fixture.workspace, file, offset);
        let line = |range| file.unit.position(range, unit_syntax::Encoding::Utf8).line;
        let shown: String = found
            .iter()
            .map(|found| {
                format!("{} {} {:?}\n", line(found.range.start), slice(file, found.range), found.kind)
            })
            .collect();
        expected.assert_eq(&shown);
    };
    let unit = "[Unit]
Wants=a.service b.service
After=b.service cube.service
[Service]
ExecStop=systemctl stop b
Environment=A=1
Type=simple
[Unit]
After=b.service
[Service]
Environment=B=1
Type=exec
//- b.service
[Unit]
//- cube.service -> b.service
";
    check(
        &unit.replacen("Wants=a.service b", "Wants=a.service $0b", 1),
        expect![[r#"
        1 b.service Text
        2 b.service Text
        2 cube.service Text
        4 b Text
        8 b.service Text
    "#]],
    );
    check(
        &unit.replacen("Environment=A", "Envi$0ronment=A", 1),
        expect![[r#"
        5 Environment Read
        10 Environment Read
    "#]],
    );
    check(
        &unit.replacen("Type=simple", "$0Type=simple", 1),
        expect![[r#"
        6 Type Write
        11 Type Write
    "#]],
    );
    check(
        &unit.replacen("[Service]", "[Serv$0ice]", 1),
        expect![[r#"
        3 [Service] Text
        9 [Service] Text
    "#]],
    );
    check(&unit.replacen("simple", "sim$0ple", 1), expect![""]);
    check("$0", expect![""]);
}

#[test]
fn every_name_of_a_file() {
    let fixture = Fixture::new(
        "$0
[Unit]
Wants=a.service 'no.service' bad c@%i.service
[Slice]
Slice=x.slice
[Service]
Slice=y.slice
Sockets=a.socket b.socket
ExecStart=/bin/x a.service
ExecStop=systemctl stop a %n
[Install]
WantedBy='multi-user.target' b.service
DefaultInstance=x.service
",
    );
    let (file, _) = fixture.cursor();
    let shown: Vec<_> = references_in(file)
        .map(|found| {
            assert_eq!(slice(file, found.range), *found.written);
            format!("{}={}", found.written, found.name)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "a.service=a.service",
            "c@%i.service=c@.service",
            "y.slice=y.slice",
            "a.socket=a.socket",
            "b.socket=b.socket",
            "a=a.service",
            "%n=web.service",
            "multi-user.target=multi-user.target",
            "b.service=b.service",
        ]
    );
}

#[test]
fn outline() {
    let fixture = Fixture::new(
        "$0Lost=1\n# c\n[Unit]\nDescription=A web\nAfter=\\\n a.service\n\n[Service]\n[Unit]\nA=\n",
    );
    let (file, _) = fixture.cursor();
    fn show(out: &mut String, symbols: &[DocumentSymbol], file: &unit_ide::workspace::File, depth: usize) {
        for symbol in symbols {
            assert!(symbol.range.start <= symbol.selection.start && symbol.selection.end <= symbol.range.end);
            let detail = symbol.detail.as_deref().unwrap_or("-");
            let whole = slice(file, symbol.range);
            *out += &format!("{}{} {detail} {whole:?}\n", "  ".repeat(depth), symbol.name);
            show(out, symbol.children.as_deref().unwrap_or_default(), file, depth + 1);
        }
    }
    let mut shown = String::new();
    show(&mut shown, &document_symbols(file), file, 0);
    expect![[r#"
        Lost 1 "Lost=1"
        Unit - "[Unit]\nDescription=A web\nAfter=\\\n a.service\n\n"
          Description A web "Description=A web"
          After a.service "After=\\\n a.service"
        Service - "[Service]\n"
        Unit - "[Unit]\nA=\n"
          A - "A="
    "#]]
    .assert_eq(&shown);
    let long = Fixture::new(&format!("$0[Unit]\nDescription={}\n", "ü".repeat(200)));
    let symbols = document_symbols(long.cursor().0);
    let detail = symbols[0].children.as_ref().and_then(|children| children[0].detail.clone());
    assert_eq!(detail.map(|detail| detail.chars().count()), Some(81));
}

#[test]
fn units_by_name() {
    let fixture = Fixture::new(
        "
//- dice.service
[Unit]
Description=Rolls a dice
//- sub/old-dice.service closed
[Service]
//- dice.service.d/x.conf closed
[Service]
//- /usr/lib/systemd/system/dice.service closed
[Unit]
Description=The machine's
//- /usr/lib/systemd/system/systemd-journald.service closed
[Unit]
//- gone.service -> /dev/null
",
    );
    let check = |query: &str, expected: Expect| {
        let found = workspace_symbols(&fixture.workspace, query);
        let line = |found: &unit_ide::workspace_symbol::WorkspaceSymbol| {
            format!("{} {} ({})\n", found.name, display(&found.path), found.container)
        };
        expected.assert_eq(&found.iter().map(line).collect::<String>());
    };
    check(
        "dice",
        expect![[r#"
        dice.service dice.service (Rolls a dice)
        old-dice.service sub/old-dice.service (/src/sub)
        dice.service /usr/lib/systemd/system/dice.service (The machine's)
        systemd-journald.service /usr/lib/systemd/system/systemd-journald.service (/usr/lib/systemd/system)
    "#]],
    );
    check(
        "sjour",
        expect![[r#"
        systemd-journald.service /usr/lib/systemd/system/systemd-journald.service (/usr/lib/systemd/system)
    "#]],
    );
    check(
        "",
        expect![[r#"
        dice.service dice.service (Rolls a dice)
        gone.service gone.service (/src)
        old-dice.service sub/old-dice.service (/src/sub)
        dice.service /usr/lib/systemd/system/dice.service (The machine's)
        systemd-journald.service /usr/lib/systemd/system/systemd-journald.service (/usr/lib/systemd/system)
    "#]],
    );
    check("zzz", expect![""]);
}

#[test]
fn links() {
    let check = |text: &str, expected: Expect| {
        let fixture = Fixture::new(text);
        let (file, _) = fixture.cursor();
        let line = |link: &unit_ide::document_link::DocumentLink| {
            let target = match &link.target {
                LinkTarget::Web { url, tooltip } => format!("{url} ({tooltip})"),
                LinkTarget::Path(path) => path.display().to_string(),
            };
            format!("«{}» {target}\n", slice(file, link.range))
        };
        expected.assert_eq(&document_links(file).iter().map(line).collect::<String>());
    };
    check(
        "$0[Unit]
Documentation=man:systemd.service(5) man:dice(1) \\
  https://example.org/%n file:///usr/share/doc/dice info:dice
Documentation=man:../x(1) nonsense
ConditionPathExists=|!/etc/dice.conf
Description=/etc/passwd
[Service]
EnvironmentFile=-/etc/default/dice
EnvironmentFile=-%h/x
ExecStart=-/usr/bin/python3 /opt/dice.py --config=/etc/%p.conf $X/y > /dev/null
WorkingDirectory=~
BindPaths=/srv/a:/srv/b
",
        expect![[r#"
            «man:systemd.service(5)» https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html (Manual page systemd.service(5))
            «man:dice(1)» https://manpages.debian.org/dice.1 (Manual page dice(1))
            «https://example.org/%n» https://example.org/web.service (https://example.org/web.service)
            «file:///usr/share/doc/dice» /usr/share/doc/dice
            «/etc/dice.conf» /etc/dice.conf
            «/etc/default/dice» /etc/default/dice
            «/usr/bin/python3» /usr/bin/python3
            «/opt/dice.py» /opt/dice.py
            «/etc/%p.conf» /etc/web.conf
            «/srv/a» /srv/a
            «/srv/b» /srv/b
        "#]],
    );
    check(
        "//- image/etc/systemd/system/dice.service\n$0[Service]\nExecStart=/usr/bin/dice\n",
        expect![[r#"
            «/usr/bin/dice» /src/image/usr/bin/dice
        "#]],
    );
}
