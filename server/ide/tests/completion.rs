//! What is proposed at a place, what it replaces, and in which order.

mod support;

use expect_test::{Expect, expect};
use support::{Fixture, slice};
use unit_catalog::{Section, Version};
use unit_ide::completion::{Completion, CompletionItem, completion, documentation, section_documentation};
use unit_ide::workspace::File;

fn complete(fixture: &Fixture) -> (&File, Completion) {
    let (file, offset) = fixture.cursor();
    let completion = completion(&fixture.workspace, file, offset);
    for item in &completion.items {
        let replace = item.replace.unwrap_or(unit_syntax::TextRange::at(offset));
        assert!(replace.contains_inclusive(offset), "{} replaces {replace:?}, not at the cursor", item.label);
    }
    (file, completion)
}

/// Items in the order in which editors show them: by rank, then by label.
fn sorted(completion: Completion) -> Vec<CompletionItem> {
    let mut items = completion.items;
    items.sort_by(|a, b| (a.rank, &a.label).cmp(&(b.rank, &b.label)));
    items
}

/// Compares all proposals, one a line: label, what is inserted if it is another text, the text replaced.
#[track_caller]
fn check(fixture: &str, expected: Expect) {
    let fixture = Fixture::new(fixture);
    let (file, completion) = complete(&fixture);
    let mut out = String::new();
    for item in sorted(completion) {
        out += &item.label;
        if let Some(insert) = &item.insert {
            out += &format!(" -> {insert}");
        }
        if let Some(replace) = item.replace {
            out += &format!(" «{}»", slice(file, replace));
        }
        if item.deprecated {
            out += " deprecated";
        }
        if let Some(Version(since)) = item.too_new {
            out += &format!(" since {since}");
        }
        out.push('\n');
    }
    expected.assert_eq(&out);
}

#[track_caller]
fn check_nothing(fixture: &str) {
    let fixture = Fixture::new(fixture);
    let labels: Vec<_> = complete(&fixture).1.items.into_iter().map(|item| item.label).collect();
    assert!(labels.is_empty(), "{labels:?}");
}

/// The labels in the order in which editors show them.
fn labels(fixture: &str) -> Vec<String> {
    sorted(complete(&Fixture::new(fixture)).1).into_iter().map(|item| item.label).collect()
}

/// The proposal of this label.
#[track_caller]
fn item(fixture: &str, label: &str) -> CompletionItem {
    let items = complete(&Fixture::new(fixture)).1.items;
    let item = items.into_iter().find(|item| item.label == label);
    item.unwrap_or_else(|| panic!("{label} is not proposed"))
}

#[track_caller]
fn assert_keys_of(section: Section, fixture: &str) {
    let labels = labels(fixture);
    assert!(labels.len() > 10, "{fixture:?}: {labels:?}");
    for label in labels {
        assert!(unit_catalog::directive(section, &label).is_some(), "{fixture:?}: {label} is no key");
    }
}

