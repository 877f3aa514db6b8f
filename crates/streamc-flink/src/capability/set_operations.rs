//! `INTERSECT ALL` and `EXCEPT ALL` below other operators.
//!
//! Flink 2.3 moves projections below them as if they were a `UNION ALL` (Calcite's `ProjectSetOpTransposeRule`): what is not read, or
//! known to be constant, is not compared any more. Measured: of `SELECT a FROM (SELECT a, b … INTERSECT ALL …)` come the rows of
//! `SELECT a … INTERSECT ALL SELECT a …`.

use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_plan::{Component, ComponentKind, Expr, Plan, Relation, RelationKind, constant_columns};

/// The relations of one stream.
pub(super) fn check(plan: &Plan, component: &Component, root: &Relation, out: &mut Vec<Diagnostic>) {
    root.walk(&mut |relation| {
        let span = relation.origin.span.or(component.span);
        if let Some(operation) = set_operation(relation)
            && has_constants(relation)
        {
            let message = format!("Flink 2.3 gives wrong rows of `{operation}` where a column is a constant");
            let help =
                format!("leave the constant out, and add it behind `{operation}`; or write it without `ALL`");
            out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
        }
        for input in relation.inputs() {
            if let Some(operation) = whole(plan, input)
                && !keeps_columns(relation)
            {
                let message =
                    format!("Flink 2.3 gives wrong rows of `{operation}` whose columns are not all read");
                let help = "read all of its columns as they are, or write it without `ALL`";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
        }
    });
}

/// The word of the operation that the relation is.
fn set_operation(relation: &Relation) -> Option<&str> {
    let is = matches!(relation.kind, RelationKind::Replicate { .. });
    Some(relation.origin.step.as_str()).filter(|step| is && step.ends_with(" ALL"))
}

/// The operation whose columns are those of the relation, if it is one, or one with operators above it that keep its columns.
fn whole<'a>(plan: &'a Plan, relation: &'a Relation) -> Option<&'a str> {
    if let Some(operation) = set_operation(relation) {
        return Some(operation);
    }
    if let RelationKind::Scan { component } = &relation.kind {
        let ComponentKind::Stream(stream) = &plan.component(component)?.kind else { return None };
        return whole(plan, &stream.relation);
    }
    if matches!(relation.kind, RelationKind::Aggregate { .. }) || !keeps_columns(relation) {
        return None;
    }
    relation.inputs().into_iter().find_map(|input| whole(plan, input))
}

/// Whether the relation reads all columns of its input as they are.
fn keeps_columns(relation: &Relation) -> bool {
    let reads_all = |input: &Relation, read: &mut dyn Iterator<Item = usize>| {
        let mut unread = vec![true; input.props.schema.len()];
        read.for_each(|column| unread[column] = false);
        !unread.contains(&true)
    };
    match &relation.kind {
        RelationKind::Project { input, expressions } => {
            reads_all(input, &mut expressions.iter().filter_map(Expr::as_column))
        }
        RelationKind::Aggregate { input, keys, aggregates, .. } => {
            let read = aggregates.iter().flat_map(|call| call.arguments.iter().filter_map(Expr::as_column));
            reads_all(input, &mut keys.iter().copied().chain(read))
        }
        RelationKind::Filter { .. } => !constant_columns(relation).contains(&true),
        RelationKind::Distinct { .. }
        | RelationKind::Union { .. }
        | RelationKind::Limit { .. }
        | RelationKind::Sort { .. }
        | RelationKind::Replicate { .. }
        | RelationKind::Repartition { .. } => true,
        _ => false,
    }
}

/// Whether a column of one of the two queries is a constant: the rows of both stand below, one marked `(1, 0)`, the other `(0, 1)`.
fn has_constants(operation: &Relation) -> bool {
    let width = operation.props.schema.len();
    let mut found = false;
    let mut relation = operation;
    while let [below] = relation.inputs().as_slice() {
        relation = below;
        if let RelationKind::Union { inputs } = &relation.kind {
            found = inputs.iter().any(|rows| constant_columns(rows).iter().take(width).any(|c| *c));
            break;
        }
    }
    found
}
