//! What a new name changes, what it leaves alone, and when it is refused.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use expect_test::{Expect, expect};
use support::{Fixture, Source, changed, display, findings, workspace};
use unit_ide::fix::FileOperation;
use unit_ide::rename::{Renaming, prepare_rename, rename, will_rename};
use unit_ide::unit_reference::references_in;
use unit_ide::workspace::{File, Workspace};

/// Whether a test renames back and wants the first bytes again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    /// To this name.
    To(&'static str),
    /// A line was added that stays.
    No,
}

/// Compares the changes, and looks at what they lead to: nothing may name the unit at the cursor any more, nothing may
/// be wrong that was right, and the old name brings the old bytes back.
#[track_caller]
fn check(text: &str, new_name: &str, back: Back, expected: Expect) {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    let prepared = prepare_rename(&fixture.workspace, file, offset).expect("it can be renamed");
    assert!(prepared.range.contains_inclusive(offset));
    let renaming = rename(&fixture.workspace, file, offset, new_name).expect("it can get this name");
    expected.assert_eq(&show(&fixture.workspace, &renaming));
    let after = changed(&fixture.sources, &renaming.edits, &renaming.operations);
    assert_no_name(&after, &prepared.placeholder);
    assert_eq!(codes(&after), codes(&fixture.sources), "other findings than before");
    let Back::To(old) = back else { return };
    let workspace = workspace(&after);
    let moved = renaming.operations.iter().find_map(|operation| match operation {
        FileOperation::Rename { from, to } if *from == file.path => Some(to.clone()),
        _ => None,
    });
    let file = workspace.file(&moved.unwrap_or_else(|| file.path.clone())).expect("it is still there");
    let again = rename(&workspace, file, offset, old).expect("it can be renamed back");
    let again = changed(&after, &again.edits, &again.operations);
    assert_eq!(texts(&again), texts(&fixture.sources));
}

fn texts(sources: &[Source]) -> BTreeMap<Arc<Path>, String> {
    sources.iter().map(|source| (source.path.clone(), source.text.clone())).collect()
}

/// How often each rule speaks.
fn codes(sources: &[Source]) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for finding in findings(sources) {
        *codes.entry(finding.code).or_default() += 1;
    }
    codes
}

/// No line and no path has this unit's name any more.
#[track_caller]
fn assert_no_name(sources: &[Source], name: &str) {
    let workspace = workspace(sources);
    for source in sources.iter().filter(|source| !source.name().starts_with("elsewhere/")) {
        let path = source.name();
        assert!(!path.split('/').any(|part| part.trim_end_matches(".d") == name), "{path}");
        let file = workspace.file(&source.path).filter(|_| source.target.is_none());
        for reference in file.into_iter().flat_map(|file| references_in(file)) {
            assert_ne!(reference.name.as_str(), name, "in {path}");
        }
    }
}

/// Changes as `path: «old» -> new`, `old path -> new path` and `stale link path`.
fn show(workspace: &Workspace, renaming: &Renaming) -> String {
    let text = |file: &Arc<File>, range| support::slice(file, range);
    let mut out = String::new();
    for edit in &renaming.edits {
        let file = workspace.file(&edit.path).expect("known files are edited");
        out += &format!("{}: «{}» -> {:?}\n", display(&edit.path), text(file, edit.range), edit.text);
    }
    for operation in &renaming.operations {
        match operation {
            FileOperation::Rename { from, to } => out += &format!("{} -> {}\n", display(from), display(to)),
            FileOperation::Create { .. } => panic!("renaming creates nothing"),
        }
    }
    for link in &renaming.stale_links {
        out += &format!("stale {}\n", display(link));
    }
    out
}

