//! The PySpark Structured Streaming backend.
//!
//! A plan becomes `spark/job.py`, a function for each component over `DataFrame`s, beside `spark/streamc_support.py`
//! and `spark/spark-defaults.conf`. What Spark cannot do exactly as Flink does is refused: [`capability_table`] lists
//! every construct. One pass makes both the job and the refusals, so that they cannot disagree.

mod capability;
mod checks;
mod connectors;
mod frame;
mod job;
mod python;
mod schema;
mod sql;
mod steps;

pub use capability::{constructs, table as capability_table};

use streamc_backend::{Backend, BuildOptions, OutputFile};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::internal;
use streamc_plan::{Engine, Expr, Plan};

/// The module that every job imports: settings, records, starting and waiting.
pub const SUPPORT_MODULE: &str = include_str!("../../../runtime/python/streamc_support.py");

/// Spark.
#[derive(Clone, Copy, Debug, Default)]
pub struct SparkBackend;

impl Backend for SparkBackend {
    fn engine(&self) -> Engine {
        Engine::Spark
    }

    fn capabilities(&self, plan: &Plan) -> Vec<Diagnostic> {
        job::job(plan, None).diagnostics
    }

    fn emit(&self, plan: &Plan, options: &BuildOptions<'_>) -> Result<Vec<OutputFile>, Vec<Diagnostic>> {
        let job = job::job(plan, Some(options));
        let errors: Vec<Diagnostic> = job.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        if plan.sinks().next().is_none() {
            let message = "an application without sinks has no Spark job";
            return Err(vec![Diagnostic::new(internal::INTERNAL, plan.app.span, message)]);
        }
        Ok(vec![
            job.file,
            OutputFile::new("spark/streamc_support.py", SUPPORT_MODULE),
            OutputFile::new("spark/spark-defaults.conf", defaults(plan)),
        ])
    }
}

/// An expression over columns of those names as Spark SQL that may stand as an operand; `Err` is the reason why there is
/// none. Timestamps of either kind are Spark's `TIMESTAMP`, in a session whose time zone is UTC.
pub fn spark_expression(expr: &Expr, columns: &[String]) -> Result<String, String> {
    sql::expression(expr, sql::Scope(columns)).map_err(|r| format!("{}: {}", r.what, r.reason))
}

/// The type in Spark SQL; `Err` is the reason why there is none.
pub fn spark_type(ty: &streamc_types::DataType) -> Result<String, String> {
    sql::sql_type(ty)
}

/// `5 seconds`: in the greatest unit that needs no fraction.
fn duration(millis: i64) -> String {
    let units =
        [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second"), (1, "millisecond")];
    let (unit, name) =
        units.into_iter().find(|(unit, _)| millis % unit == 0 && millis >= *unit).unwrap_or((1, "second"));
    let count = millis / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// Settings for `spark-submit --properties-file`.
fn defaults(plan: &Plan) -> String {
    let mut out = String::from(
        "# For `spark-submit --properties-file`. The job itself sets what its meaning depends on: time zone, ANSI mode,\n\
         # case of names, and that filters stay above watermarks.\n",
    );
    let name: String = plan
        .app
        .name
        .chars()
        .map(|c| match c {
            '\\' => "\\\\".to_owned(),
            c if c.is_ascii_graphic() => c.to_string(),
            ' ' => "\\ ".to_owned(),
            c if u32::from(c) <= 0xffff => format!("\\u{:04x}", u32::from(c)),
            c => {
                let mut units = [0u16; 2];
                c.encode_utf16(&mut units).iter().map(|u| format!("\\u{u:04x}")).collect()
            }
        })
        .collect();
    out.push_str(&format!("spark.app.name {name}\n"));
    for (key, value) in [
        ("spark.sql.session.timeZone", "UTC"),
        ("spark.sql.ansi.enabled", "true"),
        ("spark.sql.caseSensitive", "true"),
        ("spark.sql.streaming.stopTimeout", "60s"),
    ] {
        out.push_str(&format!("{key} {value}\n"));
    }
    for (key, value) in job::settings(plan) {
        out.push_str(&format!("{key} {value}\n"));
    }
    out
}
