//! Preset files (systemd.preset(5)): whether a unit is to be enabled when it is installed.

use std::collections::BTreeMap;
use std::sync::Arc;

use unit_catalog::Version;
use unit_syntax::TextRange;

use super::{Family, File, Place, UnitName, Workspace};

/// What `systemctl preset` does with a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PresetAction {
    /// Enables it.
    Enable,
    /// Disables it.
    Disable,
    /// Leaves it as it is.
    Ignore,
}

/// The answer of the presets for one unit.
#[derive(Clone, Debug)]
pub struct Preset<'a> {
    /// What is done; without a matching line the unit is enabled.
    pub action: PresetAction,
    /// The first line that matches, in bytes of its file; the first file by name counts.
    pub line: Option<(&'a Arc<File>, TextRange)>,
    /// The instances that a template's line names: these are enabled.
    pub instances: Vec<UnitName>,
}

/// One line of a preset file.
#[derive(PartialEq, Debug)]
struct Rule<'a> {
    action: PresetAction,
    pattern: &'a str,
    instances: Vec<&'a str>,
}

impl Workspace {
    /// What the presets that count at `asker` say of the unit `name`: its own name, as presets know no aliases
    /// (`query_presets()`).
    pub fn preset(&self, name: &UnitName, asker: &Place) -> Preset<'_> {
        for file in self.presets(asker) {
            let mut start = 0;
            for line in file.unit.text().split('\n') {
                let range = TextRange::from(start..start + line.trim_end().len());
                start += line.len() + 1;
                if let Some(rule) = Rule::parse(line, self.version())
                    && let Some(instances) = rule.matches(name)
                {
                    return Preset { action: rule.action, line: Some((file, range)), instances };
                }
            }
        }
        Preset { action: PresetAction::Enable, line: None, instances: Vec::new() }
    }

    /// The preset files in the order in which systemd reads them: by name, of each name the one that counts.
    fn presets(&self, asker: &Place) -> impl Iterator<Item = &Arc<File>> {
        let mut by_name: BTreeMap<&std::ffi::OsStr, &Arc<File>> = BTreeMap::new();
        let precedence = |file: &File| (file.place.precedence(asker), file.path.clone());
        for file in self.files_in(Family::Presets) {
            let Some(name) = file.path.file_name() else {
                continue;
            };
            if file.place.scope != asker.scope || !self.sees(asker, &file.place) {
                continue;
            }
            let known = by_name.entry(name).or_insert(file);
            if precedence(file) < precedence(known) {
                *known = file;
            }
        }
        by_name.into_values()
    }
}

/// The unit, template or pattern that a line of a preset file speaks of.
pub(crate) fn preset_pattern(line: &str) -> Option<&str> {
    Rule::parse(line, Version::NEWEST).map(|rule| rule.pattern)
}

impl<'a> Rule<'a> {
    /// Reads a line, as `read_presets()` does; `None` for what is no rule to this systemd.
    fn parse(line: &'a str, version: Version) -> Option<Self> {
        let (word, rest) = line.trim().split_once([' ', '\t'])?;
        let action = match word {
            "enable" => PresetAction::Enable,
            "disable" => PresetAction::Disable,
            "ignore" if version >= Version(254) => PresetAction::Ignore,
            _ => return None,
        };
        if action != PresetAction::Enable {
            return Some(Self { action, pattern: rest.trim(), instances: Vec::new() });
        }
        let mut words = rest.split_ascii_whitespace();
        Some(Self { action, pattern: words.next()?, instances: words.collect() })
    }

    /// Whether the rule speaks of the unit; with the instances of a template that it names.
    fn matches(&self, name: &UnitName) -> Option<Vec<UnitName>> {
        let is_template = name.is_template();
        let own = |instance: &str| name.instance() == Some(instance);
        let template = name.template();
        let template = template.as_ref().unwrap_or(name);
        if !self.instances.is_empty() && name.instance().is_some() && self.pattern == template.as_str() {
            if is_template {
                return Some(self.instances.iter().filter_map(|one| name.with_instance(one)).collect());
            }
            if self.instances.iter().any(|one| own(one)) {
                return Some(Vec::new());
            }
        }
        fnmatch(self.pattern.as_bytes(), name.as_str().as_bytes()).then(Vec::new)
    }
}

/// fnmatch(3) with FNM_NOESCAPE: `*`, `?` and `[…]`. Takes at most the product of both lengths.
fn fnmatch(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut next) = (0, 0);
    // Where the last `*` stands, and how much of the text it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    while next < text.len() {
        let step = match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, next));
                at += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => match bracket(&pattern[at..], text[next]) {
                Some((length, true)) => Some(length),
                Some((_, false)) => None,
                None => (text[next] == b'[').then_some(1),
            },
            Some(byte) => (*byte == text[next]).then_some(1),
            None => None,
        };
        match (step, star) {
            (Some(length), _) => {
                at += length;
                next += 1;
            }
            (None, Some((before, swallowed))) => {
                star = Some((before, swallowed + 1));
                at = before + 1;
                next = swallowed + 1;
            }
            (None, None) => return false,
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// The length of the bracket expression that `pattern` starts with, and whether it holds `byte`; `None` where it has
/// no end, and is no expression.
fn bracket(pattern: &[u8], byte: u8) -> Option<(usize, bool)> {
    let negated = matches!(pattern.get(1), Some(b'!' | b'^'));
    let first = if negated { 2 } else { 1 };
    let mut at = first;
    let mut found = false;
    loop {
        let low = *pattern.get(at)?;
        if low == b']' && at > first {
            return Some((at + 1, found != negated));
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some(b'-'), Some(high)) if *high != b']' => {
                found |= (low..=*high).contains(&byte);
                at += 3;
            }
            _ => {
                found |= low == byte;
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text, matches) in [
            ("*", "a.service", true),
            ("avahi-daemon.*", "avahi-daemon.socket", true),
            ("a?c.service", "abc.service", true),
            ("a?c.service", "ac.service", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]x", "]x", true),
            ("[a-]x", "-x", true),
            ("[ab", "[ab", true),
            ("*a*b*c", "xaybzc", true),
            ("*a*b*c", "xaybz", false),
            ("a", "ab", false),
            ("", "", true),
        ] {
            assert_eq!(fnmatch(pattern.as_bytes(), text.as_bytes()), matches, "{pattern} {text}");
        }
        let many = "*a".repeat(2_000);
        assert!(!fnmatch(many.as_bytes(), "a".repeat(1_999).as_bytes()));
    }

    #[test]
    fn lines() {
        let rule =
            |line| Rule::parse(line, Version(253)).map(|rule| (rule.action, rule.pattern, rule.instances));
        assert_eq!(
            rule("  enable\tdirsrv@.service foo  bar\r"),
            Some((PresetAction::Enable, "dirsrv@.service", vec!["foo", "bar"]))
        );
        assert_eq!(rule("disable *"), Some((PresetAction::Disable, "*", vec![])));
        for nothing in ["", "# enable x.service", "; x", "enable", "enabled x.service", "ignore x.service"] {
            assert_eq!(rule(nothing), None, "{nothing}");
        }
    }
}
