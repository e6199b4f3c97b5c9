//! What systemd reads beside its units: presets, the managers' configuration; and buffers that stand for other files.

mod support;

use std::path::Path;

use expect_test::{Expect, expect};
use support::{Fixture, Source, State, findings, line, slice, workspace};
use unit_ide::activation::StartLimit;
use unit_ide::completion::completion;
use unit_ide::hover::hover;
use unit_ide::workspace::{PresetAction, UnitName, Workspace};

fn closed(files: &[(&str, &str)]) -> Workspace {
    let source = |(path, text): &(&str, &str)| {
        let mut source = Source::of_marker(path);
        source.push(text);
        Source { state: State::Closed, ..source }
    };
    workspace(&files.iter().map(source).collect::<Vec<_>>())
}

fn name(text: &str) -> UnitName {
    UnitName::parse(text).expect("a valid name")
}

/// What the presets say of a unit, asked from the place of `asker`: the action with its line, and the instances.
#[track_caller]
fn preset(workspace: &Workspace, asker: &str, unit: &str) -> String {
    let place = &workspace.file(Path::new(asker)).expect("the asker is known").place;
    let preset = workspace.preset(&name(unit), place);
    let line = preset.line.map_or("nothing".to_owned(), |(file, range)| slice(file, range));
    let instances: Vec<_> = preset.instances.iter().map(UnitName::as_str).collect();
    format!("{:?} by {line} {}", preset.action, instances.join(" ")).trim_end().to_owned()
}

#[test]
fn the_first_line_of_the_first_preset_counts() {
    let workspace = closed(&[
        ("/etc/systemd/system/asker.service", ""),
        ("/usr/lib/systemd/user/asker.service", ""),
        (
            "/usr/lib/systemd/system-preset/50-a.preset",
            "enable web.service\ndisable web.*\nenable vpn@.service x y\n",
        ),
        ("/usr/lib/systemd/system-preset/90-b.preset", "enable *\n"),
        // It hides the one of the same name, and comes where its name says.
        ("/etc/systemd/system-preset/90-b.preset", "# all off\n  disable *  \nenable late.service\n"),
        ("/usr/lib/systemd/user-preset/00-u.preset", "ignore web.service\n"),
    ]);
    let system = "/etc/systemd/system/asker.service";
    for (unit, answer) in [
        ("web.service", "Enable by enable web.service"),
        ("web.socket", "Disable by disable web.*"),
        ("late.service", "Disable by   disable *"),
        ("vpn@.service", "Enable by enable vpn@.service x y vpn@x.service vpn@y.service"),
        ("vpn@x.service", "Enable by enable vpn@.service x y"),
        ("vpn@z.service", "Disable by   disable *"),
    ] {
        assert_eq!(preset(&workspace, system, unit), answer, "{unit}");
    }
    let user = "/usr/lib/systemd/user/asker.service";
    assert_eq!(preset(&workspace, user, "web.service"), "Ignore by ignore web.service");
    assert_eq!(preset(&workspace, user, "late.service"), "Enable by nothing");
}

#[test]
fn presets_of_an_image_and_masked_ones() {
    let workspace = closed(&[
        ("/srv/image/etc/systemd/system/asker.service", ""),
        ("/srv/image/usr/lib/systemd/system-preset/50-a.preset", "disable *\n"),
        ("/other/usr/lib/systemd/system-preset/00-a.preset", "ignore *\n"),
        ("loose.service", ""),
        ("presets/50-a.preset", "disable loose.service\n"),
    ]);
    let image = "/srv/image/etc/systemd/system/asker.service";
    assert_eq!(preset(&workspace, image, "x.service"), "Disable by disable *");
    assert_eq!(preset(&workspace, "/src/loose.service", "loose.service"), "Disable by disable loose.service");
    let masked = closed(&[
        ("/etc/systemd/system/asker.service", ""),
        ("/usr/lib/systemd/system-preset/50-a.preset", "disable *\n"),
        ("/etc/systemd/system-preset/50-a.preset", ""),
    ]);
    assert_eq!(preset(&masked, "/etc/systemd/system/asker.service", "x.service"), "Enable by nothing");
}

