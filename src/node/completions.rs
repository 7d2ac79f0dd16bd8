//! Completions as they cross: words in one array, all texts in one string. `lib/completions.js` writes them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use napi::Result;
use serde::Deserialize;

use super::handles::Handles;
use super::text::{Text, TextSlicer};
use super::wire::{self, COMPLETION_WORDS, completion};
use crate::dispatch::{self, InvalidInput, Key, Outcome, RawResponse, StreamingResponse};
use crate::hooks::Decision;

/// What came back: what calls came to, and what hooks decided.
#[derive(Default)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(super) struct Completed {
    pub(super) outcomes: dispatch::Completed,
    pub(super) decisions: dispatch::Completed<Decision>,
}

impl Completed {
    /// Adds the failure of a call, or of a question to a hook.
    pub(super) fn add_failed(&mut self, key: Key) {
        if key.is_hook {
            self.decisions.add(key, Decision::Failed);
        } else {
            self.outcomes.add(key, Outcome::Failed);
        }
    }
}

/// Decodes outcomes. Lengths in `words` are in UTF-16 units of the text.
///
/// # Errors
/// The lengths do not add up to that of the text, so that nothing can be decoded.
pub(super) fn read(words: &[u32], text: Text, handles: &mut Handles) -> Result<Completed> {
    let length: usize =
        words.chunks_exact(COMPLETION_WORDS).map(|words| words[COMPLETION_WORDS - 1] as usize).sum();
    let mut completed = Completed::default();
    let mut texts = TextSlicer::new(text, length)?;
    for completion in words.chunks_exact(COMPLETION_WORDS) {
        let &[kind, slot, generation, detail, length] = completion else { continue };
        let text = texts.next(length as usize);
        let key = wire::unpack(slot, generation);
        if key.is_hook {
            completed.decisions.add(key, decision(kind, detail, text, handles));
        } else {
            completed.outcomes.add(key, outcome(kind, detail, text, handles));
        }
    }
    Ok(completed)
}

fn outcome(kind: u32, detail: u32, text: Bytes, handles: &mut Handles) -> Outcome {
    match kind {
        completion::RESULT => Outcome::Result(text),
        completion::DONE => Outcome::Done,
        completion::ERROR => Outcome::Error(status(detail), text),
        completion::INVALID_INPUT => Outcome::InvalidInput(invalid_input(detail)),
        completion::HANDLER_REMOVED => Outcome::HandlerRemoved,
        completion::STREAMING_RESPONSE => streaming_response(detail, &text, handles),
        completion::DOCUMENT => Outcome::Document(status(detail), text),
        completion::RAW_RESPONSE => {
            raw_response(detail, &text, handles).map_or(Outcome::Failed, Outcome::RawResponse)
        }
        completion::FAILED => Outcome::Failed,
        _ => unreachable!("lib/call.js writes no other kind"),
    }
}

fn decision(kind: u32, detail: u32, text: Bytes, handles: &mut Handles) -> Decision {
    match kind {
        completion::VERDICT => Decision::Verdict(detail == 1),
        completion::ORIGIN => Decision::Origin((!text.is_empty()).then_some(text)),
        completion::DONE => Decision::Refreshed,
        completion::RAW_RESPONSE => {
            raw_response(detail, &text, handles).map_or(Decision::Failed, Decision::Response)
        }
        completion::FAILED => Decision::Failed,
        _ => unreachable!("lib/bridge.js writes no other kind"),
    }
}

/// Fails the calls of all completions, so that none waits for ever.
pub(super) fn fail(words: &[u32]) -> Completed {
    let mut completed = Completed::default();
    for completion in words.chunks_exact(COMPLETION_WORDS) {
        let &[_, slot, generation, ..] = completion else { continue };
        completed.add_failed(wire::unpack(slot, generation));
    }
    completed
}

/// The text of a completion whose response has a stream as its body.
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
    fn response(text: &[u8], code: u32, handles: &mut Handles) -> Option<(Self, StreamingResponse)> {
        let mut head: Self = serde_json::from_slice(text).ok()?;
        let body = handles.take_reader(head.stream)?;
        let mut headers = HeaderMap::new();
        for (name, value) in head.headers.drain(..) {
            let value = HeaderValue::try_from(latin1(&value)?).ok()?;
            headers.try_append(HeaderName::try_from(name).ok()?, value).ok()?;
        }
        Some((head, StreamingResponse { status: status(code), headers, body }))
    }
}

