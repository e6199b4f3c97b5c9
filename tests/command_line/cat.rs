//! `unitls cat`: the merged unit as text and as JSON, and what it says of names that nobody knows.

use std::os::unix::fs::symlink;

use expect_test::expect;
use tempfile::TempDir;

use crate::command::unitls;
use crate::folder;

/// A service with a drop-in, and a template with an instance's drop-in.
fn units() -> TempDir {
    folder(&[
        ("web.service", b"[Unit]\nDescription=Web\n[Service]\nExecStart=/bin/web\nRestart=no\n"),
        ("web.service.d/10.conf", b"[Service]\nExecStart=\nExecStart=/bin/web --loud\nRestart=alway\n"),
        ("pipe@.service", b"[Service]\nExecStart=/bin/pipe %i\n"),
        ("pipe@a.service.d/nice.conf", b"[Service]\nNice=1\n"),
    ])
}

fn cat<'a>(folder: &TempDir, arguments: impl IntoIterator<Item = &'a str>) -> (i32, String, String) {
    let fixed = ["cat", "--systemd-version=257", "--system-units=none"];
    let run = unitls(folder.path(), fixed.into_iter().chain(arguments));
    (run.status, run.stdout, run.stderr)
}

#[test]
fn the_current_folder_is_the_world() {
    let units = units();
    let (status, text, stderr) = cat(&units, ["web"]);
    expect![[r#"
        # web.service
        #   web.service
        #   web.service.d/10.conf

        [Unit]
        # web.service:2
        Description=Web

        [Service]
        # web.service:4
        #ExecStart=/bin/web  # cleared by web.service.d/10.conf:2
        Restart=no
        # web.service.d/10.conf:2
        ExecStart=
        ExecStart=/bin/web --loud
        #Restart=alway  # ignored: `alway` is no value of `Restart=`
    "#]]
    .assert_eq(&text);
    assert_eq!((status, stderr.as_str()), (0, ""));
    // The same by its whole name, by the path of one of its files, and from elsewhere.
    for arguments in [&["web.service"][..], &["./web.service"], &["web.service.d/10.conf"], &["web", "."]] {
        assert_eq!(cat(&units, arguments.iter().copied()), (0, text.clone(), String::new()), "{arguments:?}");
    }
    let path = units.path().to_str().expect("a temporary folder has a plain name");
    let (_, absolute, _) = cat(&units, ["web", path]);
    assert_eq!(absolute.replace(&format!("{path}/"), ""), text);
}

#[test]
fn json_has_an_object_for_each_file_and_each_line() {
    let (status, json, _) = cat(&units(), ["web", "--format=json"]);
    assert_eq!(status, 0);
    expect![[r#"
        {"record":"file","unit":"web.service","path":"web.service","role":"fragment","masked":false,"hides":[],"stops_at":null}
        {"record":"file","unit":"web.service","path":"web.service.d/10.conf","role":"drop-in","masked":false,"hides":[],"stops_at":null}
        {"record":"line","unit":"web.service","section":"Unit","key":"Description","value":"Web","path":"web.service","line":2,"state":"in-effect","by":null,"note":null}
        {"record":"line","unit":"web.service","section":"Service","key":"ExecStart","value":"/bin/web","path":"web.service","line":4,"state":"cleared","by":{"path":"web.service.d/10.conf","line":2},"note":null}
        {"record":"line","unit":"web.service","section":"Service","key":"Restart","value":"no","path":"web.service","line":5,"state":"in-effect","by":null,"note":null}
        {"record":"line","unit":"web.service","section":"Service","key":"ExecStart","value":"","path":"web.service.d/10.conf","line":2,"state":"in-effect","by":null,"note":null}
        {"record":"line","unit":"web.service","section":"Service","key":"ExecStart","value":"/bin/web --loud","path":"web.service.d/10.conf","line":3,"state":"in-effect","by":null,"note":null}
        {"record":"line","unit":"web.service","section":"Service","key":"Restart","value":"alway","path":"web.service.d/10.conf","line":4,"state":"ignored","by":null,"note":"`alway` is no value of `Restart=`"}
    "#]].assert_eq(&json);
}

#[test]
fn an_instance_with_its_specifiers() {
    let units = units();
    let (_, text, _) = cat(&units, ["pipe@a", "--expand"]);
    expect![[r#"
        # pipe@a.service
        #   pipe@.service
        #   pipe@a.service.d/nice.conf

        [Service]
        # pipe@.service:2
        ExecStart=/bin/pipe a
        # pipe@a.service.d/nice.conf:2
        Nice=1
    "#]]
    .assert_eq(&text);
    let (_, text, _) = cat(&units, ["pipe@b"]);
    assert!(text.contains("ExecStart=/bin/pipe %i\n") && !text.contains("Nice"), "{text}");
}

#[test]
fn colours_are_for_comments() {
    let (_, text, _) = cat(&units(), ["pipe@b", "--color=always"]);
    assert!(text.contains("\x1b[2m# pipe@b.service\x1b[0m\n"), "{text:?}");
    assert!(text.contains("\nExecStart=/bin/pipe %i\n"), "{text:?}");
}

#[test]
fn links_masks_and_folders_of_the_search_path() {
    let root = folder(&[
        ("usr/lib/systemd/system/web.service", b"[Service]\nExecStart=/bin/vendor\n"),
        ("etc/systemd/system/web.service", b"[Service]\nExecStart=/bin/local\n"),
        ("usr/lib/systemd/system/gone.service", b"[Service]\nExecStart=/bin/gone\n"),
    ]);
    let link = |target: &str, name: &str| symlink(target, root.path().join(name)).expect("the link is made");
    link("/dev/null", "etc/systemd/system/gone.service");
    link("web.service", "usr/lib/systemd/system/httpd.service");
    let (_, web, _) = cat(&root, ["httpd"]);
    expect![[r#"
        # web.service, also httpd.service
        #   etc/systemd/system/web.service, overrides usr/lib/systemd/system/web.service

        [Service]
        # etc/systemd/system/web.service:2
        ExecStart=/bin/local
    "#]]
    .assert_eq(&web);
    let (status, gone, _) = cat(&root, ["gone"]);
    expect![[r#"
        # gone.service
        #   etc/systemd/system/gone.service, masks usr/lib/systemd/system/gone.service: the unit is masked
    "#]]
    .assert_eq(&gone);
    assert_eq!(status, 0);
}

#[test]
fn status_2_for_a_unit_that_nobody_knows() {
    let units = units();
    for (unit, near) in [
        ("wbe", "near it: web.service"),
        ("web.timer", "near it: web.service"),
        ("pipe", "near it: pipe@.service"),
    ] {
        let (status, stdout, stderr) = cat(&units, [unit]);
        assert_eq!((status, stdout.as_str()), (2, ""), "{unit}");
        assert!(stderr.contains(near), "{stderr}");
    }
    for unit in ["./gone.service", "nothing.like.it", "web.service.d/gone.conf", "a b", "", "."] {
        let (status, stdout, stderr) = cat(&units, [unit]);
        assert_eq!((status, stdout.as_str()), (2, ""), "{unit}");
        assert_ne!(stderr, "", "{unit}");
    }
}

#[test]
fn status_2_for_a_path_that_cannot_be_read() {
    let (status, stdout, stderr) = cat(&units(), ["web", ".", "gone"]);
    assert!(stdout.contains("ExecStart=/bin/web --loud"), "{stdout}");
    assert!(status == 2 && stderr.contains("gone"), "{status} {stderr}");
}
