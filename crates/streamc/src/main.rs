//! The streamc command line.
fn main() {}
