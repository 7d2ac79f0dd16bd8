//! The endpoints, their paths and their rules.
//!
//! | Endpoint | Path | Method | Authenticated | Hidden when off | Carries a request id |
//! |---|---|---|---|---|---|
//! | task | `{base}/task/{id}` | POST | yes | | yes |
//! | event | `{base}/event/{id}` | POST | yes | | yes |
//! | discovery | `{base}/discovery` | GET | yes | yes | yes |
//! | preflight | anything under `{base}` | OPTIONS | no: it carries no credentials | | no |
//! | nowhere | anything else under `{base}` | any | no | always | yes |
//! | outside | anything else | any | no: the application's own | yes | no |

use std::borrow::Cow;
use std::ops::Range;

use http::Method;
use percent_encoding::percent_decode_str;

use crate::kind::Kind;

/// The endpoint of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Outside of the base path.
    Outside,
    /// Under the base path, but none of the others.
    Nowhere,
    /// The CORS preflight, which a browser sends before a call.
    Preflight,
    /// The list of reachable ids.
    Discovery,
    /// A task or an event.
    Handler(Kind),
}

/// The rules of an endpoint.
pub(super) struct Rules {
    /// The only method that is allowed; `None` for any.
    pub(super) method: Option<Method>,
    /// Whether requests are authenticated.
    pub(super) is_authenticated: bool,
    /// Whether the response carries the id of its request.
    pub(super) has_request_id: bool,
}

impl Endpoint {
    pub(super) fn rules(self) -> &'static Rules {
        static HANDLER: Rules =
            Rules { method: Some(Method::POST), is_authenticated: true, has_request_id: true };
        static DISCOVERY: Rules =
            Rules { method: Some(Method::GET), is_authenticated: true, has_request_id: true };
        static PREFLIGHT: Rules = Rules { method: None, is_authenticated: false, has_request_id: false };
        static NOWHERE: Rules = Rules { method: None, is_authenticated: false, has_request_id: true };
        static OUTSIDE: Rules = Rules { method: None, is_authenticated: false, has_request_id: false };
        match self {
            Endpoint::Handler(_) => &HANDLER,
            Endpoint::Discovery => &DISCOVERY,
            Endpoint::Preflight => &PREFLIGHT,
            Endpoint::Nowhere => &NOWHERE,
            Endpoint::Outside => &OUTSIDE,
        }
    }
}

/// The id in a path. Most need no decoding, and are borrowed from the path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Id {
    #[default]
    None,
    At(Range<usize>),
    Decoded(String),
}

impl Id {
    /// The id; `path` is the path that it was found in.
    pub(super) fn within<'a>(&'a self, path: &'a str) -> &'a str {
        match self {
            Id::None => "",
            Id::At(range) => &path[range.clone()],
            Id::Decoded(id) => id,
        }
    }

    fn found(id: Cow<'_, str>, path: &str) -> Self {
        match id {
            Cow::Owned(id) => Id::Decoded(id),
            Cow::Borrowed(id) => {
                let start = id.as_ptr().addr() - path.as_ptr().addr();
                Id::At(start..start + id.len())
            }
        }
    }
}

/// Finds the endpoint of a request. `base` is empty, or has a leading and no trailing slash.
pub(super) fn locate(base: &str, method: &Method, path: &str) -> (Endpoint, Id) {
    let (endpoint, id) = match resolve_dots(path) {
        Cow::Borrowed(path) => match locate_resolved(base, path) {
            (endpoint, Some(id)) => (endpoint, Id::found(id, path)),
            (endpoint, None) => (endpoint, Id::None),
        },
        Cow::Owned(path) => {
            let (endpoint, id) = locate_resolved(base, &path);
            (endpoint, id.map_or(Id::None, |id| Id::Decoded(id.into_owned())))
        }
    };
    if *method == Method::OPTIONS && endpoint != Endpoint::Outside {
        return (Endpoint::Preflight, Id::None);
    }
    (endpoint, id)
}

fn locate_resolved<'a>(base: &str, path: &'a str) -> (Endpoint, Option<Cow<'a, str>>) {
    let Some(rest) = path.strip_prefix(base) else { return (Endpoint::Outside, None) };
    if !(rest.is_empty() || rest.starts_with('/')) {
        return (Endpoint::Outside, None);
    }
    let rest = rest.trim_start_matches('/');
    let (kind, id) = rest.split_once('/').unwrap_or((rest, ""));
    let kind = match kind {
        "discovery" => return (Endpoint::Discovery, None),
        "task" => Kind::Task,
        "event" => Kind::Event,
        _ => return (Endpoint::Nowhere, None),
    };
    let id = join_segments(id);
    match if id.is_empty() { None } else { decode(id) } {
        Some(id) => (Endpoint::Handler(kind), Some(id)),
        None => (Endpoint::Nowhere, None),
    }
}

