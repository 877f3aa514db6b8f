//! JSON and CSV record formats: decoding to typed rows and encoding, with Flink's coercions.
