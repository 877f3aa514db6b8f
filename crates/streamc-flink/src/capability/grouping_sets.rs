//! Groups of grouping sets that are grouped again.
//!
//! Flink takes the keys of grouping sets for unique among the groups, and so leaves a `DISTINCT` of them out. They are not
//! where a key is `NULL` itself (measured on 2.3.0: `SELECT DISTINCT a FROM t GROUP BY CUBE (a)` gives `NULL` twice).

use streamc_diagnostics::codes::engines::NOT_ON_FLINK;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, Relation, RelationKind};

/// Reports a relation that Flink leaves out.
pub(super) fn check(relation: &Relation, span: Option<Span>) -> Option<Diagnostic> {
    let (mut rows, mut kept) = match &relation.kind {
        RelationKind::Distinct { input, .. } => (input, (0..input.props.schema.len()).collect()),
        RelationKind::Aggregate { input, keys, aggregates, .. } if aggregates.is_empty() => {
            (input, keys.clone())
        }
        _ => return None,
    };
    loop {
        rows = match &rows.kind {
            RelationKind::Project { input, expressions } => {
                let column = |c: usize| expressions.get(c).and_then(Expr::as_column);
                kept = kept.into_iter().filter_map(column).collect();
                input
            }
            RelationKind::Filter { input, .. } => input,
            RelationKind::Aggregate { input, keys, .. } => {
                let RelationKind::Expand { input: before, keys: padded, .. } = &input.kind else {
                    return None;
                };
                let number = input.props.schema.len().checked_sub(1)?;
                let has_all = (0..keys.len()).all(|place| keys[place] == number || kept.contains(&place));
                let columns = &before.props.schema.columns;
                let unknown = padded.iter().any(|key| columns.get(*key).is_some_and(|c| c.ty.nullable));
                if !has_all || !unknown {
                    return None;
                }
                let message = "Flink leaves out what makes rows distinct here, and gives `NULL` of a key beside `NULL` of a set";
                let help =
                    "make keys that are never `NULL` first: `FROM (SELECT COALESCE(a, 0) AS a FROM t)`";
                return Some(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            _ => return None,
        };
    }
}
