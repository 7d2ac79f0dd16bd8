//! Whether a JSON text may hold what Runner's serializer reads in its own way: typed records, keys that it escapes or
//! drops, or more levels than it follows. `JSON.parse` reads any other text as the serializer does, and faster.
//!
//! Searching the text costs the I/O thread little; inspecting values would cost the JavaScript thread a lot.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};
use memchr::{memchr, memchr_iter, memchr2_iter};

/// The keys with a special meaning, without the quote before them.
const KEYS: [&[u8]; 6] =
    [b"__type\"", b"__graph\"", b"__proto__\"", b"constructor\"", b"prototype\"", b"$runner.escape::"];

/// All of the keys above are ASCII, so only escapes of ASCII characters can hide one.
const ESCAPE: &[u8] = b"\\u00";

/// The common part of `__proto__` and `prototype`, which few texts contain.
static PROTO: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"proto"));
static UNICODE_ESCAPE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(ESCAPE));

/// The levels that the serializer follows; it rejects deeper texts.
const MAX_DEPTH: usize = 1000;

/// Whether a text may hold any of these. May return true for one that does not.
pub(super) fn may_contain_typed_values(body: &[u8]) -> bool {
    has_key(body) || hides_ascii(body) || is_deep(body)
}

/// Whether a JSON text may hold a key that can pollute a prototype: `__proto__`, or `constructor` with a `prototype` in
/// it. May return true for one that does not.
pub(super) fn may_contain_prototype_keys(body: &[u8]) -> bool {
    contains_prototype_keys(body) || (hides_letter(body) && contains_prototype_keys(&with_letters(body)))
}

fn contains_prototype_keys(body: &[u8]) -> bool {
    let contains = |key: &[u8]| memmem::find(body, key).is_some();
    PROTO.find(body).is_some()
        && (contains(b"__proto__\"") || (contains(b"constructor\"") && contains(b"prototype\"")))
}

/// The text with ASCII characters in place of their escapes. The result need not be JSON.
fn with_letters(body: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = UNICODE_ESCAPE.find(rest) {
        let (before, escape) = rest.split_at(at);
        text.extend_from_slice(before);
        let end = escape.len().min(ESCAPE.len() + 2);
        let digits = std::str::from_utf8(&escape[ESCAPE.len()..end]).ok();
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(character) => text.push(character),
            None => text.extend_from_slice(&escape[..end]),
        }
        rest = &escape[end..];
    }
    text.extend_from_slice(rest);
    text
}

/// Whether a letter or underscore is escaped, which no serializer does.
fn hides_letter(body: &[u8]) -> bool {
    memchr(b'\\', body).is_some()
        && UNICODE_ESCAPE
            .find_iter(body)
            .any(|at| matches!(&body[at + ESCAPE.len()..], [b'5', b'f' | b'F', ..] | [b'6' | b'7', ..]))
}

fn has_key(body: &[u8]) -> bool {
    memchr_iter(b'"', body).any(|quote| {
        let rest = &body[quote + 1..];
        KEYS.iter().any(|key| rest.starts_with(key))
    })
}

fn hides_ascii(body: &[u8]) -> bool {
    memmem::find_iter(body, ESCAPE).any(|at| matches!(body.get(at + ESCAPE.len()), Some(b'2'..=b'7')))
}

fn is_deep(body: &[u8]) -> bool {
    // Few texts have that many brackets.
    if memchr2_iter(b'[', b'{', body).nth(MAX_DEPTH - 1).is_none() {
        return false;
    }
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    body.iter().any(|&byte| {
        match (byte, quoted) {
            _ if escaped => escaped = false,
            (b'\\', true) => escaped = true,
            (b'"', _) => quoted = !quoted,
            (b'[' | b'{', false) => depth += 1,
            (b']' | b'}', false) => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth >= MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_are_not_suspected() {
        for text in [
            "",
            "{}",
            r#"{"input":{"a":[1,"a __type","$runner"]}}"#,
            r#"{"types":"constructors","_type":1,"a":"\n\u00e9\u0009\u2028"}"#,
            r#"{"a":"my prototype"}"#,
            &format!("[{}0]", "[],".repeat(5000)),
            &format!("\"{}\"", "[".repeat(5000)),
            &format!("\"\\\"{}\"", "[".repeat(5000)),
        ] {
            assert!(!may_contain_typed_values(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn whatever_the_serializer_reads_in_its_own_way_is_found() {
        for text in [
            r#"{"input":{"__type":"Date","value":"x"}}"#,
            r#"{"__graph":true}"#,
            r#"{"a":{"__proto__":1}}"#,
            r#"{"constructor":1}"#,
            r#"{"prototype":1}"#,
            r#"{"$runner.escape::__type":1}"#,
            r#"{"\u005f_type":"Date","value":"x"}"#,
            r#"{"__\u0074ype":"Date","value":"x"}"#,
            &"[".repeat(1000),
            &"{\"a\":".repeat(1000),
        ] {
            assert!(may_contain_typed_values(text.as_bytes()), "{text}");
        }
        assert!(!may_contain_typed_values("[".repeat(999).as_bytes()));
    }

    #[test]
    fn keys_that_reach_a_prototype_are_found_however_they_are_escaped() {
        for text in [
            r#"{"__proto__":1}"#,
            r#"{"a":[{"__proto__" : {}}]}"#,
            r#"{"\u005f_proto__":1}"#,
            r#"{"_\u005F\u0070roto__":1}"#,
            r#"{"__pro\u0074o__":1}"#,
            r#"{"constructor":{"prototype":{}}}"#,
            r#"{"constructo\u0072":{"prototype":{}}}"#,
        ] {
            assert!(may_contain_prototype_keys(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            r#"{"proto":"__proto__ is a key","constructor":1}"#,
            r#"{"prototype":1}"#,
            r#"{"html":"\u003cb\u003e\u0026\u0027"}"#,
            r#"{"\u0069nput":"\u00e9"}"#,
            r#"{"a":"\u00"#,
            r#"{"a":"\u005"#,
        ] {
            assert!(!may_contain_prototype_keys(text.as_bytes()), "{text}");
        }
    }
}
