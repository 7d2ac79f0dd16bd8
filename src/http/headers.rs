//! Reading request headers as Node reads them: a repeated header is its values joined.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

/// The value of a header, `None` if it was not sent.
pub(super) fn joined<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Cow<'a, [u8]>> {
    let mut values = headers.get_all(name).iter();
    let mut joined = Cow::Borrowed(values.next()?.as_bytes());
    for value in values {
        joined.to_mut().extend_from_slice(b", ");
        joined.to_mut().extend_from_slice(value.as_bytes());
    }
    Some(joined)
}

/// Header bytes as text: each byte is the character of its number, which for ASCII changes nothing.
pub(super) fn latin1(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => bytes.iter().copied().map(char::from).collect(),
    }
}
