//! Expressions of pipes.

use crate::bind::{Binder, Env};
use crate::extent::parts;
use crate::group::BoundAggregate;
use crate::parse;
use crate::scope::{Resolution, Scope, ScopeTable};
use crate::tokens::Tokens;
use smol_str::SmolStr;
use sqlparser::ast::{
    Expr as Sql, FunctionArguments, ObjectNamePart, SelectItem, SelectItemQualifiedWildcardKind,
};
use sqlparser::tokenizer::{Token, TokenWithSpan};
use std::cell::RefCell;
use streamc_diagnostics::codes::names::{AMBIGUOUS_COLUMN, DUPLICATE_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::codes::types::{OPERATOR_ARGUMENT, SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{AggregateCall, Expr, ExprKind};
use streamc_types::{IntervalUnit, TypeKind, Value};

/// Binds one expression of a pipe. `source` is the text of the whole file, `span` the expression in it; durations
/// (`5s`), numbers with `_` and comments of the language are understood. What fails becomes [`ExprKind::Error`], after
/// a diagnostic at its place.
pub fn bind_expression(
    source: &str,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expr {
    with_binder(source, span, diagnostics, parse::expression, |binder, sql| {
        let bound = binder.expr(&sql, Env::new(scope, PIPE));
        binder.check_constant(&bound);
        binder.typed(bound)
    })
    .unwrap_or_else(|| Expr::error(span))
}

/// Binds a condition of a pipe: as [`bind_expression`], and it must be `BOOLEAN`. `operator` names the pipe operator.
pub fn bind_condition(
    source: &str,
    span: Span,
    operator: &str,
    scope: &Scope<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expr {
    with_binder(source, span, diagnostics, parse::expression, |binder, sql| {
        let bound = binder.condition(&sql, Env::new(scope, operator));
        binder.check_constant(&bound);
        bound
    })
    .unwrap_or_else(|| Expr::error(span))
}

/// Binds the list of `select a, t.b, e AS c, *`: each output column with its name. Two columns of one name are
/// reported.
pub fn bind_select_list(
    source: &str,
    span: Span,
    scope: &Scope<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(SmolStr, Expr)> {
    with_binder(source, span, diagnostics, parse::select_list, |binder, items| {
        let env = Env::new(scope, "select");
        let mut out: Vec<(SmolStr, Expr, Span)> = Vec::new();
        for item in &items {
            binder.select_item(item, env, &mut out);
        }
        let mut seen: Vec<&SmolStr> = Vec::new();
        let mut twice = Vec::new();
        for (name, _, at) in &out {
            if seen.contains(&name) {
                let d = Diagnostic::new(DUPLICATE_COLUMN, *at, format!("`{name}` is selected twice"))
                    .help("give one of them another name with `AS`");
                twice.push(d);
            }
            seen.push(name);
        }
        for d in twice {
            binder.report(d);
        }
        for (_, bound, _) in &out {
            binder.check_constant(bound);
        }
        out.into_iter().map(|(name, e, _)| (name, e)).collect()
    })
    .unwrap_or_default()
}

/// Binds `name: COUNT(*)`, `name: SUM(a) / COUNT(*)`: an expression over aggregate calls. `None` after an error.
/// [`crate::lower_group`] makes relations of it. `keyed` says whether there are keys: without, the group may be empty.
pub fn bind_aggregate(
    source: &str,
    span: Span,
    name: &str,
    scope: &Scope<'_>,
    keyed: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<BoundAggregate> {
    with_binder(source, span, diagnostics, parse::expression, |binder, sql| {
        let calls: RefCell<Vec<AggregateCall>> = RefCell::default();
        let env = Env { calls: Some(&calls), keyed, ..Env::new(scope, "group by") };
        let bound = binder.expr(&sql, env);
        binder.check_constant(&bound);
        let result = binder.typed(bound);
        if result.ty.is_unknown() {
            return None;
        }
        let calls = calls.into_inner();
        if calls.is_empty() {
            let d = Diagnostic::new(OPERATOR_ARGUMENT, span, format!("`{name}` has no aggregate in it"))
                .help("write `COUNT(*)`, `SUM(…)`, `MIN(…)`, `MAX(…)` or `AVG(…)`");
            binder.report(d);
            return None;
        }
        Some(BoundAggregate { name: name.into(), calls, result, span })
    })
    .flatten()
}

/// Reads the expression of a watermark, `swiped_at - 5s` or `swiped_at`: the column's name, its place, and the delay in
/// milliseconds. `None` after an error.
pub fn parse_watermark(
    source: &str,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(SmolStr, Span, i64)> {
    with_binder(source, span, diagnostics, parse::expression, |binder, sql| {
        let (column, delay) = match &sql {
            Sql::BinaryOp { left, op: sqlparser::ast::BinaryOperator::Minus, right } => {
                (left.as_ref(), Some(right))
            }
            other => (other, None),
        };
        let Sql::Identifier(ident) = column else {
            binder.report(watermark_form(binder.tokens.extent(&sql)));
            return None;
        };
        let millis = match delay {
            None => 0,
            Some(delay) => {
                let scope = Scope::default();
                let bound = binder.expr(delay, Env::new(&scope, "watermark"));
                match (&bound.kind, &bound.ty.kind) {
                    (ExprKind::Literal(Value::Int(ms)), TypeKind::Interval(IntervalUnit::DaySecond))
                        if *ms >= 0 =>
                    {
                        *ms
                    }
                    (ExprKind::Error, _) => return None,
                    _ => {
                        binder.report(watermark_form(binder.tokens.extent(delay)));
                        return None;
                    }
                }
            }
        };
        Some((ident.value.as_str().into(), binder.tokens.ident(ident), millis))
    })
    .flatten()
}

/// Where an expression of a pipe stands, for messages.
pub(crate) const PIPE: &str = "this expression";

fn watermark_form(span: Span) -> Diagnostic {
    Diagnostic::new(OPERATOR_ARGUMENT, span, "a watermark is a column minus a duration")
        .help("write `swiped_at - 5s`")
}

fn with_binder<S, T>(
    source: &str,
    span: Span,
    diagnostics: &mut Vec<Diagnostic>,
    parse: impl Fn(&str, &Tokens) -> Result<S, Diagnostic>,
    bind: impl FnOnce(&mut Binder<'_>, S) -> T,
) -> Option<T> {
    let before = diagnostics.len();
    let tokens = Tokens::of_pipe(source, span, diagnostics)?;
    let bound = match parse(source, &tokens) {
        Ok(sql) => Some(bind(
            &mut Binder {
                source,
                tokens: &tokens,
                diagnostics,
                reserved: false,
                aliases: Vec::new(),
                subqueries: Vec::new(),
            },
            sql,
        )),
        Err(d) => {
            diagnostics.push(d);
            None
        }
    };
    diagnostics.get_mut(before..).unwrap_or_default().iter_mut().for_each(crate::words::shorten);
    bound
}

impl Binder<'_> {
    /// Refuses a bare `NULL`, which has no type ("Illegal use of 'NULL'").
    pub(crate) fn typed(&mut self, bound: Expr) -> Expr {
        self.typed_as(bound, "STRING")
    }

    /// The same; `ty` is the type that it may be cast to.
    pub(crate) fn typed_as(&mut self, bound: Expr, ty: &str) -> Expr {
        if bound.ty.kind != TypeKind::Null {
            return bound;
        }
        let span = bound.span.unwrap_or(self.tokens.whole);
        let d = Diagnostic::new(TYPE_MISMATCH, span, "this `NULL` has no type").help("say which one").fix(
            "cast it",
            span,
            format!("CAST(NULL AS {ty})"),
        );
        self.report(d);
        Expr::error(span)
    }

    /// The columns that one item of a select list makes. An item without a name gets Flink's: `EXPR$3` for the fourth
    /// column.
    pub(crate) fn select_item(
        &mut self,
        item: &SelectItem,
        env: Env<'_>,
        out: &mut Vec<(SmolStr, Expr, Span)>,
    ) {
        match item {
            SelectItem::UnnamedExpr(sql) => {
                let at = self.tokens.extent(sql);
                let bound = match shared(sql, env) {
                    Some(column) => column.at(at),
                    None => self.expr(sql, env),
                };
                let bound = self.typed(bound);
                out.push((implied_name(sql, out.len()), bound, at));
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                let bound = self.expr(expr, env);
                let bound = self.typed(bound);
                let at = self.alias(alias);
                out.push((alias.value.as_str().into(), bound, at));
            }
            SelectItem::ExprWithAliases { expr, .. } => {
                let at = self.tokens.extent(expr);
                self.unsupported(at, "more than one name for a column is");
            }
            SelectItem::Wildcard(options) => {
                let at = self.tokens.sql(options.wildcard_token.0.span);
                if !env.scope.shared.is_empty() {
                    self.shared_star(at, env);
                    out.push((SmolStr::default(), Expr::error(at), at));
                    return;
                }
                for table in 0..env.scope.tables.len() {
                    self.expand(table, at, env, out);
                }
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let idents = parts(name);
                let at = match name.0.first() {
                    Some(ObjectNamePart::Identifier(i)) => self.tokens.widen(self.tokens.ident(i), 0, 2),
                    _ => self.tokens.whole,
                };
                let [ident] = idents.as_slice() else {
                    self.unsupported(at, "`*` of a nested name is");
                    return;
                };
                match env.scope.tables.iter().position(|t| t.name == ident.value.as_str()) {
                    Some(table) => self.expand(table, at, env, out),
                    None if matches!(
                        env.scope.resolve(&[&ident.value], false),
                        Resolution::Column { .. }
                    ) =>
                    {
                        self.unsupported(at, "`*` of a row is");
                    }
                    None => {
                        let place = self.tokens.ident(ident);
                        let message = format!("there is no table `{}` here", ident.value);
                        let mut d = Diagnostic::new(UNKNOWN_COLUMN, place, message);
                        if let Some(close) =
                            did_you_mean(&ident.value, env.scope.tables.iter().map(|t| t.name.as_str()))
                        {
                            d = d.fix(format!("change `{}` to `{close}`", ident.value), place, close);
                        }
                        self.report(d);
                    }
                }
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::Expr(sql), _) => {
                let at = self.tokens.extent(sql);
                self.unsupported(at, "`*` of an expression is");
            }
        }
    }

    /// The place of an alias, which must be a name.
    pub(crate) fn alias(&mut self, alias: &sqlparser::ast::Ident) -> Span {
        if alias.quote_style == Some('\'') {
            // sqlparser keeps no place for it.
            let is_it =
                |t: &TokenWithSpan| matches!(&t.token, Token::SingleQuotedString(s) if *s == alias.value);
            let at = self.tokens.list.iter().position(is_it).map_or(self.tokens.whole, |i| self.tokens.at(i));
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, format!("the string '{}' is no name", alias.value))
                .help("a name stands bare or in back quotes")
                .fix("put it in back quotes", at, format!("`{}`", alias.value.replace('`', "``")));
            self.report(d);
            return at;
        }
        let at = self.tokens.ident(alias);
        self.not_reserved(alias);
        at
    }

    /// Refuses a reserved word as a bare name, where the engine reads the text again.
    pub(crate) fn not_reserved(&mut self, ident: &sqlparser::ast::Ident) -> bool {
        let bad = self.reserved
            && ident.quote_style.is_none()
            && crate::words::is_reserved(&ident.value.to_ascii_uppercase());
        if bad {
            let d = parse::reserved(&ident.value, self.tokens.ident(ident));
            self.report(d);
        }
        !bad
    }

    /// Refuses `*` over columns that a join made of one of each side. Measured on 2.3.0: a view of it does not parse again.
    fn shared_star(&mut self, at: Span, env: Env<'_>) {
        let scope = env.scope;
        let mut columns: Vec<String> = Vec::new();
        for shared in &scope.shared {
            let of = |t: &&ScopeTable<'_>| {
                shared.columns.iter().any(|c| (t.offset..t.offset + t.schema.len()).contains(c))
            };
            let table = scope.tables.iter().find(of).map_or("", |t| t.name.as_str());
            let name = crate::bind::quoted(&shared.name);
            columns.push(if scope.shared.len() == 1 && !shared.natural {
                name
            } else {
                format!("{}.{name}", crate::bind::quoted(table))
            });
        }
        for table in &scope.tables {
            let rest = table.schema.columns.iter().enumerate();
            for (_, column) in rest.filter(|(i, _)| !scope.is_shared(table.offset + i)) {
                let (table, name) = (crate::bind::quoted(&table.name), crate::bind::quoted(&column.name));
                columns.push(format!("{table}.{name}"));
            }
        }
        let message = "`*` behind `USING` or `NATURAL` is not supported";
        let d = Diagnostic::new(SQL_UNSUPPORTED, at, message)
            .help("Flink 2.3 makes a view of it that does not parse again: name the columns")
            .fix("name the columns", at, columns.join(", "));
        self.report(d);
    }

    fn expand(&mut self, table: usize, at: Span, env: Env<'_>, out: &mut Vec<(SmolStr, Expr, Span)>) {
        let Some(table) = env.scope.tables.get(table) else { return };
        for (i, column) in table.schema.columns.iter().enumerate() {
            let twice = table.schema.columns.iter().filter(|c| c.name == column.name).count() > 1;
            if twice {
                let message =
                    format!("`{}` is ambiguous: {} has two columns of that name", column.name, table.shown());
                let d = Diagnostic::new(AMBIGUOUS_COLUMN, at, message)
                    .help("give the columns different names where they are made, with `AS`");
                self.report(d);
                out.push((column.name.clone(), Expr::error(at), at));
                return;
            }
            out.push((column.name.clone(), Expr::column(table.offset + i, column.ty.clone()).at(at), at));
        }
    }
}

/// The column that a join made of one of each side, if that is the whole expression. Of several such columns, and
/// of those of `NATURAL`, Flink 2.3 knows none in a view (measured).
fn shared(sql: &Sql, env: Env<'_>) -> Option<Expr> {
    let Sql::Identifier(ident) = sql else { return None };
    match env.scope.resolve(&[&ident.value], false) {
        Resolution::Shared { expr, .. } if env.scope.shared.iter().all(|s| !s.natural) => {
            (env.scope.shared.len() == 1).then_some(expr)
        }
        _ => None,
    }
}

/// The name of a column that is given none: that of the column or field, of a function written as a word, otherwise
/// `EXPR$n` (Calcite's `SqlValidatorUtil.alias`).
fn implied_name(sql: &Sql, position: usize) -> SmolStr {
    let last = match sql {
        Sql::Nested(inner)
            if matches!(**inner, Sql::Nested(_) | Sql::Identifier(_) | Sql::CompoundIdentifier(_)) =>
        {
            return implied_name(inner, position);
        }
        Sql::Identifier(ident) => Some(ident),
        Sql::CompoundIdentifier(idents) => idents.last(),
        Sql::Function(f) if matches!(f.args, FunctionArguments::None) => parts(&f.name).last().copied(),
        _ => None,
    };
    match last {
        Some(ident) => ident.value.as_str().into(),
        None => smol_str::format_smolstr!("EXPR${position}"),
    }
}
