//! `VALUES`, and `SELECT` without `FROM`: rows that are written in the query.

use super::from::From;
use super::tree::Tree;
use super::value::{Joined, Places};
use super::{Derived, QueryBinder};
use crate::bind::{Env, bare, implicit};
use crate::dialect::FORM;
use crate::extent::parts;
use crate::scope::Scope;
use smol_str::SmolStr;
use sqlparser::ast::{
    Expr as Sql, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Query, Select, SelectItem,
    SetExpr, TableAlias, Values,
};
use sqlparser::tokenizer::Token;
use streamc_diagnostics::codes::types::{SQL_SYNTAX, SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, Origin, Relation, RelationKind, relations};
use streamc_types::{Column, DataType, TypeKind, case_type};

/// One row without columns: what a `SELECT` without `FROM` computes its row of.
pub(super) fn one_row(origin: Origin) -> Relation {
    relations::values(Vec::new(), vec![Vec::new()], origin)
}

/// Whether rows surely come out (`RelMdMinRowCount`): `EXISTS` is then true.
pub(super) fn has_rows(relation: &Relation) -> bool {
    match &relation.kind {
        RelationKind::Values { rows } => !rows.is_empty(),
        RelationKind::Aggregate { keys, windowed, .. } => keys.is_empty() && !windowed,
        RelationKind::Project { input, .. } | RelationKind::Distinct { input, windowed: false } => {
            has_rows(input)
        }
        RelationKind::Union { inputs } => inputs.iter().any(has_rows),
        _ => false,
    }
}

/// A row of `VALUES`.
struct Written {
    items: Vec<(SmolStr, Expr)>,
    /// The sub-queries in them.
    joined: Vec<Joined>,
    /// Whether every item is a literal: such rows are one relation to Flink, others one each.
    literal: bool,
    span: Span,
}

