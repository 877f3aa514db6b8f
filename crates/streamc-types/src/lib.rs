//! SQL data types with nullability, row schemas and values, with Flink's meaning.
