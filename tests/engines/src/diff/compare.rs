//! Holds the answers to a query against each other.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;
use xtask::engines::{FlinkError, Planned, RowKind as FlinkKind};

use super::ours::{Accepted, Ours, Outcome, plain};
use crate::cells;

/// In what two answers differ, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The compiler panicked, or the embedded engine found a fault of its own.
    Panic,
    /// The compiler takes what Flink refuses.
    WrongFine,
    /// The rows that remain are others.
    Rows,
    /// Flink's job fails, the embedded engine goes on.
    Fails,
    /// The embedded engine fails, Flink's job goes on.
    FailsHere,
    /// The rows are the same and come in another order, though it is defined.
    Order,
    /// Names, types, nullability or time attributes of columns.
    Columns,
    /// The kinds of changes.
    Changelog,
    /// The compiler refuses what Flink takes.
    Refused,
    /// Spark does not start what is built for it.
    SparkRefuses,
    /// Spark's rows are others.
    Spark,
    /// Spark's job fails, the embedded engine goes on.
    SparkFails,
    /// The embedded engine fails, Spark's job goes on.
    SparkGoesOn,
}

impl Class {
    /// As lists and reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::WrongFine => "wrong-fine",
            Self::Rows => "rows",
            Self::Fails => "fails",
            Self::FailsHere => "fails-here",
            Self::Order => "order",
            Self::Columns => "columns",
            Self::Changelog => "changelog",
            Self::Refused => "refused",
            Self::SparkRefuses => "spark-refuses",
            Self::Spark => "spark",
            Self::SparkFails => "spark-fails",
            Self::SparkGoesOn => "spark-goes-on",
        }
    }

    /// Whether rows are needed to see it.
    pub fn needs_rows(self) -> bool {
        matches!(
            self,
            Self::Rows
                | Self::Fails
                | Self::FailsHere
                | Self::Order
                | Self::Panic
                | Self::Spark
                | Self::SparkFails
                | Self::SparkGoesOn
        )
    }

    /// Whether it is Spark that says something else.
    pub fn is_of_spark(self) -> bool {
        matches!(self, Self::SparkRefuses | Self::Spark | Self::SparkFails | Self::SparkGoesOn)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far two answers agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the texts of `name` say it")]
pub enum Agreement {
    Rows,
    BothFail,
    Plan,
    BothRefuse,
    Unsupported,
    RefusedForFlink,
    NotHere,
    SparkRows,
    SparkBothFail,
    SparkArrival,
    SparkStarted,
    SparkRefused,
}

impl Agreement {
    /// As the report says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rows => "same columns, changes and rows",
            Self::BothFail => "same columns and changes, and both fail for a row",
            Self::Plan => "same columns and changes; rows not compared",
            Self::BothRefuse => "both refuse",
            Self::Unsupported => "not supported yet, refused by name",
            Self::RefusedForFlink => "refused by the build for Flink",
            Self::NotHere => "same columns and changes; not run in process, by name",
            Self::SparkRows => "same rows on Spark",
            Self::SparkBothFail => "both fail for a row",
            Self::SparkArrival => "the rows depend on the order in which rows come",
            Self::SparkStarted => "started on Spark; rows not compared",
            Self::SparkRefused => "refused by the build for Spark",
        }
    }

    /// Whether it is Spark that agrees.
    pub fn is_of_spark(self) -> bool {
        matches!(
            self,
            Self::SparkRows
                | Self::SparkBothFail
                | Self::SparkArrival
                | Self::SparkStarted
                | Self::SparkRefused
        )
    }
}

/// A difference.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Its class.
    pub class: Class,
    /// What is seen, in one line without the names and numbers of this case.
    pub gist: String,
    /// What each side said.
    pub lines: String,
}

/// What is asked of the rows.
#[derive(Clone, Copy, Debug)]
pub struct Demands {
    /// They depend on the clock or on an undefined order.
    pub undefined: bool,
    /// They may come in any order.
    pub reorders: bool,
}

