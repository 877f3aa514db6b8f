//! Top-N and deduplication.

use super::aggregate::group_columns;
use super::window::WindowPart;
use super::{Rows, Steps, col, renamed, sql_column};
use crate::capability;
use crate::frame::{Frame, fresh};
use crate::python::{Argument, Py};
use crate::sql::{path, quote};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{RankKind, Relation, RelationKind, SortKey};
use streamc_types::TimeAttribute;

impl Steps<'_> {
    pub(super) fn rank(&mut self, relation: &Relation, target: &str) -> Rows {
        let RelationKind::Rank { input, partition, order, limit, kind, row_number, windowed } =
            &relation.kind
        else {
            return Rows { variable: target.to_owned(), frame: Frame::default() };
        };
        let mut rows = self.relation(input, target);
        let arrival = order.iter().any(|k| {
            input.props.schema.columns.get(k.column).is_some_and(|c| c.time == Some(TimeAttribute::Proctime))
        });
        if *kind == RankKind::FirstRow && arrival && !windowed {
            return self.first_arrival(relation, rows, partition, row_number.as_deref(), target);
        }
        if arrival {
            self.refuse(&capability::DEDUPE_LAST_ARRIVAL, relation);
        } else if *kind == RankKind::FirstRow && !windowed {
            self.refuse(&capability::DEDUPE_FIRST, relation);
        } else if !windowed && *limit > 1 && row_number.is_none() {
            self.refuse(&capability::TOP_PLAIN, relation);
        }
        self.allowed_to_group(&rows, relation, *windowed, &capability::TOP_UPDATES);
        if *windowed {
            self.check_session(relation, input, &rows.frame, partition, true);
            self.plain_keys(&mut rows, relation, input, partition, target);
        } else {
            self.check_session(relation, input, &rows.frame, partition, false);
            self.plain_time(&mut rows, &[], relation, target);
        }
        let before = rows.frame;
        let names: Vec<String> = {
            let mut names = before.names.clone();
            if let Some(number) = row_number {
                names.push(fresh(number, before.names.iter()));
            }
            names
        };
        let window = before.window.clone().filter(|_| *windowed);
        // What a row holds besides the columns it is grouped by.
        let rest: Vec<usize> = (0..before.names.len())
            .filter(|i| !partition.contains(i) && (!windowed || WindowPart::of(input, *i).is_none()))
            .collect();
        let fields: Vec<String> =
            rest.iter().filter_map(|i| before.names.get(*i)).map(|n| quote(n)).collect();
        let row =
            if fields.is_empty() { "struct(1)".to_owned() } else { format!("struct({})", fields.join(", ")) };
        let taken = || names.iter().chain(&before.names).chain(&before.window);
        let (list, item, position) =
            (fresh("__rows", taken()), fresh("__row", taken()), fresh("__position", taken()));
        let keys: Vec<&SortKey> = order.iter().filter(|k| rest.contains(&k.column)).collect();
        let as_values = |k: &SortKey| {
            let column = relation.props.schema.columns.get(k.column);
            k.direction.nulls().is_empty() || column.is_some_and(|c| !c.ty.nullable)
        };
        let one_way = keys.windows(2).all(|w| w[0].direction.descending == w[1].direction.descending)
            && keys.iter().all(|k| as_values(k));
        let single = *limit == 1 && one_way && !keys.is_empty();
        let groups = group_columns(&before, input, partition, *windowed);
        let aggregate = if single {
            let function = if keys[0].direction.descending { "max_by" } else { "min_by" };
            let by: Vec<String> =
                keys.iter().filter_map(|k| before.names.get(k.column)).map(|n| quote(n)).collect();
            // A struct is never NULL, and a NULL in it is the least value, as in Flink's order.
            sql_column(&format!("{function}({row}, struct({}))", by.join(", ")))
                .method("alias", vec![Py::string(&item).into()])
        } else {
            let sorted = comparator(&keys, relation, &before.names).map_or_else(
                || format!("collect_list({row})"),
                |order| format!("array_sort(collect_list({row}), {order})"),
            );
            sql_column(&format!("slice({sorted}, 1, {limit})"))
                .method("alias", vec![Py::string(&list).into()])
        };
        let value =
            Py::atom(&rows.variable).method("groupBy", groups.clone()).method("agg", vec![aggregate.into()]);
        self.assign(relation, target, value);
        if !single {
            if !windowed && (*limit == 1 || row_number.is_some()) {
                let message = "the rows of each key are kept for ever to find the first ones";
                let help =
                    "Spark keeps the whole list of every key in its state; group by a window to bound it";
                self.diagnostics.push(
                    Diagnostic::new(engines::SPARK_STATE_GROWS, relation.origin.span, message).help(help),
                );
            }
            let mut columns = groups;
            let exploded = sql_column(&format!("posexplode({})", quote(&list)));
            columns.push(
                exploded.method("alias", vec![Py::string(&position).into(), Py::string(&item).into()]).into(),
            );
            self.more(target, Py::atom(target).method("select", columns));
        }
        let mut columns: Vec<Argument> = Vec::new();
        for (i, name) in before.names.iter().enumerate() {
            let part = WindowPart::of(input, i).filter(|_| *windowed);
            columns.push(match (part, &window) {
                (Some(part), Some(window)) => part.column(window, name).into(),
                _ if partition.contains(&i) => renamed(name, name).into(),
                _ => col(&format!("{}.{}", path(&item), path(name)))
                    .method("alias", vec![Py::string(name).into()])
                    .into(),
            });
        }
        if row_number.is_some() {
            let number = if single {
                sql_column("1L")
            } else {
                sql_column(&format!("CAST({} + 1 AS BIGINT)", quote(&position)))
            };
            let name = names.last().map_or("", String::as_str);
            columns.push(number.method("alias", vec![Py::string(name).into()]).into());
        }
        let mut hidden = None;
        if let Some(window) = &window {
            let new = fresh("__window", names.iter());
            columns.push(renamed(window, &new).into());
            hidden = Some(new);
        }
        self.more(target, Py::atom(target).method("select", columns));
        let mut past = before.past;
        if *windowed {
            past.grouped = true;
        } else {
            past.updating = true;
        }
        Rows {
            variable: target.to_owned(),
            frame: Frame { names, window: hidden, events: Vec::new(), session: None, past },
        }
    }

    /// The row of each key that came first.
    fn first_arrival(
        &mut self,
        relation: &Relation,
        mut rows: Rows,
        partition: &[usize],
        row_number: Option<&str>,
        target: &str,
    ) -> Rows {
        if rows.frame.past.updating {
            self.refuse(&capability::TOP_UPDATES, relation);
        }
        let before = rows.frame.names.clone();
        let keys = partition.iter().filter_map(|i| before.get(*i)).map(|n| Py::string(n)).collect();
        let value = Py::atom(&rows.variable).method("dropDuplicates", vec![Py::List(keys).into()]);
        self.assign(relation, target, value);
        if let Some(number) = row_number {
            let name = fresh(number, before.iter());
            let one = sql_column("1L").method("alias", vec![Py::string(&name).into()]);
            self.more(target, Py::atom(target).method("select", vec![Py::string("*").into(), one.into()]));
            rows.frame.names.push(name);
        }
        rows.variable = target.to_owned();
        rows
    }
}

/// A comparison of two rows for `array_sort`. `None` without keys.
fn comparator(keys: &[&SortKey], relation: &Relation, names: &[String]) -> Option<String> {
    if keys.is_empty() {
        return None;
    }
    let mut cases = String::new();
    for key in keys {
        let name = quote(names.get(key.column)?);
        let in_order = |reversed: bool| if reversed { ("r", "l") } else { ("l", "r") };
        let nullable = relation.props.schema.columns.get(key.column).is_none_or(|c| c.ty.nullable);
        if nullable {
            let (first, second) = in_order(key.direction.nulls_last);
            cases.push_str(&format!(
                " WHEN {first}.{name} IS NULL AND {second}.{name} IS NOT NULL THEN -1 \
                 WHEN {second}.{name} IS NULL AND {first}.{name} IS NOT NULL THEN 1"
            ));
        }
        let (first, second) = in_order(key.direction.descending);
        cases.push_str(&format!(
            " WHEN {first}.{name} < {second}.{name} THEN -1 WHEN {first}.{name} > {second}.{name} THEN 1"
        ));
    }
    Some(format!("(l, r) -> CASE{cases} ELSE 0 END"))
}
