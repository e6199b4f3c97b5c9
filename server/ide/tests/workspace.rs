//! Who counts when: open buffers over the disk, files that go away, links, and checks that are cancelled.

mod support;

use std::path::Path;
use std::sync::Arc;

use support::{Fixture, Source, State, workspace};
use unit_catalog::Version;
use unit_ide::rules::check_file;
use unit_ide::workspace::{File, Resolution, UnitLink, UnitName, Workspace};
use unit_syntax::Unit;

fn source(marker: &str, text: &str) -> Source {
    let mut source = Source::of_marker(marker);
    source.push(text);
    Source { state: State::Closed, ..source }
}

fn path(name: &str) -> Arc<Path> {
    Path::new("/src").join(name).into()
}

/// The codes that are found in a file.
fn codes(workspace: &Workspace, name: &str) -> Vec<&'static str> {
    let path = path(name);
    let file = workspace.file(&path).unwrap_or_else(|| panic!("{name} is known"));
    check_file(workspace, file, &|| false).iter().map(|finding| finding.code).collect()
}

fn unit(text: &str) -> Arc<Unit> {
    Arc::new(Unit::parse(text))
}

#[test]
fn an_open_buffer_counts_until_it_is_closed() {
    let mut workspace = workspace(&[
        source("report.timer", "[Timer]\nOnCalendar=daily\nUnit=make.service\n"),
        source("report.service", "[Service]\nExecStart=/bin/report\n"),
    ]);
    assert_eq!(codes(&workspace, "report.timer"), ["timer-unit-missing"]);
    // A buffer that no disk holds yet.
    workspace.set_open(&path("make.service"), &unit("[Service]\nExecStart=/bin/make\n"));
    assert_eq!(codes(&workspace, "report.timer"), [""; 0]);
    // A buffer over a file: what the file mentions no longer counts.
    workspace.set_open(&path("report.timer"), &unit("[Timer]\nOnCalendar=daily\nUnit=other.service\n"));
    let mentions = |workspace: &Workspace, name: &str| workspace.files_mentioning(name).count();
    assert_eq!((mentions(&workspace, "make.service"), mentions(&workspace, "other.service")), (0, 1));
    assert_eq!(codes(&workspace, "report.timer"), ["timer-unit-missing"]);
    workspace.close(&path("report.timer"));
    assert_eq!((mentions(&workspace, "make.service"), mentions(&workspace, "other.service")), (1, 0));
    workspace.close(&path("make.service"));
    assert_eq!(codes(&workspace, "report.timer"), ["timer-unit-missing"]);
}

#[test]
fn the_disk_changes() {
    let mut workspace =
        workspace(&[source("report.timer", "[Timer]\nOnCalendar=daily\nUnit=make.service\n")]);
    let file =
        |name: &str, text: &str| File::new(path(name), workspace.places(), Version::NEWEST, unit(text));
    let (make, again) = (
        file("make.service", "[Service]\nExecStart=/bin/make\nUnit=a\n[Install]\nAlias=build.service\n"),
        file("make.service", "[Service]\nExecStart=/bin/make\n"),
    );
    workspace.set_on_disk([make], []);
    assert_eq!(codes(&workspace, "report.timer"), [""; 0]);
    assert_eq!(workspace.files_mentioning("build.service").count(), 1);
    workspace.set_on_disk([again], []);
    assert_eq!(workspace.files().count(), 2);
    assert_eq!(workspace.files_mentioning("build.service").count(), 0);
    workspace.remove_from_disk(&path("make.service"));
    assert_eq!(codes(&workspace, "report.timer"), ["timer-unit-missing"]);
    assert!(workspace.file(&path("make.service")).is_none());
}

#[test]
fn links_come_and_go() {
    let mut workspace = workspace(&[source("make.service", "[Service]\nExecStart=/bin/make\n")]);
    let name = UnitName::parse("build.service").expect("a name");
    let resolved = |workspace: &Workspace| {
        let place = &workspace.file(&path("make.service")).expect("it is there").place;
        matches!(workspace.resolve(&name, place), Resolution::Found(file) if file.path == path("make.service"))
    };
    assert!(!resolved(&workspace));
    let link = UnitLink { path: path("build.service"), target: "make.service".into() };
    workspace.set_on_disk([], [link.clone(), link]);
    assert!(resolved(&workspace));
    assert_eq!(workspace.links().count(), 1);
    workspace.remove_from_disk(&path("build.service"));
    assert!(!resolved(&workspace));
}

