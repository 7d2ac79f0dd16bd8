//! Binding the port, and errors that say which and why.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};

use tokio::net::{TcpListener, TcpSocket};

/// How many connections the kernel may hold that were not accepted yet; it caps this at its own limit.
const BACKLOG: u32 = 4096;

/// A server could not be bound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("listen {code}: {reason} ({host}:{port})")]
pub struct ListenError {
    /// The code that Node would give: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`, `ENOTFOUND`, …
    pub code: &'static str,
    /// What the operating system says.
    pub reason: String,
    /// The host that was asked for.
    pub host: String,
    /// The port that was asked for.
    pub port: u16,
}

/// Resolves the host and binds the first of its addresses that can be bound.
pub(super) fn bind(host: &str, port: u16) -> Result<TcpListener, ListenError> {
    let fail = |code, reason| ListenError { code, reason, host: host.to_owned(), port };
    let plain = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    let addresses: Vec<SocketAddr> = (plain, port)
        .to_socket_addrs()
        .map_err(|error| fail("ENOTFOUND", format!("the host name cannot be resolved: {error}")))?
        .collect();
    let mut refused = fail("ENOTFOUND", "the host name has no address".to_owned());
    for (index, address) in addresses.into_iter().enumerate() {
        match bind_address(address) {
            Ok(listener) => return Ok(listener),
            // The first address is the one that the user means; its error says most.
            Err(error) if index == 0 => refused = fail(code(&error), reason(&error)),
            Err(_) => {}
        }
    }
    Err(refused)
}

fn bind_address(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // On Unix: a restarted service gets its port back from connections in TIME_WAIT. On Windows the same
    // option would let two servers share a port.
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
