//! Answers as they cross: numbers in one array, all texts in one string. `lib/wire.js` writes them.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use napi::{Env, JsString, JsValue, Result, check_status, sys};

use serde::Deserialize;

use super::batch::Key;
use super::streams::Streams;
use crate::dispatch::{Outcome, Streamed, Ticket, Unusable, WrittenAnswer};

/// Numbers per answer: kind, slot, generation, detail, length of text.
pub(super) const ANSWER_WORDS: usize = 5;

const RESULT: u32 = 0;
const DONE: u32 = 1;
const ERROR: u32 = 2;
const FAILED: u32 = 3;
const UNUSABLE: u32 = 4;
const GONE: u32 = 5;
const VERDICT: u32 = 6;
const ORIGIN: u32 = 7;
const STREAM: u32 = 8;
const WRITTEN: u32 = 9;
const DOCUMENT: u32 = 10;

/// Outcomes by I/O thread.
pub(super) type ByThread = BTreeMap<u32, Vec<(Ticket, Outcome)>>;

/// Takes the outcomes apart. Lengths in `words` are in UTF-16 units of the text.
pub(super) fn read(words: &[u32], text: Text, streams: &mut Streams) -> ByThread {
    let mut outcomes = ByThread::new();
    let mut texts = text.cut();
    for answer in words.chunks_exact(ANSWER_WORDS) {
        let &[kind, slot, generation, detail, length] = answer else { continue };
        let text = texts.next(length as usize);
        let outcome = match kind {
            RESULT => Outcome::Result(text),
            DONE => Outcome::Done,
            ERROR => Outcome::Error(status(detail), text),
            UNUSABLE => Outcome::Unusable(unusable(detail)),
            GONE => Outcome::Gone,
            VERDICT => Outcome::Verdict(detail == 1),
            ORIGIN => Outcome::Origin((!text.is_empty()).then_some(text)),
            STREAM => stream(detail, &text, streams),
            DOCUMENT => Outcome::Document(status(detail), text),
            WRITTEN => written(detail, &text, streams),
            FAILED => Outcome::Failed,
            _ => unreachable!("lib/wire.js writes no other kind"),
        };
        let key = Key::unpack(slot, generation);
        outcomes.entry(key.thread).or_default().push((key.ticket, outcome));
    }
    outcomes
}

/// The text of an answer whose body is a stream.
#[derive(Deserialize)]
struct StreamHead {
    /// The number of the stream.
    stream: u32,
    headers: Vec<(String, String)>,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    decorate: bool,
    #[serde(default)]
    close: bool,
}

impl StreamHead {
    fn answer(text: &[u8], code: u32, streams: &mut Streams) -> Option<(Self, Streamed)> {
        let mut head: Self = serde_json::from_slice(text).ok()?;
        let body = streams.take_reader(head.stream)?;
        let mut headers = HeaderMap::new();
        for (name, value) in head.headers.drain(..) {
            let value = HeaderValue::try_from(latin1(&value)?).ok()?;
            headers.try_append(HeaderName::try_from(name).ok()?, value).ok()?;
        }
        Some((head, Streamed { status: status(code), headers, body }))
    }
}

/// The characters of a head, which Node writes as bytes.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

fn stream(code: u32, text: &[u8], streams: &mut Streams) -> Outcome {
    StreamHead::answer(text, code, streams)
        .map_or(Outcome::Failed, |(_, answer)| Outcome::Stream(Box::new(answer)))
}

fn written(code: u32, text: &[u8], streams: &mut Streams) -> Outcome {
    StreamHead::answer(text, code, streams).map_or(Outcome::Failed, |(head, answer)| {
        let reason = latin1(&head.reason).unwrap_or_default().into();
        let StreamHead { decorate, close, .. } = head;
        Outcome::Written(Box::new(WrittenAnswer { answer, reason, decorate, close }))
    })
}

fn unusable(detail: u32) -> Unusable {
    match detail {
        0 => Unusable::Json,
        1 => Unusable::Manifest,
        2 => Unusable::NoManifest,
        3 => Unusable::TooManyFiles,
        4 => Unusable::ParallelReturn,
        _ => unreachable!("lib/wire.js writes no other reason"),
    }
}

