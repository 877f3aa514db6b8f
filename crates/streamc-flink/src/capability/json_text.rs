//! Columns that hold the text of `JSON_OBJECT` or `JSON_ARRAY` and become a value of another such call.
//!
//! Flink's planner puts projections together and then takes the inner call for JSON, not for text: whether it does depends on
//! what stands between the two. So the two must stand in one expression, where the meaning is plain.

use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, ComponentKind, Expr, ExprKind, Plan, Relation, RelationKind};
use streamc_types::Value;

/// Streams read by streams, at most so deep.
const DEPTH: usize = 200;

/// Every such value in a stream.
pub(super) fn check(plan: &Plan, root: &Relation, out: &mut Vec<Diagnostic>) {
    root.walk(&mut |relation| {
        let mut found = |input: &Relation, value: &Expr| {
            if let Some(column) = column_of(value)
                && holds_json(plan, input, column, 0)
            {
                out.push(refusal(value.span.or(relation.origin.span)));
            }
        };
        match &relation.kind {
            RelationKind::Project { input, expressions } => {
                for expression in expressions {
                    expression.walk(&mut |e| {
                        if let ExprKind::Call { function, arguments } = &e.kind
                            && let Some((layout, values)) = arguments.split_first()
                        {
                            let step = match function.name {
                                "JSON_OBJECT" => 2,
                                "JSON_ARRAY" => 1,
                                _ => return,
                            };
                            let texts = values.iter().skip(step - 1).step_by(step).zip(raw(layout));
                            texts.filter(|(_, raw)| !raw).for_each(|(value, _)| found(input, value));
                        }
                    });
                }
            }
            RelationKind::Aggregate { input, aggregates, .. } => {
                for AggregateCall { function, arguments, .. } in aggregates {
                    if function.name.starts_with("JSON_")
                        && let Some(value) = arguments.last()
                    {
                        found(input, value);
                    }
                }
            }
            _ => {}
        }
    });
}

/// For each value, whether it is a call that stands there itself (see `streamc_functions::families::json_make`).
fn raw(layout: &Expr) -> Vec<bool> {
    match &layout.kind {
        ExprKind::Literal(Value::Str(text)) => {
            text.split_once(' ').map_or_else(Vec::new, |(_, raw)| raw.chars().map(|c| c == 'r').collect())
        }
        _ => Vec::new(),
    }
}

/// The column that the value is, casts that change nothing aside.
fn column_of(value: &Expr) -> Option<usize> {
    match &value.kind {
        ExprKind::Cast { input, .. } if input.ty.kind == value.ty.kind => column_of(input),
        _ => value.as_column(),
    }
}

/// Whether the column may be a call of `JSON_OBJECT` or `JSON_ARRAY` for the planner.
fn holds_json(plan: &Plan, relation: &Relation, column: usize, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    match &relation.kind {
        RelationKind::Scan { component } => match plan.component(component).map(|c| &c.kind) {
            Some(ComponentKind::Stream(stream)) => holds_json(plan, &stream.relation, column, depth + 1),
            _ => false,
        },
        RelationKind::Project { input, expressions } => expressions.get(column).is_some_and(|e| {
            is_json(e) || column_of(e).is_some_and(|column| holds_json(plan, input, column, depth + 1))
        }),
        RelationKind::Aggregate { input, keys, .. } => {
            keys.get(column).is_some_and(|key| holds_json(plan, input, *key, depth + 1))
        }
        RelationKind::Recognize { .. } => false,
        RelationKind::Union { inputs } => {
            inputs.iter().any(|input| holds_json(plan, input, column, depth + 1))
        }
        _ => {
            let mut column = column;
            for input in relation.inputs() {
                let width = input.props.schema.len();
                if column < width {
                    return holds_json(plan, input, column, depth + 1);
                }
                column -= width;
            }
            false
        }
    }
}

fn is_json(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call { function, .. } => matches!(function.name, "JSON_OBJECT" | "JSON_ARRAY"),
        ExprKind::Cast { input, .. } => input.ty.kind == value.ty.kind && is_json(input),
        _ => false,
    }
}

fn refusal(span: Option<Span>) -> Diagnostic {
    let message =
        "this column holds JSON, and whether Flink takes it for JSON or for text depends on its plan";
    let help = "write the inner `JSON_OBJECT` or `JSON_ARRAY` itself here, or `column || ''` where you mean the text";
    Diagnostic::new(NOT_ON_FLINK, span, message).help(help)
}
