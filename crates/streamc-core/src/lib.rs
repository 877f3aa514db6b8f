//! The salsa database: files, names, graph, lowering of pipes, checks and lints.
