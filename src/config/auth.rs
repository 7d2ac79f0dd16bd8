//! Authentication options: who may call, and the rule that applies without them.

use std::net::IpAddr;

use http::HeaderName;

use super::reader::Section;
use super::spec;
use super::{HostMode, Value};

/// Who may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Auth {
    /// The header that carries the token.
    pub header: HeaderName,
    /// How a request is judged.
    pub rule: AuthRule,
}

/// How a request is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum AuthRule {
    /// Everyone may call.
    Anonymous,
    /// Authentication is required but not configured: every request is rejected.
    Unconfigured,
    /// A request with one of the tokens passes. For any other, the host's validators decide, if there are any.
    Credentials {
        /// The accepted tokens, in the clear until the server hashes them.
        tokens: Vec<String>,
        /// Whether the host has validators.
        validate: bool,
    },
}

impl Default for Auth {
    fn default() -> Self {
        Auth { header: default_header(), rule: AuthRule::Anonymous }
    }
}

/// Without `auth`, a standalone server may only listen on loopback, and a Runner application rejects every request: a
/// port that the network reaches needs a decision.
pub(super) fn parse(root: &mut Section<'_>, host: &str, mode: HostMode) -> Auth {
    let Some(mut section) = root.section("auth") else {
        if mode != HostMode::Standalone {
            return Auth { rule: AuthRule::Unconfigured, ..Auth::default() };
        }
        require_loopback(root, host, "nothing");
        return Auth::default();
    };
    let before = section.problems();
    let header = header(&mut section);
    let tokens = tokens(&mut section);
    let validate = validators(&mut section);
    let anonymous = section.flag("allowAnonymous");
    let rule = if !tokens.is_empty() || validate {
        AuthRule::Credentials { tokens, validate }
    } else if anonymous {
        AuthRule::Anonymous
    } else {
        AuthRule::Unconfigured
    };
    let undecided = rule == AuthRule::Unconfigured && section.problems() == before;
    if undecided && mode == HostMode::Standalone {
        require_loopback(root, host, "an object without any of them");
    }
    Auth { header, rule }
}

fn require_loopback(root: &mut Section<'_>, host: &str, received: &str) {
    if !is_loopback(host) {
        let expected = format!(
            "a token, validators or `allowAnonymous: true`, because {host:?} is not a loopback address"
        );
        root.refuse("auth", received, expected);
    }
}

fn default_header() -> HeaderName {
    HeaderName::from_static(spec::of("auth.header").default_text())
}

fn header(section: &mut Section<'_>) -> HeaderName {
    let value = section.take("header");
    match &value {
        Value::Undefined => return default_header(),
        Value::String(name) => {
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                return name;
            }
        }
        _ => {}
    }
    section.refuse("header", value, "the name of an HTTP header");
    default_header()
}

/// Reads the tokens. Problems name their types and positions, never their values, which must not end up in a log.
fn tokens(section: &mut Section<'_>) -> Vec<String> {
    let expected = "a non-empty string or a non-empty array of such";
    let mut tokens = Vec::new();
    let mut check = |section: &mut Section<'_>, key: &str, value: Value| match value {
        Value::String(token) if token.is_empty() => section.refuse(key, "an empty string", expected),
        Value::String(token) => tokens.push(token),
        other => section.refuse(key, kind(&other), expected),
    };
    match section.take("token") {
        Value::Undefined => {}
        Value::List(items) if !items.is_empty() => {
            for (index, item) in items.into_iter().enumerate() {
                check(section, &format!("token[{index}]"), item);
            }
        }
        other => check(section, "token", other),
    }
    tokens
}

fn kind(value: &Value) -> String {
    match value {
        Value::Number(_) => "a number".to_owned(),
        other => other.to_string(),
    }
}

fn validators(section: &mut Section<'_>) -> bool {
    let expected = "a function or a non-empty array of functions";
    match section.take("validate") {
        Value::Undefined => false,
        Value::Function => true,
        Value::List(items) if !items.is_empty() => {
            for (index, item) in items.into_iter().enumerate() {
                if item != Value::Function {
                    section.refuse(&format!("validate[{index}]"), item, "a function");
                }
            }
            true
        }
        other => {
            section.refuse("validate", other, expected);
            false
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    match address.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}
