//! `DeviceAllow=`: a device node or a group of devices, and what may be done, as `config_parse_device_allow()`
//! reads it.

use super::path_simplify::{Wanted, simplified};
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};
use crate::value::specifier::SpecifierSet;

const EXPECTED: &str = "a node below /dev, block-NAME or char-NAME, then letters out of rwm";

/// Judges `DEVICE [ACCESS]`.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut parts = words(checker.value, Extract::UNQUOTE);
    let device = match parts.next() {
        Some(Ok(device)) => device,
        Some(Err(error)) => {
            checker.word_error(error, true);
            return;
        }
        None => return,
    };
    if checker.bad_specifier(device.piece(), SpecifierSet::Unit).is_some() {
        checker.specifier(device.piece(), SpecifierSet::Unit);
        return;
    }
    // A group's name may be a pattern: nothing is asked of it.
    let group = |text: &str| text.starts_with("block-") || text.starts_with("char-");
    if !checker.possible(&device.text, |text| group(text) || is_node(text)) {
        let meant = ["block", "char"].into_iter().find(|group| *group == device.text);
        let meant = meant.map(|group| format!("{group}-*"));
        checker.report(device.piece().range(), "no device", EXPECTED).instead(meant);
        return;
    }
    if !group(&device.text) && checker.path(device.piece(), Wanted::Any).is_some() {
        return;
    }
    let access = parts.rest().unwrap_or_default();
    if !checker.value.get(access.clone()).unwrap_or_default().bytes().all(|byte| b"rwm".contains(&byte)) {
        checker.report(access, "no kind of access", "letters out of rwm behind the device");
    }
}

/// Whether a path leads to where device nodes are.
fn is_node(path: &str) -> bool {
    let path = &simplified(path);
    let below = |directory| path.strip_prefix(directory).is_some_and(|rest: &str| rest.starts_with('/'));
    below("/dev") || below("/run/systemd/inaccessible") || path == "/dev"
}

#[cfg(test)]
mod tests {
    use super::super::tests::{faults, good};
    use crate::value::Effect::IgnoresLine;

    #[test]
    fn devices() {
        good(
            "Service",
            "DeviceAllow",
            &["/dev/sda", "/dev/a  rw", "char-* rwm", "block-loop", "'/dev/a b' r"],
        );
        let bad =
            ["sda", "/dev/../a", "/dev/a r w", "/dev/a x", "block", "char-%Z", "/sys/x", "'/dev/a", "%t/x"];
        faults("Service", "DeviceAllow", &bad, IgnoresLine);
    }
}
