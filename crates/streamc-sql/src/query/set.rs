//! `UNION`, `INTERSECT`, `EXCEPT`.

use super::select::all_columns;
use super::tree::all_of;
use super::{Derived, QueryBinder};
use crate::bind::implicit;
use crate::group::project;
use smol_str::SmolStr;
use sqlparser::ast::{SetExpr, SetOperator, SetQuantifier};
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Expr, ExprKind, JoinKind, Origin, Relation, RelationKind, relations};
use streamc_types::{DataType, TypeKind, Value, case_type};

impl QueryBinder<'_> {
    /// Two or more queries put together.
    pub(super) fn operation(&mut self, body: &SetExpr, top: bool) -> Derived {
        match body {
            SetExpr::SetOperation { op: SetOperator::Union, .. } => self.union(body, top),
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let at = self.operator_span(right);
                let word = self.binder.text(at).to_ascii_uppercase();
                let kind = match op {
                    SetOperator::Intersect => JoinKind::Semi,
                    SetOperator::Except => JoinKind::Anti,
                    _ => return self.unsupported(at, &format!("`{word}` is")),
                };
                let left_at = self.binder.tokens.body(left);
                let derived = vec![(self.set(left, top), left_at), (self.set(right, false), at)];
                match set_quantifier {
                    SetQuantifier::None | SetQuantifier::Distinct => {}
                    SetQuantifier::All => return self.counted(derived, kind, at),
                    _ => return self.unsupported(at, &format!("`{word}` is")),
                }
                self.compared(derived, kind, at)
            }
            _ => Derived::missing(),
        }
    }

    /// The rows of the first query that are, or are not, among those of the second; each once, and `NULL` equal to
    /// `NULL` (`ReplaceIntersectWithSemiJoinRule`, `ReplaceMinusWithAntiJoinRule`).
    fn compared(&mut self, derived: Vec<(Derived, Span)>, kind: JoinKind, at: Span) -> Derived {
        let word = if kind == JoinKind::Semi { "INTERSECT" } else { "EXCEPT" };
        let inputs = match self.unified(derived, word) {
            Ok(inputs) => inputs,
            Err(failed) => return failed,
        };
        let Ok([left, right]) = <[Relation; 2]>::try_from(inputs) else { return Derived::missing() };
        let left = nullable_as(left, &right, at);
        let width = left.props.schema.len();
        let mut parts = Vec::with_capacity(width);
        for (i, (a, b)) in left.props.schema.columns.iter().zip(&right.props.schema.columns).enumerate() {
            let sides = vec![Expr::column(i, a.ty.clone()), Expr::column(width + i, b.ty.clone())];
            parts.push(self.binder.operator("IS NOT DISTINCT FROM", sides, at));
        }
        if parts.iter().any(|part| part.ty.is_unknown()) {
            return Derived::missing();
        }
        let rows = relations::join(left, right, kind, all_of(parts), Origin::new(word, at));
        let distinct = rows.props.keys.is_empty();
        Derived::ready(if distinct { relations::distinct(rows, Origin::new(word, at)) } else { rows })
    }

    /// Each row as often as it is in both queries, or in the first more often than in the second; `NULL` equal to `NULL`
    /// (`RewriteIntersectAllRule`, `RewriteMinusAllRule`).
    fn counted(&mut self, derived: Vec<(Derived, Span)>, kind: JoinKind, at: Span) -> Derived {
        let word = if kind == JoinKind::Semi { "INTERSECT ALL" } else { "EXCEPT ALL" };
        let inputs = match self.unified(derived, word) {
            Ok(inputs) => inputs,
            Err(failed) => return failed,
        };
        let Ok([left, right]) = <[Relation; 2]>::try_from(inputs) else { return Derived::missing() };
        let timed =
            |rows: &Relation| (0..rows.props.schema.len()).find(|i| rows.props.time_type(*i).is_some());
        if let Some(column) =
            timed(&left).or_else(|| timed(&right)).and_then(|i| left.props.schema.columns.get(i))
        {
            // Measured on 2.3.0: rows come out that only the second query has.
            let message = format!(
                "Flink gives wrong rows of `{word}` where a column (`{}`) is a time attribute",
                column.name
            );
            let help = format!(
                "make an ordinary column of it on both sides: `CAST({} AS {})`",
                column.name, column.ty.kind
            );
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return Derived::missing();
        }
        let origin = Origin::new(word, at);
        let left = nullable_as(left, &right, at);
        let width = left.props.schema.len();
        let number = |value: Value| Expr::literal(value, DataType::not_null(TypeKind::BigInt));
        let marked = |rows: Relation, marks: [i64; 2]| {
            let mut columns = all_columns(&rows.props.schema);
            for (name, mark) in ["$left", "$right"].into_iter().zip(marks) {
                columns.push((name.into(), number(Value::Int(mark))));
            }
            project(rows, columns, origin.clone())
        };
        let rows = relations::union(vec![marked(left, [1, 0]), marked(right, [0, 1])], origin.clone());
        let names: Vec<SmolStr> = rows.props.schema.columns.iter().map(|c| c.name.clone()).collect();
        let bigint = || DataType::not_null(TypeKind::BigInt);
        let Some(sum) = streamc_functions::find("SUM") else { return Derived::missing() };
        let call = |n: usize| AggregateCall {
            function: sum,
            arguments: vec![Expr::column(width + n, bigint())],
            distinct: false,
            filter: None,
            ty: bigint(),
            name: names.get(width + n).cloned().unwrap_or_default(),
            span: Some(at),
        };
        let keys = (0..width).collect();
        let counts = relations::aggregate(rows, keys, vec![call(0), call(1)], origin.clone());
        let (lefts, rights) = (Expr::column(width, bigint()), Expr::column(width + 1, bigint()));
        let zero = || number(Value::Int(0));
        let binder = &mut self.binder;
        let more = binder.operator(">", vec![lefts.clone(), rights.clone()], at);
        let (test, count) = if kind == JoinKind::Semi {
            let both = vec![
                binder.operator(">", vec![lefts.clone(), zero()], at),
                binder.operator(">", vec![rights.clone(), zero()], at),
            ];
            let less = ExprKind::Case { branches: vec![(more, rights)], otherwise: Box::new(lefts) };
            (all_of(both), Expr::new(less, bigint()))
        } else {
            (more, binder.operator("-", vec![lefts, rights], at))
        };
        let kept = relations::filter(counts, test, origin.clone());
        let mut columns = all_columns(&kept.props.schema);
        columns.truncate(width);
        columns.push(("$count".into(), count));
        let rows = project(kept, columns, origin.clone());
        Derived::ready(relations::replicate(rows, origin))
    }

    /// `a UNION ALL b UNION ALL c`, and `UNION`, which keeps each row once.
    fn union(&mut self, body: &SetExpr, top: bool) -> Derived {
        let mut branches = Vec::new();
        let mut all: Option<bool> = None;
        let mut rest = body;
        let mut nested = None;
        while let SetExpr::SetOperation { left, op: SetOperator::Union, set_quantifier, right } = rest {
            let at = self.operator_span(right);
            let keeps = match set_quantifier {
                SetQuantifier::All => true,
                SetQuantifier::None | SetQuantifier::Distinct => false,
                _ => {
                    self.unsupported(at, "`UNION BY NAME` is");
                    return Derived::missing();
                }
            };
            if all.is_some_and(|a| a != keeps) {
                nested = Some(rest);
                break;
            }
            all = Some(keeps);
            branches.push((right.as_ref(), at));
            rest = left;
        }
        let first_at = self.binder.tokens.body(rest);
        branches.push((nested.unwrap_or(rest), first_at));
        branches.reverse();
        let mut derived: Vec<(Derived, Span)> = Vec::new();
        for (n, (branch, at)) in branches.into_iter().enumerate() {
            derived.push((self.set(branch, top && n == 0), at));
        }
        self.combined(derived, all.unwrap_or(true))
    }

    /// The word before a branch.
    fn operator_span(&self, right: &SetExpr) -> Span {
        let tokens = self.binder.tokens;
        let mut i = tokens.from(tokens.body(right).start);
        let mut end = None;
        while i > 0 {
            i -= 1;
            let span = tokens.at(i);
            if ["UNION", "INTERSECT", "EXCEPT", "MINUS"].iter().any(|w| tokens.is_word(i, w)) {
                return span.cover(end.unwrap_or(span));
            }
            if tokens.is_word(i, "ALL") || tokens.is_word(i, "DISTINCT") {
                end = end.or(Some(span));
            }
        }
        tokens.body(right)
    }

    fn combined(&mut self, derived: Vec<(Derived, Span)>, all: bool) -> Derived {
        let span = derived.get(1).map(|(_, at)| *at);
        let spans: Vec<Span> = derived.iter().map(|(_, at)| *at).collect();
        let inputs = match self.unified(derived, "UNION") {
            Ok(inputs) => inputs,
            Err(failed) => return failed,
        };
        if self.mixed_times(&inputs, &spans) {
            return Derived::missing();
        }
        // What is made distinct behind need not be before (`AggregateUnionAggregateRule`).
        let inputs = inputs
            .into_iter()
            .map(|rows| match rows.kind {
                RelationKind::Distinct { input, windowed: false } if !all => *input,
                _ => rows,
            })
            .collect();
        let union = relations::union(inputs, Origin::new("UNION ALL", span));
        Derived::ready(if all { union } else { relations::distinct(union, Origin::new("UNION", span)) })
    }

    /// The rows of each branch with the columns' common types; `Err` is what stands for them after an error.
    fn unified(&mut self, derived: Vec<(Derived, Span)>, word: &str) -> Result<Vec<Relation>, Derived> {
        let Some((first, _)) = derived.first() else { return Err(Derived::missing()) };
        let schema = first.schema.clone();
        if derived.iter().any(|(d, _)| d.open) {
            return Err(Derived::missing());
        }
        let mut failed = false;
        let mut types: Vec<DataType> = schema.columns.iter().map(|c| c.ty.clone()).collect();
        for (branch, at) in derived.iter().skip(1) {
            let width = branch.schema.len();
            if width != types.len() {
                let message = format!("the branches of `{word}` have {} and {width} columns", types.len());
                self.binder.report(Diagnostic::new(TYPE_MISMATCH, *at, message));
                failed = true;
                continue;
            }
            for (n, (ty, column)) in types.iter_mut().zip(&branch.schema.columns).enumerate() {
                match case_type([&*ty, &column.ty]) {
                    Some(common) => *ty = common,
                    None => {
                        let name = schema.columns.get(n).map(|c| c.name.clone()).unwrap_or_default();
                        let message = format!(
                            "column {} (`{name}`) of `{word}` is `{}` in one branch and `{}` in another",
                            n + 1,
                            ty.kind,
                            column.ty.kind
                        );
                        self.binder.report(Diagnostic::new(TYPE_MISMATCH, *at, message));
                        failed = true;
                        *ty = DataType::unknown();
                    }
                }
            }
        }
        let mut inputs: Vec<Relation> = Vec::new();
        for (branch, at) in derived {
            match self.finished(branch) {
                Some(relation) if !failed => inputs.push(cast_to(relation, &types, at)),
                _ => failed = true,
            }
        }
        if failed {
            let mut missing = Derived { schema, open: false, body: super::Body::Missing };
            for (column, ty) in missing.schema.columns.iter_mut().zip(types) {
                column.ty = ty;
            }
            return Err(missing);
        }
        Ok(inputs)
    }
}

