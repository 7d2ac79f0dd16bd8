//! CORS options, in the shapes of nodeExposure: `cors`, or `corsOrigins` for its `origin` alone.

use http::uri::Authority;
use http::{HeaderName, HeaderValue, Method};

use super::Value;
use super::reader::Section;
use super::spec::{self, DefaultValue};

/// The CORS configuration, with header values made in advance.
#[derive(Clone, Debug, PartialEq)]
pub struct Cors {
    /// Which origin a response allows.
    pub origin: OriginRule,
    /// `Access-Control-Allow-Methods` of a preflight.
    pub methods: HeaderValue,
    /// `Access-Control-Allow-Headers` of a preflight; `None` echoes what was asked for.
    pub allowed_headers: Option<HeaderValue>,
    /// `Access-Control-Expose-Headers` of an actual response.
    pub exposed_headers: Option<HeaderValue>,
    /// Whether `Access-Control-Allow-Credentials: true` is sent.
    pub credentials: bool,
    /// `Access-Control-Max-Age` of a preflight.
    pub max_age: Option<HeaderValue>,
    /// Whether a response that depends on the origin says `Vary: Origin`.
    pub vary: bool,
}

/// Which origin a response allows in `Access-Control-Allow-Origin`.
#[derive(Clone, Debug, PartialEq)]
pub enum OriginRule {
    /// Always this value (`*` when nothing is configured).
    Fixed(HeaderValue),
    /// The request's origin if it is one of these.
    OneOf(Vec<String>),
    /// The host decides; if `is_pure`, its decision holds for every request of that origin.
    Asked {
        /// True for a regular expression, false for a function.
        is_pure: bool,
    },
    /// The request's origin if it is a loopback one, since neither authentication nor CORS is configured.
    Local,
    /// No origin, since credentials are allowed but no origin is configured.
    None,
}

fn default_methods() -> HeaderValue {
    let DefaultValue::Texts(methods) = spec::of("cors.methods").default else {
        unreachable!("there are methods by default")
    };
    HeaderValue::try_from(methods.join(", ")).expect("methods are tokens")
}

impl Default for Cors {
    fn default() -> Self {
        Cors {
            origin: OriginRule::Fixed(HeaderValue::from_static("*")),
            methods: default_methods(),
            allowed_headers: None,
            exposed_headers: None,
            credentials: false,
            max_age: None,
            vary: true,
        }
    }
}

pub(super) fn parse(root: &mut Section<'_>) -> Cors {
    let default = Cors::default();
    let short = root.take("corsOrigins");
    let Some(mut section) = root.section("cors") else {
        return Cors { origin: origin(root, "corsOrigins", short).unwrap_or(default.origin), ..default };
    };
    let long = section.take("origin");
    let both = short != Value::Undefined && long != Value::Undefined;
    let named = origin(&mut section, "origin", long);
    let cors = Cors {
        methods: list(&mut section, "methods", "an HTTP method", is_method).unwrap_or(default.methods),
        allowed_headers: list(&mut section, "allowedHeaders", "a header name", is_header),
        exposed_headers: list(&mut section, "exposedHeaders", "a header name", is_header),
        credentials: section.flag("credentials"),
        max_age: section.integer("maxAge").map(HeaderValue::from),
        vary: section.flag("varyOrigin"),
        origin: OriginRule::None,
    };
    if both {
        root.refuse("corsOrigins", "both `corsOrigins` and `cors.origin`", "one of the two");
        return cors;
    }
    let short = origin(root, "corsOrigins", short);
    let fallback = if cors.credentials { OriginRule::None } else { default.origin };
    Cors { origin: named.or(short).unwrap_or(fallback), ..cors }
}

fn origin(section: &mut Section<'_>, key: &str, value: Value) -> Option<OriginRule> {
    let expected = "an origin such as \"https://app.example.com\" (scheme, host and port, no path)";
    match value {
        Value::Undefined => None,
        Value::String(text) if text == "*" || is_origin(&text) => {
            HeaderValue::from_str(&text).ok().map(OriginRule::Fixed)
        }
        Value::List(items) => {
            let mut origins = Vec::with_capacity(items.len());
            for (index, item) in items.into_iter().enumerate() {
                match item {
                    Value::String(text) if is_origin(&text) => origins.push(text),
                    Value::String(text) if text == "*" => {
                        let expected = format!("{expected}; for every origin give the string \"*\" itself");
                        section.refuse(&format!("{key}[{index}]"), Value::String(text), expected);
                    }
                    other => section.refuse(&format!("{key}[{index}]"), other, expected),
                }
            }
            Some(OriginRule::OneOf(origins))
        }
        Value::RegExp => Some(OriginRule::Asked { is_pure: true }),
        Value::Function => Some(OriginRule::Asked { is_pure: false }),
        other => {
            let expected = format!("\"*\", {expected}, an array of such, a regular expression or a function");
            section.refuse(key, other, expected);
            None
        }
    }
}

/// Whether a browser may send this `Origin`: `null`, or a scheme, host and port.
fn is_origin(text: &str) -> bool {
    if text == "null" {
        return true;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let plain = !rest.is_empty() && !rest.contains(['/', '?', '#', '@', '*']);
    let scheme_ok = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let authority = rest.parse::<Authority>();
    plain && scheme_ok && authority.is_ok_and(|it| it.host().len() == rest.len() || it.port_u16().is_some())
}

fn is_method(text: &str) -> bool {
    Method::from_bytes(text.as_bytes()).is_ok()
}

/// Whether this is a header name, or `*`, which browsers take for any header.
fn is_header(text: &str) -> bool {
    text == "*" || HeaderName::from_bytes(text.as_bytes()).is_ok()
}

/// Joins a non-empty list into one header value.
fn list(
    section: &mut Section<'_>,
    key: &str,
    expected: &str,
    accept: fn(&str) -> bool,
) -> Option<HeaderValue> {
    let items = section.strings(key, expected, accept)?;
    if items.is_empty() { None } else { HeaderValue::from_str(&items.join(", ")).ok() }
}
