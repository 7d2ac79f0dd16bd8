//! Every option, described once: its type, its bounds and its default. The reader takes them from here, and tests
//! hold the documentation, the types and the settings of Runner applications against them.

use serde::Serialize;

/// The description of an option.
#[derive(Debug, Serialize)]
pub struct OptionSpec {
    /// Its path, such as `limits.maxJsonBytes`.
    pub path: &'static str,
    /// The values that it takes.
    #[serde(flatten)]
    pub kind: OptionKind,
    /// Its default.
    pub default: DefaultValue,
}

/// The values that an option takes.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum OptionKind {
    /// An integer.
    Integer {
        /// The smallest.
        min: u64,
        /// The largest, which is exact in JavaScript.
        max: u64,
        /// The unit; empty for a plain number.
        unit: &'static str,
    },
    /// True or false.
    Boolean,
    /// A value that is read by code of its own.
    Other {
        /// Its name in the documentation.
        name: &'static str,
    },
}

/// The default of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DefaultValue {
    /// No default.
    None,
    /// A number.
    Integer(u64),
    /// True or false.
    Boolean(bool),
    /// A text.
    Text(&'static str),
    /// Several texts.
    Texts(&'static [&'static str]),
}

use DefaultValue::{Boolean as Flag, Integer as Number, None as Nothing, Text, Texts};

/// The longest delay of a JavaScript timer, in milliseconds.
const MAX_MS: u64 = i32::MAX as u64;
const MAX_U32: u64 = u32::MAX as u64;
const MIB: u64 = 1024 * 1024;

/// All options of a server, in the order of the documentation.
pub static OPTIONS: &[OptionSpec] = &[
    integer("port", 0, 65_535, "", Nothing),
    // Loopback: only this machine reaches the server unless the application decides otherwise.
    other("host", "string", Text("127.0.0.1")),
    // The default of Runner's clients.
    other("basePath", "string", Text("/__runner")),
    other("corsOrigins", "as `cors.origin`", Nothing),
    other("cors.origin", "string, string[], RegExp or function", Nothing),
    other("cors.methods", "string[]", Texts(&["POST", "OPTIONS"])),
    other("cors.allowedHeaders", "string[]", Nothing),
    other("cors.exposedHeaders", "string[]", Nothing),
    boolean("cors.credentials", false),
    // A year; browsers cap it far lower.
    integer("cors.maxAge", 0, 31_536_000, "seconds", Nothing),
    boolean("cors.varyOrigin", true),
    other("auth.header", "string", Text("x-runner-token")),
    other("auth.token", "string or string[]", Nothing),
    other("auth.validate", "function or function[]", Nothing),
    boolean("auth.allowAnonymous", false),
    other("allowList.tasks", "string[]", Nothing),
    other("allowList.events", "string[]", Nothing),
    boolean("disableDiscovery", false),
    other("fallback", "function", Nothing),
    // On small machines one I/O thread saturates the JavaScript thread, and two only take turns.
    integer("ioThreads", 1, 64, "", Number(1)),
    other("logger", "object", Nothing),
    other("workers.mainThread", "'fallback', 'share' or 'never'", Text("fallback")),
    // Longer than a worker takes to start again after the first back-off, shorter than clients wait.
    milliseconds("workers.acquireTimeoutMs", 0, Number(2000)),
    // nodeExposure's default, so that the same requests pass. V8 strings end at 512 MiB of characters; half of
    // that leaves room for the response.
    integer("limits.maxJsonBytes", 1, 256 * MIB, "bytes", Number(2 * MIB)),
    // Twice what Node allows: context headers grow. hyper's smallest read buffer is 8 KiB.
    integer("limits.maxHeaderBytes", 8192, MIB, "bytes", Number(32 * 1024)),
    // Half of Node's limit, and more than proxies and tracing tools add; hyper's arrays for more than some 2000 cost
    // 20 µs a request. The map of headers cannot outgrow its maximum with up to 3276, whatever their hashes.
    integer("limits.maxHeaderCount", 1, 3000, "headers", Number(1000)),
    // A million idle connections need about 2 GB of memory; file descriptors run out sooner.
    integer("limits.maxConnections", 1, 1_000_000, "connections", Number(16_384)),
    // At 2 µs per call a full queue is 8 ms of work; with slow handlers it is time to shed load.
    integer("limits.maxQueuedCalls", 1, 1_000_000, "calls", Number(4096)),
    // 64 bodies of the largest size by default.
    integer("limits.maxBufferedBodyBytes", 1, 1 << 40, "bytes", Number(128 * MIB)),
    milliseconds("limits.headersTimeoutMs", 1, Number(10_000)),
    // As Node's `requestTimeout`.
    milliseconds("limits.requestTimeoutMs", 0, Number(300_000)),
    milliseconds("limits.bodyTimeoutMs", 1, Number(30_000)),
    // Kestrel's default; the slowest modems are faster.
    integer("limits.minBodyBytesPerSecond", 0, 1_000_000, "bytes per second", Number(240)),
    // Longer than the 60 s of common load balancers, so that they close first.
    milliseconds("limits.keepAliveTimeoutMs", 1, Number(75_000)),
    // Time for a round trip, and for reading what was written last.
    integer("limits.lingerTimeoutMs", 1, 60_000, "milliseconds", Number(1000)),
    milliseconds("limits.handlerTimeoutMs", 1, Nothing),
    // nodeExposure's default, like the next three. Files are not held in memory; the maximum is exact in JavaScript.
    integer("limits.multipart.maxFileBytes", 1, 1 << 40, "bytes", Number(20 * MIB)),
    integer("limits.multipart.maxFiles", 0, MAX_U32, "files", Number(10)),
    // The manifest is held in memory, like a JSON body.
    integer("limits.multipart.maxFieldBytes", 1, 256 * MIB, "bytes", Number(MIB)),
    integer("limits.multipart.maxFields", 1, MAX_U32, "fields", Number(100)),
    // nodeExposure has no such limit: this is the largest head of a part.
    integer("limits.multipart.maxFieldNameBytes", 1, MAX_U32, "bytes", Number(16 * 1024)),
    // nodeExposure has no such limit: this bounds parts that are neither files nor fields, which no client sends.
    integer("limits.multipart.maxParts", 1, MAX_U32, "parts", Number(100_000)),
    // The most that multer parses.
    integer("limits.multipart.maxPartHeaders", 1, 32, "headers", Number(32)),
];

