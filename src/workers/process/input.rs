//! Finds the inputs of calls in documents and manifests.

use serde_json::Value;

use crate::dispatch::InvalidInput;
use crate::json;

/// The payload of an event in a whole document, and whether it has to be returned.
pub(super) fn of_event_document(text: &str) -> (Option<&str>, bool) {
    // A document that is not an object has no payload.
    let [payload, return_payload] = json::members(text, &["payload", "returnPayload"]).unwrap_or_default();
    (payload, return_payload.is_some_and(json::is_truthy))
}

/// The input of a task in a whole document.
pub(super) fn of_task_document(text: &str) -> &str {
    let [input] = json::members(text, &["input"]).unwrap_or_default();
    input.unwrap_or(text)
}

/// The input in the manifest of a form, and the ids of the files that it names.
///
/// # Errors
/// The manifest is not JSON, is nested deeper than 127 levels, or is not an object or array.
pub(super) fn of_manifest(text: &str) -> Result<(Option<&str>, Vec<String>), InvalidInput> {
    let manifest: Value = serde_json::from_str(text).map_err(|_| InvalidInput::Manifest)?;
    let mut files = Vec::new();
    match &manifest {
        Value::Object(members) => {
            members.get("input").into_iter().for_each(|input| find_files(input, &mut files))
        }
        Value::Array(_) => {}
        _ => return Err(InvalidInput::NoManifest),
    }
    let [input] = json::members(text, &["input"]).unwrap_or_default();
    Ok((input, files))
}

/// Collects the ids of files, without duplicates, in order.
fn find_files(value: &Value, ids: &mut Vec<String>) {
    match value {
        Value::Object(members) => match (members.get("$runnerFile"), members.get("id")) {
            (Some(Value::String(kind)), Some(Value::String(id))) if kind == "File" => {
                if !ids.contains(id) {
                    ids.push(id.clone());
                }
            }
            _ => members.values().for_each(|member| find_files(member, ids)),
        },
        Value::Array(elements) => elements.iter().for_each(|element| find_files(element, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_its_input_where_http_finds_it() {
        assert_eq!(of_task_document(r#"{"input":{"__proto__":1}}"#), r#"{"__proto__":1}"#);
        assert_eq!(of_task_document(r#"{"__proto__":1}"#), r#"{"__proto__":1}"#);
        assert_eq!(of_task_document("[1]"), "[1]");
        assert_eq!(of_event_document(r#"{"payload":[1],"returnPayload":1}"#), (Some("[1]"), true));
        assert_eq!(of_event_document(r#"{"returnPayload":0}"#), (None, false));
        assert_eq!(of_event_document("7"), (None, false));
    }

    #[test]
    fn a_manifest_names_each_file_once_in_order() {
        let file = |id: &str| format!(r#"{{"$runnerFile":"File","id":"{id}","meta":{{"name":"x"}}}}"#);
        let input = format!(
            r#"{{"b":[{},{}],"a":{},"c":{{"$runnerFile":"Fil","id":"no"}}}}"#,
            file("F2"),
            file("F1"),
            file("F2")
        );
        let manifest = format!("{{\"input\": {input} }}");
        let (text, files) = of_manifest(&manifest).unwrap();
        assert_eq!(text, Some(input.as_str()));
        assert_eq!(files.len(), 2);
        assert!(files.contains(&"F1".to_owned()) && files.contains(&"F2".to_owned()));
    }

    #[test]
    fn a_manifest_that_is_none_is_told_apart_from_one_that_holds_nothing() {
        for (text, expected) in [
            ("", Err(InvalidInput::Manifest)),
            ("{", Err(InvalidInput::Manifest)),
            ("null", Err(InvalidInput::NoManifest)),
            ("7", Err(InvalidInput::NoManifest)),
            ("[]", Ok((None, Vec::new()))),
            ("{}", Ok((None, Vec::new()))),
            (r#"{"input":null}"#, Ok((Some("null"), Vec::new()))),
        ] {
            assert_eq!(of_manifest(text), expected, "{text}");
        }
        let deep = format!("{{\"input\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(of_manifest(&deep), Err(InvalidInput::Manifest));
    }
}