/// The text of a head as Latin-1; `None` for other characters.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

fn streaming_response(code: u32, text: &[u8], handles: &mut Handles) -> Outcome {
    StreamHead::response(text, code, handles)
        .map_or(Outcome::Failed, |(_, response)| Outcome::StreamingResponse(Box::new(response)))
}

fn raw_response(code: u32, text: &[u8], handles: &mut Handles) -> Option<Box<RawResponse>> {
    let (head, response) = StreamHead::response(text, code, handles)?;
    let reason = latin1(&head.reason).unwrap_or_default().into();
    let StreamHead { decorate, close, .. } = head;
    Some(Box::new(RawResponse { response, reason, decorate, close }))
}

fn invalid_input(detail: u32) -> InvalidInput {
    match detail {
        wire::invalid_input::JSON => InvalidInput::Json,
        wire::invalid_input::MANIFEST => InvalidInput::Manifest,
        wire::invalid_input::NO_MANIFEST => InvalidInput::NoManifest,
        wire::invalid_input::TOO_MANY_FILES => InvalidInput::TooManyFiles,
        wire::invalid_input::PARALLEL_RETURN => InvalidInput::ParallelReturn,
        _ => unreachable!("lib/wire.js has no other reason"),
    }
}

fn status(code: u32) -> StatusCode {
    u16::try_from(code)
        .ok()
        .and_then(|code| StatusCode::from_u16(code).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::dispatch::Ticket;

    fn text(text: &str) -> Text {
        if text.is_ascii() {
            Text::Ascii(Bytes::copy_from_slice(text.as_bytes()))
        } else {
            Text::Utf16(text.encode_utf16().collect())
        }
    }

    #[test]
    fn completions_are_sorted_by_thread_and_cut_by_utf_16_units() {
        let words = [
            [completion::RESULT, 1, 10, 0, 3],
            [completion::ERROR, 2 << 24 | 2, 20, 404, 4],
            [completion::DONE, 3, 30, 0, 0],
            [completion::VERDICT, 1 << 24 | 4, 40, 1, 0],
            [completion::ORIGIN, 3 << 24 | 5, 50, 0, 0],
        ];
        let completed =
            read(words.as_flattened(), text("\"é\"\"😀\""), &mut Handles::new(Arc::default())).unwrap();
        let ticket = |slot, generation| Ticket { slot, generation };
        let mut expected = Completed::default();
        let outcomes = &mut expected.outcomes;
        outcomes.add(Key::of_call(0, ticket(1, 10)), Outcome::Result("\"é\"".into()));
        outcomes.add(Key::of_call(1, ticket(2, 20)), Outcome::Error(StatusCode::NOT_FOUND, "\"😀\"".into()));
        outcomes.add(Key::of_call(0, ticket(3, 30)), Outcome::Done);
        expected.decisions.add(Key::of_hook(0, ticket(4, 40)), Decision::Verdict(true));
        expected.decisions.add(Key::of_hook(1, ticket(5, 50)), Decision::Origin(None));
        assert_eq!(completed, expected);
    }

    #[test]
    fn lengths_that_do_not_add_up_fail_all_and_cross_no_texts() {
        for length in [1, 3] {
            let words = [[completion::RESULT, 1, 1, 0, length], [completion::RESULT, 2 << 24, 2, 0, 2]];
            let words = words.as_flattened();
            assert!(read(words, text("1234"), &mut Handles::new(Arc::default())).is_err());
            let ticket = |slot, generation| Ticket { slot, generation };
            let mut all = Completed::default();
            all.add_failed(Key::of_call(0, ticket(1, 1)));
            all.add_failed(Key::of_call(1, ticket(0, 2)));
            assert_eq!(fail(words), all);
        }
    }

    #[test]
    fn a_status_that_is_none_is_a_500() {
        for code in [0, 99, 1000, 70_000] {
            assert_eq!(status(code), StatusCode::INTERNAL_SERVER_ERROR, "{code}");
        }
    }
}
