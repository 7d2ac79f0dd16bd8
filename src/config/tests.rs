//! What options are parsed into, and which are rejected. `__test__/config/` covers all of them from JavaScript.

use std::time::Duration;

use serde_json::json;

use super::*;

fn parse(options: serde_json::Value) -> Result<Config, Vec<Problem>> {
    Config::parse(options.into(), HostMode::Standalone)
}

fn refused(options: serde_json::Value) -> Vec<String> {
    parse(options).unwrap_err().into_iter().map(|problem| problem.path).collect()
}

#[test]
fn a_port_alone_takes_every_default() {
    let config = parse(json!(7070)).unwrap();
    assert_eq!(
        (config.port, config.host.as_str(), config.base_path.as_str()),
        (7070, "127.0.0.1", "/__runner")
    );
    assert_eq!(config.cors, Cors { origin: OriginRule::Local, ..Cors::default() });
    assert_eq!(config.auth, Auth::default());
    assert_eq!(config.limits, Limits::default());
    assert_eq!((config.exposure, config.has_discovery, config.io_threads), (Exposure::All, true, 1));
}

#[test]
fn all_problems_come_at_once_with_their_paths() {
    let options = json!({
        "port": 1.5,
        "hots": "0.0.0.0",
        "basePath": "/a?b",
        "cors": { "origin": ["https://a.test", "https://a.test/"], "maxAge": -1 },
        "auth": { "token": ["t", ""] },
        "limits": { "maxJsonBytes": "2mb", "jsonBytes": 1 },
    });
    let expected = [
        "hots",
        "port",
        "basePath",
        "cors.origin[1]",
        "cors.maxAge",
        "limits.jsonBytes",
        "limits.maxJsonBytes",
        "auth.token[1]",
    ];
    assert_eq!(refused(options), expected);
}

#[test]
fn a_problem_says_what_was_received_and_what_is_expected() {
    let problems = Config::parse(Value::Number(f64::NAN), HostMode::Standalone).unwrap_err();
    let expected = "port: received NaN, expected an integer from 0 to 65535 (0 takes a free port)";
    assert_eq!(problems.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
}

#[test]
fn a_token_never_stands_in_a_message() {
    let problems = parse(json!({ "port": 0, "auth": { "token": [123_456, ""] } })).unwrap_err();
    let text: String = problems.iter().map(ToString::to_string).collect();
    assert!(!text.contains("123456"), "{text}");
}

#[test]
fn a_base_path_is_brought_into_one_form() {
    for (given, base) in
        [("/", ""), ("api", "/api"), ("/api/", "/api"), ("/a/b", "/a/b"), ("/a%20b", "/a%20b")]
    {
        let config = parse(json!({ "port": 0, "basePath": given })).unwrap();
        assert_eq!(config.base_path, base, "{given}");
    }
    for given in ["", "//", "/a//b", "/a/../b", "/a b", "/a%2", "/%2e%2E", "/a%zz", "/a#b", "\\a"] {
        assert_eq!(refused(json!({ "port": 0, "basePath": given })), ["basePath"], "{given}");
    }
}

#[test]
fn beyond_loopback_an_option_must_say_who_may_call() {
    for host in ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"] {
        assert!(parse(json!({ "port": 0, "host": host })).is_ok(), "{host}");
    }
    for host in ["0.0.0.0", "::", "192.0.2.1", "example.test"] {
        assert_eq!(refused(json!({ "port": 0, "host": host })), ["auth"], "{host}");
        assert_eq!(refused(json!({ "port": 0, "host": host, "auth": {} })), ["auth"], "{host}");
        let open = json!({ "port": 0, "host": host, "auth": { "allowAnonymous": true } });
        assert_eq!(parse(open).unwrap().auth.rule, AuthRule::Anonymous, "{host}");
    }
}

