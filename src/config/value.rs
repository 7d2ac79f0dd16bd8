//! Options as the caller gave them, before they are checked.

use std::fmt;

/// A loosely typed value, made of a JavaScript value, or of a JSON text in tests.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Absent, or `undefined`.
    Undefined,
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as JavaScript has them: NaN, infinities and fractions included.
    Number(f64),
    /// A string.
    String(String),
    /// An array.
    List(Vec<Value>),
    /// An object, its own enumerable keys in order.
    Object(Vec<(String, Value)>),
    /// A function, which stays with the host.
    Function,
    /// A regular expression, which stays with the host.
    RegExp,
    /// Anything else, by the name of its type (`bigint`, `symbol`, …).
    Other(&'static str),
}

impl fmt::Display for Value {
    /// Writes the value as an error message quotes it: short, on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Undefined => f.write_str("undefined"),
            Value::Null => f.write_str("null"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Number(value) if value.is_infinite() && *value > 0.0 => f.write_str("Infinity"),
            Value::Number(value) if value.is_infinite() => f.write_str("-Infinity"),
            Value::Number(value) => write!(f, "{value}"),
            Value::String(text) if text.chars().count() > 60 => {
                write!(f, "{:?}…", text.chars().take(60).collect::<String>())
            }
            Value::String(text) => write!(f, "{text:?}"),
            Value::List(items) if items.is_empty() => f.write_str("an empty array"),
            Value::List(_) => f.write_str("an array"),
            Value::Object(_) => f.write_str("an object"),
            Value::Function => f.write_str("a function"),
            Value::RegExp => f.write_str("a regular expression"),
            Value::Other(name) => write!(f, "a {name}"),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(value) => Value::Number(value.as_f64().unwrap_or(f64::NAN)),
            serde_json::Value::String(text) => Value::String(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(Value::from).collect()),
            serde_json::Value::Object(fields) => {
                Value::Object(fields.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
        }
    }
}
