//! Tracks where the messages of a connection begin and end, more strictly than hyper.
//!
//! If two parsers find different ends of a message, a client can smuggle a request past the first one. hyper accepts
//! some messages that a proxy may read differently (RFC 9112, 6.3 and 11.2): it drops a `content-length` beside a
//! `transfer-encoding`, merges repeated lengths, ends lines at a bare LF, and skips white space after the size of a chunk.
//! Messages that pass here are unambiguous; hyper checks everything else.

mod head;
mod known_head;

use std::sync::Arc;

use memchr::memchr;

use self::head::Head;
use self::known_head::KnownHead;
use super::target::{self, ReplacedTargets};

/// Follows the bytes of a connection from message to message.
#[derive(Debug, Default)]
pub(super) struct Framing {
    part: Part,
    messages: u32,
    /// The part of the current line from earlier reads.
    partial: Vec<u8>,
    head: Head,
    known_head: KnownHead,
    targets: Arc<ReplacedTargets>,
}

/// Which part of a message the next byte belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// Between messages, where line breaks are ignored.
    #[default]
    Between,
    RequestLine,
    Headers,
    /// A body of known length, with the number of bytes that remain.
    Body(u64),
    ChunkSize {
        size: u64,
        digits: u8,
    },
    ChunkExtension {
        size: u64,
        after_cr: bool,
    },
    ChunkData(u64),
    /// The line end after the data of a chunk, with the number of bytes that remain.
    ChunkEnd(u8),
    Trailers,
    /// After malformed bytes, where nothing is read any more.
    Malformed,
}

/// Not part of any message. Ends in an empty line, since hyper parses a head again only after one.
pub(super) const NOT_HTTP: &[u8] = b"\0\r\n\r\n";

/// The result of checking bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Checked {
    WellFormed,
    /// The byte at this index is malformed. hyper rejects the message if it gets the other byte in its place, followed
    /// by [`NOT_HTTP`].
    Malformed {
        at: usize,
        stand_in: u8,
    },
}

impl Framing {
    /// The framing of a connection after a number of complete messages.
    pub(super) fn after(messages: u32) -> Self {
        Framing { messages, ..Framing::default() }
    }

    /// The targets that were replaced in checked bytes.
    pub(super) fn targets(&self) -> Arc<ReplacedTargets> {
        Arc::clone(&self.targets)
    }

    /// Checks the next bytes of the connection. Replaces targets in them that hyper reads differently from Node.
    pub(super) fn check(&mut self, bytes: &mut [u8]) -> Checked {
        let mut at = 0;
        // The start of the current head, if all of it is in `bytes`.
        let mut head_at = None;
        while at < bytes.len() {
            let rest = &mut bytes[at..];
            if self.part == Part::Between
                && let Some((length, next)) = self.known_head.find(rest)
            {
                self.messages = self.messages.wrapping_add(1);
                self.part = next;
                at += length;
                continue;
            }
            match self.step(rest) {
                Ok(taken) => {
                    at += taken;
                    if self.part == Part::RequestLine {
                        head_at = Some(at);
                    } else if !self.is_within_head()
                        && let Some(head_at) = head_at.take()
                    {
                        // A head whose target was replaced is learned with the placeholder.
                        self.known_head.learn(&bytes[head_at..at], self.part);
                    }
                }
                Err(offset) => {
                    let stand_in = match self.part {
                        Part::ChunkExtension { after_cr: false, .. } => b'\n',
                        Part::Trailers => b'\r',
                        _ => 0,
                    };
                    self.part = Part::Malformed;
                    self.partial = Vec::new();
                    return Checked::Malformed { at: at + offset, stand_in };
                }
            }
        }
        Checked::WellFormed
    }

    /// The number of messages that have begun.
    pub(super) fn messages(&self) -> u32 {
        self.messages
    }

    /// The number of the incomplete message, counted from 1.
    pub(super) fn message(&self) -> Option<u32> {
        (self.part != Part::Between).then_some(self.messages)
    }

    /// Whether the head of the current message is incomplete.
    pub(super) fn is_within_head(&self) -> bool {
        matches!(self.part, Part::RequestLine | Part::Headers)
    }

    /// Whether malformed bytes were found.
    pub(super) fn is_malformed(&self) -> bool {
        self.part == Part::Malformed
    }

