//! Names of units: plain, templates and instances, and the specifiers that names may hold.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use unit_catalog::UnitType;

/// A valid unit name with its suffix, as `unit_name_is_valid()` accepts it. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct UnitName {
    text: Arc<str>,
    unit_type: UnitType,
    at: Option<u16>,
    dot: u16,
}

/// systemd's UNIT_NAME_MAX: the longest name in bytes, suffix included, plus one.
const UNIT_NAME_MAX: usize = 256;

impl UnitName {
    /// Reads a whole name such as `foo.service`, `foo@.socket` or `foo@bar.service`.
    ///
    /// `None` where systemd would not take it for a unit's name.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() >= UNIT_NAME_MAX {
            return None;
        }
        let dot = text.rfind('.')?;
        let unit_type = UnitType::from_suffix(&text[dot + 1..])?;
        let stem = &text[..dot];
        let valid = |byte: u8| byte.is_ascii_alphanumeric() || b":-_.\\@".contains(&byte);
        if stem.is_empty() || stem.starts_with('@') || !stem.bytes().all(valid) {
            return None;
        }
        Some(Self { text: text.into(), unit_type, at: stem.find('@').map(|at| at as u16), dot: dot as u16 })
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The type that the suffix says.
    pub fn unit_type(&self) -> UnitType {
        self.unit_type
    }

    /// The name without its suffix: `foo@bar` of `foo@bar.service`.
    pub fn stem(&self) -> &str {
        &self.text[..usize::from(self.dot)]
    }

    /// What stands before the `@`, or the whole stem (`%p`).
    pub fn prefix(&self) -> &str {
        match self.at {
            Some(at) => &self.text[..usize::from(at)],
            None => self.stem(),
        }
    }

    /// What stands between `@` and the suffix (`%i`): `None` without `@`, empty for a template.
    pub fn instance(&self) -> Option<&str> {
        self.at.map(|at| &self.text[usize::from(at) + 1..usize::from(self.dot)])
    }

    /// Whether this names a template (`foo@.service`).
    pub fn is_template(&self) -> bool {
        self.instance() == Some("")
    }

    /// Whether drop-ins of this name speak for all units whose names begin like it: `foo-.service`.
    pub(crate) fn is_dash_prefix(&self) -> bool {
        self.prefix().ends_with('-') && self.prefix() != "-"
    }

    /// The template of an instance: `foo@.service` for `foo@bar.service`.
    pub fn template(&self) -> Option<UnitName> {
        match self.instance() {
            None | Some("") => None,
            Some(_) => UnitName::parse(&format!("{}@.{}", self.prefix(), self.unit_type.suffix())),
        }
    }

    /// The template's instance of this name: `foo@bar.service` for `bar` and `foo@.service`.
    pub fn with_instance(&self, instance: &str) -> Option<UnitName> {
        UnitName::parse(&format!("{}@{instance}.{}", self.prefix(), self.unit_type.suffix()))
    }

    /// Of a template the instance `INSTANCE`, which stands for all of them; any other name as it is.
    pub(crate) fn as_instance(&self) -> UnitName {
        let instance = self.is_template().then(|| self.with_instance("INSTANCE")).flatten();
        instance.unwrap_or_else(|| self.clone())
    }

    /// The same stem under another type: `foo.service` for `foo.socket`.
    pub fn with_type(&self, unit_type: UnitType) -> Option<UnitName> {
        UnitName::parse(&format!("{}.{}", self.stem(), unit_type.suffix()))
    }

    /// The template of the given type with this unit's prefix: `foo@.service` for `foo.socket`.
    pub fn template_with_type(&self, unit_type: UnitType) -> Option<UnitName> {
        UnitName::parse(&format!("{}@.{}", self.prefix(), unit_type.suffix()))
    }

    /// What `%letter` becomes for this unit, where its name tells: `n N p P i I j J f`.
    pub fn specifier(&self, letter: char) -> Result<Cow<'_, str>, Unreplaced> {
        Ok(match letter {
            'n' if !self.is_template() => self.as_str().into(),
            'N' if !self.is_template() => self.stem().into(),
            'p' => self.prefix().into(),
            'P' => unescape(self.prefix())?.into(),
            'i' => self.known_instance()?.into(),
            'I' => unescape(self.known_instance()?)?.into(),
            'j' => last_component(self.prefix()).into(),
            'J' => unescape(last_component(self.prefix()))?.into(),
            'f' => {
                let escaped = match self.instance() {
                    Some(_) => self.known_instance()?,
                    None => self.prefix(),
                };
                path(escaped)?.into()
            }
            _ => return Err(Unreplaced::Unknown),
        })
    }

    /// Whether the name is escaped as `%letter` has to have it; true for what is no specifier of names.
    pub fn allows(&self, letter: char) -> bool {
        let escaped = letter == 'f' || self.text.contains('\\');
        !escaped || self.specifier(letter) != Err(Unreplaced::Impossible)
    }

    /// Puts the names' own specifiers (`%n %N %p %P %i %I %j %J %%`) of this unit into `text`.
    ///
    /// `None` when another specifier remains, or when an instance is asked of a template:
    /// then the name is unknown before run time.
    pub fn expand(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '%' => match chars.next()? {
                    '%' => out.push('%'),
                    letter => out.push_str(&self.specifier(letter).ok()?),
                },
                char => out.push(char),
            }
        }
        Some(out)
    }

    /// The unit that this one means by a word of a dependency list: specifiers are replaced, and a template becomes
    /// its instance. In a template `foo@%i.service` is `foo@.service`.
    ///
    /// `None` where the word is no name, or an unknown one before run time.
    pub(crate) fn other(&self, word: &str) -> Option<UnitName> {
        self.meant_by(word, UnitName::parse).map(|other| self.instantiated(other))
    }

    /// The unit that `written` means in a file of this unit: specifiers are replaced, and `parse` reads the result. Where
    /// that is the instance of a template which is known at run time only, it is the template.
    pub(crate) fn meant_by(
        &self,
        written: &str,
        parse: impl Fn(&str) -> Option<UnitName>,
    ) -> Option<UnitName> {
        if !written.contains('%') {
            return parse(written);
        }
        if !self.is_template() {
            return parse(&self.expand(written)?);
        }
        let name = parse(&self.with_instance(INSTANCE)?.expand(written)?)?;
        match name.as_str().matches(INSTANCE).count() {
            0 => Some(name),
            1 => name.template().filter(|template| !template.as_str().contains(INSTANCE)),
            _ => None,
        }
    }

    /// What a template stands for in this unit's dependencies: an instance called as this unit's instance, else as the
    /// unit itself (`resolve_template()`).
    pub(crate) fn instantiated(&self, other: UnitName) -> UnitName {
        if !other.is_template() || self.is_template() {
            return other;
        }
        other.with_instance(self.instance().unwrap_or(self.stem())).unwrap_or(other)
    }

    /// The same where other specifiers stay as they are written.
    pub(crate) fn expand_known(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            let end = rest[at + 1..].chars().next().map_or(rest.len(), |char| at + 1 + char.len_utf8());
            out.push_str(&rest[..at]);
            out.push_str(self.expand(&rest[at..end]).as_deref().unwrap_or(&rest[at..end]));
            rest = &rest[end..];
        }
        out + rest
    }

    fn known_instance(&self) -> Result<&str, Unreplaced> {
        match self.instance() {
            Some("") => Err(Unreplaced::Unknown),
            Some(instance) => Ok(instance),
            None => Ok(""),
        }
    }
}

