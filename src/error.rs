//! Everything that can be wrong with a request, each kind declared once with status, code and public text.

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
    /// The body is no JSON, or no UTF-8.
    InvalidJson => 400, "INVALID_JSON", "Invalid JSON body";
    /// The body is no multipart form, or breaks off.
    InvalidMultipart => 400, "INVALID_MULTIPART", "Invalid multipart payload";
    /// The manifest of a form cannot be read.
    InvalidManifest => 400, "INVALID_MULTIPART", "Invalid manifest";
    /// A form has no manifest, or one that holds nothing.
    MissingManifest => 400, "MISSING_MANIFEST", "Missing manifest";
    /// A parallel event has no single payload to give back.
    ParallelEventReturn { id } => 400, "PARALLEL_EVENT_RETURN_UNSUPPORTED",
        "Event {id} is marked parallel; returning a payload is not supported.";
    /// No token matched and no validator accepted the request.
    Unauthorized => 401, "UNAUTHORIZED", "Unauthorized";
    /// A server without authentication, reached by a name that other machines may have.
    HostNotLocal => 403, "FORBIDDEN", "Host not allowed: without `auth` or `cors`, this server answers only to localhost and loopback addresses";
    /// A server without authentication or CORS options, called by a page of another site.
    OriginNotLocal => 403, "FORBIDDEN", "Origin not allowed: without `auth` or `cors`, this server answers only pages of localhost and loopback addresses";
    /// The application has no tunnel that exposes anything.
    ExposureNotEnabled => 403, "FORBIDDEN", "Exposure not enabled";
    /// The task is outside the allow-list.
    TaskNotExposed { id } => 403, "FORBIDDEN", "Task {id} not exposed";
    /// The event is outside the allow-list.
    EventNotExposed { id } => 403, "FORBIDDEN", "Event {id} not exposed";
    /// The path leads nowhere.
    NotFound => 404, "NOT_FOUND", "Not Found";
    /// No task has this id.
    TaskNotFound { id } => 404, "NOT_FOUND", "Task {id} not found";
    /// No event has this id.
    EventNotFound { id } => 404, "NOT_FOUND", "Event {id} not found";
    /// The route exists, for another method.
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
    /// The client went away; seen by logs alone.
    Aborted => 499, "REQUEST_ABORTED", "Client Closed Request";
    /// A handler threw, its result could not be serialized, or this server has a bug.
    Internal => 500, "INTERNAL_ERROR", "Internal Error";
    /// A form ends within a file.
    BrokenFile => 500, "STREAM_ERROR", "Internal Error";
    /// The manifest names a file that the form does not hold; which one is for logs.
    MissingFilePart { id } => 500, "MISSING_FILE_PART", "Internal Error";
    /// Authentication was announced but neither token nor validator is there.
    AuthNotConfigured => 500, "AUTH_NOT_CONFIGURED", "Authentication not configured.";
    /// Too many connections, or too many calls wait for the handlers' thread.
    Overloaded => 503, "OVERLOADED", "Service Unavailable";
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
