//! A second reader of unit files, written after systemd's `config_parse` and `parse_line` and nothing else: what tests
//! compare with.

/// What systemd makes of a line.
#[derive(Debug, PartialEq)]
pub(crate) enum Line {
    Header(String),
    Assignment(String, String),
    MissingEquals,
    MissingKey,
    BadHeader,
}

const WHITESPACE: [char; 4] = [' ', '\t', '\n', '\r'];

/// `config_parse`: joins physical lines. A NUL would end a line there, and a byte order mark be dropped in
/// the middle of the text or before a `#` be the start of a line that is no comment; here neither.
pub(crate) fn config_parse(text: &str) -> Vec<Line> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let mut read = Vec::new();
    let mut continuation: Option<String> = None;
    for line in text.split('\n') {
        if line.trim_start_matches(WHITESPACE).starts_with(['#', ';']) {
            continue;
        }
        let mut joined = continuation.take().unwrap_or_default() + line;
        let mut escaped = false;
        for c in joined.chars() {
            escaped = !escaped && c == '\\';
        }
        if escaped {
            joined.pop();
            joined.push(' ');
            continuation = Some(joined);
        } else {
            read.extend(parse_line(&joined));
        }
    }
    read.extend(continuation.and_then(|line| parse_line(&line)));
    read
}

fn parse_line(line: &str) -> Option<Line> {
    let line = line.trim_matches(WHITESPACE);
    if line.is_empty() {
        return None;
    }
    if line.starts_with('[') {
        // A single `[` does not end with `]`.
        return Some(match line.strip_suffix(']').map(|start| &start[1..]) {
            Some(name) if string_is_safe(name) => Line::Header(name.to_string()),
            _ => Line::BadHeader,
        });
    }
    Some(match line.split_once('=') {
        None => Line::MissingEquals,
        Some(("", _)) => Line::MissingKey,
        Some((key, value)) => Line::Assignment(
            key.trim_matches(WHITESPACE).to_string(),
            value.trim_matches(WHITESPACE).to_string(),
        ),
    })
}

fn string_is_safe(text: &str) -> bool {
    text.bytes().all(|byte| byte >= b' ' && byte != 0x7f && !b"\"'\\".contains(&byte))
}
