//! The framing in the head of a message.

use super::Part;

/// The framing in the head of the current message.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) is_http_1_1: bool,
    hosts: u8,
    length: Option<u64>,
    is_chunked: bool,
}

impl Head {
    /// Reads a header line. Returns false if it makes the end of the message, or its host, ambiguous.
    pub(super) fn header(&mut self, line: &[u8]) -> bool {
        match line[0].to_ascii_lowercase() {
            b'h' if value_of(line, b"host:").is_some() => {
                self.hosts = self.hosts.saturating_add(1);
                self.hosts == 1
            }
            b'c' => match value_of(line, b"content-length:") {
                Some(value) => self.length.is_none() && !self.is_chunked && self.set_length(value),
                None => true,
            },
            b't' => match value_of(line, b"transfer-encoding:") {
                Some(value) => {
                    let is_first = self.length.is_none() && !self.is_chunked;
                    self.is_chunked = true;
                    is_first && value.eq_ignore_ascii_case(b"chunked")
                }
                None => true,
            },
            _ => true,
        }
    }

    fn set_length(&mut self, value: &[u8]) -> bool {
        let is_number = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        self.length = is_number.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten();
        self.length.is_some()
    }

    /// The part after the empty line.
    pub(super) fn end(&self) -> Option<Part> {
        if self.is_http_1_1 && self.hosts == 0 {
            return None;
        }
        Some(match self.length {
            None if self.is_chunked => Part::ChunkSize { size: 0, digits: 0 },
            None | Some(0) => Part::Between,
            Some(length) => Part::Body(length),
        })
    }
}

/// The trimmed value of a header line, if it has this name.
fn value_of<'a>(line: &'a [u8], name_and_colon: &[u8]) -> Option<&'a [u8]> {
    let (name, value) = line.split_at_checked(name_and_colon.len())?;
    name.eq_ignore_ascii_case(name_and_colon).then(|| value.trim_ascii())
}