/// Stands for an instance that is known at run time only.
const INSTANCE: &str = "::INSTANCE::";

/// Why a unit's name does not tell what a specifier becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unreplaced {
    /// It is no specifier of names, or the instance of a template is asked for, which is known at run time only.
    Unknown,
    /// The name is not escaped as it would have to be: systemd refuses the value.
    Impossible,
}

impl Hash for UnitName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // All else follows from the text.
        self.text.hash(state);
    }
}

impl Borrow<str> for UnitName {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn last_component(prefix: &str) -> &str {
    prefix.rsplit('-').next().unwrap_or(prefix)
}

/// A text as part of a unit's name (`unit_name_escape()`): `/` becomes `-`, what names may not hold `\xNN`.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'/' => out.push('-'),
            b'.' if at == 0 => out.push_str("\\x2e"),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b':' | b'_' | b'.' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out
}

/// An absolute path as a unit's name (`unit_name_path_escape()`): `srv-data` for `/srv//data/`, `-` for `/`.
pub(crate) fn escape_path(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() { "-".to_owned() } else { escape(&parts.join("/")) }
}

/// The path that a mount, automount, swap or device has in its name.
pub(crate) fn unescape_path(stem: &str) -> Option<String> {
    path(stem).ok()
}

/// Undoes `systemd-escape`, as `unit_name_unescape()` does: `-` becomes `/`, `\xNN` the byte.
fn unescape(text: &str) -> Result<String, Unreplaced> {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'-' => out.push(b'/'),
            b'\\' => {
                let digits = text.get(at + 2..at + 4).filter(|_| bytes.get(at + 1) == Some(&b'x'));
                let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                out.push(byte.ok_or(Unreplaced::Impossible)?);
                at += 3;
            }
            byte => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8(out).map_err(|_| Unreplaced::Unknown)
}

