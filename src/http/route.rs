//! Where a request path leads: `{base}/task/{id}`, `{base}/event/{id}`, `{base}/discovery`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::kind::Kind;

/// Where a path leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// Not under the base path.
    Outside,
    /// Under the base path, to nothing.
    Nowhere,
    /// To the list of reachable ids.
    Discovery,
    /// To a task or an event.
    Handler(Kind, Cow<'a, str>),
}

/// Finds where `path` leads under `base`, which is empty or starts and does not end with a slash.
pub(super) fn locate<'a>(base: &str, path: &'a str) -> Route<'a> {
    match resolve_dots(path) {
        Cow::Borrowed(path) => locate_resolved(base, path),
        Cow::Owned(path) => match locate_resolved(base, &path) {
            Route::Handler(kind, id) => Route::Handler(kind, Cow::Owned(id.into_owned())),
            Route::Outside => Route::Outside,
            Route::Nowhere => Route::Nowhere,
            Route::Discovery => Route::Discovery,
        },
    }
}

fn locate_resolved<'a>(base: &str, path: &'a str) -> Route<'a> {
    let Some(rest) = path.strip_prefix(base) else { return Route::Outside };
    if !(rest.is_empty() || rest.starts_with('/')) {
        return Route::Outside;
    }
    let rest = rest.trim_start_matches('/');
    let (kind, id) = rest.split_once('/').unwrap_or((rest, ""));
    let kind = match kind {
        "discovery" => return Route::Discovery,
        "task" => Kind::Task,
        "event" => Kind::Event,
        _ => return Route::Nowhere,
    };
    let id = join_segments(id);
    if id.is_empty() {
        return Route::Nowhere;
    }
    match decode(id) {
        Some(id) => Route::Handler(kind, id),
        None => Route::Nowhere,
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

/// `decodeURIComponent`: `None` for a bad escape or for bytes that are no UTF-8.
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
/// does, because the reference routes on a parsed URL.
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

    fn task(id: &str) -> Route<'_> {
        Route::Handler(Kind::Task, Cow::Borrowed(id))
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
            assert_eq!(locate("/__runner", path), task(id), "{path}");
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
            assert_eq!(locate("/__runner", path), Route::Nowhere, "{path}");
        }
    }

    #[test]
    fn the_base_is_a_whole_prefix_of_segments() {
        for path in ["/", "/x", "/__runnerx/task/echo", "/__runner/../task/echo", "//__runner/task/echo"] {
            assert_eq!(locate("/__runner", path), Route::Outside, "{path}");
        }
        assert_eq!(locate("", "/task/echo"), task("echo"));
        assert_eq!(locate("", "/"), Route::Nowhere);
    }

    #[test]
    fn discovery_ignores_what_follows() {
        assert_eq!(locate("/__runner", "/__runner/discovery/anything"), Route::Discovery);
        assert_eq!(locate("/__runner", "/__runner/discoveryx"), Route::Nowhere);
    }
}
