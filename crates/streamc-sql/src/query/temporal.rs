//! `FOR SYSTEM_TIME AS OF`: joins with the version that a row had at a time (Flink documentation, "Temporal Joins").

use super::QueryBinder;
use super::from::{From, On};
use super::tree::{Tree, all_of};
use crate::bind::Env;
use smol_str::SmolStr;
use sqlparser::ast::{Expr as Sql, TableFactor, TableVersion};
use streamc_diagnostics::codes::types::TEMPORAL_JOIN;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::relations::{TemporalError, can_look_up, check_temporal, lookup_join, temporal_join};
use streamc_plan::{Expr, ExprKind, JoinKind, JoinStrategy, Origin, Properties, Relation, RelationKind};
use streamc_types::{TimeAttribute, TypeKind};

/// The time of `FOR SYSTEM_TIME AS OF`.
pub(super) fn version(factor: &TableFactor) -> Option<&Sql> {
    match factor {
        TableFactor::Table { version: Some(TableVersion::ForSystemTimeAsOf(time)), .. } => Some(time),
        _ => None,
    }
}

impl QueryBinder<'_> {
    /// Joins each row of `left` with the version of a row of `factor` at the time `as_of`.
    pub(super) fn temporal(
        &mut self,
        left: From,
        factor: &TableFactor,
        as_of: &Sql,
        kind: JoinKind,
        on: On<'_>,
        origin: Origin,
    ) -> From {
        let at = self.binder.tokens.widen(self.binder.tokens.extent(as_of), 4, 0);
        let mut plain = factor.clone();
        if let TableFactor::Table { version, .. } = &mut plain {
            *version = None;
        }
        let right = self.factor(&plain);
        let time = self.left_time(&left, as_of);
        let known = left.tree.is_some() && right.tree.is_some();
        let left_tables = left.tables.len();
        // What is looked up may stand in `WHERE`.
        let asked = match (&left.tree, &right.tree, time) {
            (Some(l), Some(Tree::Leaf(r)), Some(time)) if kind == JoinKind::Inner => {
                self.is_lookup(&l.clone().lower().props, time, r)
            }
            _ => false,
        };
        let shaped = match (&kind, &on) {
            (JoinKind::Inner, On::Any) if asked => true,
            (JoinKind::Inner | JoinKind::Left, On::Condition(_) | On::Using(_) | On::Natural(_)) => true,
            (JoinKind::Inner | JoinKind::Left, _) => {
                let d = Diagnostic::new(TEMPORAL_JOIN, at, "a join with versions needs the key in its `ON`")
                    .help("write `JOIN t FOR SYSTEM_TIME AS OF a.ts ON a.id = t.id`");
                self.binder.report(d);
                false
            }
            _ => {
                let d = Diagnostic::new(TEMPORAL_JOIN, at, "a join with versions is inner or `LEFT`")
                    .help("versions are looked up for the rows of the left side");
                self.binder.report(d);
                false
            }
        };
        let mut from = self.combine(left, right, kind, on, origin);
        if !shaped {
            from.shared.clear();
        }
        let tree = from.tree.take();
        let (Some(time), true, true) = (time, shaped, known) else { return from };
        let Some(Tree::Join { left, right, on, origin, .. }) = tree else { return from };
        let waits = matches!(*left, Tree::Lookup { .. });
        if asked && (waits || !can_look_up(&all_of(on.clone()), left.width())) {
            let origin = Origin::new("JOIN", at);
            let right = Box::new(right.lower());
            from.tree = Some(Tree::Lookup { left, right, time, on, origin });
            return from;
        }
        let (left, right) = (left.lower(), right.lower());
        if self.is_lookup(&left.props, time, &right) {
            return self.lookup(from, (left, right), kind, time, on, (origin, at));
        }
        let names: Vec<SmolStr> = from.tables.iter().skip(left_tables).map(|t| t.name.clone()).collect();
        let name = names.first().cloned().unwrap_or_default();
        if let Some(mut d) = version_diagnostic(&left.props, &right.props, time, &on, &name, at) {
            if self.is_table(&right) {
                d.help = Some(format!(
                    "`{name}` is looked up by the clock: take a column `PROCTIME()` of the left side"
                ));
            }
            self.binder.report(d);
            return from;
        }
        let Some(right_time) = right.props.rowtime() else { return from };
        let times = (time, right_time);
        let relation = temporal_join(left, right, kind, times, all_of(on), origin);
        from.tree = Some(Tree::Leaf(Box::new(relation)));
        from
    }

    /// Whether it is the clock by which a table of another system is asked. A stream that reads such a table is none
    /// (measured on 2.3: Flink's planner takes the table itself only).
    fn is_lookup(&self, left: &Properties, time: usize, right: &Relation) -> bool {
        let proctime = left.schema.columns.get(time).and_then(|c| c.time) == Some(TimeAttribute::Proctime);
        proctime && self.is_table(right)
    }

    fn is_table(&self, right: &Relation) -> bool {
        matches!(&right.kind, RelationKind::Scan { component } if self.catalog.is_looked_up(component))
    }

    /// The join of each row with what the table has for it.
    fn lookup(
        &mut self,
        mut from: From,
        (left, right): (Relation, Relation),
        kind: JoinKind,
        time: usize,
        on: Vec<Expr>,
        (origin, at): (Origin, Span),
    ) -> From {
        let condition = all_of(on);
        let width = left.props.schema.len();
        if !can_look_up(&condition, width) {
            self.not_asked(&condition, width, &right, at);
            return from;
        }
        from.tree = Some(Tree::Leaf(Box::new(lookup_join(left, right, kind, time, condition, origin))));
        from
    }

    /// Reports the joins in these rows that do not say what to look up, neither in `ON` nor in `WHERE`.
    pub(super) fn check_lookups(&mut self, rows: &Relation) {
        if let RelationKind::Join { left, right, strategy: JoinStrategy::Lookup { .. }, condition, .. } =
            &rows.kind
        {
            let width = left.props.schema.len();
            if !can_look_up(condition, width) {
                self.not_asked(condition, width, right, rows.origin.span.unwrap_or(self.binder.tokens.whole));
                return;
            }
        }
        for input in rows.inputs() {
            self.check_lookups(input);
        }
    }

    fn not_asked(&mut self, condition: &Expr, width: usize, right: &Relation, at: Span) {
        let d = Diagnostic::new(TEMPORAL_JOIN, at, "the condition does not say what to look up");
        let columns = &right.props.schema.columns;
        let cast = cast_column(condition, width).and_then(|(c, ty)| Some((columns.get(c - width)?, ty)));
        self.binder.report(match cast {
                Some((column, wide)) => d.help(format!(
                    "`{}` is {} and would have to become {wide}: cast the other side, `CAST(… AS {})`",
                    column.name, column.ty.kind, column.ty.kind
                )),
                None => d.help(
                    "compare a column of the table, as it is, by `=` with a value of the left side: the table is asked \
                     for the rows that have it",
                ),
            });
    }

    /// The column of the left side that is the time; `None` after an error.
    fn left_time(&mut self, left: &From, as_of: &Sql) -> Option<usize> {
        let scope = left.scope();
        let bound = self.binder.expr(as_of, Env::new(&scope, "FOR SYSTEM_TIME AS OF"));
        if bound.ty.is_unknown() {
            return None;
        }
        let at = self.binder.tokens.extent(as_of);
        let found = bound.as_column();
        if found.is_none() {
            let d =
                Diagnostic::new(TEMPORAL_JOIN, at, "`FOR SYSTEM_TIME AS OF` takes a column of the left side");
            let clock = matches!(&bound.kind, ExprKind::Call { function, .. } if function.name == "PROCTIME");
            self.binder.report(d.help(if clock {
                "make it a column first: `(SELECT *, PROCTIME() AS now FROM …) AS a`"
            } else {
                "Flink looks versions up at an event time as it is, without anything computed from it"
            }));
        }
        found
    }
}

