//! Replaces request targets that hyper reads differently from Node.
//!
//! hyper's URI parser rejects targets that Node accepts (`/?q=<b>`, `http://`), changes others (it cuts `#…` off, and
//! `HTTP://h` becomes `http://h/`), and accepts some that Node rejects (`a:b`). hyper is shown a placeholder of the same
//! length instead, and the request gets its own target back once hyper has parsed it.

use std::collections::VecDeque;
use std::ops::Range;

use memchr::memchr;
use parking_lot::Mutex;

use crate::dispatch::Target;

/// The targets that were replaced in requests which hyper has not parsed yet.
#[derive(Debug, Default)]
pub(super) struct ReplacedTargets(Mutex<VecDeque<(u32, Target)>>);

impl ReplacedTargets {
    /// Adds the target of the request with this number. Requests are added in their order.
    pub(super) fn push(&self, request: u32, target: Target) {
        self.0.lock().push_back((request, target));
    }

    /// Removes the target of the request with this number, if it was replaced.
    pub(super) fn take(&self, request: u32) -> Option<Target> {
        let mut targets = self.0.lock();
        let (number, _) = targets.front()?;
        if *number != request {
            return None;
        }
        targets.pop_front().map(|(_, target)| target)
    }
}

/// Whether hyper and Node read the target of a request line alike, as nearly all: those without the characters that
/// they treat differently. `CONNECT` has its own syntax, and is never passed to a handler.
pub(super) fn is_plain(line: &[u8]) -> bool {
    let Some(space) = memchr(b' ', line) else { return true };
    let (method, rest) = (&line[..space], &line[space + 1..]);
    let has_special = rest.iter().fold(false, |has_special, &byte| has_special | is_special(byte));
    (rest.first() == Some(&b'/') && !has_special) || method == b"CONNECT"
}

/// Parses the target of a request line; `None` if Node rejects it.
pub(super) fn parse(line: &[u8]) -> Option<Target> {
    Target::parse(&line[range_in(line)?])
}

/// Overwrites the target with a placeholder in `piece`, the last bytes that were read of a request line. `line` is the
/// line up to there, as it was sent.
pub(super) fn replace(line: &[u8], piece: &mut [u8]) {
    let Some(target) = range_in(line) else { return };
    if line.starts_with(b"CONNECT ") {
        return;
    }
    let is_path = line.get(target.start) == Some(&b'/');
    let piece_start = line.len() - piece.len();
    for at in target.start.max(piece_start)..target.end {
        let byte = &mut piece[at - piece_start];
        if at == target.start {
            *byte = b'/';
        } else if !is_path || is_special(*byte) {
            *byte = b'_';
        }
    }
}

/// Where the target is in a request line, or in the beginning of one.
fn range_in(line: &[u8]) -> Option<Range<usize>> {
    let start = memchr(b' ', line)? + 1;
    let length = memchr(b' ', &line[start..]).unwrap_or(line.len() - start);
    Some(start..start + length)
}

/// Whether hyper rejects this byte in a path or query, ends the target there, or accepts it where Node does not.
/// Compares without branches, so that the compiler can compare many bytes at a time.
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'#') | (byte == b'<') | (byte == b'>') | (byte == b'`') | (byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECIAL: [&str; 9] =
        ["/a\"<b>`c#d?e", "/#", "*", "*/a", "http://h", "HTTP://h/a?b", "x://", "/é", "a:b"];

    /// The bytes that hyper gets of a request line that arrives in two reads.
    fn shown(line: &str, at: usize) -> String {
        let mut bytes = line.as_bytes().to_vec();
        replace(&line.as_bytes()[..at], &mut bytes[..at]);
        replace(line.as_bytes(), &mut bytes[at..]);
        String::from_utf8(bytes).expect("a placeholder is ASCII")
    }

    #[test]
    fn a_placeholder_is_a_path_of_the_same_length_wherever_the_reads_end() {
        for target in SPECIAL {
            let line = format!("GET {target} HTTP/1.1\r");
            let expected = shown(&line, 0);
            let path = expected.strip_prefix("GET ").and_then(|rest| rest.strip_suffix(" HTTP/1.1\r"));
            let path = path.unwrap_or_else(|| panic!("{expected:?} is a request line"));
            assert!(path.starts_with('/') && path.parse::<http::Uri>().is_ok_and(|uri| uri == path));
            assert!(!is_plain(line.as_bytes()) && is_plain(expected.as_bytes()), "{line:?}");
            for at in 1..=line.len() {
                assert_eq!(shown(&line, at), expected, "{line:?} at {at}");
            }
        }
    }

    #[test]
    fn a_target_that_hyper_reads_as_node_does_is_not_replaced() {
        for target in ["/", "/a?b=c", "//a//b", "/{a}|[b]^\\c?d='e'&f=?", "/%zz%"] {
            let line = format!("GET {target} HTTP/1.1\r");
            assert!(is_plain(line.as_bytes()), "{line:?}");
            assert!(target.parse::<http::Uri>().is_ok_and(|uri| uri == target), "{target:?}");
            for at in 0..=line.len() {
                assert_eq!(shown(&line, at), line);
            }
        }
    }

    #[test]
    fn connect_is_left_to_hyper() {
        let line = "CONNECT a:1 HTTP/1.1\r";
        assert!(is_plain(line.as_bytes()));
        assert_eq!(shown(line, 9), line);
    }

    #[test]
    fn a_target_is_given_back_once_and_to_its_own_request() {
        let targets = ReplacedTargets::default();
        let target = |text: &str| Target::parse(text.as_bytes()).expect("a target");
        targets.push(2, target("/#2"));
        targets.push(4, target("/#4"));
        let taken: Vec<_> = (1..=5).map(|request| targets.take(request)).collect();
        assert_eq!(taken, [None, Some(target("/#2")), None, Some(target("/#4")), None]);
        assert_eq!(targets.take(2), None);
    }
}
