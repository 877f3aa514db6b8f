//! The Flink SQL backend, for Flink 2.3.
//!
//! [`FlinkBackend`] first says what Flink cannot do of a plan, then writes `flink/job.sql` (for Flink's own SQL client and
//! for people), `flink/job.json` (the same statements as data, for `runtime/flink-runner`) and `flink/config.yaml`
//! (settings for a cluster). `docs/flink.md` is the page for users.
//!
//! How text is made: user's words pass through [`quote`] and nothing else; a relation becomes SQL in [`query`], an
//! expression in [`expr`], a table with its options in [`statements`] and [`connectors`].

mod capability;
mod connectors;
mod expr;
mod hoist;
mod interval;
mod layout;
mod literal;
mod query;
mod quote;
mod rowtime;
mod script;
mod settings;
mod statements;
mod types;
mod verbatim;

use streamc_backend::{Backend, BuildOptions, OutputFile};
use streamc_diagnostics::Diagnostic;
use streamc_plan::{Engine, Plan};

/// Flink SQL 2.3.
#[derive(Clone, Copy, Debug, Default)]
pub struct FlinkBackend;

impl Backend for FlinkBackend {
    fn engine(&self) -> Engine {
        Engine::Flink
    }

    fn capabilities(&self, plan: &Plan) -> Vec<Diagnostic> {
        capability::check(plan)
    }

    fn emit(&self, plan: &Plan, options: &BuildOptions<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
        let refused: Vec<Diagnostic> =
            capability::check(plan).into_iter().filter(Diagnostic::is_error).collect();
        if !refused.is_empty() {
            return Err(refused);
        }
        let statements = statements::statements(plan);
        Ok(vec![
            script::sql(plan, &statements, options),
            script::json(plan, &statements),
            script::config(plan, options),
        ])
    }
}