    /// Consumes at least one byte, and at most those of one part. Returns the index of a malformed byte as the error.
    fn step(&mut self, bytes: &mut [u8]) -> Result<usize, usize> {
        match self.part {
            Part::Between => {
                let breaks = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                if breaks < bytes.len() {
                    self.part = Part::RequestLine;
                    self.messages = self.messages.wrapping_add(1);
                    self.head = Head::default();
                }
                Ok(breaks)
            }
            Part::RequestLine => self.request_line(bytes),
            Part::Headers | Part::Trailers => self.line(bytes),
            Part::Body(left) => {
                let (taken, left) = skip(bytes, left);
                self.part = if left == 0 { Part::Between } else { Part::Body(left) };
                Ok(taken)
            }
            Part::ChunkSize { size, digits } => self.chunk_size(bytes[0], size, digits),
            Part::ChunkExtension { size, after_cr } => self.chunk_extension(bytes, size, after_cr),
            Part::ChunkData(left) => {
                let (taken, left) = skip(bytes, left);
                self.part = if left == 0 { Part::ChunkEnd(2) } else { Part::ChunkData(left) };
                Ok(taken)
            }
            Part::ChunkEnd(left) => {
                if bytes[0] != if left == 2 { b'\r' } else { b'\n' } {
                    return Err(0);
                }
                self.part =
                    if left == 2 { Part::ChunkEnd(1) } else { Part::ChunkSize { size: 0, digits: 0 } };
                Ok(1)
            }
            Part::Malformed => Err(0),
        }
    }

    fn request_line(&mut self, bytes: &mut [u8]) -> Result<usize, usize> {
        let Some(end) = memchr(b'\n', bytes) else {
            self.partial.extend_from_slice(bytes);
            target::replace(&self.partial, bytes);
            return Ok(bytes.len());
        };
        let piece = &mut bytes[..end];
        if self.partial.is_empty() && target::is_plain(piece) {
            self.part = next_part(self.part, &mut self.head, piece).ok_or(end)?;
            return Ok(end + 1);
        }
        let mut line = std::mem::take(&mut self.partial);
        line.extend_from_slice(piece);
        target::replace(&line, piece);
        self.part = next_part(self.part, &mut self.head, &line).ok_or(end)?;
        if !target::is_plain(&line) {
            self.targets.push(self.messages, target::parse(&line).ok_or(end)?);
        }
        Ok(end + 1)
    }

    fn line(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        let Some(end) = memchr(b'\n', bytes) else {
            self.partial.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        // Most heads arrive in one read, and are not copied.
        let next = if self.partial.is_empty() {
            next_part(self.part, &mut self.head, &bytes[..end])
        } else {
            let mut line = std::mem::take(&mut self.partial);
            line.extend_from_slice(&bytes[..end]);
            next_part(self.part, &mut self.head, &line)
        };
        self.part = next.ok_or(end)?;
        Ok(end + 1)
    }

    fn chunk_size(&mut self, byte: u8, size: u64, digits: u8) -> Result<usize, usize> {
        self.part = match (byte, char::from(byte).to_digit(16)) {
            // hyper also accepts at most sixteen digits.
            (_, Some(digit)) if size >> 60 == 0 => {
                Part::ChunkSize { size: size << 4 | u64::from(digit), digits: 1 }
            }
            (b';', None) if digits > 0 => Part::ChunkExtension { size, after_cr: false },
            (b'\r', None) if digits > 0 => Part::ChunkExtension { size, after_cr: true },
            _ => return Err(0),
        };
        Ok(1)
    }

    fn chunk_extension(&mut self, bytes: &[u8], size: u64, after_cr: bool) -> Result<usize, usize> {
        if after_cr {
            if bytes[0] != b'\n' {
                return Err(0);
            }
            self.part = if size == 0 { Part::Trailers } else { Part::ChunkData(size) };
            return Ok(1);
        }
        match bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            Some(at) if bytes[at] == b'\n' => Err(at),
            Some(at) => {
                self.part = Part::ChunkExtension { size, after_cr: true };
                Ok(at + 1)
            }
            None => Ok(bytes.len()),
        }
    }
}

fn skip(bytes: &[u8], left: u64) -> (usize, u64) {
    let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
    (taken, left - taken as u64)
}

/// The part after a line of `part`, which is given without its LF; `None` if the line is malformed.
fn next_part(part: Part, head: &mut Head, line: &[u8]) -> Option<Part> {
    let line = line.strip_suffix(b"\r")?;
    match part {
        Part::RequestLine => {
            head.is_http_1_1 = line.ends_with(b" HTTP/1.1");
            (head.is_http_1_1 || line.ends_with(b" HTTP/1.0")).then_some(Part::Headers)
        }
        Part::Headers if line.is_empty() => head.end(),
        Part::Headers => head.header(line).then_some(Part::Headers),
        _ => Some(if line.is_empty() { Part::Between } else { Part::Trailers }),
    }
}

#[cfg(test)]
mod tests;
