//! Records and their places.

use std::io::Write as _;
use streamc_formats::{
    CsvOptions, Position, RecordFormat, RecordReader, RecordStream, csv_header, decompress, is_gzip,
};

fn records(bytes: &[u8], format: RecordFormat) -> Vec<(u64, u64, u64, String)> {
    RecordReader::new(bytes, format, &CsvOptions::default())
        .map(|record| match record {
            Ok(r) => (r.number, r.start.line, r.start.column, String::from_utf8_lossy(r.bytes).into_owned()),
            Err(error) => (0, 0, 0, error.message),
        })
        .collect()
}

fn row(number: u64, line: u64, column: u64, text: &str) -> (u64, u64, u64, String) {
    (number, line, column, text.to_owned())
}

#[test]
fn lines_lose_line_ends_blanks_and_the_byte_order_mark() {
    assert_eq!(
        records(b"\xef\xbb\xbf{\"a\":1}\r\n\r\n  {\"a\":2}  \n\n{\"a\":3}", RecordFormat::JsonLines),
        [row(1, 1, 1, "{\"a\":1}"), row(2, 3, 3, "{\"a\":2}"), row(3, 5, 1, "{\"a\":3}")]
    );
    assert_eq!(records(b"", RecordFormat::JsonLines), []);
    assert_eq!(records(b"\n \n", RecordFormat::JsonLines), []);
}

#[test]
fn an_array_gives_its_elements_with_their_lines() {
    assert_eq!(
        records(b"[\n  {\"a\":1},\n  {\"a\":\n 2}, 3\n]\n", RecordFormat::JsonArray),
        [row(1, 2, 3, "{\"a\":1}"), row(2, 3, 3, "{\"a\":\n 2}"), row(3, 4, 6, "3")]
    );
    assert_eq!(records(b"[]", RecordFormat::JsonArray), []);
}

#[test]
fn a_broken_array_gives_the_elements_before_the_break() {
    let found = records(b"[{\"a\":1}, {\"a\":2}, oops]", RecordFormat::JsonArray);
    assert_eq!(found[..2], [row(1, 1, 2, "{\"a\":1}"), row(2, 1, 11, "{\"a\":2}")]);
    assert_eq!((found.len(), found[2].3.as_str()), (3, "expected a JSON value"));
    let found = records(b"[{\"a\":1}] tail", RecordFormat::JsonArray);
    assert_eq!((found.len(), found[1].3.as_str()), (2, "something follows the end of the record"));
    let deep = "[".repeat(100_000);
    let found = records(deep.as_bytes(), RecordFormat::JsonArray);
    assert_eq!(found, [row(0, 0, 0, "the record nests deeper than 64 levels")]);
    let found = records(b"[1, \"\xff\"]", RecordFormat::JsonArray);
    assert_eq!((found.len(), found[1].3.as_str()), (2, "the file is not UTF-8"));
}

#[test]
fn csv_records_may_hold_line_ends_inside_quotes() {
    assert_eq!(
        records(b"a,b\r\n1,\"x\ny\"\r\n\n2,z", RecordFormat::Csv),
        [row(1, 1, 1, "a,b"), row(2, 2, 1, "1,\"x\ny\""), row(3, 5, 1, "2,z")]
    );
    let options = CsvOptions::default();
    let reader = RecordReader::new(b"a , b\n1,2\n", RecordFormat::Csv, &options);
    let (header, mut rest) = reader.after_header();
    assert_eq!(csv_header(&header.unwrap(), &options).unwrap(), ["a", "b"]);
    let first = rest.next().unwrap().unwrap();
    assert_eq!((first.number, first.start.line, first.bytes), (1, 2, &b"1,2"[..]));
}

