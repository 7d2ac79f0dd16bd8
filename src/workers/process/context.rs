//! The details of a request, for workers with the feature `context`.

use memchr::memmem;
use serde_json::{Map, Value};

// Indexes of the fields of a request head in a batch.
const REQUEST_ID: usize = 0;
const METHOD: usize = 1;
const PATH: usize = 2;
const REMOTE_ADDRESS: usize = 3;
const REMOTE_PORT: usize = 4;
const HEADERS: usize = 8;

/// The header of the request's id, which has a member of its own.
const REQUEST_ID_HEADER: &str = "x-runner-request-id";

/// Headers of which Node keeps the first value. `lib/context.js` has the same list.
const SINGLE: [&str; 18] = [
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "server",
    "user-agent",
];

/// The id of a request, and the JSON text of the rest of its head.
pub(super) struct RequestContext {
    pub(super) request_id: String,
    pub(super) json: String,
}

impl RequestContext {
    /// The id of a request, with which its head begins.
    pub(super) fn request_id(head: &[u8]) -> String {
        let end = memmem::find(head, b"\",\"").unwrap_or(head.len());
        // An id with an escaped quotation mark is cut there. Only ids that clients choose may contain one.
        head.get(2..end).unwrap_or_default().iter().copied().map(char::from).collect()
    }

    /// Reads the head of a request in a batch, a JSON array in Latin-1.
    pub(super) fn read(head: &[u8]) -> Option<Self> {
        let text: String = head.iter().copied().map(char::from).collect();
        let fields: Vec<String> = serde_json::from_str(&text).ok()?;
        let mut headers = Map::new();
        for pair in fields.get(HEADERS..)?.chunks_exact(2) {
            if pair[0] != REQUEST_ID_HEADER {
                add(&mut headers, &pair[0], &pair[1]);
            }
        }
        let mut context = Map::new();
        context.insert("method".to_owned(), fields[METHOD].as_str().into());
        context.insert("path".to_owned(), fields[PATH].as_str().into());
        context.insert("remoteAddress".to_owned(), fields[REMOTE_ADDRESS].as_str().into());
        context.insert("remotePort".to_owned(), fields[REMOTE_PORT].parse::<u16>().ok()?.into());
        context.insert("headers".to_owned(), headers.into());
        Some(RequestContext {
            request_id: fields[REQUEST_ID].clone(),
            json: Value::Object(context).to_string(),
        })
    }
}

/// Adds a header. If it is repeated, its first value is kept, or all values are joined.
fn add(headers: &mut Map<String, Value>, name: &str, value: &str) {
    match headers.get_mut(name) {
        None => {
            headers.insert(name.to_owned(), value.into());
        }
        Some(_) if SINGLE.contains(&name) => {}
        Some(Value::String(joined)) => {
            joined.push_str(if name == "cookie" { "; " } else { ", " });
            joined.push_str(value);
        }
        Some(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_becomes_an_object_with_headers_as_handlers_have_them() {
        let head = concat!(
            r#"["id1","POST","/a?b","127.0.0.1","9","127.0.0.2","80","1.1","host","x","host","y","#,
            r#""cookie","a=1","cookie","b=2","x-a","1","x-a","2","x-runner-request-id","forged","x-q","\""]"#
        );
        let RequestContext { request_id, json } = RequestContext::read(head.as_bytes()).unwrap();
        assert_eq!(request_id, "id1");
        let expected = serde_json::json!({
            "method": "POST", "path": "/a?b", "remoteAddress": "127.0.0.1", "remotePort": 9,
            "headers": { "host": "x", "cookie": "a=1; b=2", "x-a": "1, 2", "x-q": "\"" },
        });
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), expected);
    }

    #[test]
    fn bytes_of_headers_are_characters_of_latin_1() {
        let head = b"[\"\",\"POST\",\"/\",\"::1\",\"9\",\"::1\",\"80\",\"1.1\",\"x\",\"\xe9\"]";
        assert!(RequestContext::read(head).unwrap().json.contains("\"x\":\"é\""));
    }
}