/// The reason why the unit at the cursor cannot be renamed, or not so.
#[track_caller]
fn refused(text: &str, new_name: &str) -> String {
    let fixture = Fixture::new(text);
    let (file, offset) = fixture.cursor();
    match prepare_rename(&fixture.workspace, file, offset) {
        Err(reason) => {
            assert_eq!(rename(&fixture.workspace, file, offset, new_name).map(|_| ()), Err(reason.clone()));
            reason
        }
        Ok(_) => format!(
            "not so: {}",
            rename(&fixture.workspace, file, offset, new_name).map(|_| ()).expect_err("it is refused")
        ),
    }
}

const DICE: &str = "
//- dice.service
[Unit]
Description=Dice dice.service
[Serv$0ice]
ExecStart=/usr/bin/dice
ExecStopPost=-/bin/sh -c 'systemctl stop dice-log; echo dice'
[Install]
WantedBy=multi-user.target
//- dice.service.d/10-a.conf closed
[Unit]
After=dice-log.service
OnFailure=report@%n.service
//- dice-log.service closed
[Unit]
PartOf=dice.service
After=\"dice.service\" dice.services
[Service]
ExecStart=/usr/bin/log dice.service
ExecStop=systemctl try-restart dice dice.service --no-block
//- web.service
[Unit]
Wants=a.service \\
  dice.service  \\
# dice.service
  b.service
[Service]
ExecStart=/bin/true
//- 50-dice.preset closed
enable dice.service
disable *
//- org.example.Dice.service closed
[D-BUS Service]
Name=org.example.Dice
SystemdService=dice.service
//- multi-user.target.wants/dice.service -> ../dice.service
//- cube.service -> dice.service
//- elsewhere/etc/systemd/system/dice.service
[Service]
ExecStart=/bin/true
";