/// A column of the right side that `=` compares with the left side only after it was cast, and the type it gets.
fn cast_column(condition: &Expr, width: usize) -> Option<(usize, &TypeKind)> {
    let sides = condition.conjuncts().into_iter().filter_map(|part| match &part.kind {
        ExprKind::Call { function, arguments } if function.name == "=" => Some(arguments),
        _ => None,
    });
    sides.flatten().find_map(|side| match &side.kind {
        ExprKind::Cast { input, implicit: true, .. } => {
            input.as_column().filter(|c| *c >= width).map(|c| (c, &side.ty.kind))
        }
        _ => None,
    })
}

/// What Flink's planner refuses of a temporal join. `time`: a column of `left`; `on`: the parts of the condition over both
/// sides; `name`: what the right side is called; `at`: the place of the finding.
pub fn version_diagnostic(
    left: &Properties,
    right: &Properties,
    time: usize,
    on: &[Expr],
    name: &str,
    at: Span,
) -> Option<Diagnostic> {
    let column = left.schema.columns.get(time)?;
    match column.time {
        Some(TimeAttribute::Rowtime) => {}
        Some(TimeAttribute::Proctime) => {
            let message = format!("`{name}` cannot be joined as of processing time");
            return Some(Diagnostic::new(TEMPORAL_JOIN, at, message).help(
                "only a source that can be asked for rows, such as `jdbc`, is looked up by the clock, and no stream that \
                 reads it; take the event time of the left side, or leave the time out to join all rows",
            ));
        }
        None => {
            let message = format!("`{}` is no event-time column", column.name);
            let d = Diagnostic::new(TEMPORAL_JOIN, at, message);
            return Some(match left.rowtime().and_then(|i| left.schema.columns.get(i)) {
                Some(event) => d.help(format!("take `{}`", event.name)),
                None => d.help("declare event time where the rows come from: `watermark: ts - 5s`"),
            });
        }
    }
    let Some(event) = right.rowtime().and_then(|i| right.schema.columns.get(i)) else {
        let message = format!("`{name}` has no versions: its rows have no event time");
        return Some(
            Diagnostic::new(TEMPORAL_JOIN, at, message)
                .help("declare event time where its rows come from, and keep the column up to here"),
        );
    };
    if std::mem::discriminant(&event.ty.kind) != std::mem::discriminant(&column.ty.kind) {
        let message = format!(
            "the event time `{}` is `{}`, that of `{name}` is `{}`",
            column.name, column.ty.kind, event.ty.kind
        );
        let d = Diagnostic::new(TEMPORAL_JOIN, at, message);
        return Some(d.help("Flink compares event times of one type only: declare the columns alike"));
    }
    let names = |key: &[usize]| -> String {
        let name = |c: &usize| right.schema.columns.get(*c).map(|c| format!("`{}`", c.name));
        key.iter().filter_map(name).collect::<Vec<_>>().join(", ")
    };
    let condition = all_of(on.to_vec());
    let (message, help) = match check_temporal(left, right, &condition) {
        Ok(()) => return None,
        Err(TemporalError::NoKey) => (
            format!("`{name}` has no versions: it has no key"),
            "keep the last row of each key: `dedupe on id keep last by ts`, or in SQL `ROW_NUMBER() OVER \
             (PARTITION BY id ORDER BY ts DESC)` with `= 1`"
                .to_owned(),
        ),
        Err(TemporalError::KeyNotCompared(key)) => (
            format!("the condition does not compare the key of `{name}` by `=`: {}", names(&key)),
            "versions are those of a key: compare all its columns with values of the left side; where the types differ, \
             cast those of the left side"
                .to_owned(),
        ),
        Err(TemporalError::NeverTrue) => (
            "the condition is never true".to_owned(),
            "Flink does not plan such a join: leave that part out".to_owned(),
        ),
        Err(TemporalError::MoreThanKey) => (
            format!(
                "the condition compares more of `{name}` than its key by `=`, which is not supported yet"
            ),
            "move what is not about the key into `WHERE`".to_owned(),
        ),
    };
    Some(Diagnostic::new(TEMPORAL_JOIN, at, message).help(help))
}
