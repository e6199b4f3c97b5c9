//! What packages install beside the program: it speaks of every command, and shells take it.

use std::fs;
use std::process::Command;

use crate::command::unitls;

const COMMANDS: [&str; 4] = ["check", "cat", "starters", "explain"];

#[test]
fn man_pages_and_completions() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let run = unitls(folder.path(), ["dist-files", "."]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    let page = |name: &str| fs::read_to_string(folder.path().join("man").join(name)).expect("it is written");
    for command in COMMANDS {
        assert!(page("unitls.1").contains(&format!("unitls\\-{command}(1)")), "{command}");
        assert!(page(&format!("unitls-{command}.1")).starts_with(".ie"), "{command}");
    }
    assert!(page("unitls-check.1").contains("systemd\\-version"));
    for shell in ["unitls.bash", "_unitls", "unitls.fish", "_unitls.ps1", "unitls.elv"] {
        let text = fs::read_to_string(folder.path().join("completions").join(shell)).expect("it is written");
        assert!(COMMANDS.iter().all(|command| text.contains(command)), "{shell}");
        assert!(!text.contains("dist-files"), "{shell} offers what is hidden");
    }
}

/// As bash itself sees it.
#[test]
fn bash_completes() {
    let run = unitls(std::env::temp_dir().as_path(), ["completions", "bash"]);
    assert_eq!(run.status, 0);
    let complete = |words: &str, word: &str| {
        let count = words.split(' ').count() - 1;
        let script = format!(
            "{}\nCOMP_WORDS=({words}) COMP_CWORD={count}; _unitls unitls {word}; echo \"${{COMPREPLY[*]}}\"",
            run.stdout
        );
        let bash = Command::new("bash").args(["--norc", "-c", &script]).output().expect("bash runs");
        String::from_utf8_lossy(&bash.stdout).trim().to_owned()
    };
    assert_eq!(complete("unitls check --form", "--form check"), "--format");
    assert_eq!(complete("unitls check --ignore inline", "inline --ignore"), "inline-comment");
    assert_eq!(complete("unitls explain socket-acc", "socket-acc explain"), "socket-accept-mismatch");
}

#[test]
fn a_folder_that_cannot_be_made() {
    let run = unitls(std::env::temp_dir().as_path(), ["dist-files", "/proc/unitls"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("/proc/unitls"), "{}", run.stderr);
}
