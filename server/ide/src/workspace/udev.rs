//! udev rules (udev(7)): the units that they have started when a device appears (systemd.device(5)).

use std::ops::Range;

use super::{File, FileKind, Place, Scope, UnitName, Workspace};

/// The properties of devices that name units, with the managers that start these.
const WANTS: [(&str, Scope); 2] =
    [("ENV{SYSTEMD_WANTS}", Scope::System), ("ENV{SYSTEMD_USER_WANTS}", Scope::User)];

/// The words of one rule that name units, each with the manager that starts the unit.
pub(crate) fn wanted(rule: &str) -> Vec<(Range<usize>, Scope)> {
    let mut found = Vec::new();
    if rule.trim_start().starts_with('#') {
        return found;
    }
    for (key, scope) in WANTS {
        for (at, _) in rule.match_indices(key) {
            let Some(value) = assigned(rule, at + key.len()) else { continue };
            let mut at = value.start;
            for word in rule[value].split([' ', '\t']) {
                found.extend((!word.is_empty()).then(|| (at..at + word.len(), scope)));
                at += word.len() + 1;
            }
        }
    }
    found.sort_unstable_by_key(|(range, _)| range.start);
    found
}

/// The text between the quotes of what is assigned behind a key; `None` where it is compared.
fn assigned(rule: &str, behind: usize) -> Option<Range<usize>> {
    let rest = rule[behind..].trim_start();
    let value = ["+=", ":=", "="].iter().find_map(|operator| rest.strip_prefix(operator))?.trim_start();
    let value = value.strip_prefix(['e', 'i']).unwrap_or(value).strip_prefix('"')?;
    let start = rule.len() - value.len();
    Some(start..start + value.find('"')?)
}

/// The unit that a word of a rule means: the template, where the device makes the instance.
pub(crate) fn meant(written: &str) -> Option<UnitName> {
    if !written.contains(['$', '%']) {
        return UnitName::parse(written);
    }
    let (prefix, rest) = written.split_once('@')?;
    let (_, suffix) = rest.rsplit_once('.')?;
    UnitName::parse(&format!("{prefix}@.{suffix}"))
}

impl Workspace {
    /// The udev rules that may have the unit of this name started by the manager of `asker`.
    pub(crate) fn device_rules<'a>(
        &'a self,
        unit: &UnitName,
        asker: &Place,
    ) -> impl Iterator<Item = &'a std::sync::Arc<File>> {
        let rules = self.files_meaning(unit).into_iter().filter(|file| file.kind == FileKind::UdevRules);
        rules.filter(|file| file.place.is_machine() || file.place.shares_root(asker))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_in_rules() {
        let words = |rule: &str| {
            wanted(rule).into_iter().map(|(range, scope)| (rule[range].to_owned(), scope)).collect::<Vec<_>>()
        };
        let both = r#"TAG+="systemd", ENV{SYSTEMD_WANTS} += "a.service b@$kernel.service", ENV{SYSTEMD_USER_WANTS}="c.service""#;
        assert_eq!(
            words(both),
            [
                ("a.service".to_owned(), Scope::System),
                ("b@$kernel.service".to_owned(), Scope::System),
                ("c.service".to_owned(), Scope::User),
            ]
        );
        for none in [
            r#"# ENV{SYSTEMD_WANTS}="a.service""#,
            r#"ENV{SYSTEMD_WANTS}=="a.service""#,
            r#"ENV{SYSTEMD_WANTS}!="a.service""#,
            r#"ENV{SYSTEMD_WANTS}="a.service"#,
            r#"ENV{SYSTEMD_WANTS}="#,
            r#"ENV{SYSTEMD_WANTS}="""#,
        ] {
            assert_eq!(words(none), [], "{none}");
        }
    }

    #[test]
    fn instances_that_devices_make() {
        let meant = |written| meant(written).map(|unit| unit.to_string());
        for written in ["a@$env{DEVNAME}.service", "a@%k.service", "a@.service"] {
            assert_eq!(meant(written).as_deref(), Some("a@.service"), "{written}");
        }
        assert_eq!(meant("a@b.service").as_deref(), Some("a@b.service"));
        assert_eq!(meant("$name"), None);
    }
}