#[test]
fn an_open_preset_counts_over_the_disk() {
    let mut workspace = closed(&[("a.service", ""), ("50-a.preset", "disable *\n")]);
    let place = workspace.file(Path::new("/src/a.service")).expect("it is known").place.clone();
    let path = Path::new("/src/50-a.preset").into();
    workspace.set_open(&path, &std::sync::Arc::new(unit_syntax::Unit::parse("enable a.service\n")));
    assert_eq!(workspace.preset(&name("a.service"), &place).action, PresetAction::Enable);
    workspace.close(&path);
    assert_eq!(workspace.preset(&name("a.service"), &place).action, PresetAction::Disable);
}

/// What `systemctl preset` does with a root on disk is what we say of it.
#[test]
fn presets_act_as_systemctl_says() {
    let root = tempfile::tempdir().expect("a folder for the test");
    let unit = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";
    let units = [
        "web.service",
        "web.socket",
        "late.service",
        "vpn@.service",
        "a-b.service",
        r"x\x2dy.service",
        "[.service",
    ];
    let mut files = vec![
        (
            "usr/lib/systemd/system-preset/50-a.preset".to_owned(),
            "enable web.service\ndisable web.*\nenable vpn@.service x y\nenabled late.service\n\
             disable [a-c]-?.service\n\tenable x\\x2dy.service\nenable [.service\n",
        ),
        ("usr/lib/systemd/system-preset/90-b.preset".to_owned(), "enable *\n"),
        ("etc/systemd/system-preset/90-b.preset".to_owned(), "; off\n  disable *  \nenable late.service\n"),
    ];
    files.extend(units.map(|name| (format!("usr/lib/systemd/system/{name}"), unit)));
    let path = |name: &str| root.path().join(name);
    for (name, text) in &files {
        std::fs::create_dir_all(path(name).parent().expect("it has a folder")).expect("folders are made");
        std::fs::write(path(name), text).expect("files are written");
    }
    let systemctl = |words: [&str; 2]| {
        let mut command = std::process::Command::new("systemctl");
        command.arg("--root").arg(root.path()).args(words);
        Some(String::from_utf8_lossy(&command.output().ok()?.stdout).trim().to_owned())
    };
    if systemctl(["is-enabled", "web.service"]).is_none() {
        return;
    }
    let owned: Vec<_> = files.iter().map(|(name, text)| (path(name).display().to_string(), *text)).collect();
    let borrowed: Vec<_> = owned.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let workspace = closed(&borrowed);
    let place = &workspace.file(&path("usr/lib/systemd/system/web.service")).expect("it is known").place;
    for unit in units.into_iter().chain(["vpn@x.service", "vpn@z.service"]).filter_map(UnitName::parse) {
        let _ = std::fs::remove_dir_all(path("etc/systemd/system"));
        systemctl(["preset", unit.as_str()]);
        let mut links: Vec<_> = std::fs::read_dir(path("etc/systemd/system/multi-user.target.wants"))
            .into_iter()
            .flatten()
            .flatten()
            .map(|link| link.file_name().to_string_lossy().into_owned())
            .collect();
        links.sort();
        let preset = workspace.preset(&unit, place);
        let ours: Vec<_> = match (preset.action, preset.instances.is_empty()) {
            (PresetAction::Enable, true) => vec![unit.as_str().to_owned()],
            (PresetAction::Enable, false) => {
                preset.instances.iter().map(|one| one.as_str().to_owned()).collect()
            }
            _ => Vec::new(),
        };
        assert_eq!(ours, links, "{unit}");
    }
}

#[track_caller]
fn limit(files: &[(&str, &str)], unit: &str) -> (u64, f64, f64) {
    let workspace = closed(files);
    let file = workspace.file(Path::new(unit)).expect("the unit is known");
    let unit = workspace.effective_of(file).expect("it is a unit file");
    let limit = StartLimit::of(&unit, workspace.version());
    (limit.burst, limit.interval, limit.delay)
}

