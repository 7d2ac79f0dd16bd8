//! Turns what a process writes to stderr into log lines.

use std::time::{Duration, Instant};

use bytes::BytesMut;
use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::{Observer, ProcessEvent};

/// The longest line that is logged. Longer ones are cut.
const MAX_LINE_BYTES: usize = 4096;

/// The most lines that are logged within [`WINDOW`]. Of others, only the number is logged.
const MAX_LINES: usize = 100;

const WINDOW: Duration = Duration::from_secs(1);

/// Reads stderr to its end, without ever making the process wait.
pub(super) async fn read(mut stderr: impl AsyncRead + Unpin, observe: Observer) {
    let mut lines = StderrLines::default();
    let mut buffer = BytesMut::with_capacity(MAX_LINE_BYTES);
    while let Ok(1..) = stderr.read_buf(&mut buffer).await {
        lines.add(&buffer, Instant::now(), &mut |line| observe(ProcessEvent::Stderr(line)));
        buffer.clear();
    }
    lines.end(&mut |line| observe(ProcessEvent::Stderr(line)));
}

/// Cuts stderr into lines of bounded length and number.
#[derive(Default)]
struct StderrLines {
    line: Vec<u8>,
    is_cut: bool,
    window: Option<Instant>,
    lines: usize,
    dropped: usize,
}

impl StderrLines {
    fn add(&mut self, mut bytes: &[u8], now: Instant, log: &mut dyn FnMut(String)) {
        if self.window.is_none_or(|start| now.duration_since(start) >= WINDOW) {
            self.window = Some(now);
            self.lines = 0;
            self.tell_dropped(log);
        }
        while let Some(at) = memchr(b'\n', bytes) {
            self.append(&bytes[..at]);
            self.end_line(log);
            bytes = &bytes[at + 1..];
        }
        self.append(bytes);
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = MAX_LINE_BYTES - self.line.len();
        self.is_cut |= bytes.len() > room;
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self, log: &mut dyn FnMut(String)) {
        let line = String::from_utf8_lossy(&self.line).trim_end().to_owned();
        let is_cut = std::mem::take(&mut self.is_cut);
        self.line.clear();
        if line.is_empty() {
            return;
        }
        if self.lines == MAX_LINES {
            self.dropped += 1;
            return;
        }
        self.lines += 1;
        log(if is_cut { line + "…" } else { line });
    }

    fn end(&mut self, log: &mut dyn FnMut(String)) {
        self.end_line(log);
        self.tell_dropped(log);
    }

    fn tell_dropped(&mut self, log: &mut dyn FnMut(String)) {
        let dropped = std::mem::take(&mut self.dropped);
        if dropped > 0 {
            log(format!("({dropped} more lines were left out: at most {MAX_LINES} a second are logged)"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(add: impl FnOnce(&mut StderrLines, &mut dyn FnMut(String))) -> Vec<String> {
        let mut logged = Vec::new();
        let mut lines = StderrLines::default();
        let mut log = |line| logged.push(line);
        add(&mut lines, &mut log);
        lines.end(&mut log);
        logged
    }

    #[test]
    fn lines_come_whole_however_they_were_read_and_blank_ones_are_left_out() {
        let now = Instant::now();
        let logged = logged(|lines, log| {
            for piece in ["on", "e\r\n\ntw\u{e9}\n", "  ", "\nlast"] {
                lines.add(piece.as_bytes(), now, log);
            }
        });
        assert_eq!(logged, ["one", "twé", "last"]);
    }

    #[test]
    fn a_long_line_is_cut_and_costs_no_memory() {
        let now = Instant::now();
        let logged = logged(|lines, log| {
            for _ in 0..100 {
                lines.add(&[b'x'; 1000], now, log);
                assert!(lines.line.len() <= MAX_LINE_BYTES);
            }
            lines.add(b"\nnext\n", now, log);
        });
        assert_eq!(logged, [format!("{}…", "x".repeat(MAX_LINE_BYTES)), "next".to_owned()]);
    }

    #[test]
    fn of_too_many_lines_the_number_is_logged() {
        let now = Instant::now();
        let logged = logged(|lines, log| {
            lines.add("line\n".repeat(MAX_LINES + 7).as_bytes(), now, log);
            lines.add(b"later\n", now + WINDOW, log);
        });
        assert_eq!(logged.len(), MAX_LINES + 2);
        assert!(logged[MAX_LINES].starts_with("(7 more lines were left out"), "{}", logged[MAX_LINES]);
        assert_eq!(logged[MAX_LINES + 1], "later");
    }
}
