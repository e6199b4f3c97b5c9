//! `DeviceAllow=`: a device node or a group of devices, and what may be done, as `config_parse_device_allow()`
//! reads it.

use super::path_simplify::{Place, Wanted};
use crate::value::Checker;
use crate::value::extract_word::{Extract, words};

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
    let part = Place::of(&device, checker.value).part(0..device.text.len());
    let group = device.text.starts_with("block-") || device.text.starts_with("char-");
    if group {
        // A name may be a pattern; only its specifiers are judged.
        if checker.report_specifier() {
            return;
        }
    } else {
        let below =
            |directory| device.text.strip_prefix(directory).is_some_and(|rest: &str| rest.starts_with('/'));
        let node = below("/dev") || below("/run/systemd/inaccessible") || device.text == "/dev";
        if !node && !device.text.starts_with('%') {
            let meant = ["block", "char"].into_iter().find(|group| *group == device.text);
            let meant = meant.map(|group| format!("{group}-*"));
            checker.report(part, "no device", EXPECTED).instead(meant);
            return;
        }
        let absolute_for_sure = device.text.starts_with('%');
        if checker.path(part.clone(), &device.text, Wanted::Any).is_some() {
            return;
        }
        if absolute_for_sure {
            // No specifier stands for a directory of devices.
            checker.report(part, "no device", EXPECTED);
            return;
        }
    }
    let access = parts.rest().unwrap_or_default();
    if !checker.value.get(access.clone()).unwrap_or_default().bytes().all(|byte| b"rwm".contains(&byte)) {
        checker.report(access, "no kind of access", "letters out of rwm behind the device");
    }
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
