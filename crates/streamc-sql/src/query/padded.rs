//! Fields of rows that an outer join may leave out.

use super::QueryBinder;
use super::from::From;
use super::select::{OrderKey, Parts};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_plan::{Expr, ExprKind};
use streamc_types::TypeKind;

impl From {
    /// Columns that are rows and never `NULL`, but for a join that leaves them out.
    fn padded_rows(&self) -> Vec<usize> {
        let mut offset = 0;
        let mut found = Vec::new();
        for table in &self.tables {
            found.extend(table.padded.iter().map(|column| offset + column));
            offset += table.schema.len() + table.hidden;
        }
        found
    }
}

impl QueryBinder<'_> {
    /// Reports such fields that are declared `NOT NULL`: Flink takes them for never `NULL` next to the join itself, and then
    /// finds that types do not fit ("Conversion to relational algebra failed to preserve datatypes"), or folds `IS NULL`
    /// to false (measured, Flink 2.3). Behind a sub-query it does not.
    pub(super) fn check_padded(&mut self, from: &From, parts: &Parts) {
        let padded = from.padded_rows();
        if padded.is_empty() {
            return;
        }
        let of_calls = parts.calls.iter().flat_map(|call| call.arguments.iter().chain(&call.filter));
        let of_order = parts.order.iter().filter_map(|(key, _)| match key {
            OrderKey::Expr(e) => Some(e),
            OrderKey::Output(_) => None,
        });
        let items = parts.items.iter().filter_map(|item| item.expr.as_ref());
        let all = items.chain(&parts.filters).chain(&parts.keys).chain(&parts.having).chain(of_calls);
        let mut told = Vec::new();
        for expr in all.chain(of_order) {
            expr.walk(&mut |e| {
                if is_taken(e, &padded)
                    && let Some(at) = e.span.filter(|at| !told.contains(at))
                {
                    told.push(at);
                }
            });
        }
        for at in told {
            let name = self.binder.text(at);
            let message = format!("Flink takes `{name}` for never `NULL`, and the join leaves its row out");
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.binder
                .report(d.help("join a sub-query that reads the field: `(SELECT …, r.a AS a FROM t) AS t`"));
        }
    }
}

/// Whether it is a field, `NOT NULL` all the way, of one of these columns.
fn is_taken(expr: &Expr, padded: &[usize]) -> bool {
    let ExprKind::Field { base, index, .. } = &expr.kind else { return false };
    let declared = match &base.ty.kind {
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            fields.get(*index).is_some_and(|field| !field.ty.nullable)
        }
        _ => false,
    };
    declared && (base.as_column().is_some_and(|c| padded.contains(&c)) || is_taken(base, padded))
}
