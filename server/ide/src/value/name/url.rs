//! Addresses of documentation, as `documentation_url_is_valid()` takes them.

use super::split;
use crate::value::extract_word::{Extract, words};
use crate::value::specifier::SpecifierSet;
use crate::value::{Checker, nearest};

const SCHEMES: [&str; 5] = ["http://", "https://", "file:/", "info:", "man:"];

/// A known scheme in lower case, and something in ASCII behind it.
fn url(text: &str) -> bool {
    text.is_ascii()
        && SCHEMES.iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

/// What was probably meant.
fn meant(text: &str) -> Option<String> {
    let candidate = match text.split_once(':') {
        _ if !text.is_ascii() => return None,
        None if text.starts_with('/') => format!("file:{text}"),
        None if text.starts_with("www.") => format!("https://{text}"),
        None => {
            // `foo(8)` is a manual page.
            let (_, section) = text.strip_suffix(')')?.split_once('(')?;
            section.starts_with(|first: char| first.is_ascii_digit()).then(|| format!("man:{text}"))?
        }
        Some((scheme, rest)) => {
            let scheme = nearest(scheme, ["http", "https", "file", "info", "man"])?;
            let rest = rest.trim_start_matches('/');
            match scheme {
                "http" | "https" => format!("{scheme}://{rest}"),
                "file" => format!("file:///{rest}"),
                _ => format!("{scheme}:{rest}"),
            }
        }
    };
    Some(candidate).filter(|candidate| url(candidate))
}

/// Judges the value of `Documentation=`: bad words are ignored one by one.
pub(super) fn check(checker: &mut Checker<'_>) {
    // Specifiers are replaced before the value is split.
    if checker.refuse_specifier(SpecifierSet::Unit) {
        return;
    }
    for word in words(checker.value, Extract::UNQUOTE) {
        let Some(word) = split(checker, word) else { break };
        // What becomes nothing then is no word.
        let vanishes = |text: &str| text.is_empty() && !word.quoted;
        if !checker.possible(&word.text, |text| vanishes(text) || url(text)) {
            checker
                .report(
                    word.range,
                    "no address of documentation",
                    "addresses that begin with http://, https://, file:/, info: or man:",
                )
                .word_only()
                .instead(meant(&word.text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::name::tests::refused;

    #[test]
    fn urls() {
        for good in ["https://x", "http://é".trim_end_matches('é'), "file:/x", "info:gpg", "man:a"] {
            assert_eq!(url(good), good != "http://", "{good}");
        }
        for bad in ["HTTP://x", "file:x", "man:", "ftp://x", "x", "https://é"] {
            assert!(!url(bad), "{bad}");
        }
        assert_eq!(meant("foo(8)").as_deref(), Some("man:foo(8)"));
        assert_eq!(meant("/usr/share/doc/x").as_deref(), Some("file:/usr/share/doc/x"));
        assert_eq!(meant("HTTPS://x").as_deref(), Some("https://x"));
        assert_eq!(meant("%i"), None);
    }

    #[test]
    fn values() {
        assert_eq!(refused("Unit", "Documentation", "man:a(1) b https://%p.org", 262), ["b"]);
        assert_eq!(refused("Unit", "Documentation", "man:a \"man:b", 262), ["\"man:b"]);
        assert_eq!(refused("Unit", "Documentation", "https://x/%Z y", 262), ["%Z"]);
        assert_eq!(refused("Unit", "Documentation", "%i '%i' ''", 262), ["'%i'", "''"]);
    }
}
