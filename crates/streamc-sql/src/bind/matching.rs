//! Expressions over the rows of a match.
//!
//! The scope of such an expression is the columns of the input once for the rows of all variables, and once more for each
//! variable: `price` is of the last row, `A.price` of the last row of `A`. `FIRST`, `LAST` and aggregates become columns
//! beyond [`MATCHED`]. At the end each column is an operand of the [`MatchExpr`].

use super::call::arguments;
use super::{Binder, Env};
use sqlparser::ast::{Expr as Sql, Function, FunctionArguments, Value as SqlValue};
use std::cell::RefCell;
use streamc_diagnostics::codes::types::{AGGREGATE_PLACE, PATTERN, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, MatchExpr, MatchOperand};
use streamc_types::{DataType, RowSchema, TypeKind};

/// Columns from here on stand for the operands that are gathered.
const MATCHED: usize = usize::MAX / 4;

/// Aggregates that Flink computes over the rows of a match as it does over groups (measured).
const AGGREGATES: [&str; 5] = ["COUNT", "SUM", "AVG", "MIN", "MAX"];

/// The rows of a match, while an expression over them is bound.
pub(crate) struct Matching<'s> {
    /// The columns of the input.
    pub(crate) input: &'s RowSchema,
    /// Whether the match has ended: measures, not conditions.
    pub(crate) ended: bool,
    operands: RefCell<Vec<MatchOperand>>,
}

impl<'s> Matching<'s> {
    pub(crate) fn new(input: &'s RowSchema, ended: bool) -> Self {
        Self { input, ended, operands: RefCell::default() }
    }

    /// Adds an operand unless it is there; its index.
    fn operand(&self, operand: MatchOperand) -> usize {
        let mut operands = self.operands.borrow_mut();
        operands.iter().position(|o| same(o, &operand)).unwrap_or_else(|| {
            operands.push(operand);
            operands.len() - 1
        })
    }

    /// The variable and the column of the input that column `index` of the scope is.
    fn place(&self, index: usize) -> (Option<usize>, usize) {
        let width = self.input.len().max(1);
        ((index / width).checked_sub(1), index % width)
    }

    /// The expression over its operands.
    pub(crate) fn finish(self, expr: Expr) -> MatchExpr {
        let mut last = Vec::new();
        for index in expr.columns().into_iter().filter(|i| *i < MATCHED) {
            let (variable, column) = self.place(index);
            let ty = self.input.columns.get(column).map_or_else(DataType::unknown, |c| c.ty.clone());
            let value = Expr::column(column, ty);
            last.push((index, self.operand(MatchOperand::Row { variable, first: false, offset: 0, value })));
        }
        let operand =
            |i: usize| last.iter().find(|(index, _)| *index == i).map_or(i - MATCHED.min(i), |l| l.1);
        MatchExpr { expr: expr.map_columns(&operand), operands: self.operands.into_inner() }
    }
}

fn same(a: &MatchOperand, b: &MatchOperand) -> bool {
    let same = crate::group::same;
    match (a, b) {
        (
            MatchOperand::Row { variable: v, first: f, offset: o, value: x },
            MatchOperand::Row { variable: w, first: g, offset: p, value: y },
        ) => (v, f, o) == (w, g, p) && same(x, y),
        (
            MatchOperand::Aggregate { variable: v, call: x },
            MatchOperand::Aggregate { variable: w, call: y },
        ) => v == w && crate::group::same_call(x, y),
        (MatchOperand::Rowtime(_), MatchOperand::Rowtime(_)) => true,
        (MatchOperand::Proctime(_), MatchOperand::Proctime(_)) => true,
        _ => false,
    }
}

