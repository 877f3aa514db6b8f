//! Joins.

use super::{Compiler, JoinKind, JoinStrategy, NodeKind, Ttl};
use crate::expr;
use crate::operators::{
    Condition, IntervalJoin, Join, LookupJoin, Operator, Project, SemiJoin, SemiKeys, TemporalJoin,
    WindowJoin,
};
use crate::window_time::WindowClock;
use smol_str::SmolStr;
use streamc_plan::{Expr, ExprKind, Relation, RelationKind};
use streamc_types::{Column, DataType, RowSchema, TypeKind, Value};

/// What a join of the plan says.
#[derive(Clone, Copy)]
pub(super) struct JoinShape<'a> {
    left: &'a Relation,
    right: &'a Relation,
    kind: JoinKind,
    strategy: &'a JoinStrategy,
    equal: &'a [(usize, usize)],
    condition: &'a Expr,
}

impl<'a> JoinShape<'a> {
    pub(super) fn of(relation: &'a Relation) -> Option<Self> {
        let RelationKind::Join { left, right, kind, strategy, equal, condition } = &relation.kind else {
            return None;
        };
        Some(Self { left, right, kind: *kind, strategy, equal, condition })
    }

    fn widths(&self) -> [usize; 2] {
        [self.left.props.schema.len(), self.right.props.schema.len()]
    }

    fn kept(&self) -> [bool; 2] {
        let (is, full) = (|kind| self.kind == kind, self.kind == JoinKind::Full);
        [is(JoinKind::Left) || full, is(JoinKind::Right) || full]
    }
}

/// By what rows of the two sides find each other.
struct Keys<'a> {
    /// Pairs of (left column, right column).
    columns: Vec<(usize, usize)>,
    /// Pairs of expressions over the left and over the right row that stand in further columns behind the rows, as in
    /// Flink's plans: a join finds its rows by columns alone.
    computed: Vec<(&'a Expr, Expr)>,
    /// Pairs of columns in which two `NULL` are equal.
    same: Vec<(usize, usize)>,
    /// What is left of the condition.
    rest: Vec<&'a Expr>,
}

impl<'a> Keys<'a> {
    fn of(shape: &JoinShape<'a>) -> Self {
        let width = shape.widths()[0];
        let semi = !shape.kind.has_right_columns();
        let mut keys = Self { columns: shape.equal.to_vec(), computed: vec![], same: vec![], rest: vec![] };
        for part in shape.condition.conjuncts() {
            let Some((left, right, is_equality)) = sides(part, width) else {
                if !matches!(part.kind, ExprKind::Literal(Value::Boolean(true))) {
                    keys.rest.push(part);
                }
                continue;
            };
            let columns = left.as_column().zip(right.as_column()).map(|(l, r)| (l, r - width));
            match columns {
                Some(pair) if keys.columns.contains(&pair) || keys.same.contains(&pair) => {}
                Some(pair) if semi && !is_equality && left.ty.kind == right.ty.kind => keys.same.push(pair),
                _ if is_equality && is_findable(left, right) => {
                    keys.computed.push((left, right.clone().map_columns(&|c| c - width)));
                }
                _ => keys.rest.push(part),
            }
        }
        keys
    }
}

/// The sides of `=` (`true`) or `IS NOT DISTINCT FROM`, one over the left row and one over the right one.
fn sides(part: &Expr, width: usize) -> Option<(&Expr, &Expr, bool)> {
    let ExprKind::Call { function, arguments } = &part.kind else { return None };
    let (is_equality, [a, b]) = (function.name == "=", arguments.as_slice()) else { return None };
    if !is_equality && function.name != "IS NOT DISTINCT FROM" {
        return None;
    }
    let is = |e: &Expr, left: bool| {
        let columns = e.columns();
        !columns.is_empty() && columns.into_iter().all(|c| (c < width) == left)
    };
    match (is(a, true) && is(b, false), is(b, true) && is(a, false)) {
        (true, _) => Some((a, b, is_equality)),
        (_, true) => Some((b, a, is_equality)),
        _ => None,
    }
}

/// Whether equal values of both are one key of state. Flink hashes what it compares: `-0.0` meets `-0.0` only, `NaN`
/// meets `NaN`.
fn is_findable(left: &Expr, right: &Expr) -> bool {
    let is_text = |ty: &DataType| matches!(ty.kind, TypeKind::Char(_) | TypeKind::Varchar(_));
    let fits = left.ty.kind == right.ty.kind || (is_text(&left.ty) && is_text(&right.ty));
    let is_single = matches!(
        left.ty.kind,
        TypeKind::Char(_)
            | TypeKind::Varchar(_)
            | TypeKind::Binary(_)
            | TypeKind::Varbinary(_)
            | TypeKind::Boolean
            | TypeKind::Decimal { .. }
            | TypeKind::TinyInt
            | TypeKind::SmallInt
            | TypeKind::Int
            | TypeKind::BigInt
            | TypeKind::Float
            | TypeKind::Double
            | TypeKind::Date
            | TypeKind::Time(_)
            | TypeKind::Timestamp(_)
            | TypeKind::TimestampLtz(_)
    );
    fits && is_single && left.is_deterministic() && right.is_deterministic()
}

/// The columns of a relation with those of computed keys behind them.
fn extended(relation: &Relation, computed: &[&Expr]) -> RowSchema {
    let keys = computed.iter().map(|key| Column::new("key", key.ty.clone()));
    RowSchema::new(relation.props.schema.columns.iter().cloned().chain(keys).collect())
}