#[test]
fn the_managers_defaults_stand_in_for_what_units_leave_out() {
    let unit = "/etc/systemd/system/web.service";
    let service = "[Service]\nExecStart=/bin/web\nRestart=always\n";
    let conf = "/etc/systemd/system.conf";
    assert_eq!(limit(&[(unit, service)], unit), (5, 10.0, 0.1));
    let set =
        "[Manager]\nDefaultRestartSec=2s\nDefaultStartLimitIntervalSec=1min\nDefaultStartLimitBurst=3\n";
    assert_eq!(limit(&[(unit, service), (conf, set)], unit), (3, 60.0, 2.0));
    // What systemd cannot use does not count; drop-ins do, the last by name most.
    let drop_ins = [
        (unit, service),
        (conf, set),
        (
            "/usr/lib/systemd/system.conf.d/50-a.conf",
            "[Manager]\nDefaultRestartSec=7s\nDefaultStartLimitBurst=many\n",
        ),
        ("/usr/lib/systemd/system.conf.d/60-b.conf", "[Manager]\nDefaultStartLimitBurst=9\n"),
        ("/etc/systemd/system.conf.d/60-b.conf", "[Manager]\nDefaultStartLimitInterval=20\n"),
    ];
    assert_eq!(limit(&drop_ins, unit), (3, 60.0, 7.0));
    // The unit's own settings count over all of them, and other managers' not at all.
    let own = format!("{service}RestartSec=1\n");
    assert_eq!(limit(&[(unit, &own), (conf, set)], unit), (3, 60.0, 1.0));
    assert_eq!(limit(&[(unit, service), ("/etc/systemd/user.conf", set)], unit), (5, 10.0, 0.1));
    let user = "/home/me/.config/systemd/user/web.service";
    assert_eq!(limit(&[(user, service), ("/home/me/.config/systemd/user.conf", set)], user), (3, 60.0, 2.0));
    assert_eq!(limit(&[(unit, service), ("/srv/image/etc/systemd/system.conf", set)], unit), (5, 10.0, 0.1));
}

#[test]
fn hover_names_the_managers_default() {
    let fixture = Fixture::new(
        "//- /etc/systemd/system/web.service\n[Service]\nExecStart=/bin/web\nTimeout$0StartSec=5\n\
         //- /etc/systemd/system.conf closed\n[Manager]\nDefaultTimeoutStartSec=45s\n",
    );
    let (file, offset) = fixture.cursor();
    let hover = hover(&fixture.workspace, file, offset, None).expect("a known key");
    let note = "Left out, it is `45s` here: `DefaultTimeoutStartSec=` in `/etc/systemd/system.conf`.";
    assert!(hover.markdown.contains(note), "{}", hover.markdown);
}

