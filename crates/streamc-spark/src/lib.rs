//! The PySpark Structured Streaming backend.
