//! `x IN (SELECT …)` and `(a, b) IN (SELECT …)` as values: the rows are joined with those that are equal, and with a count
//! of all and of those that are known.

use super::QueryBinder;
use super::around::{Around, Then};
use super::correlated::{call, constant, equal_sides, named, unknown};
use super::select::all_columns;
use super::semi::{Inner, Wants};
use super::tree::all_of;
use super::value::Joined;
use crate::bind::{Env, subquery_column};
use crate::group;
use smol_str::format_smolstr;
use sqlparser::ast::{Expr as Sql, Query};
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_types::{DataType, TypeKind, Value};

/// The two sub-queries that one is joined as.
#[derive(Clone, Copy)]
struct Numbers {
    /// The counts: of all rows, and of those that are known.
    counted: usize,
    /// The values, with a mark behind them.
    listed: usize,
}

/// `IN` as it is written.
struct Membership {
    values: Vec<Expr>,
    negated: bool,
    /// Whether what is unknown is as good as false where it stands.
    is_test: bool,
    at: Span,
}

impl Membership {
    fn origin(&self) -> Origin {
        Origin::new(if self.negated { "NOT IN" } else { "IN" }, self.at)
    }

    /// Whether it may be unknown.
    fn unknowns(&self, items: &[Expr]) -> bool {
        self.values.iter().chain(items).any(|e| e.ty.nullable)
    }

    /// Whether it matters if the sub-query has a `NULL`.
    fn asks_nulls(&self, items: &[Expr]) -> bool {
        !self.is_test || self.negated || items.len() == 1
    }

    /// The counts of all rows and of the known ones.
    fn calls(&self, items: &[Expr]) -> Option<Vec<AggregateCall>> {
        let known = items.iter().find(|item| item.ty.nullable).or(items.first())?;
        Some(vec![
            call("COUNT", Vec::new(), "$rows", self.at)?,
            call("COUNT", vec![known.clone()], "$known", self.at)?,
        ])
    }
}

