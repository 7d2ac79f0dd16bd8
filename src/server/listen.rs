//! Binds the port, and reports which address failed and why.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;

/// How many connections the kernel may queue before they are accepted; it caps this at its own limit.
const BACKLOG: u32 = 4096;

/// The server could not be bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("listen {code}: {reason} ({host}:{port})")]
pub struct ListenError {
    /// The code that Node uses: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`, …
    pub code: &'static str,
    /// The message of the operating system.
    pub reason: String,
    /// The configured host.
    pub host: String,
    /// The configured port.
    pub port: u16,
}

/// Resolves the host. A name is looked up on a thread of its own, since the system's resolver may take long; the thread
/// is abandoned if `cancelled` completes first.
pub(super) async fn resolve(
    host: &str,
    port: u16,
    cancelled: impl Future<Output = ()>,
) -> Result<Vec<SocketAddr>, ListenError> {
    let plain = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = plain.parse::<IpAddr>() {
        return Ok(vec![(address, port).into()]);
    }
    let name = plain.to_owned();
    look_up(host, port, cancelled, move || Ok((name.as_str(), port).to_socket_addrs()?.collect())).await
}

async fn look_up(
    host: &str,
    port: u16,
    cancelled: impl Future<Output = ()>,
    look_up: impl FnOnce() -> io::Result<Vec<SocketAddr>> + Send + 'static,
) -> Result<Vec<SocketAddr>, ListenError> {
    let fail = |code, reason| ListenError { code, reason, host: host.to_owned(), port };
    let (found, addresses) = oneshot::channel();
    let spawned = std::thread::Builder::new().name("runner-resolve".to_owned()).spawn(move || {
        // The receiver is gone if the server was closed meanwhile.
        let _ = found.send(look_up());
    });
    spawned.map_err(|error| fail("LISTEN_FAILED", error.to_string()))?;
    tokio::select! {
        biased;
        found = addresses => match found {
            Ok(Ok(addresses)) => Ok(addresses),
            Ok(Err(error)) => Err(fail("ENOTFOUND", format!("the host name cannot be resolved: {error}"))),
            Err(_) => Err(fail("LISTEN_FAILED", "the resolver gave no answer".to_owned())),
        },
        () = cancelled => {
            Err(fail("LISTEN_FAILED", "the server was closed before its host name was resolved".to_owned()))
        }
    }
}

/// Binds the first of the addresses that can be bound.
pub(super) fn bind(host: &str, port: u16, addresses: Vec<SocketAddr>) -> Result<TcpListener, ListenError> {
    let fail = |code, reason| ListenError { code, reason, host: host.to_owned(), port };
    let mut refused = fail("ENOTFOUND", "the host name has no address".to_owned());
    for (index, address) in addresses.into_iter().enumerate() {
        match bind_address(address) {
            Ok(listener) => return Ok(listener),
            // The error of the first address tells most: it is the one that the user means.
            Err(error) if index == 0 => refused = fail(code(&error), reason(&error)),
            Err(_) => {}
        }
    }
    Err(refused)
}

fn bind_address(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Unix, lets a restarted service bind while old connections are in TIME_WAIT. On Windows the option would let
    // two servers share a port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn code(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AddrInUse => "EADDRINUSE",
        io::ErrorKind::AddrNotAvailable => "EADDRNOTAVAIL",
        io::ErrorKind::PermissionDenied => "EACCES",
        _ => "LISTEN_FAILED",
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "address already in use".to_owned(),
        io::ErrorKind::AddrNotAvailable => "address not available on this machine".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::sync::mpsc::channel;

    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().build().unwrap()
    }

    #[test]
    fn an_address_is_no_name_that_anyone_must_look_up() {
        for (host, expected) in [("127.0.0.1", "127.0.0.1:80"), ("[::1]", "[::1]:80"), ("::1", "[::1]:80")] {
            let addresses = runtime().block_on(resolve(host, 80, pending())).unwrap();
            assert_eq!(addresses, [expected.parse().unwrap()]);
        }
    }

    #[test]
    fn a_server_that_is_closed_waits_for_no_resolver() {
        let (sender, resolver) = channel();
        let slow = move || resolver.recv().map_err(io::Error::other);
        let error = runtime().block_on(look_up("slow.example", 80, ready(()), slow)).unwrap_err();
        assert_eq!((error.code, error.host.as_str()), ("LISTEN_FAILED", "slow.example"));
        drop(sender);
    }

    #[test]
    fn a_name_that_has_no_address_is_not_found() {
        let nothing = || Err(io::Error::other("no such host"));
        let error = runtime().block_on(look_up("none.example", 80, pending(), nothing)).unwrap_err();
        assert_eq!(error.code, "ENOTFOUND");
    }
}
