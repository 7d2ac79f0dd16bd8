//! The configuration: parsed once from loose options, and immutable from then on.
//!
//! All problems are reported together, each with its path, the value received and the values expected.

mod auth;
mod cors;
mod handler;
mod limits;
mod multipart;
mod reader;
mod spec;
mod value;
mod workers;

use std::fmt;

pub use auth::{Auth, AuthRule};
pub use cors::{Cors, OriginRule};
pub use handler::HandlerOptions;
pub use limits::Limits;
pub use multipart::MultipartLimits;
pub use spec::{DefaultValue, OPTIONS, OptionKind, OptionSpec};
pub use value::Value;
pub use workers::{MainThread, Workers};

use crate::exposure::{AllowList, Exposure, Tunnels};
use reader::Section;

/// The configuration of one server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The port to bind; 0 takes a free one.
    pub port: u16,
    /// The host name or address to bind.
    pub host: String,
    /// The prefix of every route: empty for `/`, else with a leading and without a trailing slash.
    pub base_path: String,
    /// The CORS configuration.
    pub cors: Cors,
    /// Who may call.
    pub auth: Auth,
    /// Whether only this machine may call, under a loopback host name and from loopback origins, since neither
    /// authentication nor CORS is configured.
    pub is_local_only: bool,
    /// The ids that may be reached until the host changes them.
    pub exposure: Exposure,
    /// Whether `GET {base}/discovery` lists ids.
    pub has_discovery: bool,
    /// Whether the host serves what is outside the base path.
    pub has_fallback: bool,
    /// Which part of a JSON body is passed to the handler's side.
    pub forwarding: JsonForwarding,
    /// How many threads serve connections.
    pub io_threads: usize,
    /// Whether rejected requests are reported: the host's logger takes warnings.
    pub reports_rejections: bool,
    /// Limits on what clients may use.
    pub limits: Limits,
    /// How workers and the main thread share the calls.
    pub workers: Workers,
}

/// Whose handlers a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostMode {
    /// Those that were registered by hand. Values are JSON, and a host that the network reaches needs an
    /// authentication rule.
    Standalone,
    /// Those of a Runner application. Its serializer reads values, its tunnels define what is exposed, and without an
    /// authentication rule every request is rejected, wherever the server listens.
    Runner {
        /// Whether the serializer is unknown, so that it has to read every document.
        whole_documents: bool,
    },
}

/// Which part of a JSON body is passed to the handler's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonForwarding {
    /// The input, since values are plain JSON.
    Input,
    /// The input, or the whole document if that may hold typed records.
    TypedDocument,
    /// The whole document, in any format.
    Document,
}

/// One option that cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Its path, such as `limits.maxJsonBytes`.
    pub path: String,
    /// What was given.
    pub received: String,
    /// What would be accepted.
    pub expected: String,
}

