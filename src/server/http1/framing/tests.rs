use super::*;

const LINE: &str = "POST /a HTTP/1.1\r\n";
const HEAD: &str = "POST /a HTTP/1.1\r\nhost: here\r\n";
const CHUNKED: &str = "POST /a HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n";

/// Checks bytes that arrive in pieces of `size`. Returns the framing, or the number of well-formed bytes.
fn read(bytes: &[u8], size: usize) -> Result<Framing, usize> {
    let mut framing = Framing::default();
    for (index, piece) in bytes.chunks(size).enumerate() {
        if let Checked::Malformed { at, .. } = framing.check(&mut piece.to_vec()) {
            return Err(index * size + at);
        }
    }
    Ok(framing)
}

fn assert_complete(text: &str, messages: u32) {
    for size in 1..=text.len() {
        let framing = read(text.as_bytes(), size).unwrap_or_else(|at| panic!("{text:?} at {at}"));
        assert_eq!((framing.message(), framing.messages()), (None, messages), "{text:?} by {size}");
    }
}

fn assert_malformed(text: &str, at: usize) {
    for size in 1..=text.len() {
        assert_eq!(read(text.as_bytes(), size).map(|_| ()), Err(at), "{text:?} by {size}");
    }
}

#[test]
fn messages_follow_each_other_wherever_the_reads_end() {
    let messages = [
        format!("{HEAD}\r\n"),
        format!("{HEAD}content-length: 0\r\n\r\n"),
        format!("\r\n\r\n{HEAD}Content-Length:  12 \r\n\r\n\r\nhost: a\r\n\r\n"),
        format!("{CHUNKED}5\r\nhello\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"),
        format!("{CHUNKED}0\r\na: b\r\nhost: x\r\n\r\n"),
        "GET / HTTP/1.0\r\n\r\n".to_owned(),
        format!("{LINE}HOST:x\r\nhosts: y\r\nTransfer-Encoding:\tChunked\r\n\r\n4\r\n\r\n\r\n\r\n0\r\n\r\n"),
    ];
    for message in &messages {
        assert_complete(message, 1);
    }
    assert_complete(&messages.concat(), 7);
}

#[test]
fn a_head_that_comes_again_means_what_it_meant_before() {
    let sized = format!("{HEAD}content-length: 3\r\n\r\nabc");
    let chunked = format!("{CHUNKED}1\r\na\r\n0\r\n\r\n");
    let large = format!("{HEAD}a: {}\r\n\r\n", "a".repeat(2000));
    for message in [&sized, &chunked, &large, &format!("{HEAD}\r\n")] {
        assert_complete(&message.repeat(3), 3);
    }
    assert_complete(&[&sized, &chunked, &sized, &sized, &large, &sized].map(String::as_str).concat(), 6);
    let again = format!("{sized}{sized}{HEAD}content-length: 3\r\n");
    assert_malformed(&format!("{again}content-length: 3\r\n\r\nabc"), again.len() + 18);
}

#[test]
fn a_message_is_incomplete_until_its_last_byte() {
    for text in [format!("{HEAD}content-length: 3\r\n\r\nabc"), format!("{CHUNKED}1\r\na\r\n0\r\n\r\n")] {
        for end in 1..text.len() {
            let framing = read(&text.as_bytes()[..end], end).expect("well-formed");
            assert_eq!(framing.message(), Some(1), "{:?}", &text[..end]);
            let head = text.find("\r\n\r\n").expect("a head") + 4;
            assert_eq!(framing.is_within_head(), end < head, "{:?}", &text[..end]);
        }
    }
}

#[test]
fn a_head_that_leaves_its_framing_open_is_malformed_at_the_end_of_the_line() {
    let lines = [
        "content-length: 1\r\ncontent-length: 1\r\n",
        "content-length: 1\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 1\r\n",
        "transfer-encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding:\r\n",
        "content-length: 1, 1\r\n",
        "content-length: +1\r\n",
        "content-length:\r\n",
        "content-length: 18446744073709551616\r\n",
        "Host: there\r\n",
        "x: hi\nx-runner-token: t\r\n",
    ];
    for line in lines {
        let text = format!("{HEAD}{line}\r\n");
        let lf = if line.contains("hi\n") { HEAD.len() + 5 } else { HEAD.len() + line.len() - 1 };
        assert_malformed(&text, lf);
    }
}

