//! The embedded engine: executes the typed plan in process with Flink's meaning.
