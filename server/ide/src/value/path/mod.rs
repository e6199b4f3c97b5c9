//! Paths, commands and what stands for files.

mod bind_paths;
mod bpf_program;
mod credential;
mod device_allow;
mod environment;
mod exec;
mod exec_command;
mod exec_directories;
mod image_policy;
mod mount_images;
mod one_path;
mod open_file;
mod path_list;
mod path_simplify;

use unit_catalog::ValueKind as K;

use super::Checker;

pub use exec_command::{ExecCommand, ExecWord, exec_commands};
pub(super) use path_simplify::Wanted;

/// Judges a value of one of this family's kinds; false for all others.
pub(super) fn check(checker: &mut Checker<'_>, kind: K) -> bool {
    match kind {
        K::Path | K::PathGlob => one_path::check(checker),
        K::EnvFile => one_path::check_env_file(checker),
        K::WorkingDirectory => one_path::check_working_directory(checker),
        K::PidFilePath => one_path::check_pid_file(checker),
        K::MountSource => one_path::check_mount_source(checker),
        K::RootHash => one_path::check_root_hash(checker),
        K::RootHashSignature => one_path::check_root_hash_signature(checker),
        K::PathList => path_list::check(checker),
        K::PathListColon => path_list::check_colons(checker),
        K::NamespacePathList => path_list::check_namespace(checker),
        K::TmpfsList => path_list::check_tmpfs(checker),
        K::BindPathList => bind_paths::check(checker),
        K::MountImageList => mount_images::check_mount(checker),
        K::ExtensionImageList => mount_images::check_extension(checker),
        K::RootImageOptions => mount_images::check_root_options(checker),
        K::ImagePolicy => image_policy::check(checker),
        K::CredentialAssignment => credential::check_set(checker),
        K::CredentialLoad => credential::check_load(checker),
        K::CredentialGlob => credential::check_import(checker),
        K::DeviceAllow => device_allow::check(checker),
        K::EnvAssignments | K::EnvNameList | K::EnvNameOrAssignmentList => environment::check(checker, kind),
        K::DirectoryList => exec_directories::check(checker),
        K::OpenFile => open_file::check(checker),
        K::BpfProgram => bpf_program::check(checker),
        K::ExecCommand => exec::check(checker),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use unit_catalog::{Section, UnitType, Version, directive, directives};

    use crate::value::{Checker, Effect, ValueContext, ValueError, check};

    /// What makes trouble for splitters, as it is and many times over: no panic, and time in step with the length.
    #[test]
    fn odd_values() {
        let odd = [
            "%",
            "%%",
            "%Z",
            "\\",
            "\\;",
            ";",
            "'",
            "\"",
            "a:",
            ":",
            "::",
            "/",
            "/..",
            "-",
            "=",
            "+",
            "~",
            "ü",
            "\u{1}",
            "a ",
            "/a:/b:x:y ",
            "/a:/b:x:y:",
            "A=\\xff ",
            "\\q ",
            "'a' ",
            "\\x00",
            "$A ",
            "-@ ",
            "/a%Z:",
            "a=b:",
            "é:",
            "x+",
            "/a:'b' ",
            "\\:",
            "\\ ",
            "/%i/",
        ];
        let keys = Section::ALL.iter().flat_map(|section| directives(*section));
        for directive in keys.filter(|row| row.section != Section::Mount && row.section != Section::Swap) {
            for version in [252, 257, 262].map(Version) {
                let context = ValueContext { directive, version, unit_type: UnitType::Service, unit: None };
                for odd in odd {
                    for times in [1, 2, 60] {
                        let value = odd.repeat(times);
                        let mut checker = Checker { value: &value, errors: Vec::new(), context };
                        super::check(&mut checker, directive.kind);
                        for error in checker.errors {
                            let range = std::ops::Range::from(error.range);
                            assert!(value.get(range).is_some(), "{}={odd}: {error:?}", directive.name);
                        }
                    }
                }
            }
        }
    }

    fn errors(version: u16, section: &str, key: &str, value: &str) -> Vec<ValueError> {
        let section = Section::from_name(section).expect("a section");
        let directive = directive(section, key).expect("a directive");
        let unit_type = if section == Section::Socket { UnitType::Socket } else { UnitType::Service };
        check(ValueContext { directive, version: Version(version), unit_type, unit: None }, value)
    }

    pub(super) fn good(section: &str, key: &str, values: &[&str]) {
        good_in(262, section, key, values);
    }

    pub(super) fn faults(section: &str, key: &str, values: &[&str], effect: Effect) {
        faults_in(262, section, key, values, effect);
    }

    /// These values are all right for this release.
    pub(super) fn good_in(version: u16, section: &str, key: &str, values: &[&str]) {
        for value in values {
            assert_eq!(errors(version, section, key, value), [], "{key}={value}");
        }
    }

    /// Each of these values has a fault of this effect, which stands where it says.
    pub(super) fn faults_in(version: u16, section: &str, key: &str, values: &[&str], effect: Effect) {
        for value in values {
            let errors = errors(version, section, key, value);
            assert!(errors.iter().any(|error| error.effect == effect), "{key}={value}: {errors:?}");
            for error in errors {
                assert!(value.get(std::ops::Range::from(error.range)).is_some(), "{key}={value}: {error:?}");
            }
        }
    }
}
