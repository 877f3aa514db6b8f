//! Grouping and duplicates.

use super::window::WindowPart;
use super::{Rows, Steps, renamed, sql_column};
use crate::capability;
use crate::frame::{Frame, fresh};
use crate::python::{Argument, Py};
use crate::sql::{Refusal, collectable, path, quote, sql_type, whole};
use streamc_plan::{AggregateCall, Relation, RelationKind};
use streamc_types::DataType;

impl Steps<'_> {
    pub(super) fn aggregate(
        &mut self,
        relation: &Relation,
        input: &Relation,
        keys: &[usize],
        aggregates: &[AggregateCall],
        windowed: bool,
        target: &str,
    ) -> Rows {
        let mut rows = self.grouped_input(input, target);
        self.allowed_to_group(&rows, relation, windowed, &capability::AGGREGATE_UPDATES);
        self.check_session(relation, input, &rows.frame, keys, windowed);
        if windowed {
            self.plain_keys(&mut rows, relation, input, keys, target);
        } else {
            self.plain_time(&mut rows, &[], relation, target);
        }
        let names: Vec<String> = relation.props.schema.names().map(str::to_owned).collect();
        if windowed && aggregates.is_empty() && rows.frame.session.is_none() {
            return self.distinct_in_windows(relation, rows, input, keys, names, target);
        }
        let before = rows.frame;
        let mut calls: Vec<Argument> = Vec::new();
        for (call, name) in aggregates.iter().zip(names.iter().skip(keys.len())) {
            let text = self.aggregate_call(call, &before.names);
            calls.push(sql_column(whole(&text)).method("alias", vec![Py::string(name).into()]).into());
        }
        if calls.is_empty() {
            let counted = fresh("__rows", names.iter().chain(&before.names));
            calls.push(sql_column("count(1)").method("alias", vec![Py::string(&counted).into()]).into());
        }
        // Without keys Spark gives a row for no rows at all.
        let counted = fresh("__rows", names.iter().chain(&before.names));
        let global = keys.is_empty() && !aggregates.is_empty();
        if global {
            calls.push(sql_column("count(1)").method("alias", vec![Py::string(&counted).into()]).into());
        }
        let groups = group_columns(&before, input, keys, windowed);
        let value = Py::atom(&rows.variable).method("groupBy", groups).method("agg", calls);
        self.assign(relation, target, value);
        if global {
            let some = format!("{} > 0", quote(&counted));
            self.more(target, Py::atom(target).method("where", vec![Py::string(&some).into()]));
        }
        let frame = self.grouped(&before, input, keys, names, windowed, target);
        Rows { variable: target.to_owned(), frame }
    }

    /// The rows to group. Columns of a window right below are not made: the groups have them.
    pub(super) fn grouped_input(&mut self, input: &Relation, target: &str) -> Rows {
        self.struct_only = matches!(input.kind, RelationKind::Window { .. });
        let rows = self.relation(input, target);
        self.struct_only = false;
        rows
    }

    /// Reports what must not stand below a grouping step.
    pub(super) fn allowed_to_group(
        &mut self,
        rows: &Rows,
        relation: &Relation,
        windowed: bool,
        updates: &capability::Construct,
    ) {
        let past = rows.frame.past;
        if past.updating {
            self.refuse(updates, relation);
        } else if !windowed && (past.grouped || past.outer || past.limited) {
            self.refuse(&capability::CHAINED_AGGREGATE, relation);
        } else if windowed && rows.frame.window.is_none() {
            self.refuse(&capability::LOST_TIME, relation);
        }
    }

    /// The rows in which, beside their window, no key is event time to Spark: a group has one event time.
    pub(super) fn plain_keys(
        &mut self,
        rows: &mut Rows,
        relation: &Relation,
        input: &Relation,
        keys: &[usize],
        target: &str,
    ) {
        let is_other = |event: &usize| keys.contains(event) && WindowPart::of(input, *event).is_none();
        rows.frame.events.retain(is_other);
        self.plain_time(rows, &[], relation, target);
    }

    /// A session is made while Spark groups: by its own keys and nothing else.
    pub(super) fn check_session(
        &mut self,
        relation: &Relation,
        input: &Relation,
        before: &Frame,
        keys: &[usize],
        windowed: bool,
    ) {
        let Some(session) = &before.session else { return };
        let mut given: Vec<Option<usize>> =
            keys.iter().filter(|k| WindowPart::of(input, **k).is_none()).map(|k| Some(*k)).collect();
        let mut wanted = session.clone();
        given.sort_unstable();
        given.dedup();
        wanted.sort_unstable();
        if !windowed || wanted != given {
            self.refuse(&capability::SESSION_KEYS, relation);
        } else if given.is_empty() {
            self.refuse(&capability::SESSION_GLOBAL, relation);
        }
    }

    /// The keys of each window once. They need no closed window: the first row of each comes at once, and Spark's steps
    /// that take no closed groups take it.
    fn distinct_in_windows(
        &mut self,
        relation: &Relation,
        rows: Rows,
        input: &Relation,
        keys: &[usize],
        names: Vec<String>,
        target: &str,
    ) -> Rows {
        let window = rows.frame.window.as_ref();
        let (columns, hidden) = grouped_columns(&rows.frame, window, input, keys, &names);
        let once = Py::atom(&rows.variable).method("select", columns).method("dropDuplicates", Vec::new());
        self.assign(relation, target, once);
        let frame = Frame { names, window: hidden, events: Vec::new(), session: None, past: rows.frame.past };
        Rows { variable: target.to_owned(), frame }
    }

    /// Puts the grouped columns into the order of the relation: keys, then the rest, which already have their names.
    fn grouped(
        &mut self,
        before: &Frame,
        input: &Relation,
        keys: &[usize],
        names: Vec<String>,
        windowed: bool,
        target: &str,
    ) -> Frame {
        let mut past = before.past;
        let window = before.window.as_ref().filter(|_| windowed);
        let (columns, hidden) = grouped_columns(before, window, input, keys, &names);
        let unchanged = window.is_none()
            && !keys.is_empty()
            && keys.iter().zip(&names).all(|(k, n)| before.names.get(*k) == Some(n))
            && names.len() > keys.len();
        if !unchanged {
            self.more(target, Py::atom(target).method("select", columns));
        }
        if windowed {
            past.grouped = true;
        } else {
            past.updating = true;
        }
        Frame { names, window: hidden, events: Vec::new(), session: None, past }
    }

    /// An aggregate function's call.
    fn aggregate_call(&mut self, call: &AggregateCall, names: &[String]) -> String {
        let filter = call.filter.as_ref().map(|f| self.expression(f, names));
        let mut texts: Vec<String> = call.arguments.iter().map(|a| self.expression(a, names)).collect();
        let mut types: Vec<DataType> = call.arguments.iter().map(|a| a.ty.clone()).collect();
        if let Some(filter) = filter {
            if texts.is_empty() {
                texts.push("1".to_owned());
                types.push(DataType::int());
            }
            texts[0] = format!("(CASE WHEN {} THEN {} END)", whole(&filter), whole(&texts[0]));
        }
        let refusal = |reason: String| Refusal {
            what: format!("`{}{}`", call.function.name, if call.distinct { "(DISTINCT …)" } else { "" }),
            reason,
            span: call.span,
            is_type: false,
        };
        let plain = matches!(call.function.name, "MIN" | "MAX");
        let result = match (call.distinct && !plain, call.function.name, texts.as_slice()) {
            (true, "COUNT", [x]) => {
                collectable(&types[0]).map(|()| format!("CAST(size(collect_set({})) AS BIGINT)", whole(x)))
            }
            (true, "SUM", [x]) => sql_type(&call.ty).map(|ty| {
                let add = format!("(total, item) -> CAST(coalesce(total + item, item) AS {ty})");
                format!("aggregate(collect_set({}), CAST(NULL AS {ty}), {add})", whole(x))
            }),
            (true, name, _) => Err(format!("Spark has no `{name}` over distinct values in a stream")),
            (false, ..) => streamc_functions::print::spark(call.function.0, &texts, &types, &call.ty),
        };
        match result {
            Ok(text) => text,
            Err(reason) => {
                self.refuse_expression(refusal(reason), call.span);
                "NULL".to_owned()
            }
        }
    }

    /// Each row once.
    pub(super) fn distinct(
        &mut self,
        relation: &Relation,
        input: &Relation,
        windowed: bool,
        target: &str,
    ) -> Rows {
        let mut rows = self.relation(input, target);
        if rows.frame.past.updating {
            self.refuse(&capability::DISTINCT_UPDATES, relation);
        }
        for column in &relation.props.schema.columns {
            if let Err(reason) = collectable(&column.ty) {
                let refusal = Refusal {
                    what: format!("`distinct` over {}", column.ty.kind),
                    reason,
                    span: None,
                    is_type: true,
                };
                self.refuse_expression(refusal, relation.origin.span);
            }
        }
        let keys: Vec<usize> = (0..rows.frame.names.len()).collect();
        self.check_session(relation, input, &rows.frame, &keys, windowed);
        if windowed {
            self.allowed_to_group(&rows, relation, true, &capability::DISTINCT_UPDATES);
            self.plain_keys(&mut rows, relation, input, &keys, target);
            if rows.frame.session.is_none() {
                let names = rows.frame.names.clone();
                return self.distinct_in_windows(relation, rows, input, &keys, names, target);
            }
            let before = rows.frame;
            let counted = fresh("__rows", before.names.iter().chain(&before.window));
            let count = sql_column("count(1)").method("alias", vec![Py::string(&counted).into()]);
            let groups = group_columns(&before, input, &keys, true);
            let value = Py::atom(&rows.variable).method("groupBy", groups).method("agg", vec![count.into()]);
            self.assign(relation, target, value);
            let names = before.names.clone();
            let frame = self.grouped(&before, input, &keys, names, true, target);
            return Rows { variable: target.to_owned(), frame };
        }
        // Event time would let Spark forget rows, and drop late ones.
        self.plain_time(&mut rows, &[], relation, target);
        let mut value = Py::atom(&rows.variable);
        if rows.frame.window.take().is_some() {
            value = value.method("select", rows.frame.names.iter().map(|n| renamed(n, n).into()).collect());
        }
        self.assign(relation, target, value.method("dropDuplicates", Vec::new()));
        rows.variable = target.to_owned();
        rows
    }
}

