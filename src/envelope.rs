//! The only writer of response JSON: `{"ok":true,…}` and `{"ok":false,"error":…}`.

use bytes::Bytes;
use serde::Serialize;

use crate::error::RequestError;

/// Precedes a result, which [`RESULT_END`] follows.
pub const RESULT_START: &[u8] = br#"{"ok":true,"result":"#;
/// Follows a result.
pub const RESULT_END: &[u8] = b"}";
const DONE: &[u8] = br#"{"ok":true}"#;
const ERROR_START: &[u8] = br#"{"ok":false,"error":"#;

/// `{"ok":true}`.
pub fn done() -> Bytes {
    Bytes::from_static(DONE)
}

/// `{"ok":true,"result":…}` around a JSON text.
pub fn result(text: &[u8]) -> Bytes {
    wrap(RESULT_START, text)
}

/// `{"ok":false,"error":…}` around the JSON text of a typed application error.
pub fn application_error(text: &[u8]) -> Bytes {
    wrap(ERROR_START, text)
}

/// `{"ok":false,"error":{"message":…,"code":…}}`.
pub fn error(error: &RequestError) -> Bytes {
    #[derive(Serialize)]
    struct Public {
        message: String,
        code: &'static str,
    }
    let public = Public { message: error.to_string(), code: error.code() };
    application_error(&to_json(&public))
}

/// The ids that can be reached, as discovery lists them.
pub fn discovery(enabled: bool, tasks: &[String], events: &[String]) -> Bytes {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Discovery<'a> {
        allow_list: Reachable<'a>,
    }
    #[derive(Serialize)]
    struct Reachable<'a> {
        enabled: bool,
        tasks: &'a [String],
        events: &'a [String],
    }
    result(&to_json(&Discovery { allow_list: Reachable { enabled, tasks, events } }))
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings and booleans always serialize")
}

fn wrap(start: &[u8], text: &[u8]) -> Bytes {
    let mut body = Vec::with_capacity(start.len() + text.len() + RESULT_END.len());
    body.extend_from_slice(start);
    body.extend_from_slice(text);
    body.extend_from_slice(RESULT_END);
    Bytes::from(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_message_then_code() {
        let body = error(&RequestError::TaskNotFound { id: "a\"b".to_owned() });
        assert_eq!(body, r#"{"ok":false,"error":{"message":"Task a\"b not found","code":"NOT_FOUND"}}"#);
    }

    #[test]
    fn a_result_is_wrapped_as_it_is() {
        assert_eq!(result(b"[1, 2]"), r#"{"ok":true,"result":[1, 2]}"#);
    }

    #[test]
    fn discovery_lists_the_ids_in_the_order_given() {
        let body = discovery(true, &["b".to_owned(), "a".to_owned()], &[]);
        let expected = r#"{"ok":true,"result":{"allowList":{"enabled":true,"tasks":["b","a"],"events":[]}}}"#;
        assert_eq!(body, expected);
    }
}
