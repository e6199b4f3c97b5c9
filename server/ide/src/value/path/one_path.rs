//! Values of one path: `config_parse_unit_path_printf()`, `config_parse_path_spec()`, `config_parse_pid_file()`
//! and their kin.

use unit_catalog::ValueKind as K;

use super::path_simplify::Wanted;
use crate::value::piece::Piece;
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, Effect};

/// Judges a path that is the whole value.
pub(super) fn check(checker: &mut Checker<'_>) {
    let directive = checker.context.directive;
    // Pipes and queues of sockets are made by systemd, and not where the kernel shows itself.
    let made = matches!(directive.name, "ListenFIFO" | "ListenMessageQueue" | "ListenUSBFunction");
    // To a list nothing at all is no path; elsewhere it resets the value.
    let value = Piece::of_value(checker.value);
    if directive.list || !checker.possible(value.text, str::is_empty) {
        let wanted = if made { Wanted::AbsoluteNoApi } else { Wanted::Absolute };
        checker.path(value, wanted);
    }
    if directive.kind == K::Path && directive.name.starts_with("Listen") {
        checker.note_var_run(value);
    }
}

/// Judges the file of `EnvironmentFile=`.
pub(super) fn check_env_file(checker: &mut Checker<'_>) {
    checker.optional_path(Piece::of_value(checker.value), Wanted::Absolute);
}

/// Judges the directory of `WorkingDirectory=`; a `-` before it makes its faults harmless.
pub(super) fn check_working_directory(checker: &mut Checker<'_>) {
    let value = Piece::of_value(checker.value);
    let optional = value.strip_prefix("-");
    let path = optional.unwrap_or(value);
    if path.text == "~" {
        return;
    }
    let Some(error) = checker.path(path, Wanted::Absolute) else {
        return;
    };
    error.expected = "an absolute path, or ~ for the user's home".into();
    if let Some(below_home) = path.text.strip_prefix("~/") {
        error.instead = Some(format!("%h/{below_home}").into());
    }
    if optional.is_some() {
        error.effect = Effect::IgnoresLine;
    }
}

/// Judges the file of `PIDFile=`: a relative one is meant below `/run`. systemd says that it ignores a bad path, but then
/// does not load the unit.
pub(super) fn check_pid_file(checker: &mut Checker<'_>) {
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    let value = Piece::of_value(checker.value);
    if let Some(error) = checker.path(value, Wanted::BelowRunNoApi) {
        error.effect = Effect::RefusesUnit;
    }
    checker.note_var_run(value);
}

/// Judges what `Mount.What=` and `Swap.What=` name: anything may be a source.
pub(super) fn check_mount_source(checker: &mut Checker<'_>) {
    checker.refuse_specifier(SpecifierSet::Unit);
}

/// Judges the file and its hash, or the hash, of `RootHash=`.
pub(super) fn check_root_hash(checker: &mut Checker<'_>) {
    let value = checker.value;
    if value.starts_with('/') {
        return;
    }
    let expected = "an absolute path, or a hash of at least 32 hexadecimal digits";
    let blank = |char: &char| matches!(char, ' ' | '\t' | '\n' | '\r');
    let digits = || value.char_indices().filter(|(_, char)| !blank(char));
    if let Some((at, char)) = digits().find(|(_, char)| !char.is_ascii_hexdigit()) {
        checker.report(at..at + char.len_utf8(), "no hexadecimal digit", expected);
    } else if !digits().count().is_multiple_of(2) {
        checker.whole("an odd number of digits", expected);
    } else if digits().count() < 32 {
        checker.whole("too short a hash", expected);
    }
}

/// Judges the file with a signature, or the signature, of `RootHashSignature=`.
pub(super) fn check_root_hash_signature(checker: &mut Checker<'_>) {
    let value = checker.value;
    if value.starts_with('/') {
        return;
    }
    match value.strip_prefix("base64:") {
        Some(data) => super::credential::check_base64(checker, value.len() - data.len()),
        None => {
            checker.whole("no path and no data", "an absolute path, or base64: and data");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect;

    #[test]
    fn paths() {
        good("Service", "TTYPath", &["/dev/tty1", "%t/x", "/a/./b//", "%W", "/a/%i", ""]);
        let bad = ["dev/tty1", "\"/dev/tty1\"", "/a/../b", "/%Z", "%p/x", "%%", "- /x"];
        faults("Service", "TTYPath", &bad, Effect::IgnoresLine);
        faults("Service", "RootDirectory", &["srv", "%Z"], Effect::RefusesUnit);
        faults("Socket", "ListenFIFO", &["/dev/x", "/proc"], Effect::IgnoresLine);
        faults("Socket", "ListenFIFO", &["/var/run/x"], Effect::Notice);
    }

    #[test]
    fn special_paths() {
        good("Service", "WorkingDirectory", &["~", "-~", "-/srv", "/srv/%i"]);
        faults("Service", "WorkingDirectory", &["~/x", "~user", "srv", "/a/.."], Effect::RefusesUnit);
        faults("Service", "WorkingDirectory", &["-srv", "-", "-/%Z"], Effect::IgnoresLine);
        good("Service", "EnvironmentFile", &["-/etc/default/x", "/etc/*.conf"]);
        faults("Service", "EnvironmentFile", &["--/etc/x", "etc/x", "-"], Effect::IgnoresLine);
        good("Service", "PIDFile", &["x.pid", "/run/x.pid", "%t/x.pid"]);
        faults("Service", "PIDFile", &["../x.pid", "/proc/x"], Effect::RefusesUnit);
        faults("Service", "PIDFile", &["%Z"], Effect::IgnoresLine);
        faults("Service", "PIDFile", &["/var/run/x.pid"], Effect::Notice);
        good("Service", "RootHash", &["/x", "0123456789abcdef 0123456789ABCDEF"]);
        faults(
            "Service",
            "RootHash",
            &["0123", "0123456789abcdef0123456789abcdef0", "xyz"],
            Effect::IgnoresLine,
        );
        good("Service", "RootHashSignature", &["/x", "base64:YWJj"]);
        faults("Service", "RootHashSignature", &["YWJj", "base64:YWJ"], Effect::IgnoresLine);
    }
}
