//! The joined text of many completions, and how it is split.

use bytes::Bytes;
use napi::{Env, Error, JsString, JsValue, Result, check_status, sys};

/// The concatenated texts of many completions.
pub(super) enum Text {
    /// ASCII, so that lengths in bytes and in UTF-16 units are equal.
    Ascii(Bytes),
    /// Split before it is converted to UTF-8, so that a lone surrogate at the end of a text does not combine with the
    /// start of the next.
    Utf16(Vec<u16>),
}

impl Text {
    /// Copies a string out of the engine. Most texts are ASCII, so the string is first read into as many bytes as it
    /// has units: since the engine writes whole characters, only ASCII fills them.
    pub(super) fn copy(env: &Env, string: &JsString<'_>) -> Result<Self> {
        let units = string.utf16_len()?;
        if units == 0 {
            return Ok(Text::Ascii(Bytes::new()));
        }
        let bytes = read_utf8(env, string, units)?;
        if bytes.len() == units && bytes.is_ascii() {
            return Ok(Text::Ascii(bytes.into()));
        }
        read_utf16(env, string, units).map(Text::Utf16)
    }

    /// The length in UTF-16 units.
    fn len(&self) -> usize {
        match self {
            Text::Ascii(bytes) => bytes.len(),
            Text::Utf16(units) => units.len(),
        }
    }
}

/// The string in UTF-8, as much as fits into `max` bytes.
fn read_utf8(env: &Env, string: &JsString<'_>, max: usize) -> Result<Vec<u8>> {
    // The engine terminates the text with a zero.
    let mut bytes = Vec::<u8>::with_capacity(max + 1);
    let mut length = 0;
    // SAFETY: the buffer has room for `max + 1` bytes, which is what the engine is told; it says how many
    // it has written before the zero.
    unsafe {
        check_status!(sys::napi_get_value_string_utf8(
            env.raw(),
            string.raw(),
            bytes.as_mut_ptr().cast(),
            max + 1,
            &raw mut length,
        ))?;
        bytes.set_len(length);
    }
    Ok(bytes)
}

/// The string in UTF-16, `length` units.
fn read_utf16(env: &Env, string: &JsString<'_>, length: usize) -> Result<Vec<u16>> {
    let mut units = Vec::<u16>::with_capacity(length + 1);
    let mut written = 0;
    // SAFETY: as in `read_utf8`, in units.
    unsafe {
        check_status!(sys::napi_get_value_string_utf16(
            env.raw(),
            string.raw(),
            units.as_mut_ptr(),
            length + 1,
            &raw mut written,
        ))?;
        units.set_len(written);
    }
    Ok(units)
}

/// Splits the texts, one by one.
pub(super) struct TextSlicer {
    text: Text,
    at: usize,
}

impl TextSlicer {
    /// A slicer of a text that is `units` long.
    ///
    /// # Errors
    /// The text has another length, so that it cannot be split.
    pub(super) fn new(text: Text, units: usize) -> Result<Self> {
        if text.len() == units {
            return Ok(TextSlicer { text, at: 0 });
        }
        Err(Error::from_reason("the texts of the completions do not add up"))
    }

    /// The next `units` units as UTF-8. Lone surrogates become U+FFFD.
    pub(super) fn next(&mut self, units: usize) -> Bytes {
        let from = self.at;
        self.at += units;
        match &self.text {
            Text::Ascii(bytes) => bytes.slice(from..self.at),
            Text::Utf16(text) => utf8(&text[from..self.at]),
        }
    }
}

fn utf8(units: &[u16]) -> Bytes {
    // A unit takes at max three bytes.
    let mut bytes = vec![0; units.len() * 3];
    let length = encoding_rs::mem::convert_utf16_to_utf8(units, &mut bytes);
    bytes.truncate(length);
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_utf_16_units() {
        let text = Text::Utf16("aé😀b".encode_utf16().collect());
        let mut slicer = TextSlicer::new(text, 5).unwrap();
        assert_eq!([2, 2, 0, 1].map(|units| slicer.next(units)), ["aé", "😀", "", "b"]);
        let mut slicer = TextSlicer::new(Text::Ascii("ab".into()), 2).unwrap();
        assert_eq!([1, 1].map(|units| slicer.next(units)), ["a", "b"]);
    }

    #[test]
    fn halves_of_a_character_in_neighbouring_texts_stay_apart() {
        let mut slicer = TextSlicer::new(Text::Utf16(vec![0xd83d, 0xde00, 0x61, 0xd83d]), 4).unwrap();
        assert_eq!([1, 2, 1].map(|units| slicer.next(units)), ["\u{fffd}", "\u{fffd}a", "\u{fffd}"]);
    }

    #[test]
    fn a_text_of_another_length_is_not_cut() {
        for units in [0, 1, 3] {
            assert!(TextSlicer::new(Text::Ascii("ab".into()), units).is_err());
        }
    }
}
