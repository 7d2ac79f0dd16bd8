//! Writes JSON texts as a single line.

use memchr::{memchr2, memchr3, memmem};

/// The line separators of Unicode, with their escapes. Node's readline splits at U+2028 and U+2029, other readers also
/// at U+0085. In JSON they occur only in strings.
const SEPARATORS: [(&[u8], &[u8]); 3] =
    [(b"\xc2\x85", b"\\u0085"), (b"\xe2\x80\xa8", b"\\u2028"), (b"\xe2\x80\xa9", b"\\u2029")];

/// Appends a valid JSON text as a single line.
pub(super) fn append(text: &str, into: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let is_plain = memchr2(b'\n', b'\r', bytes).is_none()
        && (text.is_ascii() || SEPARATORS.iter().all(|(from, _)| memmem::find(bytes, from).is_none()));
    if is_plain {
        into.extend_from_slice(bytes);
    } else {
        append_replaced(bytes, into);
    }
}

/// Appends a text as a JSON string.
pub(super) fn append_string(text: &str, into: &mut Vec<u8>) {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
    if is_plain {
        into.push(b'"');
        into.extend_from_slice(text.as_bytes());
        into.push(b'"');
    } else {
        append(&serde_json::Value::from(text).to_string(), into);
    }
}

fn append_replaced(mut bytes: &[u8], into: &mut Vec<u8>) {
    while let Some(at) = next_suspect(bytes) {
        into.extend_from_slice(&bytes[..at]);
        bytes = &bytes[at..];
        let separator = SEPARATORS.iter().find(|(from, _)| bytes.starts_with(from));
        let (read, written): (usize, &[u8]) = match (separator, bytes[0]) {
            (Some((from, to)), _) => (from.len(), to),
            // White space between tokens, since strings do not contain line breaks.
            (None, b'\n' | b'\r') => (1, b" "),
            (None, _) => (1, &bytes[..1]),
        };
        into.extend_from_slice(written);
        bytes = &bytes[read..];
    }
    into.extend_from_slice(bytes);
}

/// The next byte that may begin a line separator.
fn next_suspect(bytes: &[u8]) -> Option<usize> {
    let first = memchr3(b'\n', b'\r', b'\xe2', bytes);
    let before = &bytes[..first.unwrap_or(bytes.len())];
    memchr::memchr(b'\xc2', before).or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(text: &str) -> String {
        let mut into = Vec::new();
        append(text, &mut into);
        String::from_utf8(into).unwrap()
    }

    #[test]
    fn a_text_stays_in_one_line_and_keeps_its_value() {
        for text in [
            "{\n  \"a\": 1,\r\n\t\"b\": [\r2]\n}",
            "\"\u{2028}a\u{2029}\u{85}\"",
            "\"é\u{2028}\u{20ac}\u{a0}\u{2027}\"",
            "{\"\u{2029}\":\n\"\u{85}\u{85}\"}",
            "[\"\\n\\r\\u2028\",\"日本語\"]",
            "7",
        ] {
            let line = appended(text);
            let breaks = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
            assert!(!line.contains(breaks), "{text:?}");
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(value(&line), value(text), "{text:?}");
        }
    }

    #[test]
    fn what_breaks_no_line_is_copied_as_it_is() {
        for text in ["{\"a\" :\t[1.0e5, \"\\u2028\"]}", "\"é\u{20ac}\u{a0}日本語😀\"", ""] {
            assert_eq!(appended(text), text);
        }
    }

    #[test]
    fn a_string_is_escaped() {
        for text in ["app.tasks.add", "", "a\"b\\c", "new\nline", "\u{0}\u{7f}\u{2028}", "é😀"] {
            let mut into = Vec::new();
            append_string(text, &mut into);
            assert_eq!(serde_json::from_slice::<String>(&into).unwrap(), text);
            assert!(!into.contains(&b'\n') && memmem::find(&into, "\u{2028}".as_bytes()).is_none());
        }
    }
}
