//! Infers the schema of a file of JSON lines with arrow-json, and prints it: the rival of `streamc infer`.

use std::fs::File;
use std::io::BufReader;

fn main() {
    let path = std::env::args().nth(1).expect("usage: arrow-json-rival FILE");
    let file = BufReader::with_capacity(1 << 20, File::open(path).expect("the file can be read"));
    let (schema, records) = arrow_json::reader::infer_json_schema(file, None).expect("the records are JSON objects");
    println!("{records} records: {schema:?}");
}
