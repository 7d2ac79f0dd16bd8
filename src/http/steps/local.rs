//! Keeps web pages from calling a server that only this machine may call.
//!
//! Any page can send a `text/plain` request to a loopback address without a preflight, and with a host name that
//! resolves to a loopback address (DNS rebinding) it is of the same origin. So, without configuration, `Host` and
//! `Origin` have to be loopback names or addresses: browsers always send them, and send the true ones.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

use axum::response::IntoResponse;
use http::HeaderValue;
use http::header::{HOST, ORIGIN};
use http::uri::Authority;

use super::Next;
use crate::dispatch::Head;
use crate::error::RequestError;
use crate::http::endpoint::Endpoint;
use crate::http::exchange::{Exchange, Rendered, Reply};

/// Rejects a request of another host or origin if only this machine may call. Requests outside of the base path are
/// left to the fallback.
pub(in crate::http) async fn require_local<B, S>(
    exchange: Box<Exchange<B>>,
    mut next: S,
) -> Result<Reply<B>, Infallible>
where
    S: Next<B>,
{
    if exchange.pipeline.is_local_only
        && exchange.endpoint != Endpoint::Outside
        && let Err(error) = check_local(&exchange.head)
    {
        exchange.pipeline.report(&exchange.head, &error);
        return Ok((Rendered::Decorated(error.into_response()), exchange));
    }
    next.call(exchange).await
}

/// Checks the names under which a request was sent.
///
/// # Errors
/// `HostNotLocal` for a `Host`, or an authority in the target, that is not a loopback name or address;
/// `OriginNotLocal` for such an `Origin`.
fn check_local(head: &Head) -> Result<(), RequestError> {
    let all_local =
        |name, is_local: fn(&HeaderValue) -> bool| head.headers().get_all(name).iter().all(is_local);
    if !all_local(HOST, is_local_host)
        || !head.authority().is_none_or(|authority| is_local_authority(authority.as_bytes()))
    {
        return Err(RequestError::HostNotLocal);
    }
    if !all_local(ORIGIN, is_local_origin) {
        return Err(RequestError::OriginNotLocal);
    }
    Ok(())
}

fn is_local_host(host: &HeaderValue) -> bool {
    host.as_bytes().is_empty() || is_local_authority(host.as_bytes())
}

fn is_local_authority(authority: &[u8]) -> bool {
    Authority::try_from(authority).is_ok_and(|authority| is_loopback(authority.host()))
}

/// Whether an `Origin` is one of this machine, such as `http://localhost:3000`. `null` is not: sandboxed frames of
/// any page send it.
pub(super) fn is_local_origin(origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let Some((_, authority)) = origin.split_once("://") else { return false };
    authority.parse::<Authority>().is_ok_and(|authority| is_loopback(authority.host()))
}

/// Whether a host always means this machine: `localhost`, names under it, and loopback addresses. Browsers resolve
/// these names without DNS (RFC 6761).
fn is_loopback(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok_and(|address| address.to_canonical().is_loopback());
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let (parent, last) = name.rsplit_once('.').unwrap_or(("local", name));
    last.eq_ignore_ascii_case("localhost") && !parent.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_local_if_it_can_mean_no_other_machine() {
        for host in [
            "localhost",
            "LocalHost:80",
            "localhost.",
            "app.localhost:1",
            "127.0.0.1",
            "127.8.9.10:65535",
            "[::1]",
            "[::1]:7070",
            "[::ffff:127.0.0.1]",
            "",
        ] {
            assert!(is_local_host(&HeaderValue::from_static(host)), "{host}");
        }
        for host in [
            "x",
            "evil.test",
            "localhost.evil.test",
            "notlocalhost",
            ".localhost",
            "127.0.0.1.evil.test",
            "0.0.0.0",
            "192.168.1.2:80",
            "[::]",
            "[::2]",
            "::1",
            "127.1",
            "evil@",
            "a b",
        ] {
            assert!(!is_local_host(&HeaderValue::from_static(host)), "{host}");
        }
        // The host is what follows the @.
        assert!(!is_local_host(&HeaderValue::from_static("localhost@evil.test")));
    }

    #[test]
    fn an_origin_is_local_by_its_host() {
        for origin in ["http://localhost:3000", "https://[::1]", "http://127.0.0.1", "tauri://localhost"] {
            assert!(is_local_origin(&HeaderValue::from_static(origin)), "{origin}");
        }
        for origin in ["null", "", "https://evil.test", "http://localhost.evil.test", "file://", "localhost"]
        {
            assert!(!is_local_origin(&HeaderValue::from_static(origin)), "{origin}");
        }
    }
}