impl QueryBinder<'_> {
    /// `x IN (SELECT …)` as a value. Where it may be unknown, no row comes out before the sub-query has one, as of Flink.
    /// `is_test`: where it stands, what is unknown is as good as false.
    pub(super) fn membership(
        &mut self,
        (value, query, negated): (&Sql, &Query, bool),
        is_test: bool,
        at: Span,
        env: Env<'_>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        let values: Vec<Expr> = match value {
            Sql::Tuple(list) => list.iter().map(|value| self.binder.expr(value, env)).collect(),
            value => vec![self.binder.expr(value, env)],
        };
        let is_in = Membership { values, negated, is_test, at };
        let inner = match self.alone(query) {
            Ok(right) => {
                let right = right?;
                let items = all_columns(&right.props.schema).into_iter().map(|(_, e)| e).collect();
                return self.listed_alone(&is_in, right, items, out);
            }
            Err(alone) => self.rows_around(query, Wants::Column, env.scope, alone, at)?,
        };
        self.listed_around(&is_in, inner, out)
    }

    /// The comparisons of the values with those of the sub-query, whose columns begin at `before`; `None` after an error.
    fn same_values(
        &mut self,
        is_in: &Membership,
        items: &[Expr],
        listed: usize,
        before: usize,
    ) -> Option<Vec<Expr>> {
        let at = is_in.at;
        let (columns, values) = (items.len(), is_in.values.len());
        if columns != values {
            let message = if values == 1 {
                format!("`IN` compares one column with the {columns} columns of the sub-query")
            } else {
                format!("`IN` compares {values} columns with {columns} of the sub-query")
            };
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, at, message));
            return None;
        }
        if is_in.values.iter().any(|value| value.ty.is_unknown()) {
            return None;
        }
        let unknowns = is_in.unknowns(items) && is_in.asks_nulls(items);
        if unknowns && items.iter().filter(|item| item.ty.nullable).count() > 1 {
            let message = "Flink counts the known rows of one column only: of the columns of this sub-query, more than one \
                           may be `NULL`";
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder.report(d.help("replace `NULL` in all but one of them, with `COALESCE`"));
            return None;
        }
        let mut same = Vec::new();
        for (n, (value, item)) in is_in.values.iter().zip(items).enumerate() {
            let item = Expr::column(subquery_column(listed, before + n), item.ty.clone()).at(at);
            if self.binder.clashes("IN", value, &item, at) {
                return None;
            }
            let part = self.binder.compare("=", value.clone(), item, at);
            if part.ty.is_unknown() {
                return None;
            }
            same.push(part);
        }
        Some(same)
    }

    /// Of a sub-query that stands by itself.
    fn listed_alone(
        &mut self,
        is_in: &Membership,
        right: Relation,
        items: Vec<Expr>,
        out: &mut Vec<Joined>,
    ) -> Option<Expr> {
        let (at, origin) = (is_in.at, is_in.origin());
        let numbers = Numbers { counted: self.next_subquery(), listed: self.next_subquery() };
        let same = self.same_values(is_in, &items, numbers.listed, 0)?;
        let joined = |number, kind, right, condition| {
            let origin = origin.clone();
            Joined { number, kind, right, condition, origin, correlated: false, around: None }
        };
        if is_in.unknowns(&items) {
            let counts =
                relations::aggregate(right.clone(), Vec::new(), is_in.calls(&items)?, origin.clone());
            out.push(joined(numbers.counted, JoinKind::Inner, counts, all_of(Vec::new())));
        }
        let right =
            if right.props.keys.is_empty() { relations::distinct(right, origin.clone()) } else { right };
        let mut marked: Vec<_> =
            items.iter().enumerate().map(|(n, e)| (value_name(n, items.len()), e.clone())).collect();
        marked.push(("$is".into(), constant(true)));
        let right = relations::project(right, marked, origin.clone());
        out.push(joined(numbers.listed, JoinKind::Left, right, all_of(same)));
        let found = self.there(numbers.listed, items.len(), false, at);
        let count = |place| {
            Expr::column(subquery_column(numbers.counted, place), DataType::not_null(TypeKind::BigInt))
        };
        let zero = Expr::literal(Value::Int(0), DataType::not_null(TypeKind::BigInt));
        let empty = self.binder.operator("=", vec![count(0), zero], at);
        Some(self.membership_value(is_in, &items, Some(empty), found, [count(0), count(1)]))
    }

    /// Of a sub-query that reads the row around it. Where it may be unknown, its rows are counted for each row outside.
    fn listed_around(&mut self, is_in: &Membership, inner: Inner, out: &mut Vec<Joined>) -> Option<Expr> {
        let (at, origin) = (is_in.at, is_in.origin());
        let items = inner.items.clone();
        let unknowns = is_in.unknowns(&items);
        let numbers = Numbers { counted: self.next_subquery(), listed: self.next_subquery() };
        let joined = |number, right, condition, around| {
            let (kind, correlated, origin) = (JoinKind::Left, true, origin.clone());
            Joined { number, kind, right, condition, origin, correlated, around }
        };
        let before = match equal_sides(&inner) {
            Some((keys, outside)) => {
                let same = self.same_values(is_in, &items, numbers.listed, keys.len())?;
                if unknowns {
                    let calls = is_in.calls(&items)?;
                    let right = group::aggregate(inner.right.clone(), &keys, calls, origin.clone());
                    let condition = self.equal(&keys, outside.clone(), numbers.counted, at);
                    out.push(joined(numbers.counted, right, condition, None));
                }
                let values = items.iter().enumerate();
                let values = values.map(|(n, item)| (value_name(n, items.len()), item.clone()));
                let columns = named(&keys).into_iter().chain(values).collect();
                let rows = relations::project(inner.right, columns, origin.clone());
                let rows =
                    if rows.props.keys.is_empty() { relations::distinct(rows, origin.clone()) } else { rows };
                let mut marked = all_columns(&rows.props.schema);
                marked.push(("$is".into(), constant(true)));
                let right = relations::project(rows, marked, origin.clone());
                let mut parts = vec![self.equal(&keys, outside, numbers.listed, at)];
                parts.extend(same);
                out.push(joined(numbers.listed, right, all_of(parts), None));
                keys.len()
            }
            None => {
                let width = inner.right.props.schema.len();
                let around = |then| Around::new(&inner.correlation, width, then);
                let Some(counts) = around(Then::Calls(is_in.calls(&items)?)) else {
                    return self.not_about_both(&inner, at);
                };
                let before = counts.width();
                let same = self.same_values(is_in, &items, numbers.listed, before)?;
                if unknowns {
                    out.push(joined(numbers.counted, inner.right.clone(), constant(true), Some(counts)));
                }
                let listed = around(Then::Listed(items.clone(), all_of(same)))?;
                out.push(joined(numbers.listed, inner.right, constant(true), Some(listed)));
                before
            }
        };
        let found = self.there(numbers.listed, before + items.len(), false, at);
        let count =
            |n| Expr::column(subquery_column(numbers.counted, before + n), DataType::new(TypeKind::BigInt));
        // `NULL` among no rows is unknown to Flink, not false (measured on 2.3).
        Some(self.membership_value(is_in, &items, None, found, [count(0), count(1)]))
    }

    /// The value, from whether the sub-query has no row, whether an equal one was found, and its counts.
    fn membership_value(
        &mut self,
        is_in: &Membership,
        items: &[Expr],
        empty: Option<Expr>,
        found: Expr,
        [rows, known]: [Expr; 2],
    ) -> Expr {
        let (at, negated) = (is_in.at, is_in.negated);
        if !is_in.unknowns(items) {
            return if negated { self.binder.operator("NOT", vec![found], at) } else { found };
        }
        let single = is_in.values.len() == 1;
        let values = is_in.values.iter().filter(|value| single || value.ty.nullable).cloned();
        let no_value: Vec<Expr> =
            values.map(|value| self.binder.operator("IS NULL", vec![value], at)).collect();
        let no_value = no_value.into_iter().reduce(|a, b| self.binder.operator("OR", vec![a, b], at));
        let mut branches: Vec<(Expr, Expr)> = empty.into_iter().map(|e| (e, constant(negated))).collect();
        branches.extend(no_value.map(|e| (e, unknown())));
        branches.push((found, constant(!negated)));
        if is_in.asks_nulls(items) {
            branches.push((self.binder.operator("<", vec![known, rows], at), unknown()));
        }
        let otherwise = Box::new(constant(negated));
        Expr::new(ExprKind::Case { branches, otherwise }, DataType::boolean()).at(at)
    }
}

fn value_name(n: usize, of: usize) -> smol_str::SmolStr {
    if of == 1 { "$value".into() } else { format_smolstr!("$value{n}") }
}
