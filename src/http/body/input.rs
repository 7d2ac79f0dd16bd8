//! Finds the raw text of a call's input in a JSON body. Checks the syntax without building a tree, since the handler's
//! own parser makes the values.

use super::typed_values;
use crate::config::JsonForwarding;
use crate::dispatch::Input;
use crate::error::RequestError;
use crate::json;

/// A task's input: the value of the key `input`, or else the whole document.
pub(in crate::http) fn of_task(body: &[u8]) -> Result<Input<'_>, RequestError> {
    let Some(text) = text(body)? else { return Ok(Input::None) };
    if !is_object(text) {
        return raw(text).map(Input::Json);
    }
    let [input] = members(text, ["input"])?;
    Ok(Input::Json(input.unwrap_or(text)))
}

/// An event's payload, and whether the client wants it back. A document is never the payload itself.
pub(in crate::http) fn of_event(body: &[u8]) -> Result<(Input<'_>, bool), RequestError> {
    let Some(text) = text(body)? else { return Ok((Input::None, false)) };
    if !is_object(text) {
        raw(text)?;
        return Ok((Input::None, false));
    }
    let [payload, return_payload] = members(text, ["payload", "returnPayload"])?;
    Ok((payload.map_or(Input::None, Input::Json), return_payload.is_some_and(json::is_truthy)))
}

/// The whole document, if it has to be passed on.
pub(in crate::http) fn document(
    body: &[u8],
    forwarding: JsonForwarding,
) -> Result<Option<&str>, RequestError> {
    let whole = match forwarding {
        JsonForwarding::Input => typed_values::may_contain_prototype_keys(body),
        JsonForwarding::TypedDocument => typed_values::may_contain_typed_values(body),
        JsonForwarding::Document => true,
    };
    let (true, Some(text)) = (whole, text(body)?) else { return Ok(None) };
    if forwarding != JsonForwarding::Document {
        raw(text)?;
    }
    Ok(Some(text))
}

/// The body as text; `None` if there is none.
fn text(body: &[u8]) -> Result<Option<&str>, RequestError> {
    if body.is_empty() {
        return Ok(None);
    }
    std::str::from_utf8(body).map(Some).map_err(|_| RequestError::InvalidJson)
}

fn is_object(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{')
}

fn raw(text: &str) -> Result<&str, RequestError> {
    json::raw(text).map_err(|_| RequestError::InvalidJson)
}

fn members<'a, const N: usize>(
    text: &'a str,
    names: [&str; N],
) -> Result<[Option<&'a str>; N], RequestError> {
    json::members(text, &names).map_err(|_| RequestError::InvalidJson)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_takes_the_value_of_input_or_the_whole_document() {
        for (body, input) in [
            (r#"{"input":{"a":1}}"#, r#"{"a":1}"#),
            (r#" { "x":0, "input" : null } "#, "null"),
            (r#"{"input":1,"input":2}"#, "2"),
            (r#"{"\u0069nput":1}"#, "1"),
            (r#"{"\ud800":0,"input":"\ud800"}"#, r#""\ud800""#),
            ("{}", "{}"),
            ("[1]", "[1]"),
            (" 7 ", "7"),
            (r#"{"inputs":1}"#, r#"{"inputs":1}"#),
        ] {
            assert_eq!(of_task(body.as_bytes()), Ok(Input::Json(input)), "{body}");
        }
        assert_eq!(of_task(b""), Ok(Input::None));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for body in [
            " ",
            "\u{feff}{}",
            "{",
            "{}x",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":1,}",
            "[1,]",
            "nul",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u12\"",
            "NaN",
            "+1",
            "1.",
            ".5",
            "{\"input\":}",
            "{1:2}",
            "1 2",
        ] {
            assert_eq!(of_task(body.as_bytes()), Err(RequestError::InvalidJson), "{body:?}");
        }
        assert_eq!(of_task(b"\"\xff\""), Err(RequestError::InvalidJson));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(of_task(deep.as_bytes()), Ok(Input::Json(&deep)));
        assert_eq!(of_task(&deep.as_bytes()[1..]), Err(RequestError::InvalidJson));
    }

    #[test]
    fn an_event_has_no_bare_form() {
        for body in ["7", "[1]", "null", "{}", "\"payload\""] {
            assert_eq!(of_event(body.as_bytes()), Ok((Input::None, false)), "{body}");
        }
        assert_eq!(of_event(br#"{"payload":[1]}"#), Ok((Input::Json("[1]"), false)));
    }

    #[test]
    fn return_payload_is_read_as_javascript_would() {
        for falsy in ["false", "null", "0", "-0", "0.0", "0e5", "1e-400", "\"\""] {
            let body = format!("{{\"returnPayload\":{falsy}}}");
            assert_eq!(of_event(body.as_bytes()), Ok((Input::None, false)), "{falsy}");
        }
        for truthy in ["true", "1", "1e400", "\"0\"", "[]", "{}", "\" \""] {
            let body = format!("{{\"returnPayload\":{truthy}}}");
            assert_eq!(of_event(body.as_bytes()), Ok((Input::None, true)), "{truthy}");
        }
    }
}
