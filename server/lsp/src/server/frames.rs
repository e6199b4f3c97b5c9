//! Standard input, frame by frame. A frame that is no JSON-RPC message is answered, not fatal.
//!
//! The framework ends the session at the first frame it cannot decode. So frames are checked before they
//! reach it: text that is broken in some character is mended, lest an edit be lost, and what still is no
//! message is replaced by a call of [`MALFORMED`], which answers with a parse error.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;
use tower_lsp::jsonrpc::{Request, Response};

use super::session::Shared;

/// The method that stands for a frame that could not be read.
pub(super) const MALFORMED: &str = "unitls/malformed";

/// A message that claims to be longer than this is taken for a broken header.
const MOST_BYTES: usize = 1 << 30;

/// Standard input, cleaned of broken frames. Notes in `shared` that the client said `shutdown`: the framework drops
/// a request that it has not come to when `exit` follows at once.
pub(super) fn stdin(shared: Arc<Shared>) -> impl AsyncRead + Unpin {
    let (sender, receiver) = mpsc::channel(64);
    // A thread of its own: reading a pipe blocks, and the runtime's thread must not.
    std::thread::spawn(move || {
        let mut input = BufReader::new(io::stdin().lock());
        while let Some(frame) = next_frame(&mut input) {
            if frame.shutdown {
                shared.shut_down();
            }
            if sender.blocking_send(frame.bytes).is_err() {
                break;
            }
        }
    });
    Frames { receiver, rest: VecDeque::new() }
}

struct Frames {
    receiver: mpsc::Receiver<Vec<u8>>,
    rest: VecDeque<u8>,
}

impl AsyncRead for Frames {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            match self.receiver.poll_recv(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(Ok(())),
                Poll::Ready(Some(frame)) => self.rest = frame.into(),
            }
        }
        let count = self.rest.len().min(buffer.remaining());
        let (front, back) = self.rest.as_slices();
        let from_front = count.min(front.len());
        buffer.put_slice(&front[..from_front]);
        buffer.put_slice(&back[..count - from_front]);
        self.rest.drain(..count);
        Poll::Ready(Ok(()))
    }
}

/// A frame that the framework can read.
struct Frame {
    /// Header and body.
    bytes: Vec<u8>,
    /// Whether it asks for `shutdown`.
    shutdown: bool,
}

/// The next frame; `None` at the end of input.
fn next_frame(input: &mut impl BufRead) -> Option<Frame> {
    match header(input).ok()? {
        Header::End => None,
        Header::Broken => Some(malformed()),
        Header::Length(length) => {
            let mut body = Vec::with_capacity(length.min(1 << 20));
            let read = input.take(length as u64).read_to_end(&mut body).ok()?;
            if read < length {
                return None;
            }
            Some(checked(&body).or_else(|| checked(&mended(&body)?)).unwrap_or_else(malformed))
        }
    }
}

enum Header {
    Length(usize),
    Broken,
    End,
}

/// Reads header lines up to the empty one. Lines that are no header are skipped and reported once. A line that ends in
/// a length is one: before it stands the rest of a message that was longer than it said.
fn header(input: &mut impl BufRead) -> io::Result<Header> {
    let mut length = None;
    let mut broken = false;
    loop {
        let mut line = Vec::new();
        if input.take(1 << 16).read_until(b'\n', &mut line)? == 0 {
            return Ok(Header::End);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            match length {
                Some(length) => return Ok(Header::Length(length)),
                None if broken => return Ok(Header::Broken),
                None => continue,
            }
        }
        let text = String::from_utf8_lossy(line);
        let text = match text.to_ascii_lowercase().rfind("content-length:") {
            Some(at) => &text[at..],
            None => &text,
        };
        match text.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                match value.trim().parse::<usize>() {
                    Ok(value) if value <= MOST_BYTES => length = Some(value),
                    _ => broken = true,
                }
            }
            Some((name, _)) if name.eq_ignore_ascii_case("content-type") => {}
            _ => broken = true,
        }
    }
}

