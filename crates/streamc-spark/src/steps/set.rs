//! Union and limit.

use super::{Rows, Steps, renamed, sql_column};
use crate::capability;
use crate::frame::Frame;
use crate::python::{Argument, Py};
use crate::sql::sql_type;
use streamc_plan::Relation;

impl Steps<'_> {
    pub(super) fn union(&mut self, relation: &Relation, inputs: &[Relation], target: &str) -> Rows {
        let schema = &relation.props.schema;
        let names: Vec<String> = schema.names().map(str::to_owned).collect();
        let mut branches: Vec<Rows> = Vec::new();
        for (i, input) in inputs.iter().enumerate() {
            let branch = if i == 0 { target.to_owned() } else { self.branch("rows") };
            branches.push(self.relation(input, &branch));
        }
        let events: Vec<usize> =
            (0..names.len()).filter(|c| branches.iter().all(|b| b.frame.events.contains(c))).collect();
        let past = branches.iter().fold(Default::default(), |past, b: &Rows| b.frame.past.or(past));
        if past.updating {
            self.refuse(&capability::UNION_UPDATES, relation);
        }
        if branches.iter().filter(|b| b.frame.past.grouped).count() > 1 {
            self.refuse(&capability::UNION_GROUPS, relation);
        }
        if branches.iter().any(|b| b.frame.session.is_some()) {
            self.refuse(&capability::SESSION_KEYS, relation);
        }
        let mut prepared: Vec<Rows> = Vec::new();
        for (i, (mut rows, input)) in branches.into_iter().zip(inputs).enumerate() {
            let variable = if i == 0 { target.to_owned() } else { self.branch("rows") };
            self.plain_time(&mut rows, &events, relation, &variable);
            let mut columns: Vec<Argument> = Vec::new();
            let mut changed = rows.frame.window.is_some();
            for (c, column) in schema.columns.iter().enumerate() {
                let from = rows.frame.names.get(c).map_or("", String::as_str);
                let kind = input.props.schema.columns.get(c).map(|c| &c.ty.kind);
                let cast = kind.filter(|k| **k != column.ty.kind).and_then(|_| sql_type(&column.ty).ok());
                columns.push(match cast {
                    Some(ty) => {
                        changed = true;
                        let text = format!("CAST({} AS {ty})", crate::sql::quote(from));
                        sql_column(&text).method("alias", vec![Py::string(&column.name).into()]).into()
                    }
                    None => {
                        changed |= i == 0 && from != column.name;
                        renamed(from, if i == 0 { &column.name } else { from }).into()
                    }
                });
            }
            if changed {
                self.assign(relation, &variable, Py::atom(&rows.variable).method("select", columns));
                rows.variable = variable;
            }
            prepared.push(rows);
        }
        let mut all = prepared.iter().map(|r| r.variable.clone());
        let mut value = Py::atom(all.next().unwrap_or_default());
        for other in all {
            value = value.method("union", vec![Py::atom(other).into()]);
        }
        self.assign(relation, target, value);
        Rows {
            variable: target.to_owned(),
            frame: Frame { names, window: None, events, session: None, past },
        }
    }

    /// A further variable: `left`, `left_2`, `rows_2`.
    pub(super) fn branch(&mut self, word: &'static str) -> String {
        let count = self.branches.entry(word).or_insert(usize::from(word == "rows"));
        *count += 1;
        if *count == 1 { word.to_owned() } else { format!("{word}_{count}") }
    }

    pub(super) fn limit(&mut self, relation: &Relation, input: &Relation, count: u64, target: &str) -> Rows {
        let mut rows = self.relation(input, target);
        if rows.frame.past.updating {
            self.refuse(&capability::LIMIT_UPDATES, relation);
        }
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        let call = Py::atom(&rows.variable).method("limit", vec![Py::atom(count.to_string()).into()]);
        self.assign(relation, target, call);
        rows.frame.past.limited = true;
        rows.variable = target.to_owned();
        rows
    }
}
