//! The limits of forms, and their manifests.

use super::*;

#[tokio::test]
async fn every_limit_holds_and_no_sooner() {
    use RequestError::{FieldTooLarge, FileTooLarge, TooManyFields, TooManyFiles, TooManyParts};
    let default = MultipartLimits::default;
    let base = [manifest(), file("F1", "12345"), field("ab", "12345")];
    let with = |more: &[String]| form(&[&base[..], more].concat());
    let cases = [
        (MultipartLimits { max_file_bytes: 6, ..default() }, with(&[file("x", "123456")]), FileTooLarge),
        (MultipartLimits { max_files: 1, ..default() }, with(&[file("x", "")]), TooManyFiles),
        (MultipartLimits { max_field_bytes: 6, ..default() }, with(&[field("x", "123456")]), FieldTooLarge),
        (MultipartLimits { max_fields: 2, ..default() }, with(&[field("x", "")]), TooManyFields),
        (MultipartLimits { max_field_name_bytes: 2, ..default() }, with(&[field("abc", "")]), FieldTooLarge),
        (MultipartLimits { max_parts: 4, ..default() }, with(&[part("x: y", "")]), TooManyParts),
    ];
    for (limits, over, error) in cases {
        assert_eq!(outcome_of(&with(&[]), limits.clone()).await, Ok(()), "{error}");
        assert_eq!(outcome_of(&over, limits).await, Err(error));
    }
    let limits = MultipartLimits { max_field_bytes: 2, ..default() };
    assert_eq!(outcome_of(&with(&[]), limits).await, Err(FieldTooLarge), "a manifest is a field");
}

#[tokio::test]
async fn a_manifest_comes_once_and_holds_something() {
    let file = file("F1", "");
    for (parts, expected) in [
        (vec![file.clone()], RequestError::MissingManifest),
        (vec![], RequestError::InvalidMultipart),
        (vec![field("__manifest", ""), file.clone()], RequestError::MissingManifest),
        (vec![manifest(), manifest(), file.clone()], RequestError::InvalidManifest),
        (vec![manifest(), file.clone(), manifest()], RequestError::InvalidManifest),
        (
            vec![
                part("Content-Disposition: form-data; name=\"__manifest\"; filename=\"m\"", "{}"),
                file.clone(),
            ],
            RequestError::MissingManifest,
        ),
        (
            vec![part(
                "Content-Disposition: form-data; name=\"__manifest\"\r\nContent-Type: a/b; charset=none",
                "{}",
            )],
            RequestError::InvalidManifest,
        ),
    ] {
        let text = if parts.is_empty() { String::new() } else { form(&parts) };
        assert_eq!(outcome_of(&text, MultipartLimits::default()).await, Err(expected), "{text:?}");
    }
    let blank = form(&[manifest(), field("__manifest", " \t\r\n"), file]);
    assert_eq!(outcome_of(&blank, MultipartLimits::default()).await, Ok(()));
}
