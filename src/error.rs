//! The errors of requests, each declared once with its status, code and public text.

use http::StatusCode;

use crate::kind::Kind;

/// Declares [`RequestError`] and its table. A text in parentheses may use the variant's field `id`.
macro_rules! request_errors {
    ($($(#[$doc:meta])* $variant:ident $({ $field:ident })? => $status:literal, $code:literal, $message:literal;)*) => {
        /// Why a request has no result.
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum RequestError {
            $($(#[$doc])* #[error($message)] $variant $({
                /// The id in the request.
                $field: String
            })?,)*
        }

        impl RequestError {
            /// The HTTP status of the response.
            pub fn status(&self) -> StatusCode {
                let status: u16 = match self { $(Self::$variant $({ $field: _ })? => $status,)* };
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }

            /// The stable code in the body of the response.
            pub fn code(&self) -> &'static str {
                match self { $(Self::$variant $({ $field: _ })? => $code,)* }
            }
        }
    };
}

request_errors! {
    /// The body is not JSON, or not UTF-8.
    InvalidJson => 400, "INVALID_JSON", "Invalid JSON body";
    /// The body is not a multipart form, or ends early.
    InvalidMultipart => 400, "INVALID_MULTIPART", "Invalid multipart payload";
    /// The manifest of a form cannot be read.
    InvalidManifest => 400, "INVALID_MULTIPART", "Invalid manifest";
    /// A form has no manifest, or an empty one.
    MissingManifest => 400, "MISSING_MANIFEST", "Missing manifest";
    /// A parallel event has no single payload to return.
    ParallelEventReturn { id } => 400, "PARALLEL_EVENT_RETURN_UNSUPPORTED",
        "Event {id} is marked parallel; returning a payload is not supported.";
    /// No token matched and no validator accepted the request.
    Unauthorized => 401, "UNAUTHORIZED", "Unauthorized";
    /// A server without authentication was called under a host name that is not a loopback one.
    HostNotLocal => 403, "FORBIDDEN", "Host not allowed: without `auth` or `cors`, this server answers only to localhost and loopback addresses";
    /// A server without authentication or CORS options was called by a page of another site.
    OriginNotLocal => 403, "FORBIDDEN", "Origin not allowed: without `auth` or `cors`, this server answers only pages of localhost and loopback addresses";
    /// The application has no tunnel that exposes anything.
    ExposureNotEnabled => 403, "FORBIDDEN", "Exposure not enabled";
    /// The task is outside the allow-list.
    TaskNotExposed { id } => 403, "FORBIDDEN", "Task {id} not exposed";
    /// The event is outside the allow-list.
    EventNotExposed { id } => 403, "FORBIDDEN", "Event {id} not exposed";
    /// No route has this path.
    NotFound => 404, "NOT_FOUND", "Not Found";
    /// No task has this id.
    TaskNotFound { id } => 404, "NOT_FOUND", "Task {id} not found";
    /// No event has this id.
    EventNotFound { id } => 404, "NOT_FOUND", "Event {id} not found";
    /// The route exists for another method.
    MethodNotAllowed => 405, "METHOD_NOT_ALLOWED", "Method Not Allowed";
    /// The body did not arrive in time.
    BodyTimeout => 408, "REQUEST_TIMEOUT", "Request Timeout";
    /// The body is over its limit.
    PayloadTooLarge => 413, "PAYLOAD_TOO_LARGE", "Payload too large";
    /// A file of a form is over its limit.
    FileTooLarge => 413, "PAYLOAD_TOO_LARGE", "File size limit exceeded";
    /// A form has more files than it may.
    TooManyFiles => 413, "PAYLOAD_TOO_LARGE", "Files limit exceeded";
    /// A form has more fields than it may.
    TooManyFields => 413, "PAYLOAD_TOO_LARGE", "Fields limit exceeded";
    /// A field of a form, or its name, is over its limit.
    FieldTooLarge => 413, "PAYLOAD_TOO_LARGE", "Field limit exceeded";
    /// A form has more parts than it may.
    TooManyParts => 413, "PAYLOAD_TOO_LARGE", "Parts limit exceeded";
    /// The client has left; seen in logs alone.
    Aborted => 499, "REQUEST_ABORTED", "Client Closed Request";
    /// A handler threw, its result could not be serialized, or this server has a bug.
    Internal => 500, "INTERNAL_ERROR", "Internal Error";
    /// A form ends within a file.
    BrokenFile => 500, "STREAM_ERROR", "Internal Error";
    /// The worker that ran the call has ended.
    WorkerLost => 500, "WORKER_LOST", "Internal Error";
    /// The manifest names a file that the form does not have. Its id is not public.
    MissingFilePart { id } => 500, "MISSING_FILE_PART", "Internal Error";
    /// Authentication is required, but neither tokens nor validators are configured.
    AuthNotConfigured => 500, "AUTH_NOT_CONFIGURED", "Authentication not configured.";
    /// Too many connections, or too many calls wait for the handlers' thread.
    Overloaded => 503, "OVERLOADED", "Service Unavailable";
    /// No worker with the handler was available in time.
    NoWorker => 503, "NO_WORKER", "Service Unavailable";
    /// The handler did not end within its deadline.
    HandlerTimeout => 504, "HANDLER_TIMEOUT", "Handler Timeout";
}

impl RequestError {
    /// The error of an id that has no handler.
    pub fn handler_not_found(kind: Kind, id: &str) -> Self {
        let id = id.to_owned();
        match kind {
            Kind::Task => RequestError::TaskNotFound { id },
            Kind::Event => RequestError::EventNotFound { id },
        }
    }
}