#[test]
fn the_format_shows_in_the_name_or_the_first_byte() {
    for (name, bytes, format) in [
        ("a.csv", "[", RecordFormat::Csv),
        ("a.CSV.gz", "", RecordFormat::Csv),
        ("a.json", " \n[1]", RecordFormat::JsonArray),
        ("a.json", "\u{feff}[1]", RecordFormat::JsonArray),
        ("a.json", "{}", RecordFormat::JsonLines),
        ("", "", RecordFormat::JsonLines),
    ] {
        assert_eq!(RecordFormat::detect(name, bytes.as_bytes()), format, "{name}");
    }
}

#[test]
fn places_count_lines_and_characters_from_one() {
    let text = "[\n {\"é\": oops}]";
    let mut reader = RecordReader::new(text.as_bytes(), RecordFormat::JsonArray, &CsvOptions::default());
    let error = reader.next().unwrap().unwrap_err();
    assert_eq!(reader.position(error.offset), Position { line: 2, column: 8 });
    let mut lines = RecordReader::new(b"\n {\"a\": 1}", RecordFormat::JsonLines, &CsvOptions::default());
    let record = lines.next().unwrap().unwrap();
    assert_eq!(record.position(6), Position { line: 2, column: 8 });
}

#[test]
fn gzip_is_unpacked_up_to_a_limit() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(b"{\"a\":1}\n").unwrap();
    let packed = encoder.finish().unwrap();
    assert!(is_gzip(&packed));
    assert_eq!(&*decompress(&packed, None).unwrap(), b"{\"a\":1}\n");
    assert_eq!(&*decompress(&packed, Some(3)).unwrap(), b"{\"a");
    assert_eq!(&*decompress(b"plain", Some(2)).unwrap(), b"pl");
    let two = [packed.clone(), packed.clone()].concat();
    assert_eq!(decompress(&two, None).unwrap().len(), 16);
    assert!(decompress(&packed[..packed.len() - 4], None).is_err());
    assert!(decompress(b"\x1f\x8bnonsense", None).is_err());
}

/// A reader that hands out a few bytes at a time.
struct Drip(Vec<u8>);

impl std::io::Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.len().min(buffer.len()).min(3);
        buffer[..n].copy_from_slice(&self.0[..n]);
        self.0.drain(..n);
        Ok(n)
    }
}

fn streamed(bytes: &[u8], name: &str) -> Vec<(u64, u64, u64, String)> {
    let reader = Box::new(Drip(bytes.to_vec()));
    let mut stream = RecordStream::open(reader, name, None, &CsvOptions::default()).unwrap();
    let mut found = Vec::new();
    while let Some(record) = stream.next() {
        match record {
            Ok(r) => found.push((
                r.number,
                r.start.line,
                r.start.column,
                String::from_utf8_lossy(r.bytes).into_owned(),
            )),
            Err(error) => found.push((0, 0, 0, error.to_string())),
        }
    }
    found
}

#[test]
fn a_stream_gives_the_same_records_as_the_bytes() {
    for (name, bytes) in [
        ("a.jsonl", &b"\xef\xbb\xbf{\"a\":1}\r\n\r\n  {\"a\":2}  \n\n{\"a\":3}"[..]),
        ("a.jsonl", b""),
        ("a.json", b"[\n  {\"a\":1},\n  {\"a\":\n 2}, 3\n]\n"),
        ("a.csv", b"a,b\r\n1,\"x\ny\"\r\n\n2,z"),
    ] {
        let format = RecordFormat::detect(name, bytes);
        assert_eq!(streamed(bytes, name), records(bytes, format));
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        assert_eq!(streamed(&encoder.finish().unwrap(), name), records(bytes, format));
    }
}

#[test]
fn a_stream_ends_with_the_error_that_ended_it() {
    let found = streamed(b"[{\"a\":1},\n oops]", "x");
    assert_eq!(found[1], row(0, 0, 0, "line 2, column 2: expected a JSON value"));
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all("{\"a\":1}\n".repeat(100_000).as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    let found = streamed(&packed[..packed.len() - 9], "x");
    assert!(found.len() > 1000);
    assert_eq!(found.last().map(|r| r.0), Some(0));
}