/// The columns of a relation that starts with its keys, and behind them the window's struct with its name.
fn grouped_columns(
    before: &Frame,
    window: Option<&String>,
    input: &Relation,
    keys: &[usize],
    names: &[String],
) -> (Vec<Argument>, Option<String>) {
    let mut columns: Vec<Argument> = Vec::new();
    for (key, name) in keys.iter().zip(names) {
        columns.push(match (WindowPart::of(input, *key), window) {
            (Some(part), Some(window)) => part.column(window, name).into(),
            _ => renamed(before.names.get(*key).map_or("", String::as_str), name).into(),
        });
    }
    columns.extend(names.iter().skip(keys.len()).map(|n| renamed(n, n).into()));
    let hidden = window.map(|window| {
        let new = fresh("__window", names.iter());
        columns.push(renamed(window, &new).into());
        new
    });
    (columns, hidden)
}

/// What to group by: the window's struct in place of its columns, then the other keys.
pub(super) fn group_columns(
    before: &Frame,
    input: &Relation,
    keys: &[usize],
    windowed: bool,
) -> Vec<Argument> {
    let mut groups: Vec<Argument> = Vec::new();
    if let (true, Some(window)) = (windowed, &before.window) {
        groups.push(Py::string(&path(window)).into());
    }
    for key in keys {
        if windowed && WindowPart::of(input, *key).is_some() {
            continue;
        }
        if let Some(name) = before.names.get(*key) {
            groups.push(Py::string(&path(name)).into());
        }
    }
    groups
}