impl Problem {
    fn new(path: &str, received: &Value, expected: impl Into<String>) -> Self {
        let path = if path.is_empty() { "options" } else { path };
        Problem { path: path.to_owned(), received: received.to_string(), expected: expected.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: received {}, expected {}", self.path, self.received, self.expected)
    }
}

impl Config {
    /// Parses the options: a port alone, or an object.
    ///
    /// # Errors
    /// Returns all problems found, in the order of the options.
    pub fn parse(options: Value, mode: HostMode) -> Result<Config, Vec<Problem>> {
        let options = match options {
            Value::Number(_) => Value::Object(vec![("port".to_owned(), options)]),
            Value::Object(_) => options,
            other => return Err(vec![Problem::new("", &other, "a port number or an object of options")]),
        };
        let mut problems = Vec::new();
        let mut root = Section::open("", options, &mut problems);
        let says_nothing = !["auth", "cors", "corsOrigins"].into_iter().any(|key| root.is_given(key));
        let is_local_only = mode == HostMode::Standalone && says_nothing;
        let config = Config {
            port: port(&mut root),
            host: host(&mut root),
            base_path: base_path(&mut root),
            cors: cors::parse(&mut root),
            auth: Auth::default(),
            is_local_only,
            exposure: match mode {
                HostMode::Standalone => allow_list(&mut root).map_or(Exposure::All, Exposure::Listed),
                HostMode::Runner { .. } => Exposure::Tunnels(Tunnels::default()),
            },
            has_discovery: !root.flag("disableDiscovery"),
            has_fallback: fallback(&mut root),
            forwarding: match mode {
                HostMode::Standalone => JsonForwarding::Input,
                HostMode::Runner { whole_documents: false } => JsonForwarding::TypedDocument,
                HostMode::Runner { whole_documents: true } => JsonForwarding::Document,
            },
            io_threads: root.size("ioThreads"),
            reports_rejections: logger(&mut root),
            limits: limits::parse(&mut root),
            workers: workers::parse(&mut root),
        };
        let mut config = Config { auth: auth::parse(&mut root, &config.host, mode), ..config };
        if is_local_only {
            config.cors.origin = OriginRule::Local;
        }
        if problems.is_empty() { Ok(config) } else { Err(problems) }
    }
}

fn port(root: &mut Section<'_>) -> u16 {
    match root.take("port") {
        Value::Number(n) if n.fract() == 0.0 && (0.0..=65535.0).contains(&n) => n as u16,
        other => {
            root.refuse("port", other, "an integer from 0 to 65535 (0 takes a free port)");
            0
        }
    }
}

fn default_text(option: &str) -> String {
    spec::of(option).default_text().to_owned()
}

fn host(root: &mut Section<'_>) -> String {
    match root.take("host") {
        Value::Undefined => default_text("host"),
        Value::String(host) if !host.trim().is_empty() && host.trim() == host => host,
        other => {
            root.refuse("host", other, "a host name or an IP address");
            default_text("host")
        }
    }
}

fn base_path(root: &mut Section<'_>) -> String {
    let text = match root.take("basePath") {
        Value::Undefined => default_text("basePath"),
        Value::String(text) => text,
        other => {
            root.refuse("basePath", other, "a path such as \"/__runner\"");
            return default_text("basePath");
        }
    };
    let path = if text.starts_with('/') { text.clone() } else { format!("/{text}") };
    let path = path.strip_suffix('/').unwrap_or(&path);
    let plain = |segment: &str| {
        !segment.is_empty()
            && !matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
            && segment.bytes().all(|b| b.is_ascii_graphic() && !b"?#\\\"<>^`{|}".contains(&b))
            && segment.split('%').skip(1).all(|escape| {
                escape.len() >= 2 && escape.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
            })
    };
    let usable = !text.is_empty() && path.split('/').skip(1).all(plain);
    if !usable {
        let expected =
            "a path such as \"/__runner\", without query, bad escapes, spaces, empty or dot segments";
        root.refuse("basePath", Value::String(text), expected);
    }
    path.to_owned()
}

fn allow_list(root: &mut Section<'_>) -> Option<AllowList> {
    let mut section = root.section("allowList")?;
    let mut ids = |key| {
        let ids = section.strings(key, "a non-empty id", |id| !id.is_empty());
        ids.unwrap_or_default().into_iter().collect()
    };
    Some(AllowList { tasks: ids("tasks"), events: ids("events") })
}

/// Whether there is a fallback. The listener stays with the host; the core only checks that it is a function.
fn fallback(root: &mut Section<'_>) -> bool {
    match root.take("fallback") {
        Value::Undefined => false,
        Value::Function => true,
        other => {
            root.refuse("fallback", other, "a function (req, res)");
            false
        }
    }
}

/// Whether the logger takes warnings. It stays with the host; the core only checks its methods.
fn logger(root: &mut Section<'_>) -> bool {
    let expected = "an object with functions `error`, `warn`, `info` or `debug`";
    let mut warns = false;
    match root.take("logger") {
        Value::Undefined => {}
        Value::Object(methods) => {
            for (name, method) in methods {
                let level = matches!(name.as_str(), "error" | "warn" | "info" | "debug");
                if level && !matches!(method, Value::Function | Value::Undefined) {
                    root.refuse(&format!("logger.{name}"), method, "a function");
                } else if name == "warn" {
                    warns = method == Value::Function;
                }
            }
        }
        other => root.refuse("logger", other, expected),
    }
    warns
}

#[cfg(test)]
mod tests;
