//! The tables that a query reads.

use crate::extent::parts;
use crate::tokens::Tokens;
use crate::{dialect::FORM, parse};
use smol_str::SmolStr;
use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, Ident, Join, JoinConstraint,
    JoinOperator, OrderByKind, Query, SelectItem, SetExpr, TableFactor, TableWithJoins,
};
use std::ops::ControlFlow;
use streamc_diagnostics::Span;

/// The names that the query at `content` of `source` reads, in order, with their places; names of its own `WITH` are
/// left out. A query that does not parse reads what stands behind `FROM`, `JOIN` and `TABLE`.
pub fn query_tables(source: &str, content: Span) -> Vec<(SmolStr, Span)> {
    let mut ignored = Vec::new();
    let Some(tokens) = Tokens::of_query(source, content, &mut ignored) else {
        return Vec::new();
    };
    let mut tables = Tables { tokens: &tokens, ctes: Vec::new(), out: Vec::new() };
    match parse::query(source, &tokens) {
        Ok(query) => tables.query(&query),
        Err(_) => tables.guess(),
    }
    tables.out
}

struct Tables<'a> {
    tokens: &'a Tokens,
    ctes: Vec<String>,
    out: Vec<(SmolStr, Span)>,
}

impl Tables<'_> {
    fn name(&mut self, ident: &Ident) {
        if !self.ctes.contains(&ident.value) {
            self.out.push((ident.value.as_str().into(), self.tokens.ident(ident)));
        }
    }

    /// Words behind `FROM`, `JOIN`, `TABLE` of a text that does not parse.
    fn guess(&mut self) {
        use sqlparser::tokenizer::Token;
        for i in 0..self.tokens.list.len() {
            if !["FROM", "JOIN", "TABLE"].iter().any(|w| self.tokens.is_word(i, w)) {
                continue;
            }
            if let Some(Token::Word(word)) = self.tokens.get(i + 1) {
                let keyword =
                    word.quote_style.is_none() && crate::words::is_reserved(&word.value.to_ascii_uppercase());
                let called = self.tokens.get(i + 2) == Some(&Token::LParen);
                if !keyword && !called {
                    self.out.push((word.value.as_str().into(), self.tokens.at(i + 1)));
                }
            }
        }
    }

    fn query(&mut self, query: &Query) {
        let outer = self.ctes.len();
        for with in query.with.iter().filter(|w| w.recursive) {
            self.ctes.extend(with.cte_tables.iter().map(|cte| cte.alias.name.value.clone()));
        }
        for cte in query.with.iter().flat_map(|w| &w.cte_tables) {
            self.query(&cte.query);
            self.ctes.push(cte.alias.name.value.clone());
        }
        self.body(&query.body);
        if let Some(OrderByKind::Expressions(keys)) = query.order_by.as_ref().map(|by| &by.kind) {
            for key in keys {
                self.expr(&key.expr);
            }
        }
        self.ctes.truncate(outer);
    }

    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left);
                self.body(right);
            }
            SetExpr::Select(select) => {
                for table in &select.from {
                    self.joined(table);
                }
                for item in &select.projection {
                    if let SelectItem::UnnamedExpr(e) | SelectItem::ExprWithAlias { expr: e, .. } = item {
                        self.expr(e);
                    }
                }
                let keys: &[Expr] = match &select.group_by {
                    GroupByExpr::Expressions(keys, _) => keys,
                    GroupByExpr::All(_) => &[],
                };
                for e in select.selection.iter().chain(keys).chain(&select.having).chain(&select.qualify) {
                    self.expr(e);
                }
            }
            SetExpr::Values(values) => {
                values.rows.iter().flat_map(|row| &row.content).for_each(|e| self.expr(e));
            }
            _ => {}
        }
    }

    fn joined(&mut self, table: &TableWithJoins) {
        self.factor(&table.relation);
        for Join { relation, join_operator, .. } in &table.joins {
            self.factor(relation);
            if let JoinOperator::Join(JoinConstraint::On(e))
            | JoinOperator::Inner(JoinConstraint::On(e))
            | JoinOperator::Left(JoinConstraint::On(e))
            | JoinOperator::LeftOuter(JoinConstraint::On(e))
            | JoinOperator::Right(JoinConstraint::On(e))
            | JoinOperator::RightOuter(JoinConstraint::On(e))
            | JoinOperator::FullOuter(JoinConstraint::On(e)) = join_operator
            {
                self.expr(e);
            }
        }
    }

    fn factor(&mut self, factor: &TableFactor) {
        match factor {
            TableFactor::Table { name, args: None, .. } => {
                if let [ident] = parts(name).as_slice() {
                    self.name(ident);
                }
            }
            TableFactor::Table { args: Some(args), .. } => args.args.iter().for_each(|a| self.argument(a)),
            TableFactor::Function { args, .. } => args.iter().for_each(|a| self.argument(a)),
            TableFactor::TableFunction { expr, .. } => self.expr(expr),
            TableFactor::Derived { subquery, .. } => self.query(subquery),
            TableFactor::NestedJoin { table_with_joins, .. } => self.joined(table_with_joins),
            TableFactor::MatchRecognize { table, .. }
            | TableFactor::Pivot { table, .. }
            | TableFactor::Unpivot { table, .. } => self.factor(table),
            _ => {}
        }
    }

    fn argument(&mut self, argument: &FunctionArg) {
        let (FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg)) =
            argument;
        if let FunctionArgExpr::Expr(e) = arg {
            self.expr(e);
        }
    }

    /// Tables of window functions and of sub-queries inside expressions.
    fn expr(&mut self, expr: &Expr) {
        if let Expr::Function(f) = expr {
            if let FunctionArguments::List(list) = &f.args {
                let form =
                    parts(&f.name).first().is_some_and(|n| n.value.strip_prefix(FORM) == Some("TABLE"));
                if form {
                    if let Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(ident)))) =
                        list.args.first()
                    {
                        self.name(ident);
                        return;
                    }
                }
                list.args.iter().for_each(|a| self.argument(a));
            }
            if let Some(filter) = &f.filter {
                self.expr(filter);
            }
            return;
        }
        // Sub-queries are not bound, but they are edges.
        let mut inner = Inner(Vec::new());
        let _ = sqlparser::ast::Visit::visit(expr, &mut inner);
        let queries = inner.0;
        for query in &queries {
            self.query(query);
        }
    }
}

struct Inner(Vec<Query>);

impl sqlparser::ast::Visitor for Inner {
    type Break = ();
    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.0.push(query.clone());
        ControlFlow::Continue(())
    }
}
