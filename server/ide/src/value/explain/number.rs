//! Numbers in other words: bytes, shares, rights.

use std::fmt::Write;

use unit_catalog::Directive;

use crate::value::{number::size_parse, octal_mode};

/// Bytes, where suffixes count in steps of `step`.
pub(super) fn size(text: &str, step: u64) -> Option<String> {
    let bytes = size_parse(text, step)?;
    let per = if step == 1024 { "" } else { ", counted in steps of 1000" };
    let round = round(bytes).map(|round| format!(" ({round})")).unwrap_or_default();
    Some(format!("**`{text}`** = {} bytes{round}{per}", grouped(bytes)))
}

/// Bytes in the largest unit of which there is one: `4 GiB`, `about 1.43 MiB`; `None` below the smallest.
pub(super) fn round(bytes: u64) -> Option<String> {
    let units = ["EiB", "PiB", "TiB", "GiB", "MiB", "KiB"].iter().zip([60, 50, 40, 30, 20, 10]);
    let (unit, size) = units.map(|(unit, shift)| (*unit, 1u64 << shift)).find(|(_, size)| bytes >= *size)?;
    let exact = if bytes.is_multiple_of(size) { "" } else { "about " };
    let count = format!("{:.2}", bytes as f64 / size as f64);
    Some(format!("{exact}{} {unit}", count.trim_end_matches('0').trim_end_matches('.')))
}

/// Digits in groups of three.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(digit);
    }
    out
}

/// A share, where the directive says of what.
pub(super) fn percent(directive: &Directive, value: &str) -> Option<String> {
    let number = value.strip_suffix('%')?;
    let percent: f64 = number.parse().ok().filter(|percent: &f64| percent.is_finite() && *percent >= 0.0)?;
    let of = match directive.name {
        "CPUQuota" => {
            let cpus = percent / 100.0;
            let s = if cpus == 1.0 { "" } else { "s" };
            return Some(format!("**`{value}`** = the time of {cpus} CPU{s}"));
        }
        name if name.contains("Memory") => "the machine's memory",
        name if name.starts_with("Tasks") => "the tasks that the kernel allows",
        _ => return None,
    };
    Some(format!("**`{value}`** of {of}"))
}

/// `0750` as `rwxr-x---`; for `UMask=` what is left of new files and directories.
pub(super) fn mode(directive: &Directive, value: &str) -> Option<String> {
    let mode = octal_mode(value)?;
    if directive.name == "UMask" {
        let (file, folder) = (0o666 & !mode, 0o777 & !mode);
        return Some(format!(
            "**`{value}`** takes rights away\n\n- new files: `{}` ({file:04o})\n- new directories: `{}` ({folder:04o})",
            rights(file),
            rights(folder)
        ));
    }
    let mut text = format!("**`{value}`** = `{}`", rights(mode));
    let who = ["owner", "group", "others"].into_iter().zip([6, 3, 0]);
    let list = who.map(|(who, shift)| {
        let bits = mode >> shift;
        let may = [(4, "read"), (2, "write"), (1, "execute or enter")];
        let may: Vec<_> = may.into_iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| word).collect();
        format!("\n- {who}: {}", if may.is_empty() { "nothing".to_owned() } else { may.join(", ") })
    });
    text.push('\n');
    text.extend(list);
    for (bit, name) in [(0o4000, "set-user-ID"), (0o2000, "set-group-ID"), (0o1000, "sticky")] {
        if mode & bit != 0 {
            let _ = write!(text, "\n- {name}");
        }
    }
    Some(text)
}

/// The nine letters of `ls -l`, with the special bits where it shows them.
fn rights(mode: u32) -> String {
    let special = [(0o4000, 's', 'S'), (0o2000, 's', 'S'), (0o1000, 't', 'T')];
    let triples = [6, 3, 0].into_iter().zip(special);
    let letters = triples.flat_map(|(shift, (bit, with, without))| {
        let bits = mode >> shift;
        let execute = match (bits & 1 != 0, mode & bit != 0) {
            (true, true) => with,
            (false, true) => without,
            (true, false) => 'x',
            (false, false) => '-',
        };
        [if bits & 4 != 0 { 'r' } else { '-' }, if bits & 2 != 0 { 'w' } else { '-' }, execute]
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_other_units() {
        assert_eq!(
            size("4G", 1024).as_deref(),
            Some("**`4G`** = 4\u{202f}294\u{202f}967\u{202f}296 bytes (4 GiB)")
        );
        assert_eq!(size("100", 1024).as_deref(), Some("**`100`** = 100 bytes"));
        assert_eq!(size("x", 1024), None);
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1\u{202f}000", "1\u{202f}234\u{202f}567"]
        );
    }

    #[test]
    fn rights_as_letters() {
        let modes = [0o750, 0o4755, 0o1777, 0o6000];
        assert_eq!(modes.map(rights), ["rwxr-x---", "rwsr-xr-x", "rwxrwxrwt", "--S--S---"]);
    }
}