/// The rows of `left`, whose columns may be `NULL` where those of `right` may be: the type of both.
fn nullable_as(left: Relation, right: &Relation, at: Span) -> Relation {
    let pairs = left.props.schema.columns.iter().zip(&right.props.schema.columns);
    let columns: Vec<(SmolStr, Expr)> = pairs
        .enumerate()
        .map(|(i, (a, b))| {
            let column = Expr::column(i, a.ty.clone());
            if a.ty.nullable || !b.ty.nullable {
                return (a.name.clone(), column);
            }
            let cast = ExprKind::Cast { input: Box::new(column), lenient: false, implicit: true };
            (a.name.clone(), Expr::new(cast, a.ty.clone().with_nullable(true)))
        })
        .collect();
    if columns.iter().all(|(_, e)| e.as_column().is_some()) {
        return left;
    }
    project(left, columns, Origin::new("INTERSECT", at))
}

/// The same rows with columns of `types`.
fn cast_to(relation: Relation, types: &[DataType], at: Span) -> Relation {
    let columns: Vec<(SmolStr, Expr)> = relation
        .props
        .schema
        .columns
        .iter()
        .zip(types)
        .enumerate()
        .map(|(i, (c, ty))| (c.name.clone(), implicit(Expr::column(i, c.ty.clone()), ty)))
        .collect();
    if columns.iter().all(|(_, e)| e.as_column().is_some()) {
        return relation;
    }
    project(relation, columns, Origin::new("UNION ALL", at))
}