fn status(code: u32) -> StatusCode {
    u16::try_from(code)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The texts of many answers, one behind the other.
pub(super) struct Text {
    bytes: Bytes,
    ascii: bool,
}

impl Text {
    /// Copies a string out of the engine. Most answers are ASCII and as long in bytes as in units: they
    /// are read into just that room. Whatever does not fit is read again: the engine writes no part of a
    /// character, so a text that needs more room may end short of it.
    pub(super) fn copy(env: &Env, string: &JsString<'_>, units: usize) -> Result<Self> {
        if units == 0 {
            return Ok(Text { bytes: Bytes::new(), ascii: true });
        }
        let bytes = read_utf8(env, string, units)?;
        if bytes.len() == units && bytes.is_ascii() {
            return Ok(Text { bytes: bytes.into(), ascii: true });
        }
        // No unit takes more than three bytes.
        let bytes = read_utf8(env, string, units * 3)?;
        Ok(Text { bytes: bytes.into(), ascii: false })
    }

    fn cut(self) -> Cut {
        Cut { rest: self.bytes, ascii: self.ascii }
    }
}

/// The string in UTF-8, as much of it as fits into `most` bytes.
fn read_utf8(env: &Env, string: &JsString<'_>, most: usize) -> Result<Vec<u8>> {
    // The engine ends the text with a zero.
    let mut bytes = Vec::<u8>::with_capacity(most + 1);
    let mut length = 0;
    // SAFETY: the buffer has room for `most + 1` bytes, which is what the engine is told; it says how many
    // it has written before the zero.
    unsafe {
        check_status!(sys::napi_get_value_string_utf8(
            env.raw(),
            string.raw(),
            bytes.as_mut_ptr().cast(),
            most + 1,
            &raw mut length,
        ))?;
        bytes.set_len(length);
    }
    Ok(bytes)
}

struct Cut {
    rest: Bytes,
    ascii: bool,
}

impl Cut {
    /// The next `units` UTF-16 units of the text.
    fn next(&mut self, units: usize) -> Bytes {
        let bytes = if self.ascii { units } else { bytes_of(&self.rest, units) };
        self.rest.split_to(bytes.min(self.rest.len()))
    }
}

/// How many bytes of UTF-8 the first `units` UTF-16 units take.
fn bytes_of(text: &[u8], units: usize) -> usize {
    let mut left = units;
    let mut at = 0;
    while left > 0 && at < text.len() {
        let (bytes, units) = match text[at] {
            0x00..=0x7f => (1, 1),
            0x80..=0xdf => (2, 1),
            0xe0..=0xef => (3, 1),
            0xf0..=0xff => (4, 2),
        };
        at += bytes;
        left = left.saturating_sub(units);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &'static str) -> Text {
        Text { bytes: Bytes::from_static(text.as_bytes()), ascii: text.is_ascii() }
    }

    #[test]
    fn answers_are_sorted_by_thread_and_cut_by_utf_16_units() {
        let words = [
            [RESULT, 1, 10, 0, 3],
            [ERROR, 1 << 24 | 2, 20, 404, 4],
            [DONE, 3, 30, 0, 0],
            [VERDICT, 4, 40, 1, 0],
            [ORIGIN, 5, 50, 0, 0],
        ];
        let outcomes = read(words.as_flattened(), text("\"é\"\"😀\""), &mut Streams::default());
        let ticket = |slot, generation| Ticket { slot, generation };
        let first = vec![
            (ticket(1, 10), Outcome::Result("\"é\"".into())),
            (ticket(3, 30), Outcome::Done),
            (ticket(4, 40), Outcome::Verdict(true)),
            (ticket(5, 50), Outcome::Origin(None)),
        ];
        let second = vec![(ticket(2, 20), Outcome::Error(StatusCode::NOT_FOUND, "\"😀\"".into()))];
        assert_eq!(outcomes, ByThread::from([(0, first), (1, second)]));
    }

    #[test]
    fn a_status_that_is_none_is_a_500() {
        for code in [0, 99, 1000, 70_000] {
            assert_eq!(status(code), StatusCode::INTERNAL_SERVER_ERROR, "{code}");
        }
    }
}
