//! The head of a streamed response of a worker.

use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The status and headers of a streamed response.
#[derive(Debug, PartialEq, Eq)]
pub struct StreamHead {
    /// The status; 200 by default.
    pub status: StatusCode,
    /// The headers, including the content type.
    pub headers: HeaderMap,
    /// The length of the body, if there is a content-length.
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
        // An informational response would have to be followed by the final one.
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

/// A header value in Latin-1; `None` for other characters.
fn latin1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}
