//! Time attributes in the branches of a `UNION`.

use super::QueryBinder;
use streamc_diagnostics::codes::types::SQL_UNSUPPORTED;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::Relation;
use streamc_plan::relations::odd_time;

impl QueryBinder<'_> {
    /// Reports a column whose branches Flink does not put together; `true` if there is one.
    pub(super) fn mixed_times(&mut self, inputs: &[Relation], spans: &[Span]) -> bool {
        let Some(first) = inputs.first() else { return false };
        for (index, column) in first.props.schema.columns.iter().enumerate() {
            let Some(odd) = odd_time(inputs, index) else { continue };
            let at = spans.get(odd).copied().unwrap_or(self.binder.tokens.whole);
            let message = format!(
                "`{}` is a time attribute in one branch of `UNION`, and computed of one in another",
                column.name
            );
            let help = format!(
                "Flink does not put them together; take the time away from what is computed: `CAST({} AS {})`",
                column.name, column.ty.kind
            );
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message).help(help));
            return true;
        }
        false
    }
}
