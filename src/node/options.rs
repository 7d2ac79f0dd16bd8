//! Converts JavaScript values to the loose options of the core.

use napi::bindgen_prelude::{FromNapiValue, JsObjectValue, Object, Unknown};
use napi::{JsValue, Result, ValueType};
use napi_derive::napi;

use crate::config::{OPTIONS, Value};

/// How deep options nest; what is deeper is not an option.
const MAX_DEPTH: usize = 4;

/// All options of a server as JSON, each with its path, type, bounds and default. Tests compare the documentation with
/// them.
#[napi(catch_unwind)]
#[allow(dead_code, reason = "napi registers nothing in the test harness")]
pub(super) fn option_specs() -> String {
    serde_json::to_string(OPTIONS).expect("texts and numbers always serialize")
}

/// Converts a value, as deep as options nest.
///
/// # Errors
/// What a getter of the options throws.
pub(super) fn read(value: Unknown<'_>) -> Result<Value> {
    read_to(value, MAX_DEPTH)
}

fn read_to(value: Unknown<'_>, depth: usize) -> Result<Value> {
    Ok(match value.get_type()? {
        ValueType::Undefined => Value::Undefined,
        ValueType::Null => Value::Null,
        ValueType::Boolean => Value::Bool(cast(&value)?),
        ValueType::Number => Value::Number(cast(&value)?),
        ValueType::String => Value::String(cast(&value)?),
        ValueType::Function => Value::Function,
        ValueType::Object => read_object(&value, depth)?,
        ValueType::Symbol => Value::Other("symbol"),
        // The only type that is newer than the Node-API version in use.
        ValueType::Unknown => Value::Other("bigint"),
        _ => Value::Other("host value"),
    })
}

fn read_object(value: &Unknown<'_>, depth: usize) -> Result<Value> {
    let object: Object<'_> = cast(value)?;
    if is_regexp(&object)? {
        return Ok(Value::RegExp);
    }
    if object.is_array()? {
        let length = object.get_array_length()?;
        if depth == 0 {
            return Ok(Value::List(Vec::new()));
        }
        let items = (0..length).map(|index| read_to(object.get_element(index)?, depth - 1));
        return Ok(Value::List(items.collect::<Result<_>>()?));
    }
    if depth == 0 {
        return Ok(Value::Object(Vec::new()));
    }
    let mut keys = Object::keys(&object)?;
    // Inherited keys are not options.
    keys.retain(|key| object.has_own_property(key).unwrap_or(false));
    let fields = keys.into_iter().map(|key| {
        let value = object.get_named_property::<Unknown<'_>>(&key)?;
        let value = match (key.as_str(), value.get_type()?) {
            ("logger", ValueType::Object) if depth == MAX_DEPTH => read_logger(value)?,
            _ => read_to(value, depth - 1)?,
        };
        Ok((key, value))
    });
    Ok(Value::Object(fields.collect::<Result<_>>()?))
}

/// Reads the methods of a logger, which may be an instance of a class.
fn read_logger(value: Unknown<'_>) -> Result<Value> {
    let logger: Object<'_> = cast(&value)?;
    if logger.is_array()? || is_regexp(&logger)? {
        return read_to(value, 1);
    }
    let methods = ["error", "warn", "info", "debug"].into_iter().map(|name| {
        let method = logger.get_named_property(name)?;
        Ok((name.to_owned(), read_to(method, 0)?))
    });
    Ok(Value::Object(methods.collect::<Result<_>>()?))
}

/// Whether an object can be used as a regular expression, of any realm.
fn is_regexp(object: &Object<'_>) -> Result<bool> {
    let tag = object.get_named_property::<Unknown<'_>>("flags")?;
    let source = object.get_named_property::<Unknown<'_>>("source")?;
    let test = object.get_named_property::<Unknown<'_>>("test")?;
    Ok(tag.get_type()? == ValueType::String
        && source.get_type()? == ValueType::String
        && test.get_type()? == ValueType::Function)
}

fn cast<T: FromNapiValue>(value: &Unknown<'_>) -> Result<T> {
    let raw = value.value();
    // SAFETY: the value was handed to the running call, so its environment and its handle are alive.
    unsafe { T::from_napi_value(raw.env, raw.value) }
}
