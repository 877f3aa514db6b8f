//! What a column is, down to the columns of sources: equal hashes compute equal values.

use super::hex;
use std::collections::HashMap;
use streamc_plan::{
    AggregateCall, Direction, Expr, ExprKind, MatchExpr, MatchOperand, Plan, Relation, RelationKind,
    RowPattern, SortKey, WindowSpec,
};

/// Hashes of columns, each computed once.
pub(super) struct Definitions<'p> {
    plan: &'p Plan,
    /// By the address of the relation and the index of the column.
    known: HashMap<(usize, usize), String>,
}

impl<'p> Definitions<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self { plan, known: HashMap::new() }
    }

    /// 16 hexadecimal digits for the column `index` of `relation`.
    pub(super) fn column(&mut self, relation: &'p Relation, index: usize) -> String {
        let address = (std::ptr::from_ref(relation).addr(), index);
        if let Some(hash) = self.known.get(&address) {
            return hash.clone();
        }
        let hash = self.define(relation, index);
        self.known.insert(address, hash.clone());
        hash
    }

    fn define(&mut self, relation: &'p Relation, index: usize) -> String {
        let width = |r: &Relation| r.props.schema.len();
        match &relation.kind {
            RelationKind::Scan { component } => match self.plan.streams().find(|(c, _)| c.name == *component)
            {
                Some((_, stream)) => self.column(&stream.relation, index),
                None => {
                    let column = relation.props.schema.columns.get(index);
                    let text = column.map(|c| format!("{component}\u{0}{}\u{0}{}", c.name, c.ty));
                    short(&format!("source {}", text.unwrap_or_default()))
                }
            },
            RelationKind::Values { rows } => {
                let cells = rows.iter().filter_map(|row| row.get(index));
                let cells: Vec<String> = cells.map(|e| self.expression(e, &[])).collect();
                short(&format!("values {}", cells.join(" ")))
            }
            RelationKind::Project { input, expressions } => match expressions.get(index) {
                Some(expr) => self.expression(expr, &[input]),
                None => short("missing"),
            },
            RelationKind::Filter { input, .. }
            | RelationKind::Replicate { input }
            | RelationKind::Limit { input, .. }
            | RelationKind::Sort { input, .. }
            | RelationKind::Watermark { input, .. }
            | RelationKind::Repartition { input, .. }
            | RelationKind::Distinct { input, .. } => self.column(input, index),
            RelationKind::Changes { input, form } => match form.read_from(index) {
                Some(index) => self.column(input, index),
                None => short("the code of a change"),
            },
            RelationKind::Window { input, spec, time } if index >= width(input) => {
                let window = self.window(input, spec, *time);
                short(&format!("window {window} {}", index - width(input)))
            }
            RelationKind::Window { input, .. } => self.column(input, index),
            RelationKind::Aggregate { input, keys, aggregates, .. } => match keys.get(index) {
                Some(key) => self.column(input, *key),
                None => {
                    let groups = self.columns(input, keys);
                    let call = aggregates.get(index - keys.len()).map(|a| self.aggregate(a, input));
                    short(&format!("aggregate {} by {groups}", call.unwrap_or_default()))
                }
            },
            RelationKind::Join { left, right, .. } => match index.checked_sub(width(left)) {
                Some(index) => self.column(right, index),
                None => self.column(left, index),
            },
            RelationKind::Rank { input, partition, order, .. } if index >= width(input) => {
                let (by, order) = (self.columns(input, partition), self.order(input, order));
                short(&format!("row number by {by} order {order}"))
            }
            RelationKind::Rank { input, .. } => self.column(input, index),
            RelationKind::Expand { input, keys, sets } if index >= width(input) => {
                let by = self.columns(input, keys);
                short(&format!("sets {sets:?} of {by}"))
            }
            RelationKind::Expand { input, .. } => self.column(input, index),
            RelationKind::Over { input, partition, calls, .. } if index >= width(input) => {
                let by = self.columns(input, partition);
                let call = calls.get(index - width(input)).map(|a| self.aggregate(a, input));
                short(&format!("over {} by {by}", call.unwrap_or_default()))
            }
            RelationKind::Over { input, .. } => self.column(input, index),
            RelationKind::Recognize { input, pattern } => match pattern.partition.get(index) {
                Some(key) => self.column(input, *key),
                None => {
                    let by = self.columns(input, &pattern.partition);
                    let searched = self.pattern(input, pattern);
                    let measure = pattern.measures.get(index - pattern.partition.len());
                    let value = measure.map(|m| self.matched(input, &m.value)).unwrap_or_default();
                    short(&format!("match {value} of {searched} by {by}"))
                }
            },
            RelationKind::Unnest { input, collection, .. } if index >= width(input) => {
                let collection = self.expression(collection, &[input]);
                short(&format!("element {collection} {}", index - width(input)))
            }
            RelationKind::Unnest { input, .. } => self.column(input, index),
            RelationKind::Union { inputs } => {
                let mut parts: Vec<String> = inputs.iter().map(|i| self.column(i, index)).collect();
                parts.dedup();
                match parts.as_slice() {
                    [one] => one.clone(),
                    many => short(&format!("union {}", many.join(" "))),
                }
            }
        }
    }

    /// An expression over the rows of `inputs`, one after the other.
    pub(super) fn expression(&mut self, expr: &Expr, inputs: &[&'p Relation]) -> String {
        if let Some(mut index) = expr.as_column() {
            for input in inputs {
                match index.checked_sub(input.props.schema.len()) {
                    Some(rest) => index = rest,
                    None => return self.column(input, index),
                }
            }
        }
        let parts: Vec<String> = expr.children().into_iter().map(|c| self.expression(c, inputs)).collect();
        let head = match &expr.kind {
            ExprKind::Literal(value) => format!("literal {value:?} {}", expr.ty),
            ExprKind::Column(index) => format!("column {index}"),
            ExprKind::Field { name, .. } => format!("field {name}"),
            ExprKind::Call { function, .. } => format!("call {}", function.name),
            ExprKind::Cast { lenient, .. } => format!("cast {lenient} {}", expr.ty.kind),
            ExprKind::Case { .. } => "case".to_owned(),
            ExprKind::InList { negated, .. } => format!("in {negated}"),
            ExprKind::Error => "error".to_owned(),
        };
        short(&format!("{head}\u{0}{}", parts.join(" ")))
    }

    pub(super) fn aggregate(&mut self, call: &AggregateCall, input: &'p Relation) -> String {
        let arguments: Vec<String> = call.arguments.iter().map(|a| self.expression(a, &[input])).collect();
        let filter = call.filter.as_ref().map(|f| self.expression(f, &[input])).unwrap_or_default();
        let (name, distinct) = (call.function.name, call.distinct);
        short(&format!("{name} {distinct} {} filter {filter}", arguments.join(" ")))
    }

    pub(super) fn columns(&mut self, relation: &'p Relation, columns: &[usize]) -> String {
        columns.iter().map(|c| self.column(relation, *c)).collect::<Vec<_>>().join(" ")
    }

    fn order(&mut self, relation: &'p Relation, order: &[SortKey]) -> String {
        let key = |k: &SortKey| {
            let Direction { descending, .. } = k.direction;
            format!("{} {descending}{}", self.column(relation, k.column), k.direction.nulls())
        };
        order.iter().map(key).collect::<Vec<_>>().join(", ")
    }

    /// What a pattern looks for, without its measures.
    fn pattern(&mut self, input: &'p Relation, pattern: &RowPattern) -> String {
        let variables: Vec<String> = pattern
            .variables
            .iter()
            .map(|v| {
                let condition = v.condition.as_ref().map(|c| self.matched(input, c)).unwrap_or_default();
                format!("{} {} {:?} {} {condition}", v.name, v.least, v.most, v.greedy)
            })
            .collect();
        let time = self.column(input, pattern.time);
        let order = self.order(input, &pattern.order);
        short(&format!("{time} {order} {:?} {:?} {}", pattern.skip, pattern.within, variables.join(", ")))
    }

    /// An expression over the rows of a match.
    fn matched(&mut self, input: &'p Relation, value: &MatchExpr) -> String {
        let operand = |definitions: &mut Self, operand: &MatchOperand| match operand {
            MatchOperand::Row { variable, first, offset, value } => {
                format!("{variable:?} {first} {offset} {}", definitions.expression(value, &[input]))
            }
            MatchOperand::Aggregate { variable, call } => {
                format!("{variable:?} {}", definitions.aggregate(call, input))
            }
            MatchOperand::Rowtime(_) => "rowtime".to_owned(),
            MatchOperand::Proctime(_) => "proctime".to_owned(),
        };
        let operands: Vec<String> = value.operands.iter().map(|o| operand(self, o)).collect();
        short(&format!("{} over {}", self.expression(&value.expr, &[]), operands.join(", ")))
    }

    fn window(&mut self, input: &'p Relation, spec: &WindowSpec, time: usize) -> String {
        let by = match spec {
            WindowSpec::Session { partition, .. } => self.columns(input, partition),
            _ => String::new(),
        };
        let sizes = match spec {
            WindowSpec::Tumble { size, offset } => vec![*size, *offset],
            WindowSpec::Hop { size, slide, offset } => vec![*size, *slide, *offset],
            WindowSpec::Cumulate { max, step, offset } => vec![*max, *step, *offset],
            WindowSpec::Session { gap, .. } => vec![*gap],
        };
        format!("{} {sizes:?} {} by {by}", spec.name(), self.column(input, time))
    }
}

fn short(text: &str) -> String {
    let mut hash = hex(text.as_bytes());
    hash.truncate(16);
    hash
}