/// The frame of a body that is a JSON-RPC 2.0 message to the framework, too.
fn checked(body: &[u8]) -> Option<Frame> {
    /// As the framework declares it, so that nothing passes here and fails there.
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Message {
        Response(#[expect(dead_code, reason = "that it parses is enough")] Response),
        Request(Request),
    }
    let text = std::str::from_utf8(body).ok()?;
    let shutdown = match serde_json::from_str(text).ok()? {
        Message::Response(_) => false,
        Message::Request(request) if request.method().is_empty() => return None,
        Message::Request(request) => request.method() == "shutdown",
    };
    Some(Frame { bytes: framed(body), shutdown })
}

/// The body with U+FFFD in place of what JSON text cannot hold: bytes that are no UTF-8, and escapes for one half of a
/// surrogate pair, as editors send them that cut a character in two. Each is one UTF-16 unit to those editors, as
/// U+FFFD is, so that columns stay true. `None` when there is nothing to mend.
fn mended(body: &[u8]) -> Option<Vec<u8>> {
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
    }
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut lone = Vec::new();
    let mut at = 0;
    while let Some(escape) = text[at..].find('\\') {
        at += escape;
        at += match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                lone.push(at);
                6
            }
            // Whatever is escaped is skipped, if it is there: `\\` does not escape what follows it.
            _ => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        };
    }
    for at in lone {
        text.replace_range(at..at + 6, "\\ufffd");
    }
    (text.as_bytes() != body).then(|| text.into_bytes())
}

fn malformed() -> Frame {
    let body = format!(r#"{{"jsonrpc":"2.0","id":null,"method":"{MALFORMED}"}}"#);
    Frame { bytes: framed(body.as_bytes()), shutdown: false }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend_from_slice(body);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(input: &str) -> Vec<String> {
        let mut input = input.as_bytes();
        let frames = std::iter::from_fn(|| next_frame(&mut input));
        frames.map(|frame| String::from_utf8(frame.bytes).expect("frames of text are text")).collect()
    }

    #[test]
    fn good_frames_pass_and_bad_ones_are_replaced() {
        let good = String::from_utf8(framed(br#"{"jsonrpc":"2.0","method":"x"}"#)).expect("text");
        let bad = String::from_utf8(malformed().bytes).expect("text");
        assert_eq!(frames(&good.repeat(2)), [good.clone(), good.clone()]);
        let broken_json = "Content-Length: 9\r\n\r\n{\"jsonrpc";
        assert_eq!(frames(&format!("{broken_json}{good}")), [bad.clone(), good.clone()]);
        for header in
            ["Content-Length: x\r\n\r\n", "Content-Length: 99999999999999\r\n\r\n", "nonsense\r\n\r\n"]
        {
            assert_eq!(frames(&format!("{header}{good}")), [bad.clone(), good.clone()], "{header}");
        }
        let array = "Content-Length: 2\r\n\r\n[]";
        assert_eq!(frames(&format!("{array}{good}")), [bad, good.clone()]);
        let odd = good.replace("Content-Length", "Content-Type: x\r\ncontent-length");
        assert_eq!(frames(&odd), std::slice::from_ref(&good));
        assert_eq!(frames(&good[..good.len() - 3]), Vec::<String>::new());
    }

    #[test]
    fn after_a_wrong_length_the_next_header_is_found() {
        let good = String::from_utf8(framed(br#"{"jsonrpc":"2.0","method":"x"}"#)).expect("text");
        let bad = String::from_utf8(malformed().bytes).expect("text");
        let short = good.replace("30", "29");
        assert_eq!(frames(&format!("{short}{good}{good}")), [bad.clone(), good.clone(), good.clone()]);
        let long = good.replace("30", "40");
        assert_eq!(frames(&format!("{long}{good}{good}")).last(), Some(&good));
    }

    #[test]
    fn what_can_be_mended_is() {
        let mend = |text: &str| mended(text.as_bytes()).map(|text| String::from_utf8(text).expect("text"));
        for (text, expected) in [
            (r#""\ud83c\udfb2""#, None),
            (r#""\ud83c""#, Some(r#""\ufffd""#)),
            (r#""\udfb2\ud83c""#, Some(r#""\ufffd\ufffd""#)),
            (r#""\uD83Cx\\ud83c\n\\""#, Some(r#""\ufffdx\\ud83c\n\\""#)),
            (r#""\ud83c\ud83c\udfb2""#, Some(r#""\ufffd\ud83c\udfb2""#)),
            (r#""\u🎲\"#, None),
        ] {
            assert_eq!(mend(text).as_deref(), expected, "{text}");
        }
        assert_eq!(mended(b"\"\xed\xa0\x80\"").as_deref(), Some("\"\u{fffd}\u{fffd}\u{fffd}\"".as_bytes()));
    }
}
