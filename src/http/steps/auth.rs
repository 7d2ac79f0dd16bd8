//! Who may call: tokens first, then the host's validators.

use std::array;

use http::{HeaderMap, HeaderName};
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::config::{Auth, AuthRule};
use crate::dispatch::Head;
use crate::error::RequestError;
use crate::http::Pipeline;
use crate::http::headers::{joined, latin1};

/// Accepts a request with a valid token, or one that the host's validators accept.
///
/// # Errors
/// `Unauthorized`; `AuthNotConfigured`; those of asking the host.
pub(in crate::http) async fn authenticate(pipeline: &Pipeline, head: &Head) -> Result<(), RequestError> {
    let judged = match pipeline.auth.judge(head.headers()) {
        Ok(Verdict::Pass) => Ok(()),
        Ok(Verdict::AskValidators) => {
            let passes = pipeline.hooks.authenticate(head, pipeline.limits.handler_timeout).await?;
            if passes { Ok(()) } else { Err(RequestError::Unauthorized) }
        }
        Err(error) => Err(error),
    };
    judged.inspect_err(|error| pipeline.report(head, error))
}

/// What the headers of a request decide.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It may pass.
    Pass,
    /// The host's validators decide.
    AskValidators,
}

/// Authenticates requests by their token.
pub(in crate::http) struct Authenticator {
    header: HeaderName,
    policy: Policy,
}

enum Policy {
    Anonymous,
    Unconfigured,
    Credentials { digests: Vec<Digest>, validate: bool },
}

impl Authenticator {
    pub(in crate::http) fn new(auth: &Auth) -> Self {
        let policy = match &auth.rule {
            AuthRule::Anonymous => Policy::Anonymous,
            AuthRule::Unconfigured => Policy::Unconfigured,
            AuthRule::Credentials { tokens, validate } => Policy::Credentials {
                digests: tokens.iter().map(|token| digest(token.as_bytes())).collect(),
                validate: *validate,
            },
        };
        Authenticator { header: auth.header.clone(), policy }
    }

    fn judge(&self, headers: &HeaderMap) -> Result<Verdict, RequestError> {
        match &self.policy {
            Policy::Anonymous => Ok(Verdict::Pass),
            Policy::Unconfigured => Err(RequestError::AuthNotConfigured),
            Policy::Credentials { digests, validate } => {
                if matches_any(digests, &joined(headers, &self.header).unwrap_or_default()) {
                    Ok(Verdict::Pass)
                } else if *validate {
                    Ok(Verdict::AskValidators)
                } else {
                    Err(RequestError::Unauthorized)
                }
            }
        }
    }
}

/// Compares all digests in constant time, so that neither the length nor the position of a match leaks.
fn matches_any(digests: &[Digest], token: &[u8]) -> bool {
    if digests.is_empty() {
        return false;
    }
    let given = if token.is_ascii() { digest(token) } else { digest(latin1(token).as_bytes()) };
    digests.iter().fold(Choice::from(0), |any, known| any | known.ct_eq(&given)).into()
}

/// A SHA-256 digest, as four words, which are compared faster in constant time than 32 bytes.
type Digest = [u64; 4];

fn digest(token: &[u8]) -> Digest {
    let bytes: [u8; 32] = Sha256::digest(token).into();
    let (words, _) = bytes.as_chunks();
    array::from_fn(|at| u64::from_ne_bytes(words[at]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn judge(rule: AuthRule, tokens: &[&'static str]) -> Result<Verdict, RequestError> {
        let auth = Auth { rule, ..Auth::default() };
        let mut headers = HeaderMap::new();
        for token in tokens {
            headers.append(auth.header.clone(), HeaderValue::from_static(token));
        }
        Authenticator::new(&auth).judge(&headers)
    }

    fn tokens(tokens: &[&str], validate: bool) -> AuthRule {
        AuthRule::Credentials { tokens: tokens.iter().map(ToString::to_string).collect(), validate }
    }

    #[test]
    fn any_of_the_tokens_passes() {
        assert_eq!(judge(tokens(&["old", "new"], false), &["old"]), Ok(Verdict::Pass));
        assert_eq!(judge(tokens(&["old", "new"], false), &["new"]), Ok(Verdict::Pass));
    }

    #[test]
    fn no_other_token_passes() {
        for given in [&[][..], &[""], &["ol"], &["old "], &["old", "old"], &["OLD"]] {
            assert_eq!(judge(tokens(&["old"], false), given), Err(RequestError::Unauthorized), "{given:?}");
        }
    }

    #[test]
    fn a_token_is_read_as_latin_1() {
        let auth = Auth { rule: tokens(&["café"], false), ..Auth::default() };
        let mut headers = HeaderMap::new();
        headers.insert(auth.header.clone(), HeaderValue::from_bytes(b"caf\xe9").unwrap());
        assert_eq!(Authenticator::new(&auth).judge(&headers), Ok(Verdict::Pass));
    }

    #[test]
    fn validators_decide_where_no_token_matched() {
        assert_eq!(judge(tokens(&["t"], true), &["x"]), Ok(Verdict::AskValidators));
        assert_eq!(judge(tokens(&[], true), &[]), Ok(Verdict::AskValidators));
        assert_eq!(judge(tokens(&["t"], true), &["t"]), Ok(Verdict::Pass));
    }

    #[test]
    fn nothing_configured_refuses_everyone() {
        assert_eq!(judge(AuthRule::Unconfigured, &["t"]), Err(RequestError::AuthNotConfigured));
        assert_eq!(judge(AuthRule::Anonymous, &[]), Ok(Verdict::Pass));
    }
}