/// Where `/lib` is a link to `/usr/lib`, the disk knows a file by the one name and an editor by the other.
#[test]
fn a_buffer_below_lib_is_the_file_in_usr_lib() {
    let on_disk = source("/usr/lib/systemd/system/a.service", "[Service]\nExecStart=/bin/old\n");
    let mut workspace = workspace(&[on_disk]);
    workspace.set_open(&path("/lib/systemd/system/a.service"), &unit("[Service]\nExecStart=/bin/new\n"));
    let file = workspace.file(&path("/lib/systemd/system/a.service")).expect("it is open").clone();
    let name = UnitName::parse("a.service").expect("a name");
    let fragment = |workspace: &Workspace| {
        workspace.fragment(&name, &file.place).map(|file| file.path.display().to_string())
    };
    assert_eq!(fragment(&workspace).as_deref(), Some("/lib/systemd/system/a.service"));
    assert_eq!(workspace.files().count(), 1);
    // Two folders, of which the first in the search path counts.
    let other = File::new(file.path.clone(), workspace.places(), Version::NEWEST, file.unit.clone());
    workspace.set_on_disk([other], []);
    assert_eq!(fragment(&workspace).as_deref(), Some("/usr/lib/systemd/system/a.service"));
    workspace.remove_from_disk(&file.path);
    workspace.close(&file.path);
    assert_eq!(fragment(&workspace).as_deref(), Some("/usr/lib/systemd/system/a.service"));
}

#[test]
fn a_clone_is_a_snapshot() {
    let mut workspace = workspace(&[source("web.service", "[Service]\nType=Simple\nExecStart=/bin/a\n")]);
    let before = workspace.clone();
    workspace.set_open(&path("web.service"), &unit("[Service]\nExecStart=/bin/a\n"));
    workspace.set_on_disk(
        [File::new(path("b.service"), workspace.places(), Version::NEWEST, unit("[Service]\n"))],
        [],
    );
    assert_eq!(codes(&before, "web.service"), ["invalid-enum-value"]);
    assert_eq!((before.files().count(), workspace.files().count()), (1, 2));
    assert_eq!(codes(&workspace, "web.service"), [""; 0]);
}

#[test]
fn a_cancelled_check_stops() {
    let fixture = Fixture::new("[Service]\nType=dbus\nExecStart=/bin/a\nExecStart=$0/bin/b\nRestrat=no\n");
    let (file, _) = fixture.cursor();
    let found = |cancelled: bool| check_file(&fixture.workspace, file, &|| cancelled).len();
    assert_eq!(found(false), 3);
    assert!(found(true) < 3);
}

/// The drop-ins of a unit, as parts of paths below the folders of the search path.
fn drop_ins(sources: &[&str], unit: &str) -> Vec<String> {
    let mut all = vec![source("/usr/lib/systemd/system/a-b.service closed", "[Service]\nExecStart=/bin/a\n")];
    all.extend(sources.iter().map(|marker| source(marker, "[Service]\nNice=1\n")));
    let workspace = workspace(&all);
    let fragment = workspace.file(&all[0].path).expect("it is there");
    let name = UnitName::parse(unit).expect("a name");
    let unit = workspace.effective(&name, &fragment.place).expect("it is known");
    let shown = |file: &Arc<File>| {
        let path = file.path.to_str().expect("paths are text");
        path.replace("/systemd/system", "").replace("/usr/lib", "/lib").replace(".service.d", "")
    };
    unit.parts[1..].iter().map(|file| shown(file)).collect()
}

#[test]
fn drop_ins_of_one_name_hide_each_other() {
    // As systemd 252, 257 and 262 do: the unit's own name and its prefixes through all folders, then its aliases, then
    // its type; within each the folder counts first, then the longer name.
    let alias = "/usr/lib/systemd/system/al-ias.service -> a-b.service";
    let mut all = vec![
        "/etc/systemd/system/a-b.service.d/x.conf",
        "/etc/systemd/system/a-.service.d/x.conf",
        "/usr/lib/systemd/system/a-b.service.d/x.conf",
        "/usr/lib/systemd/system/a-.service.d/x.conf",
        "/etc/systemd/system/al-ias.service.d/x.conf",
        "/etc/systemd/system/al-.service.d/x.conf",
        "/usr/lib/systemd/system/al-ias.service.d/x.conf",
        "/etc/systemd/system/service.d/x.conf",
        "/usr/lib/systemd/system/service.d/x.conf",
    ];
    let mut counting = Vec::new();
    while !all.is_empty() {
        let sources: Vec<_> = all.iter().copied().chain([alias]).collect();
        counting.extend(drop_ins(&sources, "a-b.service"));
        all.remove(0);
    }
    assert_eq!(
        counting,
        [
            "/etc/a-b/x.conf",
            "/etc/a-/x.conf",
            "/lib/a-b/x.conf",
            "/lib/a-/x.conf",
            "/etc/al-ias/x.conf",
            "/etc/al-/x.conf",
            "/lib/al-ias/x.conf",
            "/etc/service.d/x.conf",
            "/lib/service.d/x.conf"
        ]
    );
}

#[test]
fn a_drop_in_of_an_alias_speaks_for_the_unit() {
    let fixture = Fixture::new(
        "
//- web@.service
[Service]
ExecStart=/bin/web %i
//- httpd@.service -> web@.service
//- httpd@x.service.d/10.conf
[Service]
$0Nice=1
",
    );
    let (file, _) = fixture.cursor();
    let unit = fixture.workspace.effective_of(file).expect("a unit file");
    assert_eq!(unit.name.as_ref().map(UnitName::as_str), Some("web@x.service"));
    assert_eq!((unit.fragment.is_some(), unit.parts.len()), (true, 2));
}
