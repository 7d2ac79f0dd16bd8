//! Classifies parts by their headers.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName};
use percent_encoding::percent_decode;

use super::parameters::Parameterized;
use crate::dispatch::FilePart;
use crate::http::headers::latin1;

const MANIFEST: &str = "__manifest";
const FILE: &str = "file:";
/// The type of a part without one, as in nodeExposure.
const DEFAULT_TYPE: &str = "text/plain";
const OCTETS: &str = "application/octet-stream";

/// A part, classified as nodeExposure classifies it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The field with the input, and its charset; `None` if that is unknown.
    Manifest(Option<&'static Encoding>),
    /// Another field, with the length of its name.
    Field(usize),
    /// A file that a manifest may name.
    File(FilePart),
    /// A file that a manifest cannot name.
    OtherFile,
    /// A part that is not form data.
    Unknown,
}

impl Part {
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let Some(disposition) = parameters(headers, &CONTENT_DISPOSITION) else { return Part::Unknown };
        if disposition.value != "form-data" {
            return Part::Unknown;
        }
        let Ok(file_name) = file_name(&disposition) else { return Part::Unknown };
        let name = disposition.get("name").unwrap_or_default();
        let kind = parameters(headers, &CONTENT_TYPE).filter(|kind| kind.value.matches('/').count() == 1);
        let media_type = kind.as_ref().map_or(DEFAULT_TYPE, |kind| kind.value.as_str());
        if file_name.is_none() && media_type != OCTETS {
            return if name == MANIFEST.as_bytes() {
                let charset = kind.as_ref().and_then(|kind| kind.get("charset"));
                Part::Manifest(charset.map_or(Some(UTF_8), Encoding::for_label))
            } else {
                Part::Field(name.len())
            };
        }
        match name.strip_prefix(FILE.as_bytes()) {
            Some(id) => Part::File(FilePart {
                id: text(id).into_owned(),
                name: file_name,
                media_type: media_type.to_owned(),
            }),
            None => Part::OtherFile,
        }
    }
}

fn parameters(headers: &HeaderMap, name: &HeaderName) -> Option<Parameterized> {
    Parameterized::read(headers.get(name)?.as_bytes())
}

/// The file name. One with its own charset (`filename*`) takes precedence. Folders are removed.
fn file_name(disposition: &Parameterized) -> Result<Option<String>, Malformed> {
    let name = match (disposition.get("filename*"), disposition.get("filename")) {
        (Some(extended), _) => Cow::Owned(decode_extended(extended).ok_or(Malformed)?),
        (None, Some(plain)) if !plain.is_empty() => latin1(plain),
        _ => return Ok(None),
    };
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    Ok(Some(if matches!(base, "." | "..") { String::new() } else { base.to_owned() }))
}

struct Malformed;

/// Decodes an extended value such as `UTF-8'en'%e2%82%ac.txt`.
fn decode_extended(value: &[u8]) -> Option<String> {
    let mut pieces = value.splitn(3, |&byte| byte == b'\'');
    let (charset, _language, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let bytes: Vec<u8> = percent_decode(text).collect();
    Some(Encoding::for_label(charset)?.decode_without_bom_handling(&bytes).0.into_owned())
}

/// An id as the manifest has it: UTF-8 where it is, else Latin-1.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| latin1(bytes), Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn read(disposition: &str, kind: Option<&str>) -> Part {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_DISPOSITION, HeaderValue::from_bytes(disposition.as_bytes()).unwrap());
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
        }
        Part::read(&headers)
    }

    fn file(id: &str, name: Option<&str>, media_type: &str) -> Part {
        Part::File(FilePart {
            id: id.to_owned(),
            name: name.map(str::to_owned),
            media_type: media_type.to_owned(),
        })
    }

    #[test]
    fn a_file_has_a_file_name_or_is_an_octet_stream() {
        let named = r#"form-data; name="file:F1"; filename="a.txt""#;
        assert_eq!(read(named, None), file("F1", Some("a.txt"), "text/plain"));
        assert_eq!(read(named, Some("Image/PNG; x=y")), file("F1", Some("a.txt"), "image/png"));
        assert_eq!(read(named, Some("image")), file("F1", Some("a.txt"), "text/plain"));
        let bare = "form-data; name=\"file:F1\"";
        assert_eq!(read(bare, Some("application/octet-stream")), file("F1", None, OCTETS));
        assert_eq!(read(bare, None), Part::Field(7));
        assert_eq!(read("form-data; filename=\"\"; name=\"file:F1\"", None), Part::Field(7));
        assert_eq!(read("form-data; name=\"other\"; filename=a", None), Part::OtherFile);
        assert_eq!(read("form-data; filename=a", None), Part::OtherFile);
    }

    #[test]
    fn the_manifest_is_a_field() {
        let name = "form-data; name=\"__manifest\"";
        assert_eq!(read(name, None), Part::Manifest(Some(UTF_8)));
        let latin1 = Encoding::for_label(b"latin1");
        assert_eq!(read(name, Some("application/json; charset=latin1")), Part::Manifest(latin1));
        assert_eq!(read(name, Some("application/json; charset=none")), Part::Manifest(None));
        assert_eq!(read("form-data; name=\"__manifest\"; filename=\"m.json\"", None), Part::OtherFile);
        assert_eq!(read("form-data", None), Part::Field(0));
    }

    #[test]
    fn a_file_name_is_no_path_and_may_be_written_out_in_a_charset() {
        for (parameter, name) in [
            (r#"filename="/etc/passwd""#, Some("passwd")),
            (r#"filename="C:\dir\a.txt""#, Some("a.txt")),
            (r#"filename="..""#, Some("")),
            (r#"filename="a/""#, Some("")),
            ("filename=\"na\u{ef}ve.txt\"", Some("naÃ¯ve.txt")),
            (r#"filename="plain.txt"; filename*=UTF-8''%e2%82%ac.txt"#, Some("€.txt")),
            (r#"filename*=iso-8859-1'en'%E9.txt"#, Some("é.txt")),
        ] {
            let part = read(&format!("form-data; name=\"file:F1\"; {parameter}"), None);
            assert_eq!(part, file("F1", name, "text/plain"), "{parameter}");
        }
        let mut headers = HeaderMap::new();
        let latin1 = HeaderValue::from_bytes(b"form-data; name=\"file:\xe9\"; filename=\"\xe9\"").unwrap();
        headers.insert(CONTENT_DISPOSITION, latin1);
        assert_eq!(Part::read(&headers), file("é", Some("é"), "text/plain"));
        assert_eq!(read("form-data; name=\"file:é\"; filename=a", None), file("é", Some("a"), "text/plain"));
    }

    #[test]
    fn what_says_nothing_of_itself_is_unknown() {
        assert_eq!(Part::read(&HeaderMap::new()), Part::Unknown);
        for disposition in ["attachment; name=\"file:F1\"", "form-data; name=\"a", "form-data; filename*=x"] {
            assert_eq!(read(disposition, None), Part::Unknown, "{disposition}");
        }
    }
}