#[track_caller]
fn check_findings(path: &str, text: &str, expected: Expect) {
    let mut source = Source::of_marker(path);
    source.push(text);
    let sources = [source];
    let lines: Vec<_> = findings(&sources).iter().map(|finding| line(&sources, finding) + "\n").collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn the_managers_configuration_is_judged_as_units_are() {
    let text = "[Manager]\nDefaultTimeoutStartSec=1 minute # slow\nDefaultTimeoutStartSec=soon\nDefaultRestrat=1\nRestart=no\n\
                LogTarget=journal\nDefaultOOMPolicy=die\n[Service]\nRestart=no\n";
    check_findings(
        "/etc/systemd/system.conf systemd=257",
        text,
        expect![[r#"
            /etc/systemd/system.conf:2:33-39 error inline-comment: A comment needs a line of its own: systemd reads it as part of the value, cannot parse that and ignores the line.
            /etc/systemd/system.conf:3:24-28 error invalid-time-or-bool: `soon` is no time span: systemd ignores the line. `DefaultTimeoutStartSec=` takes a time span such as 5s, 1min 30s or infinity.
            /etc/systemd/system.conf:4:1-15 error unknown-key: [Manager] knows no `DefaultRestrat=`: systemd ignores the line.
            /etc/systemd/system.conf:5:1-8 error key-in-wrong-section: `Restart=` is a key of [Service] in units; here systemd ignores it.
            /etc/systemd/system.conf:7:18-21 error invalid-enum-value: `die` is no value of `DefaultOOMPolicy=`: systemd ignores the line. `DefaultOOMPolicy=` takes continue, stop or kill.
            /etc/systemd/system.conf:8:2-9 error unknown-section: The manager's configuration has no section [Service]: systemd ignores it with all its keys.
        "#]],
    );
    check_findings(
        "image/usr/lib/systemd/user.conf.d/x.conf systemd=252",
        "DefaultRestartSec=1\n[Manager]\nReloadLimitBurst=5\nDefaultEnvironment=A=b c\n[Manager\n",
        expect![[r#"
            image/usr/lib/systemd/user.conf.d/x.conf:1:1-20 error unknown-section: This line stands before the first section: systemd ignores it.
            image/usr/lib/systemd/user.conf.d/x.conf:3:1-17 warning key-too-new: `ReloadLimitBurst=` came with systemd 253; systemd 252 ignores the line.
            image/usr/lib/systemd/user.conf.d/x.conf:4:24-25 error invalid-value: `c` is no assignment: systemd ignores this part. `DefaultEnvironment=` takes NAME=VALUE, in quotes where blanks are part of it.
            image/usr/lib/systemd/user.conf.d/x.conf:5:1-9 error bad-section-header: A section header ends with `]`: systemd stops reading here.
        "#]],
    );
    check_findings(
        "a.service systemd=257",
        "[Service]\nExecStart=/bin/a\nDefaultTimeoutStartSec=5\n[Manager]\nLogLevel=debug\n",
        expect![[r#"
            a.service:3:1-23 error key-in-wrong-section: `DefaultTimeoutStartSec=` is a setting of the manager itself: it belongs to [Manager] in system.conf or user.conf; here systemd ignores it.
            a.service:4:2-9 error unknown-section: A .service unit has no section [Manager]: systemd ignores it with all its keys.
        "#]],
    );
}

#[test]
fn the_managers_configuration_is_completed_and_explained() {
    let labels = |text: &str| {
        let fixture = Fixture::new(&format!("//- /etc/systemd/system.conf\n{text}"));
        let (file, offset) = fixture.cursor();
        let items = completion(&fixture.workspace, file, offset).items;
        items.into_iter().map(|item| item.label).collect::<Vec<_>>()
    };
    assert_eq!(labels("$0"), ["[Manager]"]);
    let keys = labels("[Manager]\n$0\n");
    assert!(keys.contains(&"DefaultTimeoutStopSec".to_owned()) && !keys.contains(&"ExecStart".to_owned()));
    assert_eq!(labels("[Manager]\nDefaultOOMPolicy=$0\n"), ["continue", "stop", "kill"]);
    let fixture = Fixture::new("//- /etc/systemd/user.conf\n[Manager]\nDefault$0RestartSec=1\n");
    let (file, offset) = fixture.cursor();
    let hover = hover(&fixture.workspace, file, offset, None).expect("a known key");
    assert!(hover.markdown.contains("systemd-system.conf(5)"), "{}", hover.markdown);
}

/// `systemctl edit` gives editors a file of another name; while it is open it counts in place of the real one.
#[test]
fn a_buffer_of_systemctl_edit_stands_for_the_real_file() {
    let folder = "/etc/systemd/system";
    let mut workspace = closed(&[
        ("/etc/systemd/system/web.service", "[Unit]\nWants=old.service\n[Service]\nExecStart=/bin/web\n"),
        ("/etc/systemd/system/web.service.d/override.conf", "[Service]\nRestart=always\n"),
    ]);
    let values = |workspace: &Workspace| {
        let real = Path::new(folder).join("web.service");
        let place = &workspace.file(&real).expect("it is known").place;
        let unit = workspace.effective(&name("web.service"), place).expect("there is a fragment");
        let list = |section, key| -> Vec<String> {
            unit.list(section, key).iter().map(|setting| setting.value().to_owned()).collect()
        };
        (
            list(unit_catalog::Section::Service, "ExecStart"),
            list(unit_catalog::Section::Service, "Restart"),
            workspace.files_mentioning("old.service").count(),
        )
    };
    let own = |values: &[&str]| values.iter().map(|value| value.to_string()).collect::<Vec<_>>();
    assert_eq!(values(&workspace), (own(&["/bin/web"]), own(&["always"]), 1));
    let buffers = [".#web.service5b2f00c1d2e3a4b5", "web.service.d/.#override.conf0123456789abcdef"];
    let texts = ["[Service]\nExecStart=/bin/new\n", "[Service]\nRestart=no\n"];
    let paths = buffers.map(|buffer| std::sync::Arc::from(Path::new(folder).join(buffer)));
    for (path, text) in paths.iter().zip(texts) {
        workspace.set_open(path, &std::sync::Arc::new(unit_syntax::Unit::parse(text)));
    }
    assert_eq!(values(&workspace), (own(&["/bin/new"]), own(&["no"]), 0));
    for path in &paths {
        workspace.close(path);
    }
    assert_eq!(values(&workspace), (own(&["/bin/web"]), own(&["always"]), 1));
}
