//! The commands, one a file.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod describe;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod graph;
pub(crate) mod infer;
pub(crate) mod new;
pub(crate) mod run;
pub(crate) mod session;
pub(crate) mod test;
