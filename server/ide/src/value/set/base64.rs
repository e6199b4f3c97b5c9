//! Base64, as `unbase64mem()` decodes it.

use crate::value::Checker;

/// Judges data of `StandardInputData=`.
pub(super) fn check(checker: &mut Checker<'_>) {
    if let Err(at) = decode(checker.value, checker.since(253)) {
        let end = checker.value[at..].chars().next().map_or(at, |char| at + char.len_utf8());
        let (part, what) = match at == end {
            true => (0..end, "no base64: its end is missing"),
            false => (at..end, "no base64 here"),
        };
        checker.report(part, what, "base64 with its padding, blanks aside");
    }
}

/// Where decoding fails; at the text's length where something is missing. `url_safe` takes `-` and `_` too.
pub(in crate::value) fn decode(text: &str, url_safe: bool) -> Result<(), usize> {
    let mut count = 0usize;
    let mut padding = 0usize;
    let mut last = 0u8;
    for (at, byte) in text.bytes().enumerate() {
        let digit = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => continue,
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'-' if url_safe => 62,
            b'_' if url_safe => 63,
            b'=' => {
                // One or two of them end the last group, and the bits they drop are zero.
                let spare = match (count % 4, padding) {
                    (2, 0) => 15,
                    (3, 0) => 3,
                    (3, 1) => 0,
                    _ => return Err(at),
                };
                if last & spare != 0 {
                    return Err(at);
                }
                padding += 1;
                count += 1;
                continue;
            }
            _ => return Err(at),
        };
        if padding > 0 {
            return Err(at);
        }
        last = digit;
        count += 1;
    }
    if count.is_multiple_of(4) { Ok(()) } else { Err(text.len()) }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn groups_of_four() {
        for good in ["", "AAAA", "AA A\tA", "AAA=", "AA==", "AA= =", "+/+/"] {
            assert_eq!(decode(good, false), Ok(()), "{good}");
        }
        for (bad, at) in [
            ("AAAAA", 5),
            ("AAB=", 3),
            ("AB==", 2),
            ("AA==AA", 4),
            ("AA=A", 3),
            ("====", 0),
            ("AAAA=", 4),
            ("ü", 0),
            ("-_-_", 0),
        ] {
            assert_eq!(decode(bad, false), Err(at), "{bad}");
        }
        assert_eq!(decode("-_-_", true), Ok(()));
    }
}
