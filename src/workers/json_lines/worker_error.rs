//! The errors of calls, as workers report them.

use http::StatusCode;

use crate::json;

/// The error of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum WorkerError {
    /// An error that is sent to the client.
    Typed {
        /// The status of the response.
        status: StatusCode,
        /// The JSON text of `error`.
        text: String,
    },
    /// An error that is only logged.
    Internal {
        /// Its message.
        message: String,
        /// Its code, if it has one.
        code: Option<String>,
        /// Its stack, if it has one.
        stack: Option<String>,
    },
}

impl WorkerError {
    /// Parses the raw `error` of a message. Of one that is sent to the client, only public members are kept.
    pub(super) fn read(raw: Option<&str>) -> Result<Self, (String, &'static str)> {
        const EXPECTED: &str = "an `error` with a `message`";
        let Some(raw) = raw else { return Err(("no `error`".to_owned(), EXPECTED)) };
        let wrong = |expected| (raw.to_owned(), expected);
        let [message, code, id, data, status, stack] =
            json::members(raw, &["message", "code", "id", "data", "httpCode", "stack"])
                .map_err(|_| wrong(EXPECTED))?;
        let string = |raw: &str| serde_json::from_str::<String>(raw);
        let text = message.and_then(|message| string(message).ok()).ok_or_else(|| wrong(EXPECTED))?;
        let code_text = code.filter(|code| *code != "null").map(string).transpose();
        let code_text = code_text.map_err(|_| wrong("a string for the `code` of an `error`"))?;
        if id.is_some_and(|id| !id.starts_with('"')) {
            return Err(wrong("a string for the `id` of an `error`"));
        }
        let Some(status) = status.filter(|status| *status != "null") else {
            let stack = stack.and_then(|stack| string(stack).ok());
            return Ok(WorkerError::Internal { message: text, code: code_text, stack });
        };
        let status = status.parse().ok().filter(|status| (400..=599).contains(status));
        let status = status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .ok_or_else(|| wrong("an integer from 400 to 599 for the `httpCode` of an `error`"))?;
        let code = code_text.filter(|code| !code.is_empty()).and(code).unwrap_or("\"INTERNAL_ERROR\"");
        let mut text = format!("{{\"message\":{},\"code\":{code}", message.unwrap_or_default());
        for (name, member) in [("id", id), ("data", data)] {
            if let Some(member) = member {
                text.push_str(&format!(",\"{name}\":{member}"));
            }
        }
        text.push_str(&format!(",\"httpCode\":{}}}", status.as_u16()));
        Ok(WorkerError::Typed { status, text })
    }
}
