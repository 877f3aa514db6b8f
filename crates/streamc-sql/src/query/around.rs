//! Sub-queries as values that compare with the row around them in another way than by `=`.
//!
//! Flink's planner first makes the values outside distinct and joins the sub-query's rows with them; what that gives is
//! grouped by those values (`RelDecorrelator`, value generator).

use super::correlated::{constant, named, reads_outside};
use super::select::all_columns;
use super::tree::all_of;
use crate::bind::{AGGREGATE, subquery_column};
use crate::group;
use smol_str::format_smolstr;
use streamc_plan::{AggregateCall, Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_types::DataType;

/// How such a sub-query is joined with the row outside.
pub(super) struct Around {
    /// The columns of the row outside that it reads.
    columns: Vec<(usize, DataType)>,
    /// Conditions over the sub-query's rows followed by the row outside.
    condition: Vec<Expr>,
    then: Then,
}

/// What is asked of the rows that meet the values outside.
pub(super) enum Then {
    /// Whether there is one.
    Exists,
    Calls(Vec<AggregateCall>),
    /// Their values, each once and with a mark behind them; the condition joins the row outside with them.
    Listed(Vec<Expr>, Expr),
}

impl Then {
    /// The expressions over the sub-query's rows followed by the row outside.
    fn exprs(&self) -> Vec<&Expr> {
        match self {
            Self::Exists => Vec::new(),
            Self::Calls(calls) => calls.iter().flat_map(|c| c.arguments.iter().chain(&c.filter)).collect(),
            Self::Listed(items, _) => items.iter().collect(),
        }
    }
}

impl Around {
    /// `width` is that of the sub-query's rows. `None` if nothing reads the row outside, or nothing but its existence is
    /// asked of rows that have nothing to do with it: Flink forgets the sub-query's rows there.
    pub(super) fn new(condition: &[Expr], width: usize, then: Then) -> Option<Self> {
        let about_both =
            |part: &Expr| reads_outside(part, width) && part.columns().iter().any(|c| *c < width);
        if matches!(then, Then::Exists) && !condition.iter().any(about_both) {
            return None;
        }
        let mut columns: Vec<(usize, DataType)> = Vec::new();
        let mut rest: Vec<&Expr> = condition.iter().chain(then.exprs()).collect();
        while let Some(expr) = rest.pop() {
            rest.extend(expr.children());
            if let Some(column) =
                expr.as_column().filter(|c| *c < AGGREGATE).and_then(|c| c.checked_sub(width))
                && columns.iter().all(|(c, _)| *c != column)
            {
                columns.push((column, expr.ty.clone()));
            }
        }
        if columns.is_empty() {
            return None;
        }
        columns.sort_by_key(|(column, _)| *column);
        Some(Self { columns, condition: condition.to_vec(), then })
    }

    /// How many columns come before what is asked.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The rows to join `left` with, and the condition.
    pub(super) fn complete(
        self,
        rows: Relation,
        left: &Relation,
        number: usize,
        origin: &Origin,
    ) -> (Relation, Expr) {
        let width = rows.props.schema.len();
        let outside: Vec<Expr> = self.columns.iter().map(|(c, ty)| Expr::column(*c, ty.clone())).collect();
        let values = relations::project(left.clone(), named(&outside), origin.clone());
        let values =
            if values.props.keys.is_empty() { relations::distinct(values, origin.clone()) } else { values };
        let place = |i: usize| match self.columns.iter().position(|(c, _)| i >= width && *c == i - width) {
            Some(n) => width + n,
            None => i,
        };
        let on = self.condition.into_iter().map(|e| e.map_columns(&place)).collect();
        let mut also = None;
        let met = relations::join(rows, values, JoinKind::Inner, all_of(on), origin.clone());
        let keys = self.columns.iter().enumerate();
        let keys: Vec<Expr> = keys.map(|(n, (_, ty))| Expr::column(width + n, ty.clone())).collect();
        let right = match self.then {
            Then::Calls(mut calls) => {
                for part in calls.iter_mut().flat_map(|c| c.arguments.iter_mut().chain(&mut c.filter)) {
                    let taken = std::mem::replace(part, Expr::error(None));
                    *part = taken.map_columns(&place);
                }
                group::aggregate(met, &keys, calls, origin.clone())
            }
            Then::Listed(items, same) => {
                let mut columns = named(&keys);
                for (n, item) in items.into_iter().enumerate() {
                    columns.push((format_smolstr!("$value{n}"), item.map_columns(&place)));
                }
                also = Some(same);
                let listed = relations::project(met, columns, origin.clone());
                let listed = relations::distinct(listed, origin.clone());
                let mut marked = all_columns(&listed.props.schema);
                marked.push(("$is".into(), constant(true)));
                relations::project(listed, marked, origin.clone())
            }
            Then::Exists => {
                let there = relations::project(met, named(&keys), origin.clone());
                let there = relations::distinct(there, origin.clone());
                let mut marked = all_columns(&there.props.schema);
                marked.push(("$is".into(), constant(true)));
                relations::project(there, marked, origin.clone())
            }
        };
        let pairs = outside.into_iter().enumerate().map(|(n, e)| {
            let key = Expr::column(subquery_column(number, n), e.ty.clone());
            let nullable = e.ty.nullable;
            let Some(equal) = streamc_functions::operator("=") else { return constant(true) };
            Expr::new(
                ExprKind::Call { function: equal, arguments: vec![e, key] },
                DataType::boolean().with_nullable(nullable),
            )
        });
        (right, all_of(pairs.chain(also).collect()))
    }
}
