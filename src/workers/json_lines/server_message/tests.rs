use super::*;

fn written(message: ServerMessage<'_>) -> String {
    let mut into = Vec::new();
    message.write(&mut into);
    String::from_utf8(into).unwrap()
}

const NONE: CallDetails<'_> = CallDetails {
    request_id: None,
    deadline_ms: None,
    context: None,
    has_unsafe_keys: false,
    has_body: false,
    files: &[],
};

#[test]
fn each_message_is_one_line_of_the_protocol() {
    let files = ["F1".to_owned(), "\"".to_owned()];
    let details = CallDetails {
        request_id: Some("r\"1"),
        deadline_ms: Some(5000),
        context: Some("{\"path\":\"/\"}"),
        has_unsafe_keys: true,
        has_body: true,
        files: &files,
    };
    let broken = Break { code: "ECONNRESET", message: "\"gone\"" };
    let body = TransferId { call: 1, file: None };
    let file = TransferId { call: 1, file: Some("F\"1") };
    for (message, line) in [
        (
            ServerMessage::Task { id: 1, task: "app.tasks.add", input: Some("{\"a\":5}"), details: NONE },
            r#"{"type":"task","id":1,"taskId":"app.tasks.add","input":{"a":5}}"#,
        ),
        (
            ServerMessage::Task { id: u64::MAX, task: "a\"\n\u{2028}", input: None, details },
            concat!(
                r#"{"type":"task","id":18446744073709551615,"taskId":"a\"\n\u2028","requestId":"r\"1","#,
                r#""deadlineMs":5000,"context":{"path":"/"},"unsafeKeys":true,"body":true,"#,
                r#""files":["F1","\""]}"#
            ),
        ),
        (
            ServerMessage::Event {
                id: 2,
                event: "e",
                payload: Some("[\r\n1]"),
                return_payload: false,
                details: NONE,
            },
            r#"{"type":"event","id":2,"eventId":"e","payload":[  1]}"#,
        ),
        (
            ServerMessage::Event { id: 2, event: "e", payload: None, return_payload: true, details: NONE },
            r#"{"type":"event","id":2,"eventId":"e","returnPayload":true}"#,
        ),
        (ServerMessage::Ping { id: 999 }, r#"{"type":"ping","id":999}"#),
        (
            ServerMessage::Cancel { id: 1, reason: CancelReason::ClientLeft },
            r#"{"type":"cancel","id":1,"reason":"client-left"}"#,
        ),
        (
            ServerMessage::Cancel { id: 1, reason: CancelReason::DeadlinePassed },
            r#"{"type":"cancel","id":1,"reason":"deadline"}"#,
        ),
        (ServerMessage::Shutdown, r#"{"type":"shutdown"}"#),
        (ServerMessage::Chunk { of: body, data: b"\xff\xff" }, r#"{"type":"chunk","id":1,"data":"//8="}"#),
        (ServerMessage::Chunk { of: file, data: b"" }, r#"{"type":"chunk","id":1,"file":"F\"1","data":""}"#),
        (ServerMessage::End { of: body, broken: None }, r#"{"type":"end","id":1}"#),
        (
            ServerMessage::End { of: file, broken: Some(broken) },
            r#"{"type":"end","id":1,"file":"F\"1","error":{"code":"ECONNRESET","message":"\"gone\""}}"#,
        ),
        (
            ServerMessage::File { of: file, name: Some("a\n.txt"), content_type: "text/plain" },
            r#"{"type":"file","id":1,"file":"F\"1","name":"a\n.txt","contentType":"text/plain"}"#,
        ),
        (
            ServerMessage::File { of: file, name: None, content_type: "" },
            r#"{"type":"file","id":1,"file":"F\"1","contentType":""}"#,
        ),
        (ServerMessage::Credit { id: 3, bytes: 65536 }, r#"{"type":"credit","id":3,"bytes":65536}"#),
    ] {
        let written = written(message);
        assert_eq!(written, format!("{line}\n"));
        assert!(serde_json::from_str::<serde_json::Value>(&written).is_ok(), "{written}");
    }
}
