//! The trait of backends.

use crate::output::{OutputFile, Places};
use streamc_diagnostics::Diagnostic;
use streamc_plan::{Engine, Plan};

/// What a build may depend on besides the plan.
pub struct BuildOptions<'a> {
    /// Turns spans into places, for the source map and the comments of generated files.
    pub places: &'a dyn Places,
    /// Version of the compiler, written into the manifest.
    pub version: &'a str,
}

/// One engine.
pub trait Backend {
    /// Which engine.
    fn engine(&self) -> Engine;

    /// What of this plan the engine cannot do (errors, `ST5xxx`), or does in a way worth knowing (warnings).
    fn capabilities(&self, plan: &Plan) -> Vec<Diagnostic>;

    /// The files of the job, with paths below the application's output folder (`flink/job.sql`). Called for plans whose
    /// [`Backend::capabilities`] hold no error; `Err` is a fault of ours (`ST9001`).
    fn emit(&self, plan: &Plan, options: &BuildOptions<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>>;
}
