//! From bytes to text.

use streamc_diagnostics::codes::syntax;
use streamc_diagnostics::{Diagnostic, FileId, Span};

/// The largest file that is read.
pub const MAX_FILE_BYTES: usize = 16 << 20;

/// The finding for a file of `bytes` bytes.
pub(crate) fn too_large(bytes: usize) -> Diagnostic {
    let limit = MAX_FILE_BYTES >> 20;
    let message = format!("the file has {bytes} bytes, more than the {limit} MiB that are read");
    Diagnostic::new(syntax::FILE_TOO_LARGE, None, message)
        .help("Split it, and bring the parts together with `use`. Records belong into files of their own.")
}

/// The text of a file. A byte order mark stays in it, so that offsets are those of the file; the lexer takes it
/// for a blank.
///
/// Fails for a file above [`MAX_FILE_BYTES`], and for one that isn't UTF-8: that finding has the place of the
/// first bad byte and names its offset and line.
pub fn decode(file: FileId, bytes: &[u8]) -> Result<String, Diagnostic> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(too_large(bytes.len()));
    }
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let at = error.valid_up_to();
        let line = bytes.iter().take(at).filter(|b| **b == b'\n').count() + 1;
        let byte = bytes.get(at).copied().unwrap_or_default();
        let message = format!("the file is not UTF-8 text: byte 0x{byte:02X} at offset {at}, in line {line}");
        let span = Span::new(file, at, at + 1);
        let diagnostic = Diagnostic::new(syntax::NOT_UTF8, span, message);
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            diagnostic.help("It looks like UTF-16. Save it as UTF-8.")
        } else {
            diagnostic.help("Save it as UTF-8.")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_passes_and_keeps_its_byte_order_mark() {
        assert_eq!(decode(FileId(0), "\u{feff}use \"ä\"".as_bytes()).unwrap(), "\u{feff}use \"ä\"");
    }

    #[test]
    fn the_first_bad_byte_is_named_with_offset_and_line() {
        let error = decode(FileId(3), b"use \"a\"\nuse \"\xff\"").unwrap_err();
        assert_eq!(error.code, syntax::NOT_UTF8);
        assert_eq!(error.span, Some(Span::new(FileId(3), 13, 14)));
        assert!(error.message.contains("0xFF at offset 13, in line 2"), "{}", error.message);
    }

    #[test]
    fn a_file_above_the_limit_is_refused_before_it_is_looked_at() {
        let error = decode(FileId(0), &vec![0xff; MAX_FILE_BYTES + 1]).unwrap_err();
        assert_eq!(error.code, syntax::FILE_TOO_LARGE);
    }
}
