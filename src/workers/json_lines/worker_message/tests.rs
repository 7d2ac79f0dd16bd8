use http::{HeaderValue, StatusCode};

use super::*;

fn read(line: &str) -> Result<WorkerMessage, Fault> {
    WorkerMessage::read(&Bytes::copy_from_slice(line.as_bytes()))
}

fn done(id: u64, result: Option<&'static str>) -> WorkerMessage {
    WorkerMessage::Done { id, result: result.map(Bytes::from) }
}

#[test]
fn the_text_of_a_result_is_passed_on_as_it_is() {
    for (line, message) in [
        (r#"{"id":1,"ok":true,"result":8}"#, done(1, Some("8"))),
        (r#"{"id":2,"ok":true}"#, done(2, None)),
        (r#"{"id":2,"ok":true,"result":null}"#, done(2, Some("null"))),
        (
            r#" {"result" : {"a":[1e999,"\ud800"]} , "ok":true,"id":3} "#,
            done(3, Some(r#"{"a":[1e999,"\ud800"]}"#)),
        ),
        (r#"{"type":"result","id":4,"ok":true,"more":{}}"#, done(4, None)),
        (r#"{"\u0069d":5,"ok":false,"ok":true,"result":1,"result":2}"#, done(5, Some("2"))),
        (r#"{"id":9007199254740991,"ok":true}"#, done(9_007_199_254_740_991, None)),
    ] {
        assert_eq!(read(line), Ok(message), "{line}");
    }
}

#[test]
fn a_worker_cannot_break_the_json_of_a_response() {
    for result in ["{", "[1,]", "1,\"x\":2}", "01", "'a'", "\"\t\"", "\"\\x\"", "undefined", "NaN", "}", ""] {
        let line = format!("{{\"id\":7,\"ok\":true,\"result\":{result}}}");
        let fault = read(&line).unwrap_err();
        assert_eq!(fault.id, Some(7), "{line}");
        assert!(matches!(fault.problem, Problem::NotAnObject { .. }), "{fault}");
    }
    // What looks like another member is one.
    let line = r#"{"id":7,"ok":true,"result":1,"x":2}"#;
    assert_eq!(read(line), Ok(done(7, Some("1"))));
}

#[test]
fn depth_costs_no_stack() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let line = format!("{{\"id\":1,\"ok\":true,\"result\":{deep}}}");
    assert!(matches!(read(&line), Ok(WorkerMessage::Done { result: Some(text), .. }) if text == deep));
}

#[test]
fn an_error_with_a_status_reaches_the_client_and_one_without_does_not() {
    let typed = |status, text: &str| WorkerError::Typed { status, text: text.to_owned() };
    let internal = |message: &str, code: Option<&str>| WorkerError::Internal {
        message: message.to_owned(),
        code: code.map(str::to_owned),
        stack: None,
    };
    for (error, expected) in [
        (
            r#"{"message":"Task failed","code":"EXECUTION_ERROR"}"#,
            internal("Task failed", Some("EXECUTION_ERROR")),
        ),
        (r#"{"message":"é","httpCode":null,"code":null,"stack":5}"#, internal("é", None)),
        (
            r#"{"message":"m","stack":"m\n  at x"}"#,
            WorkerError::Internal {
                message: "m".to_owned(),
                code: None,
                stack: Some("m\n  at x".to_owned()),
            },
        ),
        (
            r#"{"stack":"secret","httpCode":404,"data":{"a": 1},"id":"x","code":"C","message":"m\""}"#,
            typed(
                StatusCode::NOT_FOUND,
                r#"{"message":"m\"","code":"C","id":"x","data":{"a": 1},"httpCode":404}"#,
            ),
        ),
        (
            r#"{"message":"m","httpCode":599}"#,
            typed(
                StatusCode::from_u16(599).unwrap(),
                r#"{"message":"m","code":"INTERNAL_ERROR","httpCode":599}"#,
            ),
        ),
    ] {
        let line = format!("{{\"id\":1,\"ok\":false,\"error\":{error}}}");
        assert_eq!(read(&line), Ok(WorkerMessage::Failed { id: 1, error: expected }), "{line}");
    }
}

#[test]
fn an_error_that_cannot_be_sent_says_what_is_wrong_with_it() {
    for (error, expected) in [
        (r#""boom""#, "an `error` with a `message`"),
        ("{}", "an `error` with a `message`"),
        (r#"{"message":5}"#, "an `error` with a `message`"),
        (r#"{"message":"m","code":5}"#, "a string for the `code`"),
        (r#"{"message":"m","id":5,"httpCode":400}"#, "a string for the `id`"),
        (r#"{"message":"m","httpCode":200}"#, "an integer from 400 to 599"),
        (r#"{"message":"m","httpCode":"404"}"#, "an integer from 400 to 599"),
        (r#"{"message":"m","httpCode":404.5}"#, "an integer from 400 to 599"),
    ] {
        let fault = read(&format!("{{\"id\":1,\"ok\":false,\"error\":{error}}}")).unwrap_err();
        assert_eq!(fault.id, Some(1));
        assert!(fault.to_string().contains(expected), "{fault}");
    }
    let fault = read(r#"{"id":1,"ok":false}"#).unwrap_err();
    assert_eq!(fault.to_string(), "received no `error`, expected an `error` with a `message`");
}

#[test]
fn what_is_said_of_streams_and_bodies_is_read() {
    for (line, message) in [
        (r#"{"id":1,"chunk":"//8="}"#, WorkerMessage::Chunk { id: 1, data: Bytes::from_static(b"\xff\xff") }),
        (r#"{"id":1,"end":true}"#, WorkerMessage::End { id: 1, is_complete: true }),
        (r#"{"id":1,"end":false}"#, WorkerMessage::End { id: 1, is_complete: false }),
        (
            r#"{"type":"credit","id":1,"bytes":65536}"#,
            WorkerMessage::Credit { id: 1, file: None, bytes: 65536 },
        ),
        (
            r#"{"type":"credit","id":1,"bytes":1,"file":"F1"}"#,
            WorkerMessage::Credit { id: 1, file: Some("F1".to_owned()), bytes: 1 },
        ),
        (r#"{"type":"skip","id":1}"#, WorkerMessage::Skip { id: 1, file: None }),
        (r#"{"type":"skip","id":1,"file":"F1"}"#, WorkerMessage::Skip { id: 1, file: Some("F1".to_owned()) }),
    ] {
        assert_eq!(read(line), Ok(message), "{line}");
    }
}

#[test]
fn the_head_of_a_stream_has_a_status_and_headers() {
    let head = |line: &str| match read(line) {
        Ok(WorkerMessage::Stream { id: 1, head }) => head,
        other => panic!("{other:?}"),
    };
    let plain = head(r#"{"id":1,"stream":{}}"#);
    assert_eq!((plain.status, plain.headers.len(), plain.length), (StatusCode::OK, 0, None));
    let full = head(
        r#"{"id":1,"stream":{"status":206,"contentType":"text/plain","headers":{"X-A":"é","link":["a","b"],"content-length":"12"}}}"#,
    );
    assert_eq!((full.status, full.length), (StatusCode::PARTIAL_CONTENT, Some(12)));
    assert_eq!(full.headers["x-a"], HeaderValue::from_bytes(b"\xe9").unwrap());
    assert_eq!(full.headers["content-type"], "text/plain");
    assert_eq!(full.headers.get_all("link").iter().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn what_is_no_message_is_a_fault_that_names_the_call_if_it_can() {
    for (line, id, expected) in [
        ("hello", None, "expected a JSON object a line"),
        ("[1]", None, "expected a JSON object a line"),
        ("{}", None, "the `id` of a call"),
        (r#"{"ok":true}"#, None, "the `id` of a call"),
        (r#"{"id":"1","ok":true}"#, None, "received \"1\", expected the `id` of a call"),
        (r#"{"id":-1,"ok":true}"#, None, "the `id` of a call"),
        (r#"{"id":1.5,"ok":true}"#, None, "the `id` of a call"),
        (r#"{"id":1}"#, Some(1), "one of: `ok`"),
        (r#"{"id":1,"ok":1}"#, Some(1), "one of: `ok`"),
        (r#"{"id":1,"ok":true,"end":true}"#, Some(1), "one of: `ok`"),
        (r#"{"id":1,"chunk":"AAAA","end":true}"#, Some(1), "one of: `ok`"),
        (r#"{"id":1,"chunk":"?"}"#, Some(1), "a `chunk` in base64"),
        (r#"{"id":1,"chunk":7}"#, Some(1), "a `chunk` in base64"),
        (r#"{"id":1,"stream":7}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"status":99}}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"status":100}}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"headers":{"a b":"c"}}}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"headers":{"a":"\n"}}}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"headers":{"a":"€"}}}"#, Some(1), "a `stream` of"),
        (r#"{"id":1,"stream":{"headers":{"content-length":"-1"}}}"#, Some(1), "a `stream` of"),
        (r#"{"type":"credit","id":1}"#, Some(1), "`bytes`"),
        (r#"{"type":"credit","bytes":1}"#, None, "the `id` of a call"),
        (r#"{"type":"credit","id":1,"bytes":-1}"#, Some(1), "`bytes`"),
        (r#"{"type":"credit","id":1,"bytes":1,"file":1}"#, Some(1), "`bytes`"),
        (r#"{"type":"log","id":1}"#, Some(1), "a `type` of: ready, credit, skip"),
        (r#"{"type":7}"#, None, "a `type` of: ready, credit, skip"),
        (r#"{"type":"skip"}"#, None, "the `id` of a call"),
        (r#"{"type":"ready"}"#, None, "`protocol`"),
    ] {
        let fault = read(line).unwrap_err();
        assert_eq!(fault.id, id, "{line}");
        assert!(fault.to_string().contains(expected), "{line}: {fault}");
    }
}

#[test]
fn a_response_may_have_no_more_headers_than_fit() {
    let headers: Vec<String> = (0..40_000).map(|at| format!("\"x-{at}\":\"\"")).collect();
    let line = format!("{{\"id\":1,\"stream\":{{\"headers\":{{{}}}}}}}", headers.join(","));
    assert!(read(&line).is_err());
}

#[test]
fn bytes_that_are_no_utf_8_are_a_fault_of_their_call() {
    let fault =
        WorkerMessage::read(&Bytes::from_static(b"{\"id\":3,\"ok\":true,\"result\":\"\xff\"}")).unwrap_err();
    assert_eq!(fault.id, Some(3));
    assert!(
        matches!(&fault.problem, Problem::NotUtf8 { excerpt } if excerpt.starts_with("{\"id\":3")),
        "{fault}"
    );
}

#[test]
fn a_fault_shows_the_beginning_of_a_long_line() {
    let fault = read(&"é".repeat(1000)).unwrap_err().to_string();
    assert!(fault.contains(&format!("{}…", "é".repeat(100))) && fault.len() < 500, "{fault}");
}
