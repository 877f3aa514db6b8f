//! `TO_CHANGELOG` and `FROM_CHANGELOG` (Flink documentation, "Changelog Conversion").

use super::{From, Select, Writer, names_of};
use crate::expr::Cell;
use crate::layout::Line;
use crate::quote::{ident, string};
use streamc_plan::{ChangeForm, Relation};
use streamc_types::RowKind;

impl<'p> Writer<'p> {
    pub(super) fn changes(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        form: &'p ChangeForm,
    ) -> Select<'p> {
        let below = names_of(input);
        let inner = self.body(input);
        let (function, code, codes): (_, _, Vec<(String, String)>) = match form {
            ChangeForm::Written(codes) => {
                let codes = codes.iter().map(|(kind, code)| (word(*kind).to_owned(), code.to_string()));
                ("TO_CHANGELOG", names_of(relation).first().cloned(), codes.collect())
            }
            ChangeForm::Read(code, codes) => {
                // Each kind stands once, with all its codes.
                let mut kinds: Vec<(String, String)> = Vec::new();
                for (code, kind) in codes {
                    match kinds.iter_mut().find(|(_, known)| known == word(*kind)) {
                        Some((all, _)) => all.push_str(&format!(", {code}")),
                        None => kinds.push((code.to_string(), word(*kind).to_owned())),
                    }
                }
                ("FROM_CHANGELOG", below.get(*code).cloned(), kinds)
            }
        };
        let pairs: Vec<String> = codes.iter().map(|(a, b)| format!("{}, {}", string(a), string(b))).collect();
        let mut lines = vec![Line::of(format!("{function}("), Some(relation)), Line::new("  input => (")];
        lines.extend(inner.into_iter().map(|l| l.indented(4)));
        lines.push(Line::new("  ),"));
        lines.push(Line::new(format!("  op => DESCRIPTOR({}),", ident(&code.unwrap_or_default()))));
        lines.push(Line::new(format!("  op_mapping => MAP[{}]", pairs.join(", "))));
        lines.push(Line::new(")"));
        let names = names_of(relation);
        let cells = names.iter().map(Cell::column).collect();
        let select = Select::of(From::Lines(lines), cells, names, relation);
        self.step(select, relation)
    }
}

/// Flink's name of a change.
fn word(kind: RowKind) -> &'static str {
    match kind {
        RowKind::Insert => "INSERT",
        RowKind::UpdateBefore => "UPDATE_BEFORE",
        RowKind::UpdateAfter => "UPDATE_AFTER",
        RowKind::Delete => "DELETE",
    }
}
