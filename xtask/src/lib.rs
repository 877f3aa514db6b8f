//! Developer chores as a library: where the engines live, how they are installed, started, talked to and stopped.
//!
//! The binary (`cargo xtask`) is a thin command line over it; the engine suites in `tests/engines` use the same code,
//! so that a suite and the command that runs it never disagree about where an engine is.
//!
//! Unix only: processes are supervised through process groups.
#![allow(
    clippy::disallowed_methods,
    reason = "chores work on the real disk; the `System` trait belongs to the compiler"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "progress of a chore goes to the terminal")]

pub mod artefacts;
pub mod bench;
pub mod cache;
pub mod command;
pub mod diff;
pub mod digest;
pub mod engines;
pub mod nexmark;
pub mod probe;
pub mod setup;
pub mod split_mix;
pub mod supervise;
pub mod test;
pub mod toolchain;

use std::path::PathBuf;

/// The root of the working tree this binary was built from.
pub fn repository() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}