#[test]
fn one_unit() {
    check(
        DICE,
        "roll.service",
        Back::To("dice.service"),
        expect![[r#"
            50-dice.preset: «dice.service» -> "roll.service"
            dice-log.service: «dice.service» -> "roll.service"
            dice-log.service: «dice» -> "roll"
            dice-log.service: «dice.service» -> "roll.service"
            org.example.Dice.service: «dice.service» -> "roll.service"
            web.service: «dice.service» -> "roll.service"
            multi-user.target.wants/dice.service -> multi-user.target.wants/roll.service
            dice.service -> roll.service
            dice.service.d -> roll.service.d
            stale cube.service
            stale multi-user.target.wants/dice.service
        "#]],
    );
    // From any of its names, and from its drop-in.
    let fixture = Fixture::new(DICE);
    let (file, offset) = fixture.cursor();
    let all = rename(&fixture.workspace, file, offset, "roll.service").expect("it can be renamed");
    for (name, cursor) in [
        ("PartOf=dice", "PartOf=di$0ce"),
        ("try-restart dice", "try-restart d$0ice"),
        ("enable dice", "enable dice$0"),
        ("SystemdService=dice", "SystemdService=$0dice"),
        ("a.conf closed\n[Unit]", "a.conf closed\n[U$0nit]"),
    ] {
        let fixture = Fixture::new(&DICE.replacen("$0", "", 1).replacen(name, cursor, 1));
        let (file, offset) = fixture.cursor();
        let found = rename(&fixture.workspace, file, offset, " roll.service ");
        assert_eq!(found.as_ref(), Ok(&all), "{cursor}");
    }
}

#[test]
fn specifiers_that_follow_the_name() {
    let units = "
//- dice.service
[Unit]
After=%p-log.service %p.target
PartOf=%n
[Serv$0ice]
ExecStart=/bin/true
ExecStop=systemctl stop %N-log %p.target
//- dice-log.service
[Service]
ExecStart=/bin/true
//- dice.target
[Unit]
";
    check(
        units,
        "roll.service",
        Back::No,
        expect![[r#"
        dice.service: «%p-log.service» -> "dice-log.service"
        dice.service: «%p.target» -> "dice.target"
        dice.service: «%N-log» -> "dice-log.service"
        dice.service: «%p.target» -> "dice.target"
        dice.service -> roll.service
    "#]],
    );
    check(
        units,
        "roll",
        Back::No,
        expect![[r#"
        dice.service: «%p-log.service» -> "dice-log.service"
        dice.service: «%N-log» -> "dice-log.service"
        dice.service -> roll.service
        dice.target -> roll.target
    "#]],
    );
}

#[test]
fn the_same_name() {
    let fixture = Fixture::new(DICE);
    let (file, offset) = fixture.cursor();
    assert_eq!(rename(&fixture.workspace, file, offset, "dice.service"), Ok(Renaming::default()));
}

const PAIR: &str = "
//- dice.service
[Serv$0ice]
ExecStart=/usr/bin/dice
[Install]
Also=dice.socket
//- dice.socket
[Socket]
ListenStream=5000

[Install]
WantedBy=sockets.target
//- dice.timer
[Timer]
OnCalendar=daily
//- dice.path
[Path]
PathExists=/x
Unit=dice.service
//- sockets.target.wants/dice.socket -> ../dice.socket
";

#[test]
fn siblings_keep_what_they_start() {
    check(
        PAIR,
        "roll.service",
        Back::No,
        expect![[r#"
        dice.path: «dice.service» -> "roll.service"
        dice.socket: «» -> "Service=roll.service\n"
        dice.timer: «» -> "Unit=roll.service\n"
        dice.service -> roll.service
    "#]],
    );
    let socket = PAIR.replace("[Serv$0ice]", "[Service]").replace("[Socket]", "[So$0cket]");
    check(
        &socket,
        "roll.socket",
        Back::No,
        expect![[r#"
        dice.service: «dice.socket» -> "roll.socket"
        dice.socket: «» -> "Service=dice.service\n"
        sockets.target.wants/dice.socket -> sockets.target.wants/roll.socket
        dice.socket -> roll.socket
        stale sockets.target.wants/dice.socket
    "#]],
    );
}

#[test]
fn timers_of_instances_keep_what_they_start() {
    check(
        "//- worker@.service
[Un$0it]
Description=%i
[Service]
ExecStart=/bin/w
//- worker@b.timer
[Timer]
OnCalendar=daily
//- worker@.path
[Path]
PathExists=/run/%i
",
        "crew@.service",
        Back::No,
        expect![[r#"
            worker@.path: «» -> "Unit=crew@%i.service\n"
            worker@b.timer: «» -> "Unit=crew@b.service\n"
            worker@.service -> crew@.service
        "#]],
    );
}

#[test]
fn rules_of_udev() {
    check(
        r##"//- scan@.service
[Un$0it]
Description=%i
[Service]
ExecStart=/bin/scan
//- 90-scan.rules closed
ENV{SYSTEMD_WANTS}+="scan@$kernel.service other@%k.service scan@a.service"
"##,
        "look@.service",
        Back::To("scan@.service"),
        expect![[r#"
            90-scan.rules: «scan@$kernel.service» -> "look@$kernel.service"
            90-scan.rules: «scan@a.service» -> "look@a.service"
            scan@.service -> look@.service
        "#]],
    );
}

#[test]
fn siblings_are_renamed_by_the_stem() {
    check(
        PAIR,
        "roll",
        Back::To("dice"),
        expect![[r#"
        dice.path: «dice.service» -> "roll.service"
        dice.service: «dice.socket» -> "roll.socket"
        sockets.target.wants/dice.socket -> sockets.target.wants/roll.socket
        dice.path -> roll.path
        dice.service -> roll.service
        dice.socket -> roll.socket
        dice.timer -> roll.timer
        stale sockets.target.wants/dice.socket
    "#]],
    );
}

const TEMPLATE: &str = "
//- dice@.service
[Unit]
Requires=%p@%i.socket
PartOf=%n
OnFailure=report@%n.service
[Serv$0ice]
ExecStart=/usr/bin/dice %i
ExecStop=systemctl kill dice@%i
[Install]
DefaultInstance=six
WantedBy=multi-user.target
//- dice@.socket
[Socket]
ListenStream=/run/%p/%i
//- dice@six.service
[Service]
ExecStart=/usr/bin/dice 6
//- dice@.service.d/a.conf closed
[Service]
//- dice@two.service.d/a.conf closed
[Service]
//- web@.service closed
[Unit]
Wants=dice@%i.service dice@two.service
[Service]
ExecStart=/bin/true
ExecStop=systemctl stop dice@%i 'dice@a'
//- dice.service closed
[Unit]
Wants=dice@three.service %p@x.service
[Service]
ExecStart=/bin/true
//- report@.service
[Service]
ExecStart=/bin/report
//- multi-user.target.wants/dice@two.service -> ../dice@.service
";

#[test]
fn templates_with_their_instances() {
    check(
        TEMPLATE,
        "roll@.service",
        Back::No,
        expect![[r#"
        dice.service: «dice@three.service» -> "roll@three.service"
        dice.service: «%p@x.service» -> "roll@x.service"
        dice@.service: «%p@%i.socket» -> "dice@%i.socket"
        dice@.service: «dice@%i» -> "roll@%i"
        dice@.socket: «» -> "Service=roll@%i.service\n"
        web@.service: «dice@%i.service» -> "roll@%i.service"
        web@.service: «dice@two.service» -> "roll@two.service"
        web@.service: «dice@%i» -> "roll@%i"
        web@.service: «dice@a» -> "roll@a"
        multi-user.target.wants/dice@two.service -> multi-user.target.wants/roll@two.service
        dice@.service -> roll@.service
        dice@.service.d -> roll@.service.d
        dice@six.service -> roll@six.service
        dice@two.service.d -> roll@two.service.d
        stale multi-user.target.wants/dice@two.service
    "#]],
    );
    check(
        TEMPLATE,
        "roll",
        Back::To("dice"),
        expect![[r#"
        dice.service: «dice@three.service» -> "roll@three.service"
        dice@.service: «dice@%i» -> "roll@%i"
        web@.service: «dice@%i.service» -> "roll@%i.service"
        web@.service: «dice@two.service» -> "roll@two.service"
        web@.service: «dice@%i» -> "roll@%i"
        web@.service: «dice@a» -> "roll@a"
        multi-user.target.wants/dice@two.service -> multi-user.target.wants/roll@two.service
        dice.service -> roll.service
        dice@.service -> roll@.service
        dice@.service.d -> roll@.service.d
        dice@.socket -> roll@.socket
        dice@six.service -> roll@six.service
        dice@two.service.d -> roll@two.service.d
        stale multi-user.target.wants/dice@two.service
    "#]],
    );
    check(
        TEMPLATE,
        "roll@",
        Back::To("dice@"),
        expect![[r#"
        dice.service: «dice@three.service» -> "roll@three.service"
        dice@.service: «dice@%i» -> "roll@%i"
        web@.service: «dice@%i.service» -> "roll@%i.service"
        web@.service: «dice@two.service» -> "roll@two.service"
        web@.service: «dice@%i» -> "roll@%i"
        web@.service: «dice@a» -> "roll@a"
        multi-user.target.wants/dice@two.service -> multi-user.target.wants/roll@two.service
        dice.service -> roll.service
        dice@.service -> roll@.service
        dice@.service.d -> roll@.service.d
        dice@.socket -> roll@.socket
        dice@six.service -> roll@six.service
        dice@two.service.d -> roll@two.service.d
        stale multi-user.target.wants/dice@two.service
    "#]],
    );
    let instance =
        TEMPLATE.replace("[Serv$0ice]", "[Service]").replace("%i.service dice@two", "%i.service dice@$0two");
    check(
        &instance,
        "roll@two.service",
        Back::No,
        expect![[r#"
            dice.service: «dice@three.service» -> "roll@three.service"
            dice.service: «%p@x.service» -> "roll@x.service"
            dice@.service: «%p@%i.socket» -> "dice@%i.socket"
            dice@.service: «dice@%i» -> "roll@%i"
            dice@.socket: «» -> "Service=roll@%i.service\n"
            web@.service: «dice@%i.service» -> "roll@%i.service"
            web@.service: «dice@two.service» -> "roll@two.service"
            web@.service: «dice@%i» -> "roll@%i"
            web@.service: «dice@a» -> "roll@a"
            multi-user.target.wants/dice@two.service -> multi-user.target.wants/roll@two.service
            dice@.service -> roll@.service
            dice@.service.d -> roll@.service.d
            dice@six.service -> roll@six.service
            dice@two.service.d -> roll@two.service.d
            stale multi-user.target.wants/dice@two.service
        "#]],
    );
}

#[test]
fn connections_of_a_socket() {
    let units = "
//- dice@.service
[Serv$0ice]
ExecStart=/usr/bin/dice
//- dice.socket
[Socket]
ListenStream=5000
Accept=yes
";
    check(
        units,
        "roll",
        Back::To("dice"),
        expect![[r#"
        dice.socket -> roll.socket
        dice@.service -> roll@.service
    "#]],
    );
    expect!["not so: `dice.socket` starts `dice@.service` by its name: rename both, with the new name `roll` without suffix."].assert_eq(&refused(units, "roll@.service"));
    let socket = units.replace("[Serv$0ice]", "[Service]").replace("[Socket]", "[Sock$0et]");
    expect!["not so: `dice.socket` starts `dice@.service` by its name: rename both, with the new name `roll` without suffix."].assert_eq(&refused(&socket, "roll.socket"));
}

#[test]
fn aliases() {
    let units = "
//- dice.service
[Service]
ExecStart=/usr/bin/dice
[Install]
Alias=cube.service
//- web.service
[Unit]
Wants=dice.service cu$0be.service
[Service]
ExecStart=/bin/true
//- cube.service.d/a.conf
[Service]
//- cube.service -> dice.service
";
    check(
        units,
        "die.service",
        Back::No,
        expect![[r#"
        dice.service: «cube.service» -> "die.service"
        web.service: «cube.service» -> "die.service"
        cube.service -> die.service
        cube.service.d -> die.service.d
    "#]],
    );
}

#[test]
fn targets_with_their_folders() {
    let units = "
//- dice.target
[Un$0it]
//- web.service
[Service]
ExecStart=/bin/true
[Install]
WantedBy=dice.target
//- dice.target.wants/web.service -> ../web.service
//- dice.target.wants/dice.service -> ../dice.service
//- dice.service
[Service]
ExecStart=/bin/true
";
    check(
        units,
        "roll.target",
        Back::To("dice.target"),
        expect![[r#"
        web.service: «dice.target» -> "roll.target"
        dice.target -> roll.target
        dice.target.wants -> roll.target.wants
    "#]],
    );
    check(
        units,
        "roll",
        Back::To("dice"),
        expect![[r#"
        web.service: «dice.target» -> "roll.target"
        dice.target.wants/dice.service -> dice.target.wants/roll.service
        dice.service -> roll.service
        dice.target -> roll.target
        dice.target.wants -> roll.target.wants
        stale dice.target.wants/dice.service
    "#]],
    );
}

#[test]
fn several_layers_and_scopes() {
    let units = "
//- etc/systemd/system/dice.service
[Serv$0ice]
ExecStart=/bin/a
//- usr/lib/systemd/system/dice.service closed
[Service]
ExecStart=/bin/b
//- usr/lib/systemd/user/dice.service closed
[Service]
ExecStart=/bin/c
//- usr/lib/systemd/user/web.service closed
[Unit]
After=dice.service
[Service]
ExecStart=/bin/d
//- usr/lib/systemd/system/web.service closed
[Unit]
After=dice.service
[Service]
ExecStart=/bin/d
";
    let fixture = Fixture::new(units);
    let (file, offset) = fixture.cursor();
    let found = rename(&fixture.workspace, file, offset, "roll.service").expect("it can be renamed");
    expect![[r#"
        usr/lib/systemd/system/web.service: «dice.service» -> "roll.service"
        usr/lib/systemd/system/dice.service -> usr/lib/systemd/system/roll.service
        etc/systemd/system/dice.service -> etc/systemd/system/roll.service
    "#]]
    .assert_eq(&show(&fixture.workspace, &found));
}

#[test]
fn what_cannot_be_renamed() {
    let reasons: Vec<_> = [
        ("[Service]\nTy$0pe=simple\n", "x.service"),
        ("[Service]\nType=sim$0ple\n", "x.service"),
        ("[Unit]\nAfter=network$0.target\n", "x.target"),
        ("[Unit]\nAfter=dev-sda$0.device\n", "x.device"),
        ("//- srv.mount\n[Mou$0nt]\nWhere=/srv\n", "x.mount"),
        ("[Unit]\nAfter=nobody$0.service\n", "x.service"),
        ("[Unit]\nAfter=sshd$0.service\n//- /usr/lib/systemd/system/sshd.service\n[Service]\n", "x.service"),
        ("[Unit]\nAfter=gone$0.service\n//- gone.service -> /dev/null\n", "x.service"),
        ("//- /etc/systemd/system/a.service\n[Serv$0ice]\n", "x.service"),
        ("//- .#a.service0123456789abcdef\n[Serv$0ice]\n", "x.service"),
        ("//- würfel.service\n[Serv$0ice]\n", "x.service"),
        ("//- service.d/a.conf\n[Serv$0ice]\n", "x.service"),
        ("[Serv$0ice]\n", "dice.socket"),
        ("[Serv$0ice]\n", "dice.servise"),
        ("[Serv$0ice]\n", "a b"),
        ("[Serv$0ice]\n", ""),
        ("[Serv$0ice]\n", "a@b.service"),
        ("[Serv$0ice]\n", "a@"),
        ("[Serv$0ice]\n", "../a"),
        ("//- web.target\n[Un$0it]\n", "multi-user.target"),
        ("[Serv$0ice]\n", "dbus.service"),
        ("[Serv$0ice]\n//- other.service\n[Service]\n", "other.service"),
        ("[Serv$0ice]\n//- other.service.d/a.conf\n[Service]\n", "other.service"),
        ("[Serv$0ice]\n//- other.service -> third.service\n//- third.service\n[Service]\n", "other.service"),
        ("[Serv$0ice]\n//- web.socket\n[Socket]\n//- other.socket\n[Socket]\n", "other"),
        ("//- web@.service\n[Serv$0ice]\n", "other.service"),
        ("//- a.service\n[Unit]\nAfter=web@$0x.service\n//- web@.service\n[Service]\n", "web@y.service"),
        ("//- web@x.service\n[Serv$0ice]\n", "other.service"),
        ("[Serv$0ice]\n//- a.service latin1\n[Unit]\nAfter=web.service\nDescription=ü\n", "other.service"),
    ]
    .iter()
    .map(|(text, new_name)| format!("{new_name:?} {}\n", refused(text, new_name)))
    .collect();
    expect![[r#"
        "x.service" Only units can be renamed: put the cursor on a unit's name, or on a section's header in the unit's own file.
        "x.service" Only units can be renamed: put the cursor on a unit's name, or on a section's header in the unit's own file.
        "x.target" `network.target` is one of systemd's own units: its name has a meaning.
        "x.device" `dev-sda.device` cannot be renamed: the kernel names devices.
        "x.mount" `srv.mount` cannot be renamed: its name follows from `Where=`.
        "x.service" No unit in sight is called `nobody.service`.
        "x.service" `sshd.service` is described by `/usr/lib/systemd/system/sshd.service`, outside of the workspace's folders.
        "x.service" `gone.service` is masked by `/src/gone.service`.
        "x.service" `a.service` is described by `/etc/systemd/system/a.service`, outside of the workspace's folders.
        "x.service" `/src/.#a.service0123456789abcdef` is a copy that another program waits for.
        "x.service" Only units can be renamed: put the cursor on a unit's name, or on a section's header in the unit's own file.
        "x.service" Only units can be renamed: put the cursor on a unit's name, or on a section's header in the unit's own file.
        "dice.socket" not so: A `.service` cannot become a `.socket`.
        "dice.servise" not so: `.servise` is no type of unit: did you mean `.service`?
        "a b" not so: `a b` is no name of a unit: letters, digits and `:-_.\@`, 255 bytes at most with the suffix.
        "" not so: `` is no name of a unit: letters, digits and `:-_.\@`, 255 bytes at most with the suffix.
        "a@b.service" not so: `web.service` is no template, so its name has no `@`.
        "a@" not so: `web.service` is no template, so its name has no `@`.
        "../a" not so: `../a` is no name of a unit: letters, digits and `:-_.\@`, 255 bytes at most with the suffix.
        "multi-user.target" not so: `multi-user.target` is one of systemd's own units.
        "dbus.service" not so: `dbus.service` is one of systemd's own units.
        "other.service" not so: `other.service` is there already: `/src/other.service`.
        "other.service" not so: `other.service` is there already: `/src/other.service.d/a.conf`.
        "other.service" not so: `other.service` is there already: `/src/third.service`.
        "other" not so: `other.socket` is there already: `/src/other.socket`.
        "other.service" not so: `web@.service` is a template: its new name is `…@.service`.
        "web@y.service" not so: `web@x.service` is an instance of `web@.service`: rename the template, or name another instance where this one is named.
        "other.service" not so: `web@x.service` is an instance: its new name is `…@….service`.
        "other.service" not so: `/src/a.service` names it and is no UTF-8: it cannot be edited.
    "#]].assert_eq(&reasons.concat());
}

#[test]
fn files_renamed_in_the_tree() {
    let fixture = Fixture::new(PAIR);
    let path = |name: &str| -> Arc<Path> { Path::new("/src").join(name).into() };
    let check = |renamed: &[(&str, &str)], expected: Expect| {
        let renamed: Vec<_> = renamed.iter().map(|(old, new)| (path(old), path(new))).collect();
        expected.assert_eq(&show(&fixture.workspace, &will_rename(&fixture.workspace, &renamed)));
    };
    check(
        &[("dice.service", "roll.service")],
        expect![[r#"
        dice.path: «dice.service» -> "roll.service"
        dice.socket: «» -> "Service=roll.service\n"
        dice.timer: «» -> "Unit=roll.service\n"
    "#]],
    );
    check(
        &[("dice.service", "sub/roll.service"), ("dice.socket", "sub/roll.socket")],
        expect![[r#"
        dice.path: «dice.service» -> "roll.service"
        dice.service: «dice.socket» -> "roll.socket"
        dice.timer: «» -> "Unit=roll.service\n"
        sockets.target.wants/dice.socket -> sockets.target.wants/roll.socket
        stale sockets.target.wants/dice.socket
    "#]],
    );
    for nothing in [
        ("dice.service", "sub/dice.service"),
        ("dice.service", "dice.service.bak"),
        ("dice.service", "dice.socket"),
        ("dice.service", "dice@.service"),
        ("dice.service", "basic.target"),
        ("dice.service", "dbus.service"),
        ("no-such.service", "roll.service"),
        ("dice.service.d", "roll.service.d"),
    ] {
        check(&[nothing], expect![""]);
    }
}
