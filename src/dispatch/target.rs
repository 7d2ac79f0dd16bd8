//! Request targets that the HTTP library would reject or change.

/// A request target as it was sent: a path, a star, or a URL. It is in the extensions of a request whose
/// `Uri` is not what was sent, where [`Head`](super::Head) finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Box<str>);

impl Target {
    /// Parses a target as Node 20 and later do; `None` if Node responds with 400.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let is_target = bytes.iter().all(u8::is_ascii_graphic) && (is_path(text) || is_url(text));
        is_target.then(|| Target(text.into()))
    }

    /// The whole target.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, without query and fragment. That of a URL begins with `//` and the authority, as in a URL without its
    /// scheme.
    pub fn path(&self) -> &str {
        let start = if is_path(&self.0) { 0 } else { self.0.find("//").unwrap_or(0) };
        let path = &self.0[start..];
        &path[..path.find(['?', '#']).unwrap_or(path.len())]
    }

    /// The authority, if the target is a URL.
    pub fn authority(&self) -> Option<&str> {
        if is_path(&self.0) {
            return None;
        }
        // URL parsers skip further slashes before it.
        let rest = self.path().trim_start_matches('/');
        Some(&rest[..rest.find('/').unwrap_or(rest.len())])
    }
}

fn is_path(target: &str) -> bool {
    target.starts_with(['/', '*'])
}

/// Node's parser accepts any scheme of letters, and any host, or none.
fn is_url(target: &str) -> bool {
    let Some((scheme, rest)) = target.split_once("://") else { return false };
    let authority = &rest[..rest.find(['/', '?']).unwrap_or(rest.len())];
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !authority.contains("@@")
        && !authority.bytes().any(|byte| br##""#<>\^`{|}"##.contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Target {
        Target::parse(text.as_bytes()).unwrap_or_else(|| panic!("{text:?} is a target"))
    }

    #[test]
    fn paths_stars_and_urls_are_targets_and_are_kept_as_they_are() {
        for text in [
            "/",
            "/a\"<b>`c#d?e#f",
            "*",
            "*a#b",
            "http://h",
            "HTTP://H:x/<",
            "x://",
            "http://a@b@c?<>",
            "x://[]/",
        ] {
            assert_eq!(parsed(text).as_str(), text);
        }
    }

    #[test]
    fn what_node_refuses_is_no_target() {
        let bytes: [&[u8]; 16] = [
            b"",
            b"a",
            b"a:b",
            b"?x",
            b"#x",
            b"http:/a",
            b"://a",
            b"1x://a",
            b"a+b://c",
            b"http://a#b",
            b"http://a@@b",
            b"http://a\\b",
            b"/a b",
            b"/a\x7f",
            b"/\xc3\xa9",
            b"/a\tb",
        ];
        for bytes in bytes {
            assert_eq!(Target::parse(bytes), None, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_path_ends_at_its_query_or_fragment() {
        for (text, path) in [
            ("/a<b?c", "/a<b"),
            ("/a#b?c", "/a"),
            ("/a://b?c", "/a://b"),
            ("*?a", "*"),
            ("http://h", "//h"),
            ("http://h?a", "//h"),
            ("http://h/a#b", "//h/a"),
        ] {
            assert_eq!(parsed(text).path(), path, "{text}");
        }
    }

    #[test]
    fn only_a_url_has_an_authority() {
        for (text, authority) in [
            ("/a://b", None),
            ("*://b", None),
            ("http://u@h:1/a", Some("u@h:1")),
            ("http:///h/a", Some("h")),
            ("http://?a", Some("")),
            ("http://", Some("")),
        ] {
            assert_eq!(parsed(text).authority(), authority, "{text}");
        }
    }
}
