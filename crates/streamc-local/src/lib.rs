//! The embedded engine: executes the typed plan in process with Flink's meaning.
//!
//! [`run`] takes a [`Plan`](streamc_plan::Plan), the records of its sources ([`Inputs`]) and an [`Output`]. It is a
//! reference interpreter: one thread, one row at a time, every row driven through the whole graph before the next is
//! read, the watermark moved after every record. `docs/embedded-engine.md` writes the rules down.
//!
//! Nothing here opens a file, reads a clock that rows can see, or prints: readers, the moment of "now" and the output come from the
//! caller, so that equal inputs give equal rows.

#![allow(
    clippy::unnecessary_box_returns,
    reason = "failures are boxed where they are made, so that results stay small"
)]

mod backend;
mod changelog;
mod compile;
mod error;
mod event;
mod expr;
mod graph;
mod inputs;
mod key;
mod operators;
mod options;
mod output;
mod render;
mod report;
mod run;
mod sources;
mod ttl;
mod window_time;

pub use backend::LocalBackend;
pub use changelog::fold_changelog;
pub use error::{RecordPlace, RunError, RunErrorKind};
pub use inputs::{Input, Inputs};
pub use options::{Clock, Progress, RunOptions, Unreadable};
pub use output::{Collected, Output, Target};
pub use render::{TableRenderer, format_value, json_line};
pub use report::{ComponentReport, LateRows, RunReport, SourceReport, UnreadableRecord};
pub use run::run;
