//! The head of a request as it crosses: a JSON array of strings in Latin-1, as Node reads header bytes.
//!
//! `lib/context.js` parses it on first use. Parsed strings are copies: one that a handler keeps does not keep the heads of
//! the whole batch alive, as a substring would.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};

use memchr::memchr3;

use crate::dispatch::Head;

/// Writes the request id, method, target, remote address and port, local address and port, HTTP version, and then the
/// names and values of headers.
pub(super) fn write_head(into: &mut Vec<u8>, head: &Head) {
    into.extend_from_slice(b"[\"");
    // Request ids, methods and header names hold nothing that needs an escape.
    into.extend_from_slice(head.request_id.as_bytes());
    next(into, head.parts.method.as_str());
    into.extend_from_slice(b"\",\"");
    escape(into, head.target().as_bytes());
    let version = if head.parts.version == http::Version::HTTP_10 { "1.0" } else { "1.1" };
    write_end(into, head.ends.remote);
    write_end(into, head.ends.local);
    next(into, version);
    for (name, value) in head.headers() {
        next(into, name.as_str());
        into.extend_from_slice(b"\",\"");
        escape(into, value.as_bytes());
    }
    into.extend_from_slice(b"\"]");
}

/// Ends a string, and writes another that needs no escapes.
fn next(into: &mut Vec<u8>, text: &str) {
    into.extend_from_slice(b"\",\"");
    into.extend_from_slice(text.as_bytes());
}

/// Ends a string, and writes an address and a port. The formatting of the standard library costs more than the rest of
/// the head.
fn write_end(into: &mut Vec<u8>, end: SocketAddr) {
    match end.ip() {
        IpAddr::V4(ip) => {
            let mut separator = "\",\"";
            for octet in ip.octets() {
                into.extend_from_slice(separator.as_bytes());
                into.extend_from_slice(itoa::Buffer::new().format(octet).as_bytes());
                separator = ".";
            }
        }
        IpAddr::V6(ip) => write!(into, "\",\"{ip}").expect("a Vec takes all that is written"),
    }
    next(into, itoa::Buffer::new().format(end.port()));
}

/// Writes a part of a head into a JSON string. A tab is the only control character that a head can contain.
fn escape(into: &mut Vec<u8>, mut bytes: &[u8]) {
    while let Some(at) = memchr3(b'"', b'\\', b'\t', bytes) {
        into.extend_from_slice(&bytes[..at]);
        into.push(b'\\');
        into.push(if bytes[at] == b'\t' { b't' } else { bytes[at] });
        bytes = &bytes[at + 1..];
    }
    into.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Request};

    use super::*;
    use crate::dispatch::Ends;

    fn written(request: Request<()>) -> String {
        let (parts, ()) = request.into_parts();
        let request_id = HeaderValue::from_static("id");
        let ends = Ends { remote: ([127, 0, 0, 1], 9).into(), local: ([127, 0, 0, 2], 80).into() };
        let mut bytes = Vec::new();
        write_head(&mut bytes, &Head { parts, request_id, ends });
        bytes.into_iter().map(char::from).collect()
    }

    #[test]
    fn what_json_escapes_is_escaped_and_what_is_no_ascii_is_latin_1() {
        let value = HeaderValue::from_bytes(b"a\"b\\c\td\xe9").unwrap();
        let request = Request::post("/a\"b?c=\\").header("x-a", value).header("x-b", "").body(()).unwrap();
        let written = written(request);
        let head: Vec<String> = serde_json::from_str(&written).unwrap();
        let expected = [
            "id",
            "POST",
            "/a\"b?c=\\",
            "127.0.0.1",
            "9",
            "127.0.0.2",
            "80",
            "1.1",
            "x-a",
            "a\"b\\c\td\u{e9}",
            "x-b",
            "",
        ];
        assert_eq!(head, expected);
    }

    #[test]
    fn addresses_are_written_as_the_standard_library_does() {
        for text in
            ["0.0.0.0:0", "255.10.9.100:65535", "[::1]:80", "[::ffff:127.0.0.1]:8080", "[2001:db8::7]:1"]
        {
            let end: SocketAddr = text.parse().unwrap();
            let mut bytes = b"[\"".to_vec();
            write_end(&mut bytes, end);
            bytes.extend_from_slice(b"\"]");
            let fields: [String; 3] = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(fields, ["".to_owned(), end.ip().to_string(), end.port().to_string()]);
        }
    }

    #[test]
    fn a_target_in_absolute_form_is_written_whole() {
        let request = Request::get("http://host/path").body(()).unwrap();
        assert!(written(request).starts_with(r#"["id","GET","http://host/path","#));
    }
}