const fn integer(
    path: &'static str,
    min: u64,
    max: u64,
    unit: &'static str,
    default: DefaultValue,
) -> OptionSpec {
    OptionSpec { path, kind: OptionKind::Integer { min, max, unit }, default }
}

const fn milliseconds(path: &'static str, min: u64, default: DefaultValue) -> OptionSpec {
    integer(path, min, MAX_MS, "milliseconds", default)
}

const fn boolean(path: &'static str, default: bool) -> OptionSpec {
    OptionSpec { path, kind: OptionKind::Boolean, default: Flag(default) }
}

const fn other(path: &'static str, name: &'static str, default: DefaultValue) -> OptionSpec {
    OptionSpec { path, kind: OptionKind::Other { name }, default }
}

/// The description of an option. Every option that is read has one.
pub(super) fn of(path: &str) -> &'static OptionSpec {
    OPTIONS.iter().find(|spec| spec.path == path).expect("every option is described")
}

/// The keys of the section at `path`: options and sections, in order.
pub(super) fn keys_at(path: &str) -> Vec<&'static str> {
    let mut keys = Vec::new();
    for spec in OPTIONS {
        let below = if path.is_empty() { Some(spec.path) } else { spec.path.strip_prefix(path) };
        let below = if path.is_empty() { below } else { below.and_then(|rest| rest.strip_prefix('.')) };
        let Some(key) = below.and_then(|rest| rest.split('.').next()) else { continue };
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

impl OptionSpec {
    /// Its default, for an option that is a string.
    pub(super) fn default_text(&self) -> &'static str {
        match self.default {
            Text(text) => text,
            _ => unreachable!("{} has no text for a default", self.path),
        }
    }
}
