//! Transparent gzip.

use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{self, Read};

/// Whether the bytes start as a gzip file does (RFC 1952).
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// The bytes themselves, or unpacked where they are gzip (one member or several). Stops after `limit` bytes, so that a
/// small file cannot fill the memory.
///
/// # Errors
/// The packed data is damaged or ends too early.
pub fn decompress(bytes: &[u8], limit: Option<u64>) -> io::Result<Cow<'_, [u8]>> {
    if !is_gzip(bytes) {
        let end = limit.map_or(bytes.len(), |l| bytes.len().min(usize::try_from(l).unwrap_or(usize::MAX)));
        return Ok(Cow::Borrowed(&bytes[..end]));
    }
    let mut out = Vec::new();
    MultiGzDecoder::new(bytes).take(limit.unwrap_or(u64::MAX)).read_to_end(&mut out)?;
    Ok(Cow::Owned(out))
}
