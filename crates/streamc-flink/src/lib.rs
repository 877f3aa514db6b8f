//! The Flink SQL backend.