/// Undoes `systemd-escape --path`, as `unit_name_path_unescape()` does.
fn path(text: &str) -> Result<String, Unreplaced> {
    if text == "-" {
        return Ok("/".to_owned());
    }
    let path = unescape(text)?;
    let normalized = path.split('/').all(|name| !matches!(name, "" | "." | ".."));
    if normalized { Ok(format!("/{path}")) } else { Err(Unreplaced::Impossible) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> UnitName {
        UnitName::parse(text).expect("a valid name")
    }

    #[test]
    fn parts_of_names() {
        let plain = name("system-systemd\\x2dcryptsetup.slice");
        assert_eq!(plain.stem(), "system-systemd\\x2dcryptsetup");
        assert_eq!(plain.instance(), None);
        let instance = name("foo@a@b.service");
        assert_eq!((instance.prefix(), instance.instance()), ("foo", Some("a@b")));
        assert_eq!(instance.template(), Some(name("foo@.service")));
        assert!(name("foo@.service").is_template());
        assert_eq!(name("foo@.service").with_instance("x"), Some(name("foo@x.service")));
        assert_eq!(name("foo@x.socket").with_type(UnitType::Service), Some(name("foo@x.service")));
        assert_eq!(name("-.mount").stem(), "-");
    }

    #[test]
    fn what_is_no_name() {
        for bad in [
            "foo",
            "foo.",
            ".service",
            "@.service",
            "@x.service",
            "a b.service",
            "ü.service",
            "foo.conf",
            "a/b.service",
        ] {
            assert_eq!(UnitName::parse(bad), None, "{bad}");
        }
        assert_eq!(UnitName::parse(&format!("{}.service", "x".repeat(250))), None);
    }

    #[test]
    fn paths_as_names() {
        for (path, stem) in
            [("/", "-"), ("//srv/./my-data/", "srv-my\\x2ddata"), ("/.x/a b/é", "\\x2ex-a\\x20b-\\xc3\\xa9")]
        {
            assert_eq!(escape_path(path), stem);
        }
        assert_eq!(unescape_path("srv-my\\x2ddata").as_deref(), Some("/srv/my-data"));
        assert_eq!(unescape_path("-").as_deref(), Some("/"));
    }

    #[test]
    fn names_that_are_not_escaped() {
        use Unreplaced::{Impossible, Unknown};
        for (unit, letter, becomes) in [
            ("a@-b.service", 'I', Ok("/b")),
            ("a@-b.service", 'f', Err(Impossible)),
            ("a@b-.service", 'f', Err(Impossible)),
            ("a@b-..-c.service", 'f', Err(Impossible)),
            ("a@-.service", 'f', Ok("/")),
            ("a@.service", 'f', Err(Unknown)),
            ("a-b.service", 'f', Ok("/a/b")),
            ("a@b\\q.service", 'I', Err(Impossible)),
            ("a@b\\x2.service", 'I', Err(Impossible)),
            ("a@b\\x2d.service", 'I', Ok("b-")),
            ("a@\\xff.service", 'I', Err(Unknown)),
            ("a.service", 'u', Err(Unknown)),
        ] {
            assert_eq!(
                name(unit).specifier(letter).as_deref().map_err(|why| *why),
                becomes,
                "%{letter} of {unit}"
            );
        }
    }

    #[test]
    fn specifiers_in_names() {
        let unit = name("a-b\\x2dc@dev-sda.service");
        assert_eq!(unit.expand("x-%i.mount").as_deref(), Some("x-dev-sda.mount"));
        assert_eq!(unit.expand("%I %p %j %P").as_deref(), Some("dev/sda a-b\\x2dc b\\x2dc a/b-c"));
        assert_eq!(unit.expand("%t/x"), None);
        assert_eq!(name("foo@.service").expand("%i.service"), None);
        assert_eq!(name("foo.service").expand("x%i.service").as_deref(), Some("x.service"));
        assert_eq!(name("foo.service").expand("50%"), None);
    }
}
