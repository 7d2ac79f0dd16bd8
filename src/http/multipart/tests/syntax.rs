//! Where forms and their parts begin and end, and which bytes are malformed.

use super::*;

#[tokio::test]
async fn a_form_is_the_same_wherever_it_is_cut() {
    let text = form(&[
        field("other", "1"),
        field("__manifest", "{\"input\":\"ü\"}"),
        file("F1", "one\r\n--front\r\n\r\n"),
        file("unasked", "2"),
        file("F2", ""),
    ]);
    let bytes = Bytes::from(format!("preamble\r\n{text}epilogue"));
    let whole: Vec<Vec<Bytes>> =
        (0..=bytes.len()).map(|at| vec![bytes.slice(..at), bytes.slice(at..)]).collect();
    let each = (0..bytes.len()).map(|at| bytes.slice(at..=at)).collect();
    for pieces in [whole, vec![each]].concat() {
        let cut = pieces[0].len();
        let received = receive_pieces(pieces, &limits(MultipartLimits::default(), LONG_TIMEOUT)).await;
        let OpenForm { manifest, form, rest } = received.unwrap();
        assert_eq!(manifest, "{\"input\":\"ü\"}", "cut at {cut}");
        let [first, second] = expect(&form, ["F1", "F2"]);
        assert_eq!(read(first).await, ("one\r\n--front\r\n\r\n".to_owned(), true), "cut at {cut}");
        assert_eq!(read(second).await, (String::new(), true), "cut at {cut}");
        assert_eq!(rest.end().await, Ok(()), "cut at {cut}");
    }
}

#[tokio::test]
async fn a_form_that_ends_early_is_none_wherever_it_ends() {
    let text = form(&[manifest(), file("F1", "one")]);
    let end = text.len() - "\r\n".len();
    let file = text.find("one").unwrap()..text.rfind("--\r\n").unwrap();
    for at in 0..end {
        let ended = outcome_of(&text[..at], MultipartLimits::default()).await;
        let within = file.contains(&at);
        let error = if within { RequestError::BrokenFile } else { RequestError::InvalidMultipart };
        assert_eq!(ended, Err(error), "{:?}", &text[..at]);
    }
    assert_eq!(outcome_of(&text[..end], MultipartLimits::default()).await, Ok(()));
}

#[tokio::test]
async fn what_has_no_boundary_or_another_one_is_no_form() {
    for text in ["", "x", "--other\r\n", "--frontier", "--frontier\n\n", "--frontierx\r\n\r\n"] {
        let ended = outcome_of(text, MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart), "{text:?}");
    }
    for kind in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=\"\"",
        "multipart/form-data; boundary",
        "text/plain; x=\"multipart/form-data\"; boundary=b",
        "multipart/form-data; boundary=\"b",
    ] {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(boundary(&headers), None, "{kind}");
    }
}

#[tokio::test]
async fn heads_of_parts_are_read_strictly() {
    let head = "Content-Disposition: form-data; name=\"a\"";
    let bad = [
        form(&[part("", "x"), manifest()]),
        form(&[part("no colon", "x"), manifest()]),
        form(&[part(&format!("{head}\r\n bad: fold\u{0}"), "x"), manifest()]),
        form(&[part(&vec!["x: y"; 33].join("\r\n"), "x"), manifest()]),
    ];
    for text in bad {
        let ended = outcome_of(&text, MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart), "{text:?}");
    }
    let few = MultipartLimits { max_part_headers: 1, ..MultipartLimits::default() };
    assert_eq!(
        outcome_of(&form(&[manifest(), file("F1", "")]), few).await,
        Err(RequestError::InvalidMultipart)
    );
}

#[tokio::test]
async fn neither_a_preamble_nor_a_head_is_kept_without_end() {
    let long = "x".repeat(17 * 1024);
    let preamble = format!("{long}\r\n{}", form(&[manifest(), file("F1", "")]));
    let head = form(&[field(&long, "x"), manifest(), file("F1", "")]);
    let later = form(&[manifest(), file("F1", ""), part(&format!("x: {}", "y".repeat(200 * 1024)), "")]);
    for text in [preamble, head, later] {
        let bytes = Bytes::from(text);
        let pieces = (0..bytes.len()).step_by(1000).map(|at| bytes.slice(at..bytes.len().min(at + 1000)));
        let ended = outcome(pieces.collect(), MultipartLimits::default()).await;
        assert_eq!(ended, Err(RequestError::InvalidMultipart));
        assert_eq!(
            outcome(vec![bytes], MultipartLimits::default()).await,
            Err(RequestError::InvalidMultipart)
        );
    }
}
