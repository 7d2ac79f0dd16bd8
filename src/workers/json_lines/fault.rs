//! What a worker does that the protocol does not provide for.

use super::MessageId;
use super::worker_message::id_of;

/// How much of a line a log shows.
const EXCERPT_CHARS: usize = 100;

/// How much of a line that is too long is searched for its id, which most workers write first.
const ID_SEARCH_BYTES: usize = 1024;

/// A line that is no message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Fault {
    /// The call that the line is about, as far as it says so.
    pub id: Option<MessageId>,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The line is over its limit.
    #[error("received a line over {max_line_bytes} bytes, expected a message within them")]
    TooLong {
        /// The limit.
        max_line_bytes: usize,
    },
    /// The line is no UTF-8.
    #[error("received bytes that are no UTF-8, beginning with {excerpt:?}")]
    NotUtf8 {
        /// Its beginning.
        excerpt: String,
    },
    /// The line is no JSON object.
    #[error(
        "received {excerpt:?}, expected a JSON object a line: stdout carries the protocol, \
         everything else belongs on stderr ({reason})"
    )]
    NotAnObject {
        /// Its beginning.
        excerpt: String,
        /// What the parser says.
        reason: String,
    },
    /// The line is an object, and no message.
    #[error("received {received}, expected {expected}")]
    Invalid {
        /// The part that is wrong.
        received: String,
        /// What should stand there.
        expected: &'static str,
    },
}

impl Fault {
    /// A line that is over its limit, of which a part is there.
    pub(super) fn too_long(part: &[u8], max_line_bytes: usize) -> Self {
        let start = &part[..part.len().min(ID_SEARCH_BYTES)];
        Fault { id: id_of(&lossy(start)), problem: Problem::TooLong { max_line_bytes } }
    }

    pub(super) fn not_utf8(line: &[u8]) -> Self {
        Fault { id: id_of(&lossy(line)), problem: Problem::NotUtf8 { excerpt: excerpt(&lossy(line)) } }
    }

    pub(super) fn invalid(id: Option<MessageId>, received: &str, expected: &'static str) -> Self {
        Fault { id, problem: Problem::Invalid { received: excerpt(received), expected } }
    }
}

/// The beginning of a text.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn lossy(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
