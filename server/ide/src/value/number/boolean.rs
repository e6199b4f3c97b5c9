//! Booleans, as `parse_boolean()` reads them.

/// The meaning of a boolean spelling in any letter case; `None` for every other text.
pub fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 6]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(["1", "yes", "y", "true", "t", "on"]) {
        Some(true)
    } else if is(["0", "no", "n", "false", "f", "off"]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::boolean;

    #[test]
    fn spellings() {
        for (text, meaning) in
            [("YES", Some(true)), ("t", Some(true)), ("Off", Some(false)), ("0", Some(false))]
        {
            assert_eq!(boolean(text), meaning);
        }
        for text in ["", "2", "yess", " yes", "enabled", "01"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }
}
