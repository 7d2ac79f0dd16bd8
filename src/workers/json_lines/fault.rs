//! Violations of the protocol by workers.

use super::MessageId;
use super::worker_message::id_of;

/// How much of a line a log shows.
const EXCERPT_CHARS: usize = 100;

/// How much of an overlong line is searched for its id, which most workers write first.
const ID_SEARCH_BYTES: usize = 1024;

/// A line that is not a message.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Fault {
    /// The id in the line, if there is one.
    pub id: Option<MessageId>,
    /// The problem.
    pub problem: Problem,
}

/// The problem of a line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The line is over its limit.
    #[error("received a line over {max_line_bytes} bytes, expected a message within them")]
    TooLong {
        /// The limit.
        max_line_bytes: usize,
    },
    /// The line is not UTF-8.
    #[error("received bytes that are not UTF-8, beginning with {excerpt:?}")]
    NotUtf8 {
        /// Its beginning.
        excerpt: String,
    },
    /// The line is not a JSON object.
    #[error(
        "received {excerpt:?}, expected a JSON object a line: stdout carries the protocol, \
         everything else belongs on stderr ({reason})"
    )]
    NotAnObject {
        /// Its beginning.
        excerpt: String,
        /// The message of the parser.
        reason: String,
    },
    /// The line is an object, but not a message.
    #[error("received {received}, expected {expected}")]
    Invalid {
        /// The invalid part.
        received: String,
        /// What was expected instead.
        expected: &'static str,
    },
}

impl Fault {
    /// The fault of a line over its limit, of which a part has been read.
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