/// Compares the two answers to a query.
pub fn compare(
    ours: &Ours,
    flink: &Result<Planned, FlinkError>,
    demands: Demands,
) -> Result<Agreement, Difference> {
    let differs = |class, gist: String, lines: String| Err(Difference { class, gist, lines });
    match (ours, flink) {
        (Ours::Panicked(text), _) => differs(Class::Panic, abstracted(text), text.clone()),
        (Ours::Unsupported(_), _) => Ok(Agreement::Unsupported),
        (Ours::Refused(..), Err(_)) => Ok(Agreement::BothRefuse),
        (Ours::Refused(code, message), Ok(planned)) => differs(
            Class::Refused,
            format!("{code}: {}{}", abstracted(message), left_out(planned)),
            format!("  ours:  {code}: {message}\n  Flink: {}", listed(&planned.columns)),
        ),
        // What a build refuses by name need not be the same.
        (Ours::Accepted(accepted), _) if accepted.refused_for_flink.is_some() => {
            Ok(Agreement::RefusedForFlink)
        }
        (Ours::Accepted(accepted), Err(error)) => differs(
            Class::WrongFine,
            abstracted(first_line(error.root())),
            format!("  ours:  {}\n  Flink: {}", listed(&accepted.columns), first_line(error.root())),
        ),
        (Ours::Accepted(accepted), Ok(planned)) => accepted_by_both(accepted, planned, demands),
    }
}

fn accepted_by_both(ours: &Accepted, flink: &Planned, demands: Demands) -> Result<Agreement, Difference> {
    let columns: Vec<(String, String)> =
        flink.columns.iter().map(|(name, ty)| (name.clone(), plain(ty.clone()))).collect();
    if ours.columns != columns {
        // Flink's schema says `*ROWTIME*` of columns that no watermark follows any more.
        let without = |ty: &str| ty.replace(" *ROWTIME*", "");
        let differ = |(a, b): &(&(String, String), &(String, String))| {
            a.0 != b.0 || (a.1 != b.1 && a.1 != without(&b.1))
        };
        let gist = match ours.columns.iter().zip(&columns).find(differ) {
            Some((a, b)) if a.0 != b.0 => "names".to_owned(),
            Some((a, b)) => format!("{} of ours is {} of Flink", a.1, b.1),
            None if ours.columns.len() != columns.len() => "number".to_owned(),
            None => "event time in the schema of Flink only".to_owned(),
        };
        let lines = format!("  ours:  {}\n  Flink: {}", listed(&ours.columns), listed(&columns));
        return Err(Difference { class: Class::Columns, gist, lines });
    }
    let kinds = flink.changelog.split(',').filter(|kind| *kind != "UB").collect::<Vec<_>>().join(",");
    if ours.changelog != kinds {
        let gist = format!("{} of ours is {kinds} of Flink{}", ours.changelog, left_out(flink));
        return Err(Difference { class: Class::Changelog, gist: gist.clone(), lines: format!("  {gist}") });
    }
    let (Some(here), Some(there)) = (&ours.outcome, &flink.outcome) else { return Ok(Agreement::Plan) };
    let differs = |class, gist: String, lines: String| Err(Difference { class, gist, lines });
    match (here, there) {
        (Outcome::NotHere(_), _) => Ok(Agreement::NotHere),
        (Outcome::Failed(_), Err(_)) => Ok(Agreement::BothFail),
        (Outcome::Failed(why), Ok(rows)) => differs(
            Class::FailsHere,
            format!("{}{}", abstracted(why), left_out(flink)),
            format!("  ours:  {why}\n  Flink: {} changes", rows.len()),
        ),
        (Outcome::Rows(rows), Err(error)) => differs(
            Class::Fails,
            abstracted(first_line(error.root())),
            format!("  ours:  {} changes\n  Flink: {}", rows.len(), first_line(error.root())),
        ),
        (Outcome::Rows(_), Ok(_)) if demands.undefined => Ok(Agreement::Plan),
        (Outcome::Rows(here), Ok(there)) => {
            let shortest = |row: &[Json]| -> Vec<Json> {
                row.iter().zip(&columns).map(|(cell, (_, ty))| cells::shortest(cell.clone(), ty)).collect()
            };
            let here: Vec<(FlinkKind, Vec<Json>)> =
                here.iter().map(|(kind, row)| (flink_kind(*kind), shortest(row))).collect();
            let there: Vec<(FlinkKind, Vec<Json>)> =
                there.iter().map(|(kind, row)| (*kind, shortest(row))).collect();
            let (mut left, mut right) = (cells::folded(&here), cells::folded(&there));
            if ours.changelog == "I" && !demands.reorders && left != right && same(&left, &right) {
                let lines = format!("  ours:  {}\n  Flink: {}", rows_text(&left), rows_text(&right));
                return differs(Class::Order, String::new(), lines);
            }
            for rows in [&mut left, &mut right] {
                rows.sort_by_cached_key(|row| Json::from(row.clone()).to_string());
            }
            if rows_text_all(&left) == rows_text_all(&right) {
                return Ok(Agreement::Rows);
            }
            let lines = format!(
                "  only ours:  {}\n  only Flink: {}",
                rows_text(&only(&left, &right)),
                rows_text(&only(&right, &left))
            );
            differs(
                Class::Rows,
                if nearly_all(&left, &right) { "last digits".to_owned() } else { String::new() },
                lines,
            )
        }
    }
}

