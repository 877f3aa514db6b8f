//! The reference page of the functions, `docs/functions.md`, out of the catalogue.

use crate::catalogue::all;
use crate::function::{Family, FlinkForm, Function};
use crate::spark::SparkForm;
use std::fmt::Write as _;

/// The families in the order of the page, with their headings.
const SECTIONS: [(Family, &str); 12] = [
    (Family::Comparison, "Comparison"),
    (Family::Logical, "Logic"),
    (Family::Arithmetic, "Numbers"),
    (Family::String, "Strings"),
    (Family::Temporal, "Dates and times"),
    (Family::Conditional, "Conditions"),
    (Family::Collection, "Arrays, maps and rows"),
    (Family::Hash, "Hashes"),
    (Family::Json, "JSON and VARIANT"),
    (Family::Bitmap, "Bitmaps"),
    (Family::System, "Random values, structured types, the system"),
    (Family::Aggregate, "Aggregates"),
];

const HEAD: &str = "\
# Functions and operators

This page is made from the catalogue in `crates/streamc-functions`; a test fails when it is stale
(`STREAMC_BLESS=1 cargo test -p streamc-functions` writes it anew).

Every function means what it means in Flink 2.3, on every engine. The type rules are tested against the answers of Flink's
planner (`crates/streamc-functions/probes`), the values against values that Flink computed.

| engine | how a function gets there |
|---|---|
| embedded | computed by the evaluator in the catalogue, but for those that are [typed only](#typed-only) |
| Flink | written as Flink spells it |
| Spark | *native*: Spark computes the same under this or another name; *rewritten*: an expression that computes the same, and for some arguments an error that says why not; *refused*: Spark cannot compute it, and a build for Spark says so |

## Where engines differ at the edges

- Integers wrap around in Flink and in the embedded engine. On Spark (ANSI mode) an overflow stops the job; it never goes
  on with another value.
- Division by the integer or decimal zero stops the job everywhere. Division by a floating-point zero gives an infinity
  or NaN; on Spark the sign of a negative zero is not looked at.
- Comparisons with NaN are false, as in Java, so `MIN` and `MAX` pass it over unless it comes first. Spark takes NaN for equal to itself
  and greater than every number: comparisons are written for it so that they are false, but `MIN`, `MAX` and orders take it for
  the greatest. It takes 0.0 and -0.0 for one key of a group or a join, where Flink has two, and rows come out of joins, groups and
  duplicates without the sign.
- A decimal result beyond 38 digits is `NULL` in Flink and stops the job on Spark.
- Characters beyond the Basic Multilingual Plane count twice for `LPAD`, `RPAD` and `OVERLAY` in Flink, once on Spark.
- Moments before 1970 with a fraction of a second: Flink cuts towards 1970 when it takes a field out of them, Spark does not.
- Moments before 1970: Flink cuts them towards 1970 in casts to `DATE`, `TIME` and fewer digits, so that noon of 31 December
  1969 is cast to 1970-01-01 (and to a time of day below zero, which nothing can print). The embedded engine and Spark give the
  day that the clock shows.
- Days before 15 October 1582: `TO_DATE` by a pattern reads them by the Julian calendar in Flink and the embedded engine, and
  by the Gregorian on Spark.
- `UPPER` and `LOWER` of a constant: Flink cuts the result to the length of the constant (`UPPER('straße')` is `STRASS`), the
  others do not. Of a column nobody does.
- Text that is nearly a date: in timestamps Flink takes 30 February for the last day of February and 24:00:00 for the next
  midnight; on Spark `TO_TIMESTAMP` gives `NULL` and a cast stops the job. `TO_DATE` with a pattern is lenient on Flink
  (`2026-1-2` fits `yyyy-MM-dd`); on Spark what does not fit exactly stops the job.
- A `DECIMAL` of at most 18 digits of a text: Flink and the embedded engine leave one wrong character at its end out (`12a` is
  12, `a` is 0); on Spark it is no number.
- A number of seconds beyond the year 9999 is `NULL` for `TO_TIMESTAMP_LTZ` in Flink and stops the job on Spark.
- `ROUND` and `TRUNCATE` of NaN stop the job in Flink; on Spark they give NaN.
- A date before 1 March 4801 BC, or beyond the day of number 2^31 since then, stops the job where Flink reads its year; in the embedded engine
  where it is computed.
- The bytes of a `BITMAP` that was read from bytes may stand in another form of the same length.
";

/// The text of `docs/functions.md`.
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    page.push_str(
        "\n## Typed only\n\nThese are checked and built for Flink, and not computed in process: `streamc run` and `streamc test` refuse \
         them by name\n([ST5003](diagnostics/ST5003.md)); `--engine flink` takes them.\n\n| function | why |\n|---|---|\n",
    );
    for function in all() {
        if let Some(reason) = function.typed_only {
            let _ = writeln!(page, "| {} | {} |", names(&function), cell(reason));
        }
    }
    for (family, heading) in SECTIONS {
        let _ = write!(
            page,
            "\n## {heading}\n\n| function | what it is | example | Flink | Spark |\n|---|---|---|---|---|\n"
        );
        for function in all().filter(|f| f.family == family) {
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} |",
                names(&function),
                cell(function.doc),
                example(&function),
                flink(&function),
                spark(&function)
            );
        }
    }
    page
}

/// Text that stands in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn names(function: &Function) -> String {
    std::iter::once(&function.name)
        .chain(function.aliases)
        .map(|name| format!("`{}`", cell(name)))
        .collect::<Vec<_>>()
        .join(", ")
}

fn example(function: &Function) -> String {
    let (call, value) = function.example;
    if value.is_empty() {
        format!("`{}`", cell(call))
    } else {
        format!("`{}` → `{}`", cell(call), cell(value))
    }
}

/// Functions that are refused everywhere say so in their documentation.
fn is_refused(function: &Function) -> bool {
    function.doc.starts_with("Refused")
}

fn flink(function: &Function) -> &'static str {
    match function.flink {
        _ if is_refused(function) => "refused",
        FlinkForm::Call
        | FlinkForm::Word
        | FlinkForm::Infix(..)
        | FlinkForm::Prefix(..)
        | FlinkForm::Postfix(..)
        | FlinkForm::Template(_)
        | FlinkForm::Written(_) => "native",
    }
}

fn spark(function: &Function) -> String {
    match function.spark {
        SparkForm::Same => "native".to_owned(),
        SparkForm::Named(name) => format!("native, as `{name}`"),
        SparkForm::Template(_) | SparkForm::Rewrite(_) => "rewritten".to_owned(),
        SparkForm::None(reason) => format!("refused: {}", cell(reason)),
    }
}
