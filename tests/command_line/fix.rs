//! Repairs by `check --fix` and `--diff`: what is written, and what is not.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use expect_test::expect;
use tempfile::TempDir;

use crate::command::check_json;
use crate::{check, folder};

/// A safe repair in line 3, an unsafe one in line 4.
const MIXED: &[u8] = b"[Service]\nExecStart=/bin/true\nTimeoutStopSec=1min # soon\nRestrat=no\n";

fn read(folder: &TempDir, name: &str) -> String {
    String::from_utf8_lossy(&fs::read(folder.path().join(name)).expect("the file is there")).into_owned()
}

/// The names in a folder.
fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).expect("the folder is there");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("it can be read").file_name();
    let mut names: Vec<_> = entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn safe_repairs_are_written_and_the_rest_is_reported() {
    let folder = folder(&[("a.service", MIXED), ("b.service", b"[Service]\nExecStart=/bin/true\n")]);
    let run = check(&folder, ["--fix", "."]);
    assert_eq!((run.status, run.codes()), (1, vec!["unknown-key".to_owned()]));
    assert_eq!(run.json()[0]["line"], 5, "the report is that of the new text");
    assert_eq!(run.stderr, "unitls: 1 finding repaired, 1 file written\n");
    assert_eq!(
        read(&folder, "a.service"),
        "[Service]\nExecStart=/bin/true\n# soon\nTimeoutStopSec=1min\nRestrat=no\n"
    );
    assert_eq!(names(&folder), ["a.service", "b.service"]);

    let run = check(&folder, ["--fix", "--unsafe-fixes", "a.service"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert!(read(&folder, "a.service").ends_with("\nRestart=no\n"));
    let run = check(&folder, ["--fix", "--unsafe-fixes", "."]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "unitls: 0 findings repaired, 0 files written\n"));
}

#[test]
fn only_what_is_asked_for_is_repaired() {
    let folder = folder(&[("a.service", MIXED), ("b.service", MIXED)]);
    assert_eq!(check(&folder, ["--fix", "--unsafe-fixes", "--select=unknown-key", "a.service"]).status, 0);
    assert_eq!(read(&folder, "a.service"), String::from_utf8_lossy(MIXED).replace("Restrat", "Restart"));
    assert_eq!(read(&folder, "b.service").as_bytes(), MIXED, "it was not given");
    assert_eq!(check(&folder, ["--fix", "--ignore=inline-comment", "b.service"]).status, 1);
    assert_eq!(read(&folder, "b.service").as_bytes(), MIXED);
}

/// Byte order marks, line endings, a missing last one, and NUL bytes elsewhere stay as they are.
#[test]
fn bytes_that_no_repair_touches_stay() {
    let text = "\u{feff}# Größe\r\n[Service]\nExecStart=/bin/true\r\nDescription=A\rUser=\twww \n\n\n[Install]\r\n# \0\nAlias=b.service";
    let folder = folder(&[("a.service", text.as_bytes())]);
    check(&folder, ["--fix", "a.service"]);
    assert_eq!(
        read(&folder, "a.service"),
        "\u{feff}# Größe\r\n[Unit]\r\nDescription=A\r\n\r\n[Service]\nExecStart=/bin/true\r\nUser=\twww \n\n\n[Install]\r\n# \0\nAlias=b.service"
    );
    let whole = "[Install]\nAlias=b.service\nDescription=A";
    fs::write(folder.path().join("a.service"), whole).expect("the file is written");
    check(&folder, ["--fix", "a.service"]);
    assert_eq!(read(&folder, "a.service"), "[Unit]\nDescription=A\n\n[Install]\nAlias=b.service\n");
}

#[test]
fn modes_and_links_stay() {
    let outer = folder(&[("units/a.service", MIXED), ("elsewhere/b.service", MIXED), ("units/real", MIXED)]);
    let path = |name: &str| outer.path().join(name);
    let a = path("units/a.service");
    fs::set_permissions(&a, fs::Permissions::from_mode(0o640)).expect("the mode is set");
    let inode = fs::metadata(&a).expect("it is there").ino();
    symlink("../elsewhere/b.service", path("units/b.service")).expect("a link");
    symlink("real", path("units/c.service")).expect("a link");
    let run = check_json(outer.path(), ["--fix", "units"]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    assert!(read(&outer, "units/a.service").contains("# soon\n"));
    let metadata = fs::metadata(&a).expect("it is there");
    assert_eq!(metadata.permissions().mode() & 0o7777, 0o640);
    assert_ne!(metadata.ino(), inode, "a new file takes its place in one step");
    assert_eq!(read(&outer, "elsewhere/b.service").as_bytes(), MIXED, "it lies outside of the given paths");
    assert!(fs::symlink_metadata(path("units/b.service")).expect("it is there").is_symlink());
}

#[test]
fn what_is_not_utf_8_stays() {
    let latin1 = [b"# Gr\xf6\xdfe\n", MIXED].concat();
    let folder = folder(&[("a.service", &latin1)]);
    let run = check(&folder, ["--fix", "--unsafe-fixes", "."]);
    assert_eq!(run.status, 1);
    assert!(run.codes().contains(&"inline-comment".to_owned()), "{:?}", run.codes());
    assert_eq!(fs::read(folder.path().join("a.service")).expect("it is there"), latin1);
}

/// Missing units are created below the given folders, and nowhere else.
#[test]
fn units_are_created_within_reach() {
    let timer = b"[Timer]\nOnCalendar=daily\n\n[Install]\nWantedBy=timers.target\n";
    let folder = folder(&[("units/a.timer", timer)]);
    check(&folder, ["--fix", "--unsafe-fixes", "units/a.timer"]);
    assert!(!folder.path().join("units/a.service").exists());
    check(&folder, ["--fix", "units"]);
    assert!(!folder.path().join("units/a.service").exists(), "that is not safe");
    let run = check(&folder, ["--diff", "--unsafe-fixes", "units"]);
    expect![[r#"
        --- /dev/null
        +++ units/a.service
        @@ -0,0 +1,6 @@
        +[Unit]
        +Description=a
        +
        +[Service]
        +Type=oneshot
        +ExecStart=/usr/bin/a
    "#]]
    .assert_eq(&run.stdout);
    let run = check(&folder, ["--fix", "--unsafe-fixes", "units"]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    assert!(read(&folder, "units/a.service").contains("Type=oneshot"));
}

#[test]
fn a_diff_writes_nothing() {
    let folder = folder(&[("units/a.service", MIXED), ("units/b.socket", b"[Socket]\nDescription=B")]);
    let run = check(&folder, ["--diff", "units"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    expect![[r#"
        --- units/a.service
        +++ units/a.service
        @@ -1,4 +1,5 @@
         [Service]
         ExecStart=/bin/true
        -TimeoutStopSec=1min # soon
        +# soon
        +TimeoutStopSec=1min
         Restrat=no
        --- units/b.socket
        +++ units/b.socket
        @@ -1,2 +1,4 @@
        +[Unit]
        +Description=B
        +
         [Socket]
        -Description=B
        \ No newline at end of file
    "#]]
    .assert_eq(&run.stdout);
    // With --fix as well: what is shown is not done.
    assert_eq!(check(&folder, ["--fix", "--diff", "--unsafe-fixes", "units"]).status, 1);
    assert_eq!(read(&folder, "units/a.service").as_bytes(), MIXED);
    // Nothing that is safe to change, whatever else there is to say.
    let run = check(&folder, ["--diff", "--select=unknown-key", "units"]);
    assert_eq!((run.status, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let run = check(&folder, ["--diff", "units", "gone.service"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.starts_with("--- units/a.service"), "{}", run.stdout);
}
