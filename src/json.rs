//! Finds the raw members of JSON objects. Checks the syntax without building a tree, since the side that uses the
//! values parses them.

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON text without the whitespace around it.
///
/// # Errors
/// The text is not JSON.
pub fn raw(text: &str) -> serde_json::Result<&str> {
    serde_json::from_str::<&RawValue>(text).map(RawValue::get)
}

/// The raw values of the named members of an object; of repeated keys the last counts.
///
/// # Errors
/// The text is not a JSON object.
pub fn members<'a, const N: usize>(
    text: &'a str,
    names: &[&str; N],
) -> serde_json::Result<[Option<&'a str>; N]> {
    let mut found = [None; N];
    find_members(text, names, &mut found).map(|()| found)
}

/// Finds the raw values of the named members of an object, including those that precede a syntax error.
///
/// # Errors
/// The text is not a JSON object.
pub fn find_members<'a, const N: usize>(
    text: &'a str,
    names: &[&str; N],
    found: &mut [Option<&'a str>; N],
) -> serde_json::Result<()> {
    let mut document = serde_json::Deserializer::from_str(text);
    Members { names, found }.deserialize(&mut document)?;
    document.end()
}

/// JavaScript's truthiness of a JSON text.
pub fn is_truthy(raw: &str) -> bool {
    match raw {
        "false" | "null" | "\"\"" => false,
        _ => raw.parse::<f64>() != Ok(0.0),
    }
}

struct Members<'m, 'a, const N: usize> {
    names: &'m [&'m str; N],
    found: &'m mut [Option<&'a str>; N],
}

impl<'de, const N: usize> DeserializeSeed<'de> for Members<'_, 'de, N> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Members<'_, 'de, N> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<&RawValue>()? {
            let value = map.next_value::<&RawValue>()?.get();
            if let Some(index) = self.names.iter().position(|name| is_key(key.get(), name)) {
                self.found[index] = Some(value);
            }
        }
        Ok(())
    }
}

/// Whether a raw key, quotes included, spells `name`, be it with escapes.
fn is_key(raw: &str, name: &str) -> bool {
    if raw.contains('\\') {
        return serde_json::from_str::<String>(raw).is_ok_and(|key| key == name);
    }
    raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_however_their_keys_are_spelled_and_the_last_wins() {
        let text = r#" {"a":1,"\u0062":{"a":2}, "c" : "x\n" ,"a":[3]} "#;
        let found = members(text, &["a", "b", "c", "d"]).unwrap();
        assert_eq!(found, [Some("[3]"), Some(r#"{"a":2}"#), Some(r#""x\n""#), None]);
    }

    #[test]
    fn what_stands_before_an_error_is_found() {
        let mut found = [None; 2];
        assert!(find_members(r#"{"id":7,"result":[1,"#, &["id", "result"], &mut found).is_err());
        assert_eq!(found, [Some("7"), None]);
    }

    #[test]
    fn a_text_that_is_no_object_has_no_members() {
        for text in ["", "[]", "1", "null", "{} {}", "{\"a\":1", "{'a':1}"] {
            assert!(members(text, &["a"]).is_err(), "{text}");
        }
    }
}
