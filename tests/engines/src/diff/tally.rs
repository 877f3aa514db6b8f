//! Counts what was found.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::compare::{Agreement, Class};
use super::known::Known;
use crate::random::queries::Area;

/// How many reasons of refusals are told.
const MOST_REASONS: usize = 25;

/// A difference that nobody has explained yet.
#[derive(Clone, Debug)]
pub struct Open {
    /// Its class.
    pub class: Class,
    /// Its gist.
    pub gist: String,
    /// The case, ready to paste.
    pub text: String,
    /// How many cases had the same class and gist.
    pub times: usize,
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Cases of an area that agree.
    pub agree: BTreeMap<(Area, Agreement), usize>,
    /// Cases of an area with a difference that is known.
    pub known: BTreeMap<(Area, Class), usize>,
    /// Cases of an area with a difference that is not.
    pub unknown: BTreeMap<(Area, Class), usize>,
    /// Nearly well-typed cases among all.
    pub nearly: usize,
    /// What is not understood.
    pub open: Vec<Open>,
    /// All cases.
    pub cases: usize,
    /// Why the backend for Spark refuses cases, and how many.
    pub refused_for_spark: BTreeMap<String, usize>,
}

impl Tally {
    /// How often something that differs is not on the list.
    pub fn unexplained(&self) -> usize {
        self.unknown.values().sum()
    }

    /// How many cases of that class and gist were met before.
    pub fn seen(&self, class: Class, gist: &str) -> usize {
        self.open.iter().filter(|open| open.class == class && open.gist == gist).map(|open| open.times).sum()
    }

    /// The figures as Markdown.
    pub fn report(&self, known: &Known, head: &str) -> String {
        let mut text = format!("{head}\n");
        self.table(
            &mut text,
            "",
            false,
            &[
                ("agree in rows", &[Agreement::Rows, Agreement::BothFail]),
                ("agree in columns and changes", &[Agreement::Plan, Agreement::NotHere]),
                ("both refuse", &[Agreement::BothRefuse]),
                ("refused by the build for Flink", &[Agreement::RefusedForFlink]),
                ("not supported yet", &[Agreement::Unsupported]),
            ],
        );
        self.table(
            &mut text,
            "Of those that the compiler takes, as built jobs on Spark beside the embedded engine:\n\n",
            true,
            &[
                ("agree in rows", &[Agreement::SparkRows, Agreement::SparkBothFail]),
                ("rows depend on the order of arrival", &[Agreement::SparkArrival]),
                ("ran, rows not compared", &[Agreement::SparkStarted]),
                ("refused by the build for Spark", &[Agreement::SparkRefused]),
            ],
        );
        let _ =
            writeln!(text, "\n{} of the cases were changed at random to be nearly well-typed.", self.nearly);
        if !self.refused_for_spark.is_empty() {
            let mut reasons: Vec<(&String, &usize)> = self.refused_for_spark.iter().collect();
            reasons.sort_by_key(|(reason, times)| (usize::MAX - **times, *reason));
            text.push_str("\n| times | why the build for Spark refuses, most often |\n|---|---|\n");
            for (reason, times) in reasons.into_iter().take(MOST_REASONS) {
                let _ = writeln!(text, "| {times} | {} |", reason.replace('|', "\\|"));
            }
        }
        let met: Vec<_> = known.met().into_iter().filter(|(_, times)| *times > 0).collect();
        if !met.is_empty() {
            text.push_str("\n| times | known difference | reason |\n|---|---|---|\n");
            for (entry, times) in met {
                let pattern = entry.pattern.as_str().replace('|', "\\|");
                let _ = writeln!(text, "| {times} | {} `{pattern}` | {} |", entry.class, entry.reason);
            }
        }
        if !self.open.is_empty() {
            text.push_str("\n## Not explained\n");
            let mut open = self.open.clone();
            open.sort_by(|a, b| (a.class, &a.gist).cmp(&(b.class, &b.gist)));
            for found in open {
                let _ = write!(
                    text,
                    "\n{} × {}: {}\n\n```stream\n{}```\n",
                    found.times, found.class, found.gist, found.text
                );
            }
        }
        text
    }

    /// One table, by area: what agrees in columns of their own, then what differs. Nothing if there is no case.
    fn table(&self, text: &mut String, head: &str, of_spark: bool, columns: &[(&str, &[Agreement])]) {
        let mut lines = String::new();
        let mut sums = vec![0; columns.len() + 3];
        for (_, area) in Area::WEIGHTED {
            let of = |map: &BTreeMap<(Area, Class), usize>| -> usize {
                let counted =
                    map.iter().filter(|((a, class), _)| *a == area && class.is_of_spark() == of_spark);
                counted.map(|(_, n)| n).sum()
            };
            let mut row = vec![0];
            row.extend(columns.iter().map(|(_, kinds)| {
                kinds.iter().map(|kind| self.agree.get(&(area, *kind)).copied().unwrap_or(0)).sum::<usize>()
            }));
            row.extend([of(&self.known), of(&self.unknown)]);
            row[0] = row[1..].iter().sum();
            if row[0] == 0 {
                continue;
            }
            let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
            let _ = writeln!(lines, "| {} | {} |", area.name(), cells.join(" | "));
            sums.iter_mut().zip(&row).for_each(|(sum, n)| *sum += n);
        }
        if lines.is_empty() {
            return;
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let _ = writeln!(
            text,
            "\n{head}| area | cases | {} | differ, known | differ, not explained |\n|{}",
            names.join(" | "),
            "---|".repeat(columns.len() + 4)
        );
        let cells: Vec<String> = sums.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "{lines}| all | {} |", cells.join(" | "));
    }
}
