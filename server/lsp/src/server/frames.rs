//! Standard input, frame by frame. A frame that is no JSON-RPC message is answered, not fatal.
//!
//! The framework ends the session at the first frame it cannot decode. So frames are checked before they
//! reach it, and a bad one is replaced by a call of [`MALFORMED`], which answers with a parse error.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::IgnoredAny;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::mpsc;

/// The method that stands for a frame that could not be read.
pub(super) const MALFORMED: &str = "unitls/malformed";

/// A message that claims to be longer than this is taken for a broken header.
const MOST_BYTES: usize = 1 << 30;

/// Standard input, cleaned of broken frames.
pub(super) fn stdin() -> impl AsyncRead + Unpin {
    let (sender, receiver) = mpsc::channel(64);
    // A thread of its own: reading a pipe blocks, and the runtime's thread must not.
    std::thread::spawn(move || {
        let mut input = BufReader::new(io::stdin().lock());
        while let Some(frame) = next_frame(&mut input) {
            if sender.blocking_send(frame).is_err() {
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

/// The next frame, header and all; `None` at the end of input.
fn next_frame(input: &mut impl BufRead) -> Option<Vec<u8>> {
    match header(input).ok()? {
        Header::End => None,
        Header::Broken => Some(malformed()),
        Header::Length(length) => {
            let mut body = Vec::with_capacity(length.min(1 << 20));
            let read = input.take(length as u64).read_to_end(&mut body).ok()?;
            if read < length {
                return None;
            }
            Some(match is_message(&body) {
                true => framed(&body),
                false => malformed(),
            })
        }
    }
}

enum Header {
    Length(usize),
    Broken,
    End,
}

/// Reads header lines up to the empty one. Lines that are no header are skipped and reported once.
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
        let text = std::str::from_utf8(line).ok().and_then(|line| line.split_once(':'));
        match text {
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

/// Whether the body is a JSON object that speaks JSON-RPC 2.0.
fn is_message(body: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Message {
        jsonrpc: String,
        #[serde(default)]
        method: Option<String>,
        #[serde(default)]
        id: Option<IgnoredAny>,
    }
    serde_json::from_slice::<Message>(body)
        .is_ok_and(|message| message.jsonrpc == "2.0" && (message.method.is_some() || message.id.is_some()))
}

fn malformed() -> Vec<u8> {
    framed(format!(r#"{{"jsonrpc":"2.0","id":null,"method":"{MALFORMED}"}}"#).as_bytes())
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
        frames.map(|frame| String::from_utf8(frame).expect("frames of text are text")).collect()
    }

    #[test]
    fn good_frames_pass_and_bad_ones_are_replaced() {
        let good = String::from_utf8(framed(br#"{"jsonrpc":"2.0","method":"x"}"#)).expect("text");
        let bad = String::from_utf8(malformed()).expect("text");
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
        assert_eq!(frames(&odd), [good.clone()]);
        assert_eq!(frames(&good[..good.len() - 3]), Vec::<String>::new());
    }
}
