//! Names with their numbers and members: signals, exit statuses, capabilities, groups of system calls.

use std::fmt::Write;

use unit_catalog::table;

use crate::value::signal_number;

/// A signal by name or number.
pub(super) fn signal(word: &str) -> Option<String> {
    let number = signal_number(word)?;
    let named =
        table::signals().iter().find(|signal| signal.number == number).map(|signal| signal.name.to_owned());
    let name = named.or_else(|| match number.checked_sub(34)? {
        0 => Some("SIGRTMIN".to_owned()),
        offset => Some(format!("SIGRTMIN+{offset}")),
    });
    let name = name.unwrap_or_else(|| word.to_owned());
    Some(format!("**`{name}`**: signal {number}"))
}

/// An exit status and all its names.
pub(super) fn exit_status(word: &str) -> Option<String> {
    use table::ExitStatusOrigin as Origin;
    let statuses = table::exit_statuses();
    let code = match word.parse::<u8>() {
        Ok(code) => code,
        Err(_) => statuses.iter().find(|status| status.name == word)?.code,
    };
    let mut text = format!("**`{word}`**: exit status {code}");
    for status in statuses.iter().filter(|status| status.code == code) {
        let origin = match status.origin {
            Origin::Libc => "the C library",
            Origin::Systemd => "systemd, for what fails before the program runs",
            Origin::Lsb => "the Linux Standard Base, for init scripts",
            Origin::Bsd => "sysexits.h",
        };
        let _ = write!(text, "\n- `{}` of {origin}", status.name);
    }
    Some(text)
}

/// A capability by name or number.
pub(super) fn capability(word: &str) -> Option<String> {
    let known = table::capabilities();
    let found = known
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(word) || word.parse() == Ok(known.number))?;
    Some(format!("**`{}`**: capability {} of the kernel, see capabilities(7)", found.name, found.number))
}

/// A system call or a group of them; what stands behind a colon answers the calls.
pub(super) fn syscalls(word: &str) -> Option<String> {
    let (name, action) = word.split_once(':').unwrap_or((word, ""));
    let mut text = match name.starts_with('@') {
        true => group(name, table::syscall_groups())?,
        false => {
            let groups = table::syscall_groups().iter().filter(|group| group.members.contains(&name));
            let groups: Vec<_> = groups.map(|group| format!("`{}`", group.name)).collect();
            if groups.is_empty() {
                return None;
            }
            format!("**`{name}`**: system call, in {}", groups.join(", "))
        }
    };
    let _ = match action {
        "" => Ok(()),
        "kill" => write!(text, "\n\n`:kill`: the process is killed"),
        errno => write!(text, "\n\n`:{errno}`: the call fails with that error"),
    };
    Some(text)
}

/// The members of a group, groups first.
pub(super) fn group(name: &str, groups: &[table::Group]) -> Option<String> {
    let group = groups.iter().find(|group| group.name == name)?;
    let (nested, single): (Vec<&str>, Vec<&str>) =
        group.members.iter().partition(|member| member.starts_with('@'));
    let mut text = format!("**`{name}`**");
    if group.members.is_empty() {
        text.push_str(": all that systemd was built with");
    }
    for members in [nested, single] {
        if !members.is_empty() {
            let _ = write!(text, "\n\n`{}`", members.join("` `"));
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names() {
        let cases = [
            ("TERM", "SIGTERM", 15),
            ("36", "SIGRTMIN+2", 36),
            ("33", "33", 33),
            ("RTMAX", "SIGRTMIN+30", 64),
        ];
        for (word, name, number) in cases {
            assert_eq!(signal(word), Some(format!("**`{name}`**: signal {number}")), "{word}");
        }
        assert!(exit_status("1").is_some_and(|text| text.contains("`FAILURE`")));
        assert_eq!(
            (signal("x"), exit_status("x"), capability("x"), syscalls("@x")),
            (None, None, None, None)
        );
        assert_eq!(capability("12"), capability("cap_net_admin"));
    }
}
