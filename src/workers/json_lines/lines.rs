//! Splits the output of a worker into lines.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::fault::{Fault, Problem};
use super::worker_message::WorkerMessage;

/// The most bytes of a read: the capacity of a pipe on Linux.
const READ_BYTES: usize = 64 * 1024;

/// Splits bytes that arrive in pieces into lines.
#[derive(Debug)]
pub struct Lines {
    max_line_bytes: usize,
    unread: BytesMut,
    /// How many of the unread bytes are known to contain no line break.
    searched: usize,
    /// Whether the current line is too long, so that the rest of it is discarded.
    is_discarding: bool,
}

impl Lines {
    /// Accepts lines of up to `max_line_bytes`, without their line breaks.
    pub fn new(max_line_bytes: usize) -> Self {
        Lines { max_line_bytes, unread: BytesMut::new(), searched: 0, is_discarding: false }
    }

    /// The buffer to which the next read appends.
    pub fn buffer(&mut self) -> &mut BytesMut {
        // Otherwise a buffer with one free byte would be filled by a read of one byte.
        self.unread.reserve(READ_BYTES);
        &mut self.unread
    }

    /// Whether a line has begun but not ended.
    pub fn is_within_line(&self) -> bool {
        self.is_discarding || !self.unread.is_empty()
    }

    /// The message of the next complete line; `None` if more has to be read first. Skips lines of whitespace.
    pub fn next_message(&mut self) -> Option<Result<WorkerMessage, Fault>> {
        loop {
            let line = match self.next_line()? {
                Ok(line) => line,
                Err(fault) => return Some(Err(fault)),
            };
            if !line.trim_ascii().is_empty() {
                return Some(WorkerMessage::read(&line));
            }
        }
    }

    /// The next complete line, without its line break. An overlong line is one fault per `max_line_bytes`, so that a
    /// worker that writes without line breaks causes more than one.
    fn next_line(&mut self) -> Option<Result<Bytes, Fault>> {
        loop {
            let Some(at) = memchr(b'\n', &self.unread[self.searched..]) else {
                self.searched = self.unread.len();
                return self.too_long();
            };
            let end = self.searched + at;
            self.searched = 0;
            let mut line = self.unread.split_to(end + 1);
            line.truncate(end);
            if !std::mem::take(&mut self.is_discarding) {
                return Some(if line.len() > self.max_line_bytes {
                    Err(Fault::too_long(&line, self.max_line_bytes))
                } else {
                    Ok(line.freeze())
                });
            }
        }
    }

    /// Discards the bytes of an overlong line.
    fn too_long(&mut self) -> Option<Result<Bytes, Fault>> {
        if self.unread.len() <= self.max_line_bytes {
            return None;
        }
        let fault = if self.is_discarding {
            Fault { id: None, problem: Problem::TooLong { max_line_bytes: self.max_line_bytes } }
        } else {
            Fault::too_long(&self.unread, self.max_line_bytes)
        };
        self.is_discarding = true;
        self.unread.clear();
        self.searched = 0;
        Some(Err(fault))
    }
}

#[cfg(test)]
mod tests;
