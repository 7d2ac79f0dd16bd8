use super::*;

const MAX: usize = 64;

fn done(id: u64, result: Option<&str>) -> Result<WorkerMessage, Fault> {
    Ok(WorkerMessage::Done { id, result: result.map(|text| Bytes::copy_from_slice(text.as_bytes())) })
}

/// What is read of pieces that arrive one by one.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Result<WorkerMessage, Fault>> {
    let mut lines = Lines::new(MAX);
    let mut messages = Vec::new();
    for piece in pieces {
        lines.buffer().extend_from_slice(piece);
        while let Some(message) = lines.next_message() {
            messages.push(message);
        }
    }
    messages
}

const TEXT: &str = concat!(
    "{\"id\":1,\"ok\":true,\"result\":\"é😀\"}\r\n",
    "\n  \r\n",
    "{\"id\":2,\"ok\":true}\n",
    "no protocol\n",
    "{\"id\":3,\"ok\":true,\"result\":[1, 2]}\n",
    "{\"id\":4,\"half\":",
);

fn assert_text(messages: &[Result<WorkerMessage, Fault>]) {
    let [first, second, third, fourth] = messages else { panic!("{messages:?}") };
    assert_eq!((first, second), (&done(1, Some("\"é😀\"")), &done(2, None)));
    assert!(matches!(third, Err(Fault { id: None, problem: Problem::NotAnObject { .. } })), "{third:?}");
    assert_eq!(fourth, &done(3, Some("[1, 2]")));
}

#[test]
fn lines_come_whole_wherever_reading_has_cut_them() {
    for cut in 0..=TEXT.len() {
        let (before, after) = TEXT.as_bytes().split_at(cut);
        assert_text(&read([before, after]));
    }
    assert_text(&read(TEXT.as_bytes().chunks(1)));
}

#[test]
fn lines_come_whole_from_pieces_of_any_size() {
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % below
    };
    for _ in 0..500 {
        let mut rest = TEXT.as_bytes();
        let mut pieces = Vec::new();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(1 + random(rest.len()));
            pieces.push(piece);
            rest = more;
        }
        assert_text(&read(pieces));
    }
}

#[test]
fn bytes_at_random_are_faults_and_no_panic() {
    let mut seed = 7_u64;
    let mut lines = Lines::new(MAX);
    for _ in 0..20_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // Those that mean something in JSON come more often.
        let byte = match seed >> 61 {
            0 => b'\n',
            1 => b'"',
            2..=4 => b"{}[]:,\\idok1 "[(seed >> 40) as usize % 13],
            _ => (seed >> 48) as u8,
        };
        lines.buffer().extend_from_slice(&[byte]);
        while lines.next_message().is_some() {}
        assert!(lines.unread.len() <= MAX);
    }
}

#[test]
fn a_line_may_be_as_long_as_its_limit_and_no_longer() {
    let line =
        |length: usize| format!("{{\"id\":1,\"ok\":true,\"result\":\"{}\"}}\n", "x".repeat(length - 30));
    let fits = line(MAX);
    assert_eq!(fits.len(), MAX + 1);
    assert!(matches!(&read([fits.as_bytes()])[..], [Ok(_)]));
    let too_long = Fault { id: Some(1), problem: Problem::TooLong { max_line_bytes: MAX } };
    let over = format!("{}{}", line(MAX + 1), "{\"id\":2,\"ok\":true}\n");
    assert_eq!(read([over.as_bytes()]), [Err(too_long), done(2, None)]);
}

#[test]
fn a_line_without_an_end_costs_no_memory_and_a_fault_each_time_it_passes_its_limit() {
    let mut lines = Lines::new(MAX);
    let mut faults = Vec::new();
    for piece in ["{\"id\":5,\"ok\":true,\"result\":\""].into_iter().chain(["xxxxxxxxxx"; 20]) {
        lines.buffer().extend_from_slice(piece.as_bytes());
        while let Some(message) = lines.next_message() {
            faults.push(message.unwrap_err().id);
        }
        assert!(lines.unread.len() <= MAX);
    }
    assert_eq!(faults, [Some(5), None, None]);
    lines.buffer().extend_from_slice(b"\"}\n{\"id\":6,\"ok\":true}\n");
    assert_eq!(lines.next_message(), Some(done(6, None)));
    assert!(!lines.is_within_line());
}
