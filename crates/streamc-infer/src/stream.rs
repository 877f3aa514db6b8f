//! Inference from a stream: of JSON lines only one block is held in memory, however long the file is.

use crate::tree::Tree;
use crate::{Inference, Options, Sample, SampleFormat, conclude, infer, read_json};
use memchr::memrchr;
use std::io::{self, Read};
use streamc_formats::{RecordReader, is_gzip};

/// How much is read at once; a longer line makes the block longer.
const BLOCK: usize = 256 * 1024;

/// Reads a sample from a stream; what comes out is what [`infer`] says of the same bytes. JSON lines take the memory of
/// a block of them. Anything else, and anything packed or limited by the options, is read as a whole.
///
/// # Errors
/// The stream cannot be read.
pub fn infer_reader(mut reader: impl Read, name: &str, options: &Options) -> io::Result<Inference> {
    let mut block = Vec::with_capacity(BLOCK);
    let mut ended = more(&mut reader, &mut block)?;
    if ended || !is_streamed(name, &block, options) {
        reader.read_to_end(&mut block)?;
        return Ok(infer(&block, name, options));
    }
    let mut sample = Sample::default();
    let mut tree = Tree::new();
    let (mut lines, mut records) = (0, 0);
    loop {
        let end = if ended { block.len() } else { memrchr(b'\n', &block).map_or(0, |at| at + 1) };
        let content = &block[..end];
        let mut cut = match sample.bytes {
            0 => RecordReader::new(content, SampleFormat::JsonLines, &options.csv),
            _ => RecordReader::behind(lines, records, content),
        };
        tree = read_json(content, &mut cut, tree, options, &mut sample);
        (lines, records) = (cut.lines(), cut.records());
        sample.bytes += end as u64;
        if ended || sample.truncated {
            return Ok(conclude(name, SampleFormat::JsonLines, &sample, tree, options));
        }
        block.drain(..end);
        ended = more(&mut reader, &mut block)?;
    }
}

/// Adds up to a block of bytes, more behind a long line without an end, so that it is not searched many times for it;
/// says whether the stream has ended.
fn more(reader: &mut impl Read, block: &mut Vec<u8>) -> io::Result<bool> {
    let wanted = BLOCK.max(block.len());
    Ok(reader.by_ref().take(wanted as u64).read_to_end(block)? < wanted)
}

/// Whether the first bytes are lines of JSON that nothing but their own end limits.
fn is_streamed(name: &str, head: &[u8], options: &Options) -> bool {
    let limited = options.max_bytes.is_some() || options.max_records.is_some();
    // Of a block of blanks it is not known yet what follows.
    let blank = head.iter().all(u8::is_ascii_whitespace);
    let format = options.format.unwrap_or_else(|| SampleFormat::detect(name, head));
    !limited && !blank && !is_gzip(head) && format == SampleFormat::JsonLines
}