impl Binder<'_> {
    /// A call that only means something over the rows of a match; `None` for every other.
    pub(super) fn matched(
        &mut self,
        function: &Function,
        name: &str,
        span: Span,
        env: Env<'_>,
    ) -> Option<Expr> {
        let matching = env.matching?;
        let upper = name.to_ascii_uppercase();
        Some(match upper.as_str() {
            "FIRST" | "LAST" => self.navigation(function, upper == "FIRST", span, env, matching),
            "PREV" | "NEXT" => {
                let d = Diagnostic::new(PATTERN, span, format!("Flink does not support `{upper}`"));
                self.report(d.help("take `LAST(A.x, 1)`: the row before the last one of a variable"));
                Expr::error(span)
            }
            "CLASSIFIER" | "MATCH_NUMBER" => {
                self.fail(PATTERN, span, format!("Flink does not support `{upper}()`"))
            }
            "MATCH_ROWTIME" | "MATCH_PROCTIME" => self.match_time(function, &upper, span, matching),
            _ => {
                let entry = streamc_functions::find(name).filter(|f| f.is_aggregate())?;
                if !AGGREGATES.contains(&entry.name) {
                    return Some(
                        self.unsupported(span, &format!("`{}` over the rows of a match is", entry.name)),
                    );
                }
                let distinct =
                    matches!(&function.args, FunctionArguments::List(l) if l.duplicate_treatment.is_some());
                if distinct || function.filter.is_some() {
                    let what = if distinct { "`DISTINCT`" } else { "`FILTER`" };
                    let message = format!("Flink does not support {what} over the rows of a match");
                    return Some(self.fail(AGGREGATE_PLACE, span, message));
                }
                let calls = RefCell::default();
                let inner = Env { calls: Some(&calls), keyed: false, matching: None, ..env };
                let bound = self.aggregate(entry, function, span, inner);
                let Some(call) = calls.into_inner().pop() else { return Some(Expr::error(span)) };
                if call.arguments.iter().any(|argument| self.reads_field(argument, span, entry.name)) {
                    return Some(Expr::error(span));
                }
                let Some(variable) = self.one_variable(call.arguments.iter(), span, matching) else {
                    return Some(Expr::error(span));
                };
                let arguments = call.arguments.into_iter().map(|a| a.map_columns(&|i| matching.place(i).1));
                let call = AggregateCall { arguments: arguments.collect(), ..call };
                let index = matching.operand(MatchOperand::Aggregate { variable, call });
                Expr::column(MATCHED + index, bound.ty).at(span)
            }
        })
    }

    /// `FIRST(A.x + 1, 2)`: the third row of `A`.
    fn navigation(
        &mut self,
        function: &Function,
        first: bool,
        span: Span,
        env: Env<'_>,
        matching: &Matching<'_>,
    ) -> Expr {
        let word = if first { "FIRST" } else { "LAST" };
        let list = match arguments(function) {
            Ok(list) => list,
            Err(what) => return self.unsupported(span, &format!("{what} is")),
        };
        let (value, offset) = match list.as_slice() {
            [value] => (*value, 0),
            [value, offset] => match whole_number(offset) {
                Some(offset) => (*value, offset),
                None => {
                    let at = self.tokens.extent(offset);
                    let message = format!("`{word}` takes a number of rows as its second argument");
                    return self.fail(TYPE_MISMATCH, at, message);
                }
            },
            _ => {
                let message = format!("`{word}` takes a value, and how many rows further");
                return self.fail(streamc_diagnostics::codes::types::ARGUMENT_COUNT, span, message);
            }
        };
        let bound = self.expr(value, Env { matching: None, calls: None, windows: None, ..env });
        if bound.ty.is_unknown() {
            return Expr::error(span);
        }
        if bound.columns().is_empty() {
            return self.fail(PATTERN, span, format!("`{word}` reads a column of a row"));
        }
        if self.reads_field(&bound, span, word) {
            return Expr::error(span);
        }
        let Some(variable) = self.one_variable([&bound].into_iter(), span, matching) else {
            return Expr::error(span);
        };
        let ty = bound.ty.clone();
        let value = bound.map_columns(&|i| matching.place(i).1);
        let index = matching.operand(MatchOperand::Row { variable, first, offset, value });
        Expr::column(MATCHED + index, ty).at(span)
    }

    /// Reports a field of a row in such a call (measured on 2.3: "Unknown field 'LAST(`b`, 0)'", "No pattern variable
    /// specified in aggregate").
    fn reads_field(&mut self, value: &Expr, span: Span, word: &str) -> bool {
        let mut found = None;
        value.walk(&mut |part| {
            if let ExprKind::Field { .. } = &part.kind {
                found = found.or(Some(part.span.unwrap_or(span)));
            }
        });
        let Some(at) = found else { return false };
        let d = Diagnostic::new(PATTERN, at, format!("Flink finds no field of a row in `{word}`"));
        let help = match word {
            "FIRST" | "LAST" => format!("take the field of what it gives: `({word}(A.r)).f`"),
            _ => "make it a column before, in a sub-query".to_owned(),
        };
        self.report(d.help(help));
        true
    }

    /// The variable that all columns are of: `None` inside for the rows of all.
    fn one_variable<'e>(
        &mut self,
        exprs: impl Iterator<Item = &'e Expr>,
        span: Span,
        matching: &Matching<'_>,
    ) -> Option<Option<usize>> {
        let mut variables: Vec<Option<usize>> =
            exprs.flat_map(Expr::columns).map(|i| matching.place(i).0).collect();
        variables.sort_unstable();
        variables.dedup();
        match variables.as_slice() {
            [] => Some(None),
            [one] => Some(*one),
            _ => {
                let message = "the columns are of several pattern variables";
                let help = "a call reads the rows of one variable: compute with the results of several calls";
                self.report(Diagnostic::new(PATTERN, span, message).help(help));
                None
            }
        }
    }

    fn match_time(&mut self, function: &Function, name: &str, span: Span, matching: &Matching<'_>) -> Expr {
        if !matches!(arguments(function).as_deref(), Ok([])) {
            return self.unsupported(span, &format!("`{name}` with an argument is"));
        }
        if !matching.ended {
            return self.fail(
                PATTERN,
                span,
                format!("`{name}()` is known when a match has ended, in `MEASURES`"),
            );
        }
        let (ty, operand): (_, fn(DataType) -> MatchOperand) = if name == "MATCH_ROWTIME" {
            // Without an argument it is no local time, whatever the rows are ordered by.
            (DataType::not_null(TypeKind::Timestamp(3)), MatchOperand::Rowtime)
        } else {
            (DataType::not_null(TypeKind::TimestampLtz(3)), MatchOperand::Proctime)
        };
        let index = matching.operand(operand(ty.clone()));
        Expr::column(MATCHED + index, ty).at(span)
    }
}

fn whole_number(sql: &Sql) -> Option<u32> {
    match sql {
        Sql::Value(value) => match &value.value {
            SqlValue::Number(text, _) => text.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