impl Compiler<'_> {
    /// The nodes of a join, of which the last one is answered.
    pub(super) fn join(
        &mut self,
        component: &SmolStr,
        relation: &Relation,
        shape: JoinShape<'_>,
        inputs: &[usize],
    ) -> Result<usize, String> {
        let keys = Keys::of(&shape);
        let [left, right] = shape.widths();
        let more = keys.computed.len();
        let moved = |c: usize| if c < left { c } else { c + more };
        let pairs = keys.columns.iter().copied().chain((0..more).map(|n| (left + n, right + n)));
        let (clock, ttl) =
            (self.window_clock(shape.left), Ttl::of_sides(&relation.props, self.options.state_ttl));
        let hides_key = keys.rest.iter().any(|part| matches!(sides(part, left), Some((_, _, true))));
        let operator = join(
            &shape,
            &pairs.collect::<Vec<_>>(),
            &keys.same,
            [left + more, right + more],
            (rest(keys.rest.iter().map(|part| (*part).clone().map_columns(&moved)))?, hides_key),
            (ttl, clock),
        )?;
        if more == 0 {
            return Ok(self.node(component, Some(relation), NodeKind::Operator(operator), inputs));
        }
        let (of_left, of_right): (Vec<&Expr>, Vec<&Expr>) =
            keys.computed.iter().map(|(l, r)| (*l, r)).unzip();
        let mut keyed = Vec::new();
        let sides = [(shape.left, of_left), (shape.right, of_right)];
        for (input, (side, computed)) in inputs.iter().zip(&sides) {
            let mut expressions = columns(&side.props.schema, |c| c)?;
            for key in computed {
                expressions.push(expr::compile(key)?);
            }
            let project = NodeKind::Operator(Box::new(Project::new(expressions)));
            let node = self.node(component, Some(relation), project, &[*input]);
            self.nodes[node].inputs = vec![side.props.schema.clone()];
            keyed.push(node);
        }
        let node = self.node(component, Some(relation), NodeKind::Operator(operator), &keyed);
        self.nodes[node].inputs = sides.iter().map(|(side, computed)| extended(side, computed)).collect();
        let out = columns(&relation.props.schema, moved)?;
        Ok(self.node(component, Some(relation), NodeKind::Operator(Box::new(Project::new(out))), &[node]))
    }
}

/// The columns of a schema, each found at another place.
fn columns(schema: &RowSchema, place: impl Fn(usize) -> usize) -> Result<Vec<expr::Compiled>, String> {
    let column = |(at, c): (usize, &Column)| expr::compile(&Expr::column(place(at), c.ty.clone()));
    schema.columns.iter().enumerate().map(column).collect()
}

/// All parts of a condition as one.
fn rest(parts: impl Iterator<Item = Expr>) -> Result<Option<expr::Compiled>, String> {
    let mut rest = parts.map(|part| expr::compile(&part)).collect::<Result<Vec<_>, _>>()?;
    Ok(if rest.len() > 1 { Some(expr::Compiled::And(rest.into())) } else { rest.pop() })
}

/// The operator for rows that find each other by the columns `equal` and, for semi-joins, `same`. `hides_key`: the rest
/// of the condition has equalities too.
fn join(
    shape: &JoinShape<'_>,
    equal: &[(usize, usize)],
    same: &[(usize, usize)],
    widths: [usize; 2],
    (rest, hides_key): (Option<expr::Compiled>, bool),
    (ttl, clock): ([Ttl; 2], WindowClock),
) -> Result<Box<dyn Operator>, String> {
    let condition = Condition { rest };
    let keys = [equal.iter().map(|(l, _)| *l).collect(), equal.iter().map(|(_, r)| *r).collect()];
    let (kind, outer) = (shape.kind, shape.kept());
    if let JoinStrategy::Window { left_end, right_end } = *shape.strategy {
        let ends = [left_end, right_end];
        let windows = Default::default();
        return Ok(Box::new(WindowJoin { kind, keys, widths, ends, condition, clock, windows }));
    }
    if !kind.has_right_columns() {
        let pairs = || equal.iter().chain(same);
        let keys = SemiKeys {
            left: pairs().map(|(l, _)| *l).collect(),
            right: pairs().map(|(_, r)| *r).collect(),
            strict: equal.len(),
        };
        return Ok(Box::new(SemiJoin::new(kind == JoinKind::Anti, keys, condition, ttl)));
    }
    Ok(match *shape.strategy {
        JoinStrategy::Regular => Box::new(Join::new(keys, widths, outer, condition, ttl)),
        JoinStrategy::Interval { left_time, right_time, lower, upper } => {
            let times = [left_time, right_time];
            Box::new(IntervalJoin::new(keys, widths, outer, times, (lower, upper), condition))
        }
        JoinStrategy::Temporal { .. } if ttl.iter().any(|t| t.is_set()) => {
            return Err("`state_ttl` of a join with versions is not kept in process".to_owned());
        }
        JoinStrategy::Temporal { .. } if hides_key => {
            return Err("what the key of versions is compared with has another value every time".to_owned());
        }
        JoinStrategy::Temporal { left_time, right_time } => Box::new(TemporalJoin {
            keys,
            times: [left_time, right_time],
            right_width: widths[1],
            outer: outer[0],
            condition,
            states: Default::default(),
            timers: Default::default(),
        }),
        JoinStrategy::Lookup { .. } => Box::new(LookupJoin {
            keys,
            right_width: widths[1],
            outer: outer[0],
            condition,
            table: Default::default(),
        }),
        JoinStrategy::Window { .. } => return Err("a window join has no window".to_owned()),
    })
}