impl QueryBinder<'_> {
    /// What stands for a missing `FROM`. Its clauses cannot stand alone (`SqlSelect` of Flink's grammar).
    pub(super) fn without_from(&mut self, select: &Select, start: Span) -> Option<From> {
        let keyed = !matches!(&select.group_by, GroupByExpr::Expressions(list, _) if list.is_empty());
        let clauses = [
            (select.selection.is_some(), "WHERE"),
            (keyed, "GROUP"),
            (select.having.is_some(), "HAVING"),
            (!select.named_window.is_empty(), "WINDOW"),
            (select.qualify.is_some(), "QUALIFY"),
        ];
        for (_, word) in clauses.iter().filter(|c| c.0) {
            let at = self.word(start, word);
            let message = format!("`{}` needs a `FROM` before it", self.binder.text(at));
            self.binder.report(Diagnostic::new(SQL_SYNTAX, at, message));
        }
        let star = |i: &SelectItem| matches!(i, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..));
        if select.projection.iter().any(star) {
            let at = self.star(start);
            self.binder.report(Diagnostic::new(SQL_SYNTAX, at, "`*` needs a `FROM`"));
            return None;
        }
        if clauses.iter().any(|c| c.0) {
            return None;
        }
        let rows = one_row(Origin::new("SELECT", start));
        let tree = Some(Tree::Leaf(Box::new(rows)));
        Some(From { tables: Vec::new(), tree, ranked: None, shared: Vec::new() })
    }

    /// Reports a number that Flink's planner does not make a `DOUBLE` ("Incompatible types of expression and result type").
    fn is_unplanned(&mut self, row: &Written, types: &[DataType]) -> bool {
        let floats = |ty: &DataType| matches!(ty.kind, TypeKind::Float | TypeKind::Double);
        let mut items = row.items.iter().zip(types);
        let Some(((_, item), ty)) = items.find(|((_, item), ty)| floats(ty) && !floats(&item.ty)) else {
            return false;
        };
        let at = item.span.unwrap_or(row.span);
        let message =
            format!("Flink cannot plan `VALUES` with a `{}` among values of `{}`", item.ty.kind, ty.kind);
        let text = format!("CAST({} AS {})", self.binder.text(at), ty.kind);
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
        self.binder.report(d.fix(format!("cast it to `{}`", ty.kind), at, text));
        true
    }

    /// `VALUES (1, 'a'), (2, 'b')`: the columns have the common types of their items.
    pub(super) fn values(&mut self, values: &Values) -> Derived {
        let at = self.binder.tokens.body(&SetExpr::Values(values.clone()));
        let at = Span { end: self.binder.tokens.at(self.binder.tokens.from(at.start)).end, ..at };
        let scope = Scope::default();
        let env = Env::new(&scope, "VALUES");
        let before = self.binder.diagnostics.len();
        let mut rows: Vec<Written> = Vec::new();
        for row in &values.rows {
            let items: Vec<&Sql> = match row.content.as_slice() {
                // A row that is written as one value is taken apart.
                [one] => parts_of_row(one).unwrap_or_else(|| vec![one]),
                items => items.iter().collect(),
            };
            let span = items.iter().map(|e| self.binder.tokens.extent(e)).reduce(Span::cover).unwrap_or(at);
            let mut bound: Vec<(SmolStr, Expr, Span)> = Vec::new();
            let mut joined = Vec::new();
            for item in &items {
                self.subqueries(item, env, false, &mut joined);
                let item = SelectItem::UnnamedExpr((*item).clone());
                self.binder.select_item(&item, env, &mut bound);
            }
            rows.push(Written {
                joined,
                literal: items.iter().all(|item| is_literal(item)),
                items: bound.into_iter().map(|(name, e, _)| (name, e)).collect(),
                span,
            });
        }
        let Some(types) = self.common_types(&rows) else { return Derived::missing() };
        if self.binder.diagnostics.iter().skip(before).any(Diagnostic::is_error)
            || types.iter().any(DataType::is_unknown)
        {
            return Derived::missing();
        }
        let names: Vec<SmolStr> =
            rows.first().into_iter().flat_map(|r| r.items.iter().map(|(name, _)| name.clone())).collect();
        let columns = || names.iter().zip(&types).map(|(name, ty)| Column::new(name.clone(), ty.clone()));
        let origin = Origin::new("VALUES", at);
        let all_literal = rows.iter().all(|row| row.literal);
        let cells = |items: Vec<(SmolStr, Expr)>| {
            let cells = items.into_iter().zip(&types);
            cells.map(|((_, e), ty)| implicit(e, ty)).collect::<Vec<Expr>>()
        };
        if all_literal {
            if rows.iter().any(|row| self.is_unplanned(row, &types)) {
                return Derived::missing();
            }
            let rows = rows.into_iter().map(|row| cells(row.items)).collect();
            return Derived::ready(relations::values(columns().collect(), rows, origin));
        }
        let mut single: Vec<Relation> = Vec::with_capacity(rows.len());
        for row in rows {
            let mut places = Places::default();
            let one = row.joined.into_iter();
            let one = one.fold(one_row(origin.clone()), |rows, joined| joined.apply(rows, &mut places, &[]));
            let cells = cells(row.items).into_iter().map(|e| e.map_columns(&|i| places.of(i)));
            let cells = names.iter().cloned().zip(cells).collect();
            single.push(relations::project(one, cells, origin.clone()));
        }
        Derived::ready(match single.len() {
            1 => single.remove(0),
            _ => relations::union(single, origin),
        })
    }

    /// Reports what of `(VALUES …) AS v` Flink 2.3 does not find any more in a view, which every stream is: the one column of
    /// `(VALUES (1)) AS v` as `EXPR$0` or `v.EXPR$0`, and rows that have a `LIMIT` and no name (measured).
    pub(super) fn made_up_names(&mut self, query: &Query, alias: Option<&TableAlias>, at: Span) {
        let SetExpr::Values(values) = query.body.as_ref() else {
            return;
        };
        let tokens = self.binder.tokens;
        let Some(alias) = alias else {
            if query.limit_clause.is_some() || query.fetch.is_some() {
                let message = "`VALUES` with `LIMIT` in `FROM` needs a name";
                let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
                self.binder.report(
                    d.help("write `(VALUES … LIMIT 2) AS v (a, b)`; without a name Flink loses its columns"),
                );
            }
            return;
        };
        if !alias.columns.is_empty() {
            return;
        }
        let word = |i: usize| match tokens.get(i) {
            Some(Token::Word(word)) => word.value.as_str(),
            _ => "",
        };
        let reads = |i: &usize| {
            word(*i) == alias.name.value
                && tokens.get(i + 1) == Some(&Token::Period)
                && word(i + 2).starts_with("EXPR$")
        };
        let single = values.rows.first().is_some_and(|row| {
            row.content.len() == 1
                && row.content.iter().all(|e| parts_of_row(e).is_none_or(|parts| parts.len() == 1))
        });
        for i in (0..tokens.list.len()).filter(|i| single && reads(i)) {
            let (place, name) = (tokens.at(i).cover(tokens.at(i + 2)), word(i + 2).to_owned());
            let message = format!("Flink does not find `{name}` behind `{}`", alias.name.value);
            let d = Diagnostic::new(SQL_UNSUPPORTED, place, message);
            self.binder.report(d.help("name the column: `(VALUES …) AS v (a)`"));
        }
        let bare =
            |i: &usize| word(*i) == "EXPR$0" && (*i == 0 || tokens.get(*i - 1) != Some(&Token::Period));
        for i in (0..tokens.list.len()).filter(|i| single && bare(i)) {
            let message = format!("Flink does not find `EXPR$0`, the only column of `{}`", alias.name.value);
            let d = Diagnostic::new(SQL_UNSUPPORTED, tokens.at(i), message);
            self.binder.report(d.help("name the column: `(VALUES …) AS v (a)`"));
        }
    }

    fn star(&self, from: Span) -> Span {
        let tokens = self.binder.tokens;
        let star = (tokens.from(from.start)..tokens.list.len()).find(|i| tokens.get(*i) == Some(&Token::Mul));
        star.map_or(from, |i| tokens.at(i))
    }

    fn common_types(&mut self, rows: &[Written]) -> Option<Vec<DataType>> {
        let first = rows.first()?;
        let mut types: Vec<DataType> = first.items.iter().map(|(_, e)| e.ty.clone()).collect();
        for row in rows.iter().skip(1) {
            if row.items.len() != types.len() {
                let (width, first_width) = (row.items.len(), types.len());
                let values = if width == 1 { "value" } else { "values" };
                let message = format!("this row has {width} {values}, and the first one has {first_width}");
                let d = Diagnostic::new(TYPE_MISMATCH, row.span, message);
                self.binder.report(d.also(first.span, "the first row"));
                return None;
            }
            for (ty, (_, item)) in types.iter_mut().zip(&row.items) {
                match case_type([&*ty, &item.ty]) {
                    Some(common) => *ty = common,
                    None => {
                        let at = item.span.unwrap_or(row.span);
                        let message =
                            format!("this value is `{}`, and those above it are `{}`", item.ty.kind, ty.kind);
                        let cast = format!("CAST({} AS {})", self.binder.text(at), ty.kind);
                        let d = Diagnostic::new(TYPE_MISMATCH, at, message);
                        self.binder.report(d.fix(format!("cast it to `{}`", ty.kind), at, cast));
                        *ty = DataType::unknown();
                    }
                }
            }
        }
        Some(types)
    }

    /// What `TABLE t` as a query is: Flink reads it, and then cannot make a view of it.
    pub(super) fn table_query(&mut self) -> Derived {
        let at = self.word(self.binder.tokens.whole, "TABLE");
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, "`TABLE t` as a query is not supported");
        self.binder.report(d.help("write `SELECT * FROM t`"));
        Derived::missing()
    }
}

/// The values of `ROW(1, 'a')`.
fn parts_of_row(sql: &Sql) -> Option<Vec<&Sql>> {
    let Sql::Function(f) = bare(sql) else { return None };
    let FunctionArguments::List(list) = &f.args else { return None };
    if !matches!(parts(&f.name).as_slice(), [name] if name.quote_style.is_none() && name.value.eq_ignore_ascii_case("ROW"))
    {
        return None;
    }
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(e)) => Some(e),
            _ => None,
        })
        .collect()
}

/// Whether Calcite takes it for a literal (`SqlUtil.isLiteral`).
fn is_literal(sql: &Sql) -> bool {
    match bare(sql) {
        Sql::Value(_) => true,
        Sql::UnaryOp { expr, .. } => matches!(bare(expr), Sql::Value(_)),
        Sql::Function(f) => parts(&f.name)
            .first()
            .and_then(|name| name.value.strip_prefix(FORM))
            .is_some_and(|form| matches!(form, "DATE" | "TIME" | "TIMESTAMP" | "INTERVAL")),
        _ => false,
    }
}
