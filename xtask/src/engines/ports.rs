//! Free loopback ports.

use std::net::TcpListener;

use anyhow::Result;

/// `N` different ports of 127.0.0.1 that were free a moment ago. Another process may take one before it is used:
/// whoever starts a server on them tries again with new ones when it fails.
pub fn free<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::with_capacity(N); // all open at once, so that they differ
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}