#[test]
fn only_this_machine_may_call_until_something_is_said_about_who_may() {
    for options in [json!({ "port": 0 }), json!({ "port": 0, "cors": {} })] {
        let config = parse(options.clone()).unwrap();
        assert!(config.is_local_only && config.cors.origin == OriginRule::Local, "{options}");
    }
    for options in [
        json!({ "port": 0, "auth": { "allowAnonymous": true } }),
        json!({ "port": 0, "auth": { "token": "t" } }),
        json!({ "port": 0, "corsOrigins": "*" }),
        json!({ "port": 0, "cors": { "maxAge": 1 } }),
    ] {
        let config = parse(options.clone()).unwrap();
        assert!(!config.is_local_only && config.cors.origin != OriginRule::Local, "{options}");
    }
    let application = Config::parse(json!(0).into(), HostMode::Runner { whole_documents: false }).unwrap();
    assert!(!application.is_local_only && application.cors == Cors::default());
}

#[test]
fn auth_without_any_credential_rejects_every_request() {
    let config = parse(json!({ "port": 0, "auth": {} })).unwrap();
    assert_eq!(config.auth.rule, AuthRule::Unconfigured);
}

#[test]
fn a_token_outranks_anonymity() {
    let config = parse(json!({ "port": 0, "auth": { "token": "t", "allowAnonymous": true } })).unwrap();
    assert_eq!(config.auth.rule, AuthRule::Credentials { tokens: vec!["t".to_owned()], validate: false });
}

#[test]
fn credentials_without_an_origin_allow_none() {
    let config = parse(json!({ "port": 0, "cors": { "credentials": true } })).unwrap();
    assert_eq!(config.cors.origin, OriginRule::None);
}

#[test]
fn the_short_form_of_an_origin_goes_with_other_cors_options_but_not_with_the_long_form() {
    let both = json!({ "port": 0, "corsOrigins": "https://a.test", "cors": { "origin": "https://b.test" } });
    assert_eq!(refused(both), ["corsOrigins"]);
    let config =
        parse(json!({ "port": 0, "corsOrigins": "https://a.test", "cors": { "maxAge": 1 } })).unwrap();
    assert_eq!(config.cors.origin, OriginRule::Fixed("https://a.test".parse().unwrap()));
}

#[test]
fn limits_are_taken_in_their_units() {
    let limits = json!({ "maxJsonBytes": 1, "bodyTimeoutMs": 1500, "handlerTimeoutMs": 20 });
    let config = parse(json!({ "port": 0, "limits": limits })).unwrap();
    assert_eq!(config.limits.max_json_bytes, 1);
    assert_eq!(config.limits.body_timeout, Duration::from_millis(1500));
    assert_eq!(config.limits.handler_timeout, Some(Duration::from_millis(20)));
}

#[test]
fn an_application_that_has_decided_nothing_is_refused_everything_on_any_host() {
    for options in
        [json!({ "port": 0, "host": "0.0.0.0" }), json!({ "port": 0, "host": "0.0.0.0", "auth": {} })]
    {
        let config = Config::parse(options.into(), HostMode::Runner { whole_documents: false }).unwrap();
        assert_eq!(
            (config.auth.rule, config.forwarding),
            (AuthRule::Unconfigured, JsonForwarding::TypedDocument)
        );
    }
    let loopback = parse(json!({ "port": 0 })).unwrap();
    assert_eq!((loopback.auth.rule, loopback.forwarding), (AuthRule::Anonymous, JsonForwarding::Input));
}

#[test]
fn limits_of_forms_are_merged_with_their_defaults() {
    let multipart = json!({ "maxFiles": 0, "maxFileBytes": 1_u64 << 33 });
    let config = parse(json!({ "port": 0, "limits": { "multipart": multipart } })).unwrap();
    let expected = MultipartLimits { max_files: 0, max_file_bytes: 1 << 33, ..MultipartLimits::default() };
    assert_eq!(config.limits.multipart, expected);
    let multipart = json!({ "maxFields": 0, "maxPartHeaders": 33, "maxFileBytes": 1.5, "fields": 1 });
    let paths = refused(json!({ "port": 0, "limits": { "multipart": multipart } }));
    let expected = ["fields", "maxFileBytes", "maxFields", "maxPartHeaders"];
    assert_eq!(paths, expected.map(|key| format!("limits.multipart.{key}")));
}
