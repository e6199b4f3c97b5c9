//! Names on the bus, as `sd_bus_service_name_is_valid()` takes them.

/// Whether a service may own this name: at least two elements, none empty or starting with a digit.
///
/// A name with specifiers may be one; that is not known before run time.
pub fn bus_name(name: &str) -> bool {
    let element = |element: &str| {
        !element.is_empty()
            && !element.starts_with(|first: char| first.is_ascii_digit())
            && element.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
    };
    name.contains('%') || name.len() <= 255 && name.contains('.') && name.split('.').all(element)
}

#[cfg(test)]
mod tests {
    use super::bus_name;

    #[test]
    fn names() {
        for name in ["org.example.Lamp", "a.b", "_a.-b", "org.example.%i"] {
            assert!(bus_name(name), "{name}");
        }
        for name in ["", "lamp", ".a", "a.", "a..b", "a.1b", "a.b c", "a.ü", ":1.7"] {
            assert!(!bus_name(name), "{name}");
        }
    }
}
