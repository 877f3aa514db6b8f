//! Elements of collections, and rows once for each grouping set.

use super::{Rows, Steps, renamed, sql_column};
use crate::capability;
use crate::frame::{Frame, fresh};
use crate::python::{Argument, Py};
use crate::sql::{Refusal, Scope, expression, path, quote, whole};
use streamc_plan::relations::set_number;
use streamc_plan::{Expr, Relation};
use streamc_types::{Field, TypeKind};

/// What an element of a collection is.
enum Element<'a> {
    /// A row, whose fields become columns, and whether it may be `NULL`.
    Row(&'a [Field], bool),
    /// One column, or the key and the value of an entry.
    Columns,
}

impl Steps<'_> {
    pub(super) fn unnest(
        &mut self,
        relation: &Relation,
        input: &Relation,
        collection: &Expr,
        (outer, ordinality): (bool, bool),
        target: &str,
    ) -> Rows {
        let rows = self.relation(input, target);
        if rows.frame.past.updating {
            self.refuse(&capability::UNNEST_UPDATES, relation);
        }
        let width = rows.frame.names.len();
        let mut names = rows.frame.names.clone();
        for column in relation.props.schema.columns.iter().skip(width) {
            let name = fresh(&column.name, names.iter().chain(&rows.frame.window));
            names.push(name);
        }
        let element = self.element(relation, collection, ordinality);
        let text = match expression(collection, Scope(&rows.frame.names)) {
            Ok(text) => text,
            Err(refusal) => {
                self.refuse_expression(refusal, collection.span);
                "NULL".to_owned()
            }
        };
        let value = match collection.as_column().and_then(|c| rows.frame.names.get(c)) {
            // Flink passes over a row that is NULL, of which `inline` would make a row of NULLs; one with a number stops it.
            _ if matches!(element, Element::Row(_, true)) && !ordinality => {
                sql_column(&format!("filter({}, item -> item IS NOT NULL)", whole(&text)))
            }
            _ if matches!(element, Element::Row(_, true)) => {
                let text = whole(&text);
                sql_column(&format!(
                    "CASE WHEN exists({text}, item -> item IS NULL) \
                     THEN raise_error('an element of UNNEST WITH ORDINALITY is NULL in place of a row') ELSE {text} END"
                ))
            }
            Some(name) => Py::string(&path(name)),
            None => sql_column(whole(&text)),
        };
        let made: Vec<&String> = names.iter().skip(width).collect();
        let from = rows.variable;
        let kept = Frame { names: names.clone(), ..rows.frame };
        if let (true, Some((number, made))) = (ordinality, made.split_last()) {
            self.numbered(relation, &from, &kept, (value, element, outer), (made, number), target);
        } else {
            let function = match (element, outer) {
                (Element::Row(..), false) => "F.inline",
                (Element::Row(..), true) => "F.inline_outer",
                (Element::Columns, false) => "F.explode",
                (Element::Columns, true) => "F.explode_outer",
            };
            let aliases: Vec<Argument> = made.into_iter().map(|n| Py::string(n).into()).collect();
            let made = Py::call(function, vec![value.into()]).method("alias", aliases);
            let call = Py::atom(&from).method("select", vec![Py::string("*").into(), made.into()]);
            self.assign(relation, target, call);
        }
        Rows { variable: target.to_owned(), frame: kept }
    }

    fn element<'e>(&mut self, relation: &Relation, collection: &'e Expr, ordinality: bool) -> Element<'e> {
        match &collection.ty.kind {
            TypeKind::Array(element) => match &element.kind {
                TypeKind::Row(fields) => return Element::Row(fields, element.nullable),
                _ => return Element::Columns,
            },
            TypeKind::Map(..) if ordinality => self.refuse(&capability::UNNEST_MAP_ORDINALITY, relation),
            TypeKind::Map(..) => {}
            kind => {
                let refusal = Refusal {
                    what: format!("`explode` of {kind}"),
                    reason: "Spark takes apart arrays and maps".to_owned(),
                    span: collection.span,
                    is_type: true,
                };
                self.refuse_expression(refusal, relation.origin.span);
            }
        }
        Element::Columns
    }

    /// The elements in the columns `made`, and their numbers from 1.
    fn numbered(
        &mut self,
        relation: &Relation,
        from: &str,
        frame: &Frame,
        (value, element, outer): (Py, Element<'_>, bool),
        (made, number): (&[&String], &String),
        target: &str,
    ) {
        let taken = || frame.names.iter().chain(&frame.window);
        let position = fresh("__position", taken());
        let whole = fresh("__element", taken());
        let names: Vec<&str> = match element {
            Element::Row(..) => vec![&whole],
            Element::Columns => made.iter().map(|n| n.as_str()).collect(),
        };
        let aliases = std::iter::once(position.as_str()).chain(names).map(|n| Py::string(n).into()).collect();
        let function = if outer { "F.posexplode_outer" } else { "F.posexplode" };
        let exploded = Py::call(function, vec![value.into()]).method("alias", aliases);
        let all = vec![Py::string("*").into(), exploded.into()];
        self.assign(relation, target, Py::atom(from).method("select", all));
        let before = frame.names.len() - made.len() - 1;
        let mut columns: Vec<Argument> =
            frame.names.iter().take(before).chain(&frame.window).map(|n| renamed(n, n).into()).collect();
        let hidden = columns.split_off(before);
        for (n, name) in made.iter().enumerate() {
            columns.push(match element {
                Element::Row(fields, _) => {
                    let field = fields.get(n).map_or("", |f| f.name.as_str());
                    let text = format!("{}.{}", quote(&whole), quote(field));
                    sql_column(&text).method("alias", vec![Py::string(name).into()]).into()
                }
                Element::Columns => renamed(name, name).into(),
            });
        }
        let counted = sql_column(&format!("{} + 1", quote(&position)));
        columns.push(counted.method("alias", vec![Py::string(number).into()]).into());
        columns.extend(hidden);
        self.more(target, Py::atom(target).method("select", columns));
    }

    /// Each row once for each set, without the keys that the set leaves out.
    pub(super) fn expand(
        &mut self,
        relation: &Relation,
        input: &Relation,
        (keys, sets): (&[usize], &[Vec<usize>]),
        target: &str,
    ) -> Rows {
        let mut rows = self.relation(input, target);
        if rows.frame.session.is_some() {
            self.refuse(&capability::SESSION_KEYS, relation);
        }
        let kept_by_all = |key: usize| sets.iter().all(|set| set.contains(&key));
        let lost: Vec<usize> =
            (0..keys.len()).filter(|n| !kept_by_all(*n)).filter_map(|n| keys.get(n).copied()).collect();
        let keep: Vec<usize> = rows.frame.events.iter().copied().filter(|e| !lost.contains(e)).collect();
        self.plain_time(&mut rows, &keep, relation, target);
        let mut names = rows.frame.names.clone();
        let wanted = relation.props.schema.columns.last().map_or("", |c| c.name.as_str());
        let id = fresh(wanted, names.iter().chain(&rows.frame.window));
        let numbers: Vec<String> =
            sets.iter().map(|set| format!("{}L", set_number(set, keys.len()))).collect();
        let exploded = sql_column(&format!("explode(array({}))", numbers.join(", ")));
        let alias = exploded.method("alias", vec![Py::string(&id).into()]);
        let all = vec![Py::string("*").into(), alias.into()];
        self.assign(relation, target, Py::atom(&rows.variable).method("select", all));
        let mut columns: Vec<Argument> = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let key = keys.iter().position(|k| *k == at);
            let without: Vec<&str> = sets
                .iter()
                .zip(&numbers)
                .filter(|(set, _)| key.is_some_and(|key| !set.contains(&key)))
                .map(|(_, number)| number.as_str())
                .collect();
            columns.push(if without.is_empty() {
                renamed(name, name).into()
            } else {
                let text = format!(
                    "CASE WHEN {} NOT IN ({}) THEN {} END",
                    quote(&id),
                    without.join(", "),
                    quote(name)
                );
                sql_column(&text).method("alias", vec![Py::string(name).into()]).into()
            });
        }
        names.push(id);
        columns.extend(names.last().into_iter().chain(&rows.frame.window).map(|n| renamed(n, n).into()));
        self.more(target, Py::atom(target).method("select", columns));
        Rows { variable: target.to_owned(), frame: Frame { names, ..rows.frame } }
    }
}
