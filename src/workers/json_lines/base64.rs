//! Base64 for bytes in messages.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

/// The standard alphabet. Padding is written, and optional when reading.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes a raw JSON string in base64; `None` if it is not one.
pub(super) fn decode(raw: &str) -> Option<Bytes> {
    let text = raw.strip_prefix('"')?.strip_suffix('"')?;
    if !text.contains('\\') {
        return ENGINE.decode(text).ok().map(Bytes::from);
    }
    // Some serializers escape `/`, a digit of base64.
    let text: String = serde_json::from_str(raw).ok()?;
    ENGINE.decode(text).ok().map(Bytes::from)
}

/// Appends bytes in base64, in which JSON needs no escapes.
pub(super) fn encode(bytes: &[u8], into: &mut Vec<u8>) {
    let start = into.len();
    let length = base64::encoded_len(bytes.len(), true).unwrap_or_default();
    into.resize(start + length, 0);
    let written = ENGINE.encode_slice(bytes, &mut into[start..]);
    debug_assert_eq!(written.ok(), Some(length), "the buffer has the encoded length");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_as_they_were() {
        for length in 0..70 {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 37) as u8).collect();
            let mut line = b"\"".to_vec();
            encode(&bytes, &mut line);
            line.push(b'"');
            assert_eq!(decode(std::str::from_utf8(&line).unwrap()), Some(bytes.into()));
        }
    }

    #[test]
    fn padding_may_be_left_out_and_slashes_may_be_escaped() {
        assert_eq!(decode(r#""//8=""#), Some(Bytes::from_static(b"\xff\xff")));
        assert_eq!(decode(r#""//8""#), Some(Bytes::from_static(b"\xff\xff")));
        assert_eq!(decode(r#""\/\/8=""#), Some(Bytes::from_static(b"\xff\xff")));
        for wrong in ["\"//8-\"", "\"a\"", "5", "[]", "\"\\n\""] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