#[test]
fn sections_of_the_type() {
    check(
        "$0",
        expect![[r#"
        [Unit] «»
        [Service] «»
        [Install] «»
    "#]],
    );
    check(
        "//- web.socket\n[$0",
        expect![[r#"
        [Unit] «[»
        [Socket] «[»
        [Install] «[»
    "#]],
    );
    check(
        "//- web.target\n[$0]\n",
        expect![[r#"
        [Unit] «[]»
        [Install] «[]»
    "#]],
    );
    check(
        "//- web.service.d/a.conf\n[Ser$0\n",
        expect![[r#"
        [Unit] «[Ser»
        [Service] «[Ser»
        [Install] «[Ser»
    "#]],
    );
    check(
        "\n$0\n",
        expect![[r#"
        [Unit] «»
        [Service] «»
        [Install] «»
    "#]],
    );
    // Those that are there come last; the one at the cursor is not among them.
    check(
        "[Unit]\nDescription=a\n\n[Serv$0ice]\nType=simple\n",
        expect![[r#"
        [Service] «[Service]»
        [Install] «[Service]»
        [Unit] «[Service]»
    "#]],
    );
    // Behind a comment at the file's top, and with blanks before it.
    check(
        "# Web\n$0",
        expect![[r#"
        [Unit] «»
        [Service] «»
        [Install] «»
    "#]],
    );
    check(
        "  [U$0",
        expect![[r#"
        [Unit] «[U»
        [Service] «[U»
        [Install] «[U»
    "#]],
    );
}

/// An edit of a proposal may not span lines (3.17, `CompletionItem.textEdit`).
#[test]
fn sections_replace_no_more_than_a_line() {
    let replaced = |fixture: &str| {
        let fixture = Fixture::new(fixture);
        let (file, completion) = complete(&fixture);
        slice(file, completion.items[0].replace.expect("headers say what they replace"))
    };
    assert_eq!(replaced("Typ$0e \\\n  notify\n"), "Type \\");
    assert_eq!(replaced("Type \\\r\n  not$0ify\r\n"), "notify");
    assert_eq!(replaced("[Un$0it \\\nfoo]\n"), "[Unit \\");
}

#[test]
fn keys_of_the_section_at_hand() {
    assert_keys_of(Section::Service, "[Service]\n$0");
    assert_keys_of(Section::Service, "[Service]\n$0\n");
    assert_keys_of(Section::Service, "[Service]\nType=simple\n\n$0\n\n[Install]\n");
    assert_keys_of(Section::Service, "[Service]\nRes$0");
    assert_keys_of(Section::Service, "[Service]\nRes$0\nType=simple\n");
    assert_keys_of(Section::Service, "[Service]\n  Res$0\n");
    assert_keys_of(Section::Service, "[Service]\n$0Restart=always\n");
    assert_keys_of(Section::Service, "[Service]\nRest$0art=always\n");
    assert_keys_of(Section::Service, "[Service]\nRestart$0=always\n");
    assert_keys_of(Section::Service, "[Service]\nRestart $0 = always\n");
    assert_keys_of(Section::Service, "[Service]\n# a comment\n$0");
    assert_keys_of(Section::Service, "[Service]\n# no continuation \\\n$0");
    assert_keys_of(Section::Service, "[Service]\nEnvironment=A=\\\\\n$0");
    assert_keys_of(Section::Service, "[Service]\r\nType=simple\r\n$0\r\n");
    assert_keys_of(Section::Service, "[Service]\r\nRes$0\r\nType=simple\r\n");
    assert_keys_of(Section::Unit, "[Unit]\n$0\n[Service]\n");
    assert_keys_of(Section::Socket, "//- web.socket\n[Socket]\n$0");
    assert_keys_of(Section::Timer, "//- web.timer.d/a.conf\n[Timer]\nOn$0\n");
}

#[test]
fn an_equals_sign_is_written_once() {
    assert_eq!(item("[Service]\nRes$0\n", "Restart").insert.as_deref(), Some("Restart="));
    assert_eq!(item("[Service]\nRes$0=\n", "Restart").insert, None);
    assert_eq!(item("[Service]\n$0=always\n", "Restart").insert, None);
}

#[test]
fn the_order_of_keys() {
    let here = "[Service]\nType=exec\nExecStart=/bin/a\nEnvironment=A=b\n$0\n";
    let labels = labels(here);
    let place = |label: &str| labels.iter().position(|found| found == label).expect("it is proposed");
    // What has one value and has it comes last, what adds up does not.
    assert!(place("Type") > place("WorkingDirectory"), "{labels:?}");
    assert!(place("Environment") < place("ExecCondition"));
    // On its own line a key is not there already.
    assert_eq!(item("[Service]\nTy$0pe=exec\n", "Type").rank, 0);
    // What is deprecated comes behind what is not, and says so.
    let here = "//- web.service systemd=252\n[Service]\n$0\n";
    assert!(item(here, "CPUAccounting").deprecated && !item(here, "CPUWeight").deprecated);
    assert!(item(here, "CPUAccounting").rank > item(here, "CPUWeight").rank);
}

#[test]
fn keys_of_other_versions() {
    let here = |version: u16| format!("//- web.service systemd={version}\n[Service]\n$0\n");
    assert_eq!(item(&here(252), "RestartSteps").too_new, Some(Version(254)));
    assert_eq!(item(&here(254), "RestartSteps").too_new, None);
    assert!(item(&here(252), "RestartSteps").rank > item(&here(252), "RestartSec").rank);
    // What a later systemd only reads and forgets is not proposed to it.
    assert!(labels(&here(252)).contains(&"CPUAccounting".to_owned()));
    assert!(!labels(&here(262)).contains(&"CPUAccounting".to_owned()));
    // Old spellings that no manual names are not proposed at all.
    assert!(!labels(&here(262)).contains(&"StartLimitInterval".to_owned()));
}

#[test]
fn nothing_where_systemd_reads_nothing() {
    check_nothing("# a com$0ment\n[Service]\n");
    check_nothing("[Service]\n; Typ$0\n");
    check_nothing("[X-Web]\n$0\n");
    check_nothing("[Web]\nTyp$0\n");
    check_nothing("[Socket]\nListen$0\n");
    check_nothing("[Service]\nNoSuchKey=$0\n");
    check_nothing("[Service]\nExecStart=/bin/$0\n");
    check_nothing("//- notes.txt\n[Service]\n$0\n");
    check_nothing("//- x.container\n[Service]\n$0\n");
    // The line goes on: the cursor is in the command, not in a key.
    check_nothing("[Service]\nExecStart=/bin/a \\\n$0");
    check_nothing("[Service]\r\nExecStart=/bin/a \\\r\n$0");
    check_nothing("[Service]\nExecStart=/bin/a \\\n# a comment\n$0");
    check_nothing("[Service]\nExecStart=/bin/a \\\n  --fl$0ag\n");
    check_nothing("[Service]\nExecStart=/bin/a \\\n$0\n");
    check_nothing("[Service]\nExecStart=/bin/a \\\n  # com$0ment\n  b\n");
}

#[test]
fn words_of_a_value() {
    check(
        "[Service]\nRestart=$0\n",
        expect![[r#"
        always «»
        no «»
        on-abnormal «»
        on-abort «»
        on-failure «»
        on-success «»
        on-watchdog «»
    "#]],
    );
    check(
        "[Service]\nRestart=on-ab$0\n",
        expect![[r#"
        always «on-ab»
        no «on-ab»
        on-abnormal «on-ab»
        on-abort «on-ab»
        on-failure «on-ab»
        on-success «on-ab»
        on-watchdog «on-ab»
    "#]],
    );
    check(
        "[Service]\nRestart=on$0-abort\n",
        expect![[r#"
        always «on-abort»
        no «on-abort»
        on-abnormal «on-abort»
        on-abort «on-abort»
        on-failure «on-abort»
        on-success «on-abort»
        on-watchdog «on-abort»
    "#]],
    );
    check(
        "[Service]\nRestart= $0\n",
        expect![[r#"
        always «»
        no «»
        on-abnormal «»
        on-abort «»
        on-failure «»
        on-success «»
        on-watchdog «»
    "#]],
    );
    check(
        "[Service]\nRestart=$0",
        expect![[r#"
        always «»
        no «»
        on-abnormal «»
        on-abort «»
        on-failure «»
        on-success «»
        on-watchdog «»
    "#]],
    );
    check(
        "[Service]\r\nKillMode=mi$0\r\n",
        expect![[r#"
        control-group «mi»
        mixed «mi»
        process «mi»
        none «mi» deprecated
    "#]],
    );
    check(
        "//- web.service systemd=252\n[Service]\nType=$0\n",
        expect![[r#"
        dbus «»
        exec «»
        forking «»
        idle «»
        notify «»
        oneshot «»
        simple «»
        notify-reload «» since 253
    "#]],
    );
    check(
        "//- web.service systemd=254\n[Service]\nRestartMode=$0\n",
        expect![[r#"
        direct «»
        normal «»
        debug «» since 257
    "#]],
    );
    check(
        "[Service]\nProtectHome=$0\n",
        expect![[r#"
        no «»
        read-only «»
        tmpfs «»
        yes «»
    "#]],
    );
    check(
        "//- web.socket\n[Socket]\nBindIPv6Only=$0\n",
        expect![[r#"
        both «»
        default «»
        ipv6-only «»
        no «»
        yes «»
    "#]],
    );
}

#[test]
fn booleans() {
    check(
        "[Service]\nRemainAfterExit=$0\n",
        expect![[r#"
        no «»
        yes «»
    "#]],
    );
    check(
        "[Service]\nRemainAfterExit=fal$0\n",
        expect![[r#"
        no «fal»
        yes «fal»
    "#]],
    );
    check(
        "//- web.service systemd=252\n[Service]\nPrivateTmp=$0\n",
        expect![[r#"
        no «»
        yes «»
        connected «» since 257
        disconnected «» since 257
    "#]],
    );
    check(
        "[Service]\nPrivateTmp=$0\n",
        expect![[r#"
        connected «»
        disconnected «»
        no «»
        yes «»
    "#]],
    );
}

#[test]
fn words_of_a_list_replace_one_word() {
    let item = item("[Service]\nRestrictNamespaces=user mn$0 net\n", "mnt");
    let fixture = Fixture::new("[Service]\nRestrictNamespaces=user mn$0 net\n");
    let (file, _) = fixture.cursor();
    assert_eq!(slice(file, item.replace.expect("a range")), "mn");
}

const UNITS: &str = "
//- web.service
[Service]
ExecStart=/bin/web
//- web@.service
[Service]
ExecStart=/bin/web %i
//- web-admin.socket
[Socket]
ListenStream=80
//- web.slice
[Slice]
//- web.timer
[Timer]
OnCalendar=daily
//- web.service.d/a.conf
[Service]
//- webmail.target
[Unit]
//- other/usr/lib/systemd/system/web-elsewhere.service
[Service]
";

#[test]
fn unit_names_for_each_key() {
    let with = |file: &str| format!("{UNITS}//- {file}");
    check(
        &with("a.service\n[Unit]\nAfter=web$0\n"),
        expect![[r#"
        web-admin.socket «web»
        web.service «web»
        web.slice «web»
        web.timer «web»
        web@.service «web»
        webmail.target «web»
    "#]],
    );
    check(
        &with("a.socket\n[Socket]\nService=web$0\n"),
        expect![[r#"
        web.service «web»
        web@.service «web»
    "#]],
    );
    check(
        &with("a.service\n[Service]\nSockets=web$0\n"),
        expect![[r#"
        web-admin.socket «web»
    "#]],
    );
    check(
        &with("a.timer\n[Timer]\nUnit=web$0\n"),
        expect![[r#"
        web-admin.socket «web»
        web.service «web»
        web.slice «web»
        web@.service «web»
        webmail.target «web»
    "#]],
    );
    check(
        &with("a.service\n[Service]\nSlice=web$0\n"),
        expect![[r#"
        web.slice «web»
    "#]],
    );
    // An alias is a name that no unit has, and no unit orders itself behind itself.
    check_nothing(&with("a.service\n[Install]\nAlias=web$0\n"));
    assert!(
        !labels(&with("web-self.service\n[Unit]\nAfter=web$0\n")).contains(&"web-self.service".to_owned())
    );
}

#[test]
fn unit_names_replace_the_whole_word() {
    let with = |file: &str| format!("{UNITS}//- {file}");
    check(
        &with("a.service\n[Unit]\nAfter=network.target web-a$0.so b.service\n"),
        expect![[r#"
        web-admin.socket «web-a.so»
    "#]],
    );
    check(
        &with("a.service\n[Unit]\nAfter=network.target web@$0 b.service\n"),
        expect![[r#"
        web@.service «web@»
    "#]],
    );
    check(
        &with("a.service\n[Unit]\nAfter=b.service \\\n  # more\n  web-$0\n"),
        expect![[r#"
        web-admin.socket «web-»
    "#]],
    );
    check(
        &with("a.service\n[Unit]\nAfter=b.service \\\nweb-$0"),
        expect![[r#"
        web-admin.socket «web-»
    "#]],
    );
    check(
        &with("a.service\n[Unit]\nAfter=web.t$0"),
        expect![[r#"
        web.timer «web.t»
    "#]],
    );
}

#[test]
fn reserved_units() {
    assert!(labels("[Unit]\nAfter=$0\n").contains(&"network-online.target".to_owned()));
    let user = labels("//- /etc/systemd/user/a.service\n[Unit]\nAfter=$0\n");
    assert!(user.contains(&"graphical-session.target".to_owned()));
    assert!(!user.contains(&"multi-user.target".to_owned()), "{user:?}");
    // An [Install] section first names targets.
    let wanted = labels(&format!("{UNITS}//- a.service\n[Install]\nWantedBy=$0\n"));
    let first_other = wanted.iter().position(|label| !label.ends_with(".target")).expect("others too");
    assert!(wanted[first_other..].iter().all(|label| !label.ends_with(".target")), "{wanted:?}");
    assert!(wanted[..first_other].contains(&"multi-user.target".to_owned()));
}

#[test]
fn many_units_are_cut() {
    let mut fixture = String::new();
    for number in 0..600 {
        fixture += &format!("//- many-{number}.service\n[Service]\n");
    }
    let fixture = Fixture::new(&(fixture + "//- a.service\n[Unit]\nAfter=many-$0\n"));
    let (_, completion) = complete(&fixture);
    assert!(completion.incomplete);
    assert_eq!(completion.items.len(), 500);
    assert!(!complete(&Fixture::new("[Unit]\nAfter=$0\n")).1.incomplete);
}

#[test]
fn texts_of_proposals() {
    let of = |section, key, label| documentation(section, key, label).expect("a text");
    assert!(of(Section::Service, "Restart", "Restart").starts_with("**`Restart=`** in [Service]"));
    assert!(of(Section::Service, "Type", "notify").contains("READY=1"));
    assert!(of(Section::Service, "ExecStart", "-").contains("counts as success"));
    assert!(of(Section::Service, "KillSignal", "SIGTERM").contains("15"));
    assert!(of(Section::Service, "Environment", "%n").contains("name of the unit"));
    // A word without a text of its own shows what its key is about.
    assert!(!of(Section::Service, "RemainAfterExit", "yes").is_empty());
    assert_eq!(documentation(Section::Service, "NoSuchKey", "yes"), None);
    assert!(section_documentation("Service").is_some_and(|text| !text.is_empty()));
    assert_eq!(section_documentation("X-Web"), None);
}

#[test]
fn inside_values() {
    let some = |line: &str, wanted: &[&str]| {
        let fixture = Fixture::new(&format!("[Service]\n{line}\n"));
        let (file, completion) = complete(&fixture);
        let mut out = format!("{line}:");
        for item in sorted(completion).iter().filter(|item| wanted.contains(&item.label.as_str())) {
            let replaced = slice(file, item.replace.expect("values say what they replace"));
            out += &format!(" {}«{replaced}»", item.label);
        }
        out + "\n"
    };
    let texts = [
        some("KillSignal=SIGT$0", &["SIGTERM", "SIGTSTP", "SIGSYS"]),
        some("SuccessExitStatus=1 TEMP$0F", &["TEMPFAIL", "SIGKILL"]),
        some("CapabilityBoundingSet=~CAP_NET$0", &["CAP_NET_RAW", "~"]),
        some("CapabilityBoundingSet=$0", &["CAP_NET_RAW", "~"]),
        some("SystemCallFilter=@chown @sys$0", &["@system-service", "chown", "~"]),
        some("SystemCallFilter=~reboot:EP$0", &["EPERM", "kill", "reboot"]),
        some("TimeoutStopSec=1min 30$0", &["30s", "30min", "infinity"]),
        some("TimeoutStopSec=$0", &["s", "infinity"]),
        some("MemoryMax=4$0", &["4G", "4%", "infinity"]),
        some("ExecStart=$0", &["-", "!!", "|", "+"]),
        some("ExecStart=-$0/bin/web", &["-", "!", "+"]),
        some("ExecStart=/bin/web -$0", &["-", "+"]),
        some("ExecStart=/bin/web %$0", &["%i", "%n", "%%"]),
        some("ExecStart=/bin/web %%$0", &["%i", "%n", "%%"]),
        some("User=$0", &["root", "nobody"]),
        some("RestrictAddressFamilies=~AF_I$0", &["AF_INET", "AF_UNIX"]),
        some("RestrictNamespaces=~$0", &["net", "user", "~"]),
        some("SystemCallArchitectures=nat$0", &["native", "x86-64"]),
        some("SystemCallErrorNumber=EP$0", &["EPERM", "kill"]),
        some("DeviceAllow=/dev/null $0", &["rw", "char-"]),
    ];
    expect![[r#"
        KillSignal=SIGT$0: SIGSYS«SIGT» SIGTERM«SIGT» SIGTSTP«SIGT»
        SuccessExitStatus=1 TEMP$0F: TEMPFAIL«TEMPF» SIGKILL«TEMPF»
        CapabilityBoundingSet=~CAP_NET$0: CAP_NET_RAW«CAP_NET»
        CapabilityBoundingSet=$0: CAP_NET_RAW«» ~«»
        SystemCallFilter=@chown @sys$0: @system-service«@sys» chown«@sys»
        SystemCallFilter=~reboot:EP$0: kill«EP» EPERM«EP»
        TimeoutStopSec=1min 30$0: 30s«30» 30min«30»
        TimeoutStopSec=$0: infinity«»
        MemoryMax=4$0: 4G«4» 4%«4»
        ExecStart=$0: +«» -«» |«»
        ExecStart=-$0/bin/web: !«» +«»
        ExecStart=/bin/web -$0:
        ExecStart=/bin/web %$0: %i«%» %n«%» %%«%»
        ExecStart=/bin/web %%$0:
        User=$0: nobody«» root«»
        RestrictAddressFamilies=~AF_I$0: AF_INET«AF_I» AF_UNIX«AF_I»
        RestrictNamespaces=~$0: net«» user«»
        SystemCallArchitectures=nat$0: native«nat» x86-64«nat»
        SystemCallErrorNumber=EP$0: kill«EP» EPERM«EP»
        DeviceAllow=/dev/null $0: rw«»
    "#]]
    .assert_eq(&texts.concat());
}

#[test]
fn inside_conditions() {
    check(
        "[Unit]\nConditionFirstBoot=$0\n",
        expect![[r#"
        no «»
        yes «»
        ! «»
        | «»
    "#]],
    );
    check(
        "[Unit]\nConditionFirstBoot=|!$0\n",
        expect![[r#"
        no «»
        yes «»
    "#]],
    );
    check(
        "[Unit]\nConditionSecurity=!se$0\n",
        expect![[r#"
        apparmor «se»
        audit «se»
        cvm «se»
        ima «se»
        measured-os «se»
        measured-uki «se»
        selinux «se»
        smack «se»
        tomoyo «se»
        tpm2 «se»
        uefi-secureboot «se»
    "#]],
    );
    // Names of units are read with fewer specifiers.
    assert!(labels("[Unit]\nAfter=a@%$0\n").contains(&"%i".to_owned()));
    assert!(!labels("[Unit]\nAfter=a@%$0\n").contains(&"%t".to_owned()));
}

#[test]
fn calendar_events() {
    let timer = labels("//- a.timer\n[Timer]\nOnCalendar=$0\n");
    for word in ["daily", "weekly", "Mon"] {
        assert!(timer.contains(&word.to_owned()), "{word}");
    }
    // Spellings that systemd reads, and that nobody should learn here.
    for word in ["anually", "bi-annually", "semi-annually"] {
        assert!(!timer.contains(&word.to_owned()), "{word}");
    }
}

#[test]
fn paths_that_other_lines_hold() {
    check(
        "
//- /srv/a/web.service
[Service]
ExecStart=-/usr/bin/web --root /srv/www
BindPaths=/srv/data:/data
//- /srv/a/job.service
[Service]
ReadWritePaths=-/sr$0 /tmp
",
        expect![[r#"
            /srv/data «/sr»
            /srv/www «/sr»
        "#]],
    );
}

#[test]
fn units_of_numbers() {
    // What the number means by itself comes first: accepted unseen, it changes nothing.
    let of = |line: &str| labels(&format!("[Service]\n{line}\n")).join(" ");
    assert_eq!(of("RestartSec=5$0"), "5s 5min 5h 5d 5ms 5us 5w 5month 5y");
    assert_eq!(of("RestartSec=1h 5 m$0"), "s min h d ms us w month y");
    assert_eq!(of("RestartSec=1h $0"), "");
    assert_eq!(of("MemoryMax=4$0"), "4K 4M 4G 4T 4%");
    assert_eq!(of("MemoryMax=i$0"), "infinity");
}

#[test]
fn units_in_calls_of_systemctl() {
    let called = |line: &str| {
        let fixture = Fixture::new(&format!("{UNITS}//- a.service\n[Service]\n{line}\n"));
        let (file, completion) = complete(&fixture);
        let shown = sorted(completion).into_iter().map(|item| {
            format!("{}«{}»", item.label, slice(file, item.replace.expect("names say what they replace")))
        });
        shown.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(called("ExecStart=/bin/systemctl start webm$0"), "webmail.target«webm»");
    assert_eq!(called("ExecStart=/bin/systemctl restart web.service webm$0 # x"), "webmail.target«webm»");
    assert_eq!(
        called("ExecStartPost=sh -c 'true && systemctl --no-block stop webm$0'"),
        "webmail.target«webm»"
    );
    assert!(called("ExecStart=/bin/systemctl start $0").contains("web.service«»"));
    assert_eq!(called("ExecStart=/bin/systemctl st$0"), "");
    assert_eq!(called("ExecStart=/bin/echo start webm$0"), "");
}

#[test]
fn users_that_other_units_have() {
    let fixture = "
//- a.service
[Service]
User=www
Group=%i
//- b.service
[Service]
User=www
SupplementaryGroups=audio video
//- c.service
[Service]
";
    assert_eq!(labels(&format!("{fixture}User=$0\n")), ["nobody", "root", "www"]);
    assert_eq!(labels(&format!("{fixture}Group=$0\n")), ["nobody", "root", "audio", "video"]);
}

#[test]
fn addresses_of_documentation() {
    assert_eq!(labels("[Unit]\nDocumentation=$0\n"), ["file:/", "http://", "https://", "info:", "man:"]);
}

#[test]
fn kinds_of_file_systems() {
    let mount = labels("//- a.mount\n[Mount]\nType=$0\n");
    for name in ["ext4", "tmpfs", "nfs", "btrfs"] {
        assert!(mount.contains(&name.to_owned()), "{name}: {mount:?}");
    }
    assert!(!mount.iter().any(|name| name.starts_with('@')), "{mount:?}");
}

#[test]
fn codes_in_comments_for_us() {
    let codes = |comment: &str| {
        labels(&format!("[Service]\n{comment}\nTimeoutStartSec=90 # x\nExecStart=/bin/true\n"))
    };
    // What there is to allow comes first.
    assert_eq!(codes("# unitls: allow($0")[0], "inline-comment");
    assert!(codes("# unitls: allow($0)").contains(&"unknown-key".to_owned()));
    assert_eq!(codes("; unitls: allow(unknown-key, inl$0): so")[0], "inline-comment");
    for elsewhere in ["# allow($0", "# unitls: allow(x): $0", "# unitls: $0", "# $0"] {
        assert_eq!(codes(elsewhere), [""; 0], "{elsewhere}");
    }
    let fixture = Fixture::new("[Service]\n# unitls: allow(unknown-key, inl$0ine): so\nType=simple\n");
    let (file, completion) = complete(&fixture);
    let replace = completion.items[0].replace.expect("codes say what they replace");
    assert_eq!(slice(file, replace), "inline");
}

#[test]
fn buffers_without_a_name() {
    let of = |text: &str| labels(&format!("//- Untitled-1\n{text}"));
    assert!(of("$0").contains(&"[Timer]".to_owned()));
    assert_eq!(of("[$0\n[Socket]\nAccept=no\n"), ["[Unit]", "[Install]", "[Socket]"]);
    assert!(of("[Socket]\n$0").contains(&"Accept".to_owned()));
    assert_eq!(of("[Service]\nType=oneshot\nRemainAfterExit=$0"), ["no", "yes"]);
    // Files of others are left alone.
    assert_eq!(of("[Desktop Entry]\nName=x\n[$0"), [""; 0]);
}

#[test]
fn variables_of_commands() {
    let fixture = "
//- web.service
[Service]
Environment=PORT=80 \"ROOT=/srv/my www\"
";
    let with = |line: &str| {
        format!("{fixture}{line}\n//- web.service.d/x.conf closed\n[Service]\nEnvironment=LEVEL=3\n")
    };
    let found = labels(&with("ExecStart=/bin/web $0"));
    assert!(!found.iter().any(|label| label.contains('$')), "{found:?}");
    let found = labels(&with("ExecReload=/bin/kill $$0"));
    assert_eq!(found[..3], ["${LEVEL}", "${PORT}", "${ROOT}"]);
    assert!(found.contains(&"${MAINPID}".to_owned()), "{found:?}");
    assert_eq!(labels(&with("ExecStart=/bin/web $$$0")), [""; 0]);
    for typed in ["${PO$0}", "${PO$0", "$PO$0"] {
        let fixture = Fixture::new(&with(&format!("ExecStart=/bin/web --port={typed} x")));
        let (file, completion) = complete(&fixture);
        let port = completion.items.iter().find(|item| item.label == "${PORT}").expect("it is set");
        assert_eq!(slice(file, port.replace.expect("a range")), typed.replace("$0", ""), "{typed}");
    }
    assert!(
        documentation(Section::Service, "ExecReload", "${MAINPID}").expect("a text").contains("main process")
    );
}