/// Whether Flink's planner leaves a part of the query out.
fn left_out(planned: &Planned) -> &'static str {
    match (planned.empty, planned.unread) {
        (true, _) => ", where Flink plans for no rows",
        (false, 0) => "",
        (false, _) => ", where Flink does not read all of the tables",
    }
}

/// The rows that the others are not.
pub(super) fn only(rows: &[Vec<Json>], others: &[Vec<Json>]) -> Vec<Vec<Json>> {
    let mut others = others.to_vec();
    let unmet = |row: &&Vec<Json>| match others.iter().position(|other| spelled(other) == spelled(row)) {
        Some(at) => {
            others.swap_remove(at);
            false
        }
        None => true,
    };
    rows.iter().filter(unmet).cloned().collect()
}

/// Whether two cells are the same but for the last of 15 digits.
pub(super) fn nearly(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(a), Json::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b || (a - b).abs() <= 1e-14 * a.abs().max(b.abs()),
            _ => false,
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| nearly(a, b)),
        _ => left == right,
    }
}

/// Whether sorted rows are the same but for last digits.
pub(super) fn nearly_all(left: &[Vec<Json>], right: &[Vec<Json>]) -> bool {
    left.len() == right.len() && left.iter().flatten().zip(right.iter().flatten()).all(|(a, b)| nearly(a, b))
}

fn same(left: &[Vec<Json>], right: &[Vec<Json>]) -> bool {
    let sorted = |rows: &[Vec<Json>]| {
        let mut texts: Vec<String> = rows.iter().map(|row| Json::from(row.clone()).to_string()).collect();
        texts.sort();
        texts
    };
    sorted(left) == sorted(right)
}

pub(super) fn flink_kind(kind: streamc_types::RowKind) -> FlinkKind {
    match kind {
        streamc_types::RowKind::Insert => FlinkKind::Insert,
        streamc_types::RowKind::UpdateBefore => FlinkKind::UpdateBefore,
        streamc_types::RowKind::UpdateAfter => FlinkKind::UpdateAfter,
        streamc_types::RowKind::Delete => FlinkKind::Delete,
    }
}

/// A row as text: unlike numbers, texts tell the two zeros apart.
pub(super) fn spelled(row: &[Json]) -> String {
    Json::from(row.to_vec()).to_string()
}

fn rows_text_all(rows: &[Vec<Json>]) -> Vec<String> {
    rows.iter().map(|row| spelled(row)).collect()
}

pub(super) fn rows_text(rows: &[Vec<Json>]) -> String {
    let shown: Vec<String> = rows.iter().take(6).map(|row| Json::from(row.clone()).to_string()).collect();
    let more = if rows.len() > 6 { format!(" … {} in all", rows.len()) } else { String::new() };
    shown.join(" ") + &more
}

fn listed(columns: &[(String, String)]) -> String {
    columns.iter().map(|(name, ty)| format!("{name} {ty}")).collect::<Vec<_>>().join(", ")
}

fn first_line(text: &str) -> &str {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

/// A message without the names and numbers of its case.
pub(super) fn abstracted(message: &str) -> String {
    static NAMES: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"`[^`]*`|'[^']*'|\b[a-z]{1,2}[0-9]+\b|[0-9]+").ok());
    let text = NAMES.as_ref().map_or_else(|| message.into(), |names| names.replace_all(message, "…"));
    text.chars().take(160).collect()
}
