//! Asks the installed systemd how it loads units, with `systemd --test`: no manager runs, nothing is started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The unit that pulls in all others of a test.
const ALL: &str = "unitls-all.target";

/// A unit as systemd has loaded it: its properties in the order in which it tells them, as `Name: value`.
pub(crate) type Loaded = BTreeMap<String, Vec<String>>;

/// The manager's program; `None` where there is none, with the reason on standard error.
pub(crate) fn manager() -> Option<PathBuf> {
    let known = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].map(PathBuf::from);
    let found = known.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: no systemd is installed to compare with");
    }
    found
}

/// Lets systemd load `units` from `folders`, the one that counts most first.
///
/// Everything below `root` is made readable for all: systemd refuses to be tested by root and is run as nobody.
pub(crate) fn load(manager: &Path, root: &Path, folders: &[PathBuf], units: &[String]) -> Loaded {
    let bare = root.join("bare");
    fs::create_dir_all(&bare).expect("the folder is made");
    for target in ["sysinit.target", "basic.target", "shutdown.target"] {
        write(&bare.join(target), "[Unit]\nDefaultDependencies=no\n");
    }
    let wants: String = units.iter().map(|unit| format!("Wants={unit}\n")).collect();
    write(&bare.join(ALL), &format!("[Unit]\nDefaultDependencies=no\n{wants}"));
    make_readable(root);
    let mut path = OsString::new();
    for folder in folders.iter().chain([&bare]) {
        path.push(folder);
        path.push(":");
    }
    let mut command = match fs::metadata("/proc/self").expect("/proc is mounted").uid() {
        0 => {
            let mut nobody = Command::new("setpriv");
            nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(manager);
            nobody
        }
        _ => Command::new(manager),
    };
    // The trailing colon would add the usual folders.
    let path = path.to_str().expect("the tests' paths are UTF-8").trim_end_matches(':').to_owned();
    let output = command
        .args(["--test", "--system", "--no-pager", "--unit", ALL])
        .env_clear()
        .envs([("PATH", "/usr/bin:/bin"), ("HOME", "/nonexistent"), ("SYSTEMD_LOG_COLOR", "0")])
        .env("SYSTEMD_UNIT_PATH", path)
        .output()
        .expect("systemd can be run");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read_dump(&text)
}

/// The units in what `manager_dump()` prints.
fn read_dump(text: &str) -> Loaded {
    let mut loaded = Loaded::new();
    let mut unit: Option<&mut Vec<String>> = None;
    for line in text.lines() {
        let content = line.trim_start_matches('\t');
        let depth = line.len() - content.len();
        let heading = content.strip_prefix("-> ").or_else(|| content.strip_prefix("→ "));
        match heading.and_then(|heading| heading.strip_prefix("Unit ")) {
            Some(name) if depth == 1 => {
                unit = Some(loaded.entry(name.trim_end_matches(':').to_owned()).or_default());
            }
            // What is to be done about the unit, not what it is.
            _ if depth < 2 || heading.is_some_and(|heading| heading.starts_with("Job ")) => unit = None,
            _ => unit.iter_mut().for_each(|lines| lines.push(content.to_owned())),
        }
    }
    loaded
}

/// Writes a file, and the folders above it; `-> TARGET` makes a link.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder is made");
    match text.strip_prefix("-> ") {
        Some(target) => std::os::unix::fs::symlink(target, path).expect("the link is made"),
        None => fs::write(path, text).expect("the file is written"),
    }
}

fn make_readable(path: &Path) {
    let metadata = fs::symlink_metadata(path).expect("it is there");
    if metadata.is_symlink() {
        return;
    }
    let mode = metadata.permissions().mode() | if metadata.is_dir() { 0o555 } else { 0o444 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    if metadata.is_dir() {
        for entry in fs::read_dir(path).expect("it can be read") {
            make_readable(&entry.expect("it can be read").path());
        }
    }
}