/// Drops empty segments.
fn join_segments(id: &str) -> Cow<'_, str> {
    let trimmed = id.trim_matches('/');
    if !trimmed.contains("//") {
        return Cow::Borrowed(trimmed);
    }
    let segments: Vec<_> = trimmed.split('/').filter(|segment| !segment.is_empty()).collect();
    Cow::Owned(segments.join("/"))
}

/// `decodeURIComponent`: `None` for a bad escape, or bytes that are not UTF-8.
fn decode(id: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if !id.contains('%') {
        return Some(id);
    }
    let hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = id.as_bytes();
    let whole =
        |(at, &byte): (usize, &u8)| byte != b'%' || (hex(bytes.get(at + 1)) && hex(bytes.get(at + 2)));
    if !bytes.iter().enumerate().all(whole) {
        return None;
    }
    let decoded = percent_decode_str(&id).decode_utf8().ok()?.into_owned();
    Some(Cow::Owned(decoded))
}

/// Resolves `.` and `..` segments (also as `%2e`), backslashes and a leading `//host` as the URL standard
/// does, because nodeExposure routes on a parsed URL.
fn resolve_dots(path: &str) -> Cow<'_, str> {
    let suspicious = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'.' | b'%');
    if !path.starts_with("//") && !path.contains('\\') && !path.as_bytes().windows(2).any(suspicious) {
        return Cow::Borrowed(path);
    }
    let slashes = path.replace('\\', "/");
    let path = match slashes.strip_prefix("//") {
        Some(rest) => rest.trim_start_matches('/').split_once('/').map_or("", |(_, path)| path),
        None => slashes.strip_prefix('/').unwrap_or(&slashes),
    };
    let mut resolved: Vec<&str> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match dots(segment) {
            0 => resolved.push(segment),
            1 if last => resolved.push(""),
            1 => {}
            _ => {
                resolved.pop();
                if last {
                    resolved.push("");
                }
            }
        }
    }
    Cow::Owned(format!("/{}", resolved.join("/")))
}

/// 1 for `.`, 2 for `..`, 0 for any other segment.
fn dots(segment: &str) -> usize {
    let plain = segment.replace("%2e", ".").replace("%2E", ".");
    if plain == "." || plain == ".." { plain.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(base: &str, path: &str) -> (Endpoint, String) {
        let (endpoint, id) = locate(base, &Method::POST, path);
        (endpoint, id.within(path).to_owned())
    }

    fn task(id: &str) -> (Endpoint, String) {
        (Endpoint::Handler(Kind::Task), id.to_owned())
    }

    #[test]
    fn ids_are_joined_segments_decoded() {
        for (path, id) in [
            ("/__runner/task/echo", "echo"),
            ("/__runner//task//echo/", "echo"),
            ("/__runner/task/a/b", "a/b"),
            ("/__runner/task/a%2Fb", "a/b"),
            ("/__runner/task/%C3%BC", "ü"),
            ("/__runner/task/..%2Fx", "../x"),
            ("/__runner/x/../task/echo", "echo"),
            ("/__runner/x/%2e%2E/task/./echo", "echo"),
            ("//host/__runner/task/echo", "echo"),
            ("\\__runner\\task\\echo", "echo"),
        ] {
            assert_eq!(located("/__runner", path), task(id), "{path}");
        }
    }

    #[test]
    fn what_is_no_route_leads_nowhere() {
        for path in [
            "/__runner",
            "/__runner/",
            "/__runner/task",
            "/__runner/task/",
            "/__runner/task/.",
            "/__runner/tasks/echo",
            "/__runner/task/%",
            "/__runner/task/%2",
            "/__runner/task/%zz",
            "/__runner/task/%ff",
        ] {
            assert_eq!(located("/__runner", path).0, Endpoint::Nowhere, "{path}");
        }
    }

    #[test]
    fn the_base_is_a_whole_prefix_of_segments() {
        for path in ["/", "/x", "/__runnerx/task/echo", "/__runner/../task/echo", "//__runner/task/echo"] {
            assert_eq!(located("/__runner", path).0, Endpoint::Outside, "{path}");
        }
        assert_eq!(located("", "/task/echo"), task("echo"));
        assert_eq!(located("", "/").0, Endpoint::Nowhere);
    }

    #[test]
    fn discovery_ignores_what_follows() {
        assert_eq!(located("/__runner", "/__runner/discovery/anything").0, Endpoint::Discovery);
        assert_eq!(located("/__runner", "/__runner/discoveryx").0, Endpoint::Nowhere);
    }

    #[test]
    fn a_preflight_leads_to_itself_wherever_under_the_base_it_goes() {
        for (path, endpoint) in [
            ("/__runner/task/echo", Endpoint::Preflight),
            ("/__runner/none", Endpoint::Preflight),
            ("/other", Endpoint::Outside),
        ] {
            assert_eq!(locate("/__runner", &Method::OPTIONS, path), (endpoint, Id::None), "{path}");
        }
    }
}
