//! Finds the lines in what was read of a pipe.

use bytes::{Bytes, BytesMut};
use memchr::memchr;

use super::fault::{Fault, Problem};
use super::worker_message::WorkerMessage;

/// The most bytes that are asked for at a time: as many as a pipe of Linux holds.
const READ_BYTES: usize = 64 * 1024;

/// Splits what a worker writes into lines, however it was cut by reading.
#[derive(Debug)]
pub struct Lines {
    max_line_bytes: usize,
    unread: BytesMut,
    /// How much of that is known to hold no line break.
    searched: usize,
    /// Whether the line that goes on was too long already, and is left out.
    is_discarding: bool,
}

impl Lines {
    /// No line was read yet; each may have up to `max_line_bytes`, its line break left out.
    pub fn new(max_line_bytes: usize) -> Self {
        Lines { max_line_bytes, unread: BytesMut::new(), searched: 0, is_discarding: false }
    }

    /// Where to put what is read next, behind what is there.
    pub fn buffer(&mut self) -> &mut BytesMut {
        // Without this a buffer with one byte of room would be filled by one read of one byte.
        self.unread.reserve(READ_BYTES);
        &mut self.unread
    }

    /// Whether a line has begun and not ended.
    pub fn is_within_line(&self) -> bool {
        self.is_discarding || !self.unread.is_empty()
    }

    /// What the next complete line says; nothing if more has to be read first. Lines of whitespace alone are left out.
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

    /// The next complete line, without its line break. Of a line that is too long, each `max_line_bytes` are a fault
    /// of their own: a worker that writes for ever does not get by with one.
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

    /// Gives up what has come in of a line that is too long.
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
