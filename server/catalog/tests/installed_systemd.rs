//! The catalog against the systemd of this machine: `systemd --dump-configuration-items` lists every key it acts on,
//! with a word for the type of its value. Without a systemd binary the tests say so and pass.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use unit_catalog::{Availability, Section, UnitType, ValueKind, Version, directive, directives};

/// Rows whose presence depends on how systemd was built or patched, with the reason.
const EXCEPTIONS: &[(Section, &str, &str)] =
    &[(Section::Scope, "OOMPolicy", "253, and stable releases of 252 have it too")];

/// What the installed systemd says.
struct Installed {
    version: Version,
    /// Section, key, type word.
    items: Vec<(Section, String, String)>,
}

/// `None`, with the reason printed, when this machine has no systemd to ask.
fn installed() -> Option<Installed> {
    let binary = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"]
        .into_iter()
        .find(|path| Path::new(path).exists());
    let Some(binary) = binary else {
        eprintln!("skipped: no /usr/lib/systemd/systemd on this machine");
        return None;
    };
    let version = output(binary, "--version");
    let release = version
        .split_whitespace()
        .nth(1)
        .and_then(|release| release.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok());
    let Some(release) = release else {
        panic!("{binary} --version printed no release number: {version:?}");
    };
    let version = Version(release);
    if version < Version::OLDEST || version > Version::NEWEST {
        eprintln!("skipped: systemd {version} is outside the releases the catalog covers");
        return None;
    }
    let mut section = None;
    let mut items = Vec::new();
    for line in output(binary, "--dump-configuration-items").lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
            let known = Section::from_name(name);
            section = Some(known.unwrap_or_else(|| panic!("systemd has a section [{name}]")));
        } else if let (Some(section), Some((key, kind))) = (section, line.split_once('=')) {
            items.push((section, key.to_owned(), kind.to_owned()));
        }
    }
    assert!(items.len() > 1000, "{binary} listed only {} keys", items.len());
    Some(Installed { version, items })
}

fn output(binary: &str, argument: &str) -> String {
    let output = Command::new(binary).arg(argument).output().expect("the binary is there");
    String::from_utf8(output.stdout).expect("systemd prints UTF-8")
}

#[test]
fn every_key_it_lists_is_known() {
    let Some(installed) = installed() else { return };
    let unknown: Vec<_> = installed
        .items
        .iter()
        .filter(|(section, key, _)| {
            let availability = directive(*section, key).map(|row| row.availability(installed.version));
            !matches!(availability, Some(Availability::Active | Availability::Ignored))
                && !is_exception(*section, key)
        })
        .collect();
    assert!(unknown.is_empty(), "systemd {} has more: {unknown:?}", installed.version);
}

#[test]
fn every_active_key_is_listed() {
    let Some(installed) = installed() else { return };
    let listed: BTreeSet<_> =
        installed.items.iter().map(|(section, key, _)| (*section, key.as_str())).collect();
    let missing: Vec<_> = Section::ALL
        .into_iter()
        .filter(|section| section.is_of_units())
        .flat_map(directives)
        .filter(|row| row.availability(installed.version) == Availability::Active)
        .filter(|row| !listed.contains(&(row.section, row.name)) && !is_exception(row.section, row.name))
        .map(|row| (row.section, row.name))
        .collect();
    assert!(missing.is_empty(), "systemd {} lacks {missing:?}", installed.version);
}

fn is_exception(section: Section, key: &str) -> bool {
    EXCEPTIONS.iter().any(|(in_section, name, _)| *in_section == section && *name == key)
}

/// Type words that stand for one kind of ours, or a few. The others (OTHER, PATH, LIMIT …) cover too many to say
/// anything.
fn kinds_of(type_word: &str) -> Option<&'static [ValueKind]> {
    use ValueKind::*;
    Some(match type_word {
        "STRING" => &[String],
        "URL" => &[UrlList],
        "UNIT [...]" => &[UnitList],
        "BOOLEAN" => &[Boolean],
        "SECONDS" => &[TimeSpan, TimeSpanOrInfinity, TimeSpan0IsInfinity],
        "NANOSECONDS" => &[TimeSpanNsec],
        "TIMER" => &[CalendarEvent, TimeSpanOrInfinity],
        "UNSIGNED" => &[Unsigned, UnsignedOrInfinity],
        "SIZE" => &[Bytes],
        "PATH [ARGUMENT [...]]" => &[ExecCommand],
        "STATUS" => &[ExitStatusList],
        "ENVIRON" => &[EnvAssignments],
        "FILE" => &[EnvFile],
        "INPUT" => &[StdInput],
        "OUTPUT" => &[StdOutput],
        "SIGNAL" => &[Signal],
        "SLICE" => &[SliceName],
        "SOCKETS" => &[SocketUnitList],
        "CPUAFFINITY" => &[CpuSet],
        "CPUWEIGHT" => &[WeightOrIdle],
        "BOUNDINGSET" => &[CapabilitySet],
        "SYSCALLS" => &[SyscallFilter],
        "ERRNO" => &[Errno],
        "FAMILIES" => &[AddressFamilyList],
        "FILESYSTEMS" => &[FilesystemList],
        "NETWORKINTERFACE" => &[NetworkInterface],
        "SERVICE" | "UNIT" => &[UnitName],
        "SERVICETYPE" | "SERVICERESTART" | "SERVICEEXITTYPE" | "SERVICERESTARTMODE" | "KILLMODE"
        | "ACTION" | "ACCESS" | "TIMEOUTMODE" | "POLICY" => &[Enum],
        _ => return None,
    })
}

#[test]
fn kinds_agree_with_its_type_words() {
    let Some(installed) = installed() else { return };
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (section, key, type_word) in &installed.items {
        let Some(row) = directive(*section, key) else { continue };
        let kind = row.kind_in(installed.version);
        if type_word == "CONDITION" {
            compared += 1;
            if !kind.name().starts_with("condition_") {
                wrong.push((section, key, type_word, kind));
            }
        } else if let Some(kinds) = kinds_of(type_word) {
            compared += 1;
            if !kinds.contains(&kind) {
                wrong.push((section, key, type_word, kind));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert!(compared > 400, "only {compared} keys have a telling type word");
}

/// `systemd-analyze verify` warns of sections that a unit type does not have.
#[test]
fn sections_agree_with_systemd_analyze() {
    if installed().is_none() {
        return;
    }
    let folder = std::env::temp_dir().join(format!("unit-catalog-sections-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the folder for temporary files can be written to");
    // A scope is never loaded from a file, so there is nothing to ask.
    for unit_type in UnitType::ALL.into_iter().filter(|unit_type| *unit_type != UnitType::Scope) {
        let file = folder.join(format!("probe.{unit_type}"));
        let names = Section::ALL.map(Section::name).into_iter().chain(["Target", "Device", "Nonsense"]);
        let headers: String = names.clone().map(|name| format!("[{name}]\n")).collect();
        fs::write(&file, headers).expect("the folder is ours");
        let verify = Command::new("systemd-analyze")
            .args(["verify", "--recursive-errors=no", "--man=no"])
            .arg(&file)
            .output();
        let Ok(verify) = verify else {
            eprintln!("skipped: no systemd-analyze on this machine");
            break;
        };
        let messages = String::from_utf8_lossy(&verify.stderr);
        fs::remove_file(&file).expect("written above");
        for name in names {
            let refused = messages.contains(&format!("Unknown section '{name}'"));
            assert_eq!(unit_type.reads_section(name), !refused, "[{name}] in a .{unit_type}: {messages}");
        }
    }
    fs::remove_dir(&folder).expect("empty by now");
}
