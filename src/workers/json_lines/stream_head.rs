//! How a worker begins a response that is a stream.

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Status and headers of a response that is a stream.
#[derive(Debug, PartialEq, Eq)]
pub struct StreamHead {
    /// The status, 200 unless it is given.
    pub status: StatusCode,
    /// The headers, among them the content type.
    pub headers: HeaderMap,
    /// How many bytes follow, if the headers say so.
    pub length: Option<u64>,
}

impl StreamHead {
    pub(super) fn read(raw: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Raw {
            status: Option<u16>,
            #[serde(rename = "contentType")]
            content_type: Option<String>,
            #[serde(default)]
            headers: BTreeMap<String, Values>,
        }
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Values {
            One(String),
            Several(Vec<String>),
        }
        let head: Raw = serde_json::from_str(raw).ok()?;
        let status = StatusCode::from_u16(head.status.unwrap_or(200)).ok()?;
        // Behind an informational one the response itself would have to follow.
        if status.is_informational() {
            return None;
        }
        let mut headers = HeaderMap::new();
        let mut append = |name: &str, value: &str| {
            let value = HeaderValue::try_from(latin1(value)?).ok()?;
            headers.try_append(HeaderName::try_from(name).ok()?, value).ok()
        };
        for (name, values) in &head.headers {
            match values {
                Values::One(value) => append(name, value).map(drop)?,
                Values::Several(values) => {
                    values.iter().try_for_each(|value| append(name, value).map(drop))?
                }
            }
        }
        if let Some(value) = head.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::try_from(latin1(&value)?).ok()?);
        }
        let length = headers.get(CONTENT_LENGTH).map(|length| length.to_str().ok()?.parse().ok());
        let length = match length {
            Some(length) => Some(length?),
            None => None,
        };
        Some(StreamHead { status, headers, length })
    }
}

/// The characters of a header, each of which is a byte on the wire.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