#[test]
fn http_1_1_needs_a_host_and_nothing_else_is_spoken_here() {
    assert_malformed(&format!("{LINE}\r\n"), LINE.len() + 1);
    assert_malformed("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 15);
    assert_malformed("GET /\r\n", 6);
    assert_malformed("GET / HTTP/1.1\n", 14);
}

#[test]
fn chunks_are_sizes_and_line_ends_and_nothing_else() {
    for (chunks, at) in [
        ("5 \r\nhello", 1),
        (" 5\r\nhello", 0),
        ("5 ;x\r\nhello", 1),
        ("\r\n", 0),
        (";x\r\n", 0),
        ("0x5\r\n", 1),
        ("5\nhello", 1),
        ("5;x\nhello", 3),
        ("5\rx", 2),
        ("5\r\nhello!\r\n", 8),
        ("5\r\nhello\n", 8),
        ("11111111111111111\r\n", 16),
        ("0\r\na: b\n\r\n", 7),
    ] {
        assert_malformed(&format!("{CHUNKED}{chunks}"), CHUNKED.len() + at);
    }
}

#[test]
fn nothing_counts_behind_what_is_malformed() {
    let mut framing = Framing::default();
    assert_eq!(framing.check(&mut b"GET / HTTP/1.1\n".to_vec()), Checked::Malformed { at: 14, stand_in: 0 });
    assert!(framing.is_malformed());
    assert_eq!(framing.check(&mut HEAD.as_bytes().to_vec()), Checked::Malformed { at: 0, stand_in: 0 });
}

#[test]
fn targets_that_hyper_would_change_are_replaced_and_found_by_the_number_of_their_request() {
    let lines = |targets: [&str; 5]| targets.map(|target| format!("GET {target} HTTP/1.0\r\n\r\n")).concat();
    let sent = lines(["/a<b>#c", "/plain?", "*", "http://h?`", "/\"#"]);
    for size in 1..=sent.len() {
        let mut framing = Framing::default();
        let mut shown = Vec::new();
        for piece in sent.as_bytes().chunks(size) {
            let mut piece = piece.to_vec();
            assert_eq!(framing.check(&mut piece), Checked::WellFormed);
            shown.extend(piece);
        }
        let expected = lines(["/a_b__c", "/plain?", "/", "/_________", "/__"]);
        assert_eq!(String::from_utf8_lossy(&shown), expected, "by {size}");
        let targets = framing.targets();
        let kept = (1..=5).filter_map(|request| Some((request, targets.take(request)?.as_str().to_owned())));
        let expected =
            [(1, "/a<b>#c"), (3, "*"), (4, "http://h?`"), (5, "/\"#")].map(|(at, of)| (at, of.to_owned()));
        assert_eq!(kept.collect::<Vec<_>>(), expected, "by {size}");
    }
}

#[test]
fn a_target_that_node_refuses_is_malformed_at_the_end_of_its_line() {
    for target in ["", "a:b", "?", "http:/", "http://a#", "/\u{e9}", "*\t", "/#\x7f"] {
        let line = format!("GET {target} HTTP/1.1\r\n");
        assert_malformed(&line, line.len() - 1);
    }
}

#[test]
fn a_malformed_request_line_leaves_no_target_behind() {
    let mut framing = Framing::default();
    assert_ne!(framing.check(&mut b"GET /# HTTP/9.9\r\n".to_vec()), Checked::WellFormed);
    assert_eq!(framing.targets().take(1), None);
}

#[test]
fn a_head_that_is_known_by_its_placeholder_is_not_taken_for_one_with_another_target() {
    let mut framing = Framing::default();
    for (request, target) in [(1, "/a<b"), (2, "/a_b"), (3, "/a>b"), (4, "*"), (5, "/"), (6, "*")] {
        let mut head = format!("GET {target} HTTP/1.1\r\nhost: here\r\n\r\n").into_bytes();
        assert_eq!(framing.check(&mut head), Checked::WellFormed);
        let replaced = framing.targets().take(request).map(|target| target.as_str().to_owned());
        let expected = (!matches!(target, "/a_b" | "/")).then(|| target.to_owned());
        assert_eq!(replaced, expected, "{target}");
    }
}
