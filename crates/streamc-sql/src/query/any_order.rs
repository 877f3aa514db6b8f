//! `OVER` in an order other than that of time.
//!
//! Flink 2.3 plans it for frames without a bound (`NonTimeRowsUnboundedPrecedingFunction` and its kin). Some of what is
//! planned fails in the job, at the first row or at a later one; that is refused here. Measured on 2.3.0.

use crate::bind::{Binder, OverWindow};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_plan::{AggregateCall, Expr, OverFrame, Relation, constant_columns};
use streamc_types::TypeKind;

/// What Flink's job can order such rows by. Of floating-point numbers it fails on `NaN`.
pub(super) fn orders(kind: &TypeKind) -> bool {
    !matches!(
        kind,
        TypeKind::Float
            | TypeKind::Double
            | TypeKind::Array(_)
            | TypeKind::Map(..)
            | TypeKind::Multiset(_)
            | TypeKind::Row(_)
            | TypeKind::Variant
            | TypeKind::Bitmap
            | TypeKind::Null
    )
}

/// Whether what orders has one value in all rows, as far as the planner knows.
pub(super) fn is_constant(rows: &Relation, order: &Expr) -> bool {
    let constant = constant_columns(rows);
    order.columns().into_iter().all(|c| constant.get(c).copied().unwrap_or(false))
}

/// Whether a job computes the call in such an order. `LISTAGG`, `FIRST_VALUE` and `LAST_VALUE` over `ROWS` fail with "Row
/// arity" and `ClassCastException`, what keeps a view of its values (`DISTINCT`, `LAG`, `ARRAY_AGG`) with
/// "Unmaterialized BinaryRawValueData cannot be compared".
fn computes(call: &AggregateCall, frame: OverFrame) -> bool {
    let peers = matches!(frame, OverFrame::Range(_));
    !call.distinct
        && match call.function.name {
            "COUNT" | "SUM" | "MIN" | "MAX" | "AVG" | "ROW_NUMBER" => true,
            "LISTAGG" | "FIRST_VALUE" | "LAST_VALUE" => peers,
            _ => false,
        }
}

/// Reports what no job does; `None` then.
pub(super) fn check(
    binder: &mut Binder<'_>,
    rows: &Relation,
    calls: &[(AggregateCall, OverWindow)],
    window: &OverWindow,
) -> Option<()> {
    let whole = binder.tokens.whole;
    let order = &window.order;
    let at = order.span.unwrap_or(whole);
    if is_constant(rows, order) || !order.is_deterministic() {
        let message = "`OVER` in an order that does not tell the rows apart is not supported";
        let help = "Flink's planner leaves constants out and refuses an order of nothing: order by a column";
        binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
        return None;
    }
    if binder.orderable(order.clone()).ty.is_unknown() {
        return None;
    }
    if !orders(&order.ty.kind) {
        let message = format!("`OVER` in the order of values of type `{}` is not supported", order.ty.kind);
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
        binder.report(match order.ty.kind {
            TypeKind::Float | TypeKind::Double => d.help(
                "Flink 2.3 plans it, and the job fails at the first `NaN`: cast to `DECIMAL`, or order by event time",
            ),
            _ => d.help("order by one of its values, or by event time"),
        });
        return None;
    }
    let failing = calls.iter().map(|(call, _)| call).find(|call| !computes(call, window.frame));
    if let Some(call) = failing {
        let name = call.function.name;
        let distinct = if call.distinct { " DISTINCT" } else { "" };
        let message = format!(
            "`{name}{distinct}` over rows in an order other than that of event time is not supported"
        );
        let d = Diagnostic::new(SQL_UNSUPPORTED, call.span.unwrap_or(whole), message);
        binder.report(d.help("Flink 2.3 plans it, and its job fails: order by event time"));
        return None;
    }
    Some(())
}
