//! What every backend shares: the [`Backend`] trait, output files, the manifest.
//!
//! A backend takes a typed plan. It first says what its engine cannot do ([`Backend::capabilities`]), as diagnostics
//! with the spans of the steps; a plan without such errors it turns into files ([`Backend::emit`]). The output is a
//! pure function of the plan and the options: no clock, no environment, no order of a hash table.

mod backend;
mod manifest;
mod output;

pub use backend::{Backend, BuildOptions};
pub use manifest::manifest;
pub use output::{OutputFile, Place, Places, SourceMapEntry};
