//! Header values with parameters: `form-data; name="file:F1"; filename="a.txt"`.

/// A value and its parameters. Of repeated parameters the first counts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameterized {
    /// In lower case.
    pub(super) value: String,
    /// Names in lower case.
    parameters: Vec<(String, Vec<u8>)>,
}

impl Parameterized {
    /// Parses a header value; `None` if it does not have this form.
    pub(super) fn read(header: &[u8]) -> Option<Self> {
        let end = header.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t')).unwrap_or(header.len());
        let (value, mut rest) = header.split_at(end);
        let is_value = !value.is_empty() && value.iter().all(|&byte| is_token(byte) || byte == b'/');
        let value = is_value.then(|| lower(value))?;
        let mut parameters = Vec::new();
        loop {
            rest = rest.trim_ascii_start();
            if rest.is_empty() {
                return Some(Parameterized { value, parameters });
            }
            let (name, after) = split_name(rest.strip_prefix(b";")?.trim_ascii_start())?;
            let (parameter, after) = if let Some(quoted) = after.strip_prefix(b"\"") {
                split_quoted(quoted)?
            } else {
                let end = after.iter().position(|&byte| !is_token(byte)).unwrap_or(after.len());
                (after[..end].to_vec(), &after[end..])
            };
            parameters.push((name, parameter));
            rest = after;
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }
}

fn split_name(text: &[u8]) -> Option<(String, &[u8])> {
    let end = text.iter().position(|&byte| byte == b'=')?;
    let name = &text[..end];
    (!name.is_empty() && name.iter().copied().all(is_token)).then(|| (lower(name), &text[end + 1..]))
}

/// Splits off a quoted string. A backslash before anything but a quote or backslash is kept: browsers escape quotes
/// alone, and some send paths with single backslashes.
fn split_quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut value = Vec::new();
    let mut at = 0;
    loop {
        match (text.get(at)?, text.get(at + 1)) {
            (b'"', _) => return Some((value, &text[at + 1..])),
            (b'\\', Some(&escaped @ (b'"' | b'\\'))) => {
                value.push(escaped);
                at += 2;
            }
            (&byte, _) => {
                value.push(byte);
                at += 1;
            }
        }
    }
}

fn lower(ascii: &[u8]) -> String {
    ascii.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect()
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(header: &str, name: &str) -> Option<String> {
        let read = Parameterized::read(header.as_bytes())?;
        read.get(name).map(|value| String::from_utf8(value.to_vec()).unwrap())
    }

    #[test]
    fn parameters_are_tokens_or_quoted() {
        for (header, name, value) in [
            ("form-data; name=a", "name", "a"),
            ("form-data; name=\"a b;c=d\"; x=y", "name", "a b;c=d"),
            ("form-data ; NAME=\"a\" ; name=b", "name", "a"),
            ("form-data;name=\"a\\\"b\\\\c\\d\"", "name", "a\"b\\c\\d"),
            ("form-data; filename=\"x; name=evil\"; name=\"good\"", "name", "good"),
            ("multipart/form-data; boundary=\"a:b\"", "boundary", "a:b"),
            ("form-data; name=\"\"", "name", ""),
        ] {
            assert_eq!(get(header, name).as_deref(), Some(value), "{header}");
        }
        assert_eq!(Parameterized::read(b"Form-Data").unwrap().value, "form-data");
    }

    #[test]
    fn what_is_malformed_has_no_parameters() {
        for header in [
            "",
            ";",
            "form-data; name",
            "form-data; =a",
            "form-data; name=\"a",
            "form-data; name=\"a\\\"",
            "form-data; name=\"a\"b",
            "form-data name=a",
            "form-data; name=a b",
            "form-data;",
            "a(b); name=a",
        ] {
            assert_eq!(Parameterized::read(header.as_bytes()), None, "{header}");
        }
    }
}
