//! The salsa database: files, names, graph, lowering of pipes, checks and lints.
//!
//! Everything that a command or the editor asks is a query over [`Database`]: [`parsed`], [`signature`], [`symbols`],
//! [`dependency_graph`], [`relation_type`], [`plan`], [`check`]. Files come through the [`System`] trait, so that the
//! command line, the editor and the tests share one path.
//!
//! Incremental: [`signature`] (names without spans), [`dependency_graph`] (edges without spans) and [`relation_type`]
//! (row types without spans) are firewalls. An edit that leaves them equal re-checks one file.

mod application;
mod component;
mod contract;
mod database;
mod describe;
mod files;
mod findings;
mod graph;
mod graph_text;
mod lints;
mod names;
mod pipes;
mod project;
mod sink;
mod source;
mod system;
mod testing;

pub use application::plan;
pub use component::{ComponentId, Lowered, lowered, relation_type};
pub use database::{Database, Db, QueryCounts};
pub use describe::{describe_json, describe_text};
pub use files::{File, FileError, Files, parsed, text};
pub use findings::{check, component_diagnostics};
pub use graph::{DependencyGraph, dependency_graph};
pub use graph_text::{GraphFormat, render_graph};
pub use names::{Declaration, DeclarationKind, Signature, Symbols, application_files, signature, symbols};
pub use project::{ProjectError, stream_files};
pub use system::{MemorySystem, OsSystem, OverlaySystem, System, SystemError, normalize};
pub use testing::{TestCase, TestTable, tests};
