//! `unitls fmt`: what is written, what is said, and what is left alone.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use expect_test::expect;
use tempfile::TempDir;

use crate::command::{Run, collect, command, unitls, wait};
use crate::folder;

const UNTIDY: &[u8] = b"\n[Service]\nExecStart = /bin/true \\\n  a \n[Install]\nAlias= b.service";
const TIDY: &[u8] = b"[Service]\nExecStart=/bin/true \\\n  a\n\n[Install]\nAlias=b.service\n";

fn fmt<const N: usize>(folder: &TempDir, arguments: [&str; N]) -> Run {
    unitls(folder.path(), ["fmt"].into_iter().chain(arguments))
}

fn bytes(folder: &TempDir, name: &str) -> Vec<u8> {
    fs::read(folder.path().join(name)).expect("the file is there")
}

#[test]
fn files_are_formatted_in_place() {
    let folder = folder(&[
        ("a.service", UNTIDY),
        ("b.service", TIDY),
        ("a.service.d/x.conf", b"[Service]\nNice = 1\n"),
        ("sub/c.socket", b"[Socket]\n\n\nListenStream=1\n"),
        ("00-x.preset", b"enable  a.service\n"),
        ("notes.txt", b"a = b\n"),
        ("x.service.in", b"[Service]\nNice = @NICE@\n"),
    ]);
    fs::set_permissions(folder.path().join("a.service"), fs::Permissions::from_mode(0o640))
        .expect("it is ours");
    let run = fmt(&folder, ["."]);
    assert_eq!(
        (run.status, run.stdout.as_str(), run.stderr.as_str()),
        (0, "", "unitls: 3 files formatted\n")
    );
    assert_eq!(bytes(&folder, "a.service"), TIDY);
    assert_eq!(bytes(&folder, "b.service"), TIDY);
    assert_eq!(bytes(&folder, "a.service.d/x.conf"), b"[Service]\nNice=1\n");
    assert_eq!(bytes(&folder, "sub/c.socket"), b"[Socket]\n\nListenStream=1\n");
    assert_eq!(bytes(&folder, "00-x.preset"), b"enable  a.service\n");
    assert_eq!(bytes(&folder, "notes.txt"), b"a = b\n");
    assert_eq!(bytes(&folder, "x.service.in"), b"[Service]\nNice = @NICE@\n");
    let mode = fs::metadata(folder.path().join("a.service")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o7777, 0o640);
    let run = fmt(&folder, ["."]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "unitls: 0 files formatted\n"));
}

#[test]
fn check_names_files_and_diff_shows_changes() {
    let folder = folder(&[("units/a.service", UNTIDY), ("units/b.service", TIDY)]);
    let run = fmt(&folder, ["--check", "units"]);
    assert_eq!(
        (run.status, run.stdout.as_str(), run.stderr.as_str()),
        (1, "units/a.service\n", "unitls: 1 file would change\n")
    );
    let run = fmt(&folder, ["--diff", "units"]);
    assert_eq!((run.status, run.stderr.as_str()), (1, ""));
    expect![[r#"
        --- units/a.service
        +++ units/a.service
        @@ -1,6 +1,6 @@
        +[Service]
        +ExecStart=/bin/true \
        +  a
        ·
        -[Service]
        -ExecStart = /bin/true \
        -  a·
         [Install]
        -Alias= b.service
        \ No newline at end of file
        +Alias=b.service
    "#]]
    .assert_eq(&run.stdout.replace(" \n", "·\n"));
    assert_eq!(bytes(&folder, "units/a.service"), UNTIDY);
    for clean in ["--check", "--diff"] {
        let run = fmt(&folder, [clean, "units/b.service"]);
        assert_eq!((run.status, run.stdout.as_str()), (0, ""));
    }
}

/// What cannot be formatted is said, and the rest is done.
#[test]
fn faulty_files_stay() {
    let latin1 = b"[Unit]\nDescription = Gr\xf6\xdfe\n";
    let nul = b"[Unit]\nDescription = \0\n";
    let folder = folder(&[("a.service", latin1), ("b.service", nul), ("c.service", UNTIDY)]);
    let run = fmt(&folder, [".", "gone.service"]);
    assert_eq!(run.status, 2);
    for said in ["./a.service: is not UTF-8", "./b.service: holds a NUL byte", "gone.service: "] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(bytes(&folder, "a.service"), latin1);
    assert_eq!(bytes(&folder, "b.service"), nul);
    assert_eq!(bytes(&folder, "c.service"), TIDY);
    assert_eq!(fmt(&folder, ["--check", "a.service"]).status, 2);
    assert_eq!(unitls(folder.path(), ["fmt"]).status, 2);
}

#[test]
fn links_lead_nowhere_else() {
    let folder =
        folder(&[("units/real", UNTIDY), ("elsewhere/b.service", UNTIDY), ("units/d.service", UNTIDY)]);
    let link = |target: &str, name: &str| symlink(target, folder.path().join(name)).expect("a link");
    link("../elsewhere/b.service", "units/b.service");
    link("real", "units/c.service");
    link("d.service", "units/e.service");
    link("/dev/null", "units/f.service");
    let run = fmt(&folder, ["units"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, "unitls: 2 files formatted\n"));
    assert_eq!(bytes(&folder, "elsewhere/b.service"), UNTIDY);
    assert_eq!(bytes(&folder, "units/real"), TIDY);
    assert_eq!(bytes(&folder, "units/d.service"), TIDY);
    for name in ["b", "c", "e", "f"] {
        let path = folder.path().join(format!("units/{name}.service"));
        assert!(fs::symlink_metadata(path).expect("it is there").is_symlink(), "{name}");
    }
}

#[test]
fn standard_input() {
    let filter = |arguments: &[&str], input: &[u8]| {
        let mut command = command();
        command.arg("fmt").args(arguments).stdin(Stdio::piped()).current_dir(Path::new("/"));
        let mut child = command.spawn().expect("the binary under test starts");
        let out = collect(child.stdout.take().expect("stdout is piped"));
        let said = collect(child.stderr.take().expect("stderr is piped"));
        child.stdin.take().expect("stdin is piped").write_all(input).expect("it is read");
        let status = wait(&mut child, Duration::from_secs(60));
        (status, out.join().expect("it is read"), String::from_utf8(said.join().expect("it is read")))
    };
    assert_eq!(filter(&["-"], UNTIDY), (0, TIDY.to_vec(), Ok(String::new())));
    assert_eq!(filter(&["-"], TIDY), (0, TIDY.to_vec(), Ok(String::new())));
    assert_eq!(filter(&["-"], b""), (0, Vec::new(), Ok(String::new())));
    assert_eq!(filter(&["--check", "-"], UNTIDY), (1, b"-\n".to_vec(), Ok(String::new())));
    let (status, diff, _) = filter(&["--diff", "-"], UNTIDY);
    assert!(status == 1 && diff.starts_with(b"--- -\n+++ -\n@@"));
    assert_eq!(filter(&["-"], b"A = \xff\n"), (2, Vec::new(), Ok("unitls: -: is not UTF-8\n".to_owned())));
}
