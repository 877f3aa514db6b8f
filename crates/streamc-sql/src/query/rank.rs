//! `ROW_NUMBER() OVER (…)` with an outer `WHERE rn <= n`: top-N and deduplication (Flink documentation, "Top-N",
//! "Deduplication", "Window Top-N").

use super::any_order;
use smol_str::SmolStr;
use sqlparser::ast::{Expr as Sql, FunctionArguments, WindowSpec, WindowType};
use streamc_diagnostics::Span;
use streamc_plan::{
    AggregateCall, Expr, ExprKind, Origin, OverFrame, Relation, RelationKind, SortKey, constant_columns,
    relations,
};
use streamc_types::{DataType, TypeKind, Value};

/// Numbered rows whose bound the outer query gives.
#[derive(Clone, Debug)]
pub(super) struct Ranked {
    /// The other columns, and behind them what the order needs besides.
    input: Relation,
    partition: Vec<usize>,
    order: Vec<SortKey>,
    /// Number of columns of the query, the number included.
    width: usize,
    /// Position of the number among them.
    pub(super) number: usize,
    /// Its name.
    pub(super) name: SmolStr,
    /// Where `ROW_NUMBER()` is written.
    pub(super) span: Span,
}

impl Ranked {
    pub(super) fn new(
        input: Relation,
        partition: Vec<usize>,
        order: Vec<SortKey>,
        width: usize,
        number: usize,
        name: SmolStr,
        span: Span,
    ) -> Self {
        Self { input, partition, order, width, number, name, span }
    }

    /// Whether every column of the partition and of the order has one value in all rows: Flink's planner leaves such columns
    /// out, and wants one that is left.
    pub(super) fn has_constant_order(&self) -> bool {
        let constant = constant_columns(&self.input);
        let mut columns = self.partition.iter().copied().chain(self.order.iter().map(|key| key.column));
        columns.all(|column| constant.get(column).copied().unwrap_or(false))
            || !self.order.is_empty() && self.order.iter().all(|key| is_written(&self.input, key.column))
    }

    /// For each column of the query its place in the ranked relation, where the number comes last.
    pub(super) fn places(&self) -> Vec<usize> {
        (0..self.width)
            .map(|i| match i.cmp(&self.number) {
                std::cmp::Ordering::Less => i,
                std::cmp::Ordering::Equal => self.input.props.schema.len(),
                std::cmp::Ordering::Greater => i - 1,
            })
            .collect()
    }

    /// All rows with their numbers, if the order is one that `OVER` takes: `ROW_NUMBER()` is a count over the rows before
    /// then, which never changes in the order of a time column. `Err` gives them back.
    pub(super) fn counted(self) -> Result<Relation, Box<Self>> {
        let props = &self.input.props;
        let fits = |key: &&SortKey| {
            let column = props.schema.columns.get(key.column).filter(|_| !key.direction.descending);
            column.is_some_and(|c| match c.time {
                Some(_) => props.changelog.is_insert_only(),
                None => {
                    let order = Expr::column(key.column, c.ty.clone());
                    any_order::orders(&c.ty.kind) && !any_order::is_constant(&self.input, &order)
                }
            })
        };
        let order = match self.order.as_slice() {
            [key] => Some(key).filter(fits).cloned(),
            _ => None,
        };
        let (Some(order), Some(function)) = (order, streamc_functions::window_function("ROW_NUMBER")) else {
            return Err(Box::new(self));
        };
        let places = self.places();
        let call = AggregateCall {
            function,
            arguments: Vec::new(),
            distinct: false,
            filter: None,
            ty: DataType::not_null(TypeKind::BigInt),
            name: self.name,
            span: Some(self.span),
        };
        let origin = Origin::new("OVER", self.span);
        let rows = relations::over(
            self.input,
            self.partition,
            order,
            OverFrame::Rows(None),
            vec![call],
            origin.clone(),
        );
        let columns = places
            .into_iter()
            .filter_map(|i| rows.props.schema.columns.get(i).map(|c| (i, c)))
            .map(|(i, c)| (c.name.clone(), Expr::column(i, c.ty.clone())))
            .collect();
        Ok(relations::project(rows, columns, origin))
    }

    /// The first `limit` rows of each partition; with their number if it is used.
    pub(super) fn lower(self, limit: u64, numbered: bool) -> Relation {
        let name = numbered.then_some(self.name);
        relations::rank(
            self.input,
            self.partition,
            self.order,
            limit,
            name,
            Origin::new("ROW_NUMBER", self.span),
        )
    }
}

/// The window of `ROW_NUMBER() OVER (…)`, if that is the whole expression and it has no frame.
pub(super) fn row_number(sql: &Sql) -> Option<&WindowSpec> {
    let Sql::Function(f) = sql else { return None };
    let named = crate::extent::parts(&f.name);
    let plain = matches!(named.as_slice(), [n] if n.value.eq_ignore_ascii_case("ROW_NUMBER"));
    let bare = f.filter.is_none() && f.null_treatment.is_none() && f.within_group.is_empty();
    let empty = match &f.args {
        FunctionArguments::List(list) => list.args.is_empty(),
        _ => false,
    };
    match &f.over {
        Some(WindowType::WindowSpec(spec))
            if plain && bare && empty && spec.window_frame.is_none() && spec.window_name.is_none() =>
        {
            Some(spec)
        }
        _ => None,
    }
}

/// Which of the parts of a condition bounds column `number` from above, and how many rows that keeps.
pub(super) fn bound(parts: &[Expr], number: usize) -> Option<(usize, u64)> {
    parts.iter().enumerate().find_map(|(i, part)| {
        let ExprKind::Call { function, arguments } = &part.kind else { return None };
        let [a, b] = arguments.as_slice() else { return None };
        let (symbol, value) = match (column(a) == Some(number), column(b) == Some(number)) {
            (true, false) => (function.name, constant(b)?),
            (false, true) => (
                match function.name {
                    ">=" => "<=",
                    ">" => "<",
                    other => other,
                },
                constant(a)?,
            ),
            _ => return None,
        };
        let rows = match symbol {
            "<=" => value,
            "<" => value - 1,
            "=" if value == 1 => 1,
            _ => return None,
        };
        u64::try_from(rows).ok().filter(|n| *n > 0).map(|n| (i, n))
    })
}

/// Whether a part compares column `number` with a constant: Flink takes that for a ranking, and wants a bound from above.
pub(super) fn asks(parts: &[Expr], number: usize) -> bool {
    parts.iter().any(|part| match &part.kind {
        ExprKind::Call { function, arguments } => {
            matches!(function.name, "=" | "<" | "<=" | ">" | ">=")
                && arguments.iter().any(|a| column(a) == Some(number))
        }
        _ => false,
    })
}

fn column(expr: &Expr) -> Option<usize> {
    match &expr.kind {
        ExprKind::Cast { input, implicit: true, .. } => column(input),
        _ => expr.as_column(),
    }
}

fn constant(expr: &Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Cast { input, implicit: true, .. } => constant(input),
        ExprKind::Literal(Value::Int(n)) => Some(*n),
        _ => None,
    }
}

/// Whether a column is computed of literals alone.
fn is_written(rows: &Relation, column: usize) -> bool {
    match &rows.kind {
        RelationKind::Project { input, expressions } => {
            match expressions.get(column).and_then(Expr::as_column) {
                Some(column) => is_written(input, column),
                None => expressions.get(column).is_some_and(|e| {
                    e.columns().is_empty() && e.is_deterministic() || streamc_plan::compares_itself(e)
                }),
            }
        }
        RelationKind::Filter { input, .. } => is_written(input, column),
        _ => false,
    }
}
