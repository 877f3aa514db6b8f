//! Calls: the catalogue types them, the binder makes its casts explicit.

use super::elsewhere::elsewhere;
use super::{Binder, Env};
use crate::dialect::FORM;
use crate::extent::parts;
use sqlparser::ast::{
    Expr as Sql, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::names::UNKNOWN_FUNCTION;
use streamc_diagnostics::codes::types::{
    ARGUMENT_COUNT, BAD_CAST, SQL_UNSUPPORTED, TYPE_MISMATCH, UNKNOWN_TYPE,
};
use streamc_diagnostics::{Diagnostic, Fix, Span, did_you_mean};
use streamc_functions::{Argument, FunctionRef, Typed, cast};
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TYPE_NAMES, TimeAttribute, TypeKind, Value, parse_type, type_from_elsewhere};

/// `expr` as `to`, with a cast in the plan where the type differs. Nullability stays the expression's own.
pub(crate) fn implicit(expr: Expr, to: &DataType) -> Expr {
    if expr.ty.kind == to.kind || expr.ty.is_unknown() || to.is_unknown() {
        return expr;
    }
    let span = expr.span;
    let ty = to.clone().with_nullable(expr.ty.nullable);
    if let ExprKind::Literal(Value::Null) = expr.kind {
        return Expr::literal(Value::Null, ty).at(span);
    }
    Expr::new(ExprKind::Cast { input: Box::new(expr), lenient: false, implicit: true }, ty).at(span)
}

/// The arguments of a call; `Err` is what stands there that is no plain argument.
pub(super) fn arguments(function: &Function) -> Result<Vec<&Sql>, &'static str> {
    match &function.args {
        FunctionArguments::None => Ok(Vec::new()),
        FunctionArguments::Subquery(_) => Err("a sub-query as an argument"),
        FunctionArguments::List(list) => {
            if !list.clauses.is_empty() {
                return Err("a clause behind the arguments");
            }
            list.args
                .iter()
                .map(|arg| match arg {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(e)) => Ok(e),
                    FunctionArg::Unnamed(_) => Err("`*` as an argument"),
                    FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => Err("a named argument"),
                })
                .collect()
        }
    }
}

impl Binder<'_> {
    /// Binds a call, a form of the dialect or an aggregate.
    pub(super) fn function(&mut self, function: &Function, span: Span, env: Env<'_>) -> Expr {
        let names = parts(&function.name);
        let (Some(name), 1) = (names.first(), names.len()) else {
            return self.unsupported(span, "a function with a qualified name is");
        };
        let at = self.tokens.ident(name);
        if let Some(form) = name.value.strip_prefix(FORM) {
            return self.form(form, function, span, env);
        }
        if function.uses_odbc_syntax {
            return self.unsupported(span, "`{fn …}` is");
        }
        if function.over.is_some() {
            return self.over(function, &name.value, span, env);
        }
        if let Some(expr) = self.matched(function, &name.value, span, env) {
            return expr;
        }
        if let Some(bound) = self.of_group_window(function, span, env) {
            return bound;
        }
        if let Some(bits) = self.grouping(function, &name.value, span, env) {
            return bits;
        }
        let Some(entry) = streamc_functions::find(&name.value) else {
            return self.unknown_function(&name.value, at, span);
        };
        if entry.is_aggregate() {
            return self.aggregate(entry, function, span, env);
        }
        if entry.name == "JSON" {
            let message = "`JSON` stands only as a value of `JSON_OBJECT` or `JSON_ARRAY`";
            return self.fail(TYPE_MISMATCH, span, message);
        }
        if function.null_treatment.is_some() || !function.within_group.is_empty() {
            return self.unsupported(span, &format!("this form of `{}` is", entry.name));
        }
        if function.filter.is_some() {
            return self.fail(
                TYPE_MISMATCH,
                span,
                format!("`{}` is no aggregate: it takes no `FILTER`", entry.name),
            );
        }
        let list = match arguments(function) {
            Ok(list) => list,
            Err(what) => return self.unsupported(span, &format!("{what} is")),
        };
        if matches!(&function.args, FunctionArguments::List(l) if l.duplicate_treatment.is_some()) {
            return self.fail(
                TYPE_MISMATCH,
                span,
                format!("`{}` is no aggregate: it takes no `DISTINCT`", entry.name),
            );
        }
        let list: Vec<Expr> = list.into_iter().map(|e| self.argument(e, env)).collect();
        if let ("CURRENT_WATERMARK", [time]) = (entry.name, list.as_slice())
            && !is_event_time(time, env)
        {
            let at = time.span.unwrap_or(span);
            let d = Diagnostic::new(
                TYPE_MISMATCH,
                at,
                "`CURRENT_WATERMARK` takes a column that carries event time",
            );
            self.report(d.help("event time is the column that the source's `watermark` names, as long as it is only selected"));
            return Expr::error(span);
        }
        if let ("IFNULL", Some(value)) =
            (entry.name, list.iter().find(|value| is_processing_time(value, env)))
        {
            // Measured on 2.3.0: "Mismatch of function's argument data type".
            let at = value.span.unwrap_or(span);
            let d =
                Diagnostic::new(TYPE_MISMATCH, at, "Flink's planner fails on processing time in `IFNULL`");
            self.report(d.help("it is never `NULL`; or write `COALESCE`"));
            return Expr::error(span);
        }
        if let ("TYPEOF", Some(value)) = (entry.name, list.first())
            && carries_time(value, env)
        {
            let at = value.span.unwrap_or(span);
            let d =
                Diagnostic::new(TYPE_MISMATCH, at, "`TYPEOF` of a column that carries time is not supported");
            self.report(d.help("Flink names its kind too: cast it to its type"));
            return Expr::error(span);
        }
        self.call(entry, list, span)
    }

    /// An argument: a unit of time is a string for the catalogue, everything else an expression.
    fn argument(&mut self, expr: &Sql, env: Env<'_>) -> Expr {
        if let Sql::Value(ValueWithSpan { value: SqlValue::Placeholder(unit), span }) = expr
            && !unit.starts_with(crate::tokens::DURATION)
        {
            let span = self.tokens.sql(*span);
            let kind = TypeKind::Char(unit.len() as u32);
            return Expr::literal(Value::str(unit.as_str()), DataType::not_null(kind)).at(span);
        }
        self.expr(expr, env)
    }

    /// Types a call and casts its arguments as the rule asks.
    pub(crate) fn call(&mut self, function: FunctionRef, arguments: Vec<Expr>, span: Span) -> Expr {
        match self.types(function, &arguments, span) {
            Some(typed) => {
                let arguments = cast_arguments(arguments, &typed);
                Expr::new(ExprKind::Call { function, arguments }, typed.result).at(span)
            }
            None => Expr::error(span),
        }
    }

    /// The types of a call; `None` after an error.
    pub(super) fn types(&mut self, function: FunctionRef, arguments: &[Expr], span: Span) -> Option<Typed> {
        let list: Vec<Argument<'_>> = arguments
            .iter()
            .map(|e| Argument {
                ty: &e.ty,
                literal: match &e.kind {
                    ExprKind::Literal(value) => Some(value),
                    _ => None,
                },
            })
            .collect();
        let error = match function.type_call(&list) {
            Ok(typed) => return Some(typed),
            Err(error) => error,
        };
        let n = arguments.len();
        let counted = n < function.arity.min || function.arity.max.is_some_and(|max| n > max);
        let at = error.argument.and_then(|i| arguments.get(i)).and_then(|e| e.span).unwrap_or(span);
        let code = if counted { ARGUMENT_COUNT } else { TYPE_MISMATCH };
        let mut d = Diagnostic::new(code, at, error.message);
        d.help = error.help;
        if let Some(argument) = error.argument.and_then(|i| arguments.get(i)) {
            self.casting(&mut d, argument);
        }
        self.report(d);
        None
    }

    /// Makes an edit of a rule's advice to cast the argument: "write `CAST(… AS STRING)` if that is what you mean".
    fn casting(&self, d: &mut Diagnostic, argument: &Expr) {
        let advice = d.help.as_deref().and_then(|help| help.strip_prefix("write `CAST(… AS "));
        let ty = advice.and_then(|rest| rest.strip_suffix(")` if that is what you mean"));
        if let (Some(ty), Some(at)) = (ty, argument.span) {
            let fix =
                (format!("cast it, if `{ty}` is what you mean"), format!("CAST({} AS {ty})", self.text(at)));
            d.help = None;
            d.fixes.push(Fix { title: fix.0, edits: vec![(at, fix.1)] });
        }
    }

    fn unknown_function(&mut self, name: &str, at: Span, span: Span) -> Expr {
        if super::theirs::has(name) {
            let name = name.to_ascii_uppercase();
            let d = match super::theirs::refusal(&name) {
                Some((why, instead)) => {
                    Diagnostic::new(SQL_UNSUPPORTED, at, format!("`{name}` {why}")).help(instead)
                }
                None => Diagnostic::new(
                    SQL_UNSUPPORTED,
                    at,
                    format!("Flink's function `{name}` is not supported yet"),
                ),
            };
            self.report(d);
            return Expr::error(span);
        }
        let mut d = Diagnostic::new(UNKNOWN_FUNCTION, at, format!("there is no function `{name}`"));
        let plain =
            |n: &&str| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !n.ends_with("_TO");
        if let Some(known) = elsewhere(name) {
            // A bare name takes its place; a form is shown.
            d = if known.contains(['(', ' ']) {
                d.help(format!("write {known}"))
            } else {
                d.fix(format!("change `{name}` to `{known}`"), at, known)
            };
            self.report(d);
            return Expr::error(span);
        }
        match did_you_mean(name, streamc_functions::names().filter(plain)) {
            Some(close) => d = d.fix(format!("change `{name}` to `{close}`"), at, close),
            None => d = d.help("functions are those of Flink SQL that every engine can compute"),
        }
        self.report(d);
        Expr::error(span)
    }

    /// The forms of the dialect that are no functions.
    fn form(&mut self, form: &str, function: &Function, span: Span, env: Env<'_>) -> Expr {
        let list = arguments(function).unwrap_or_default();
        if let Some(bound) = self.json_form(form, function, &list, span, env) {
            return bound;
        }
        let word = |i: usize| -> Option<(&str, Span)> {
            match list.get(i) {
                Some(Sql::Value(ValueWithSpan { value: SqlValue::Placeholder(w), span })) => {
                    Some((w, self.tokens.sql(*span)))
                }
                _ => None,
            }
        };
        match (form, list.as_slice()) {
            ("CAST" | "TRY_CAST", [input, _]) => {
                let Some((_, at)) = word(1) else { return Expr::error(span) };
                self.cast(input, at, form == "TRY_CAST", span, env)
            }
            (
                "INTERVAL",
                [_, Sql::Value(ValueWithSpan { value: SqlValue::SingleQuotedString(text), span: at }), _],
            ) => {
                let (Some((sign, _)), Some(units)) = (word(0), word(2)) else { return Expr::error(span) };
                let at = self.tokens.sql(*at);
                self.interval(sign, text, units, at, span)
            }
            ("DATE" | "TIME" | "TIMESTAMP", [Sql::Value(value)]) => self.typed_string(form, value, span),
            ("TRIM", [_, rest @ ..]) => {
                let side = word(0).map_or("BOTH", |(w, _)| w).to_owned();
                let arguments: Vec<Expr> = rest.iter().map(|e| self.expr(e, env)).collect();
                let name = match side.as_str() {
                    "LEADING" => "LTRIM",
                    "TRAILING" => "RTRIM",
                    _ => "TRIM",
                };
                self.operator(name, arguments, span)
            }
            ("ARRAY" | "MAP", items) => {
                let items: Vec<Expr> = items.iter().map(|e| self.expr(e, env)).collect();
                self.operator(form, items, span)
            }
            ("TABLE", _) => {
                let d = Diagnostic::new(TYPE_MISMATCH, span, "a table stands only in a window function");
                self.report(d);
                Expr::error(span)
            }
            _ => self.unsupported(span, &format!("`{form}` is")),
        }
    }

    /// `CAST` and `TRY_CAST`; the type is at `at`.
    fn cast(&mut self, input: &Sql, at: Span, lenient: bool, span: Span, env: Env<'_>) -> Expr {
        let input = self.expr(input, env);
        let Some(ty) = self.data_type(at) else { return Expr::error(span) };
        let text = format!("{}CAST", if lenient { "TRY_" } else { "" });
        self.cast_to(input, ty, lenient, &text, span)
    }

    /// Reads the type written at `at`.
    pub(crate) fn data_type(&mut self, at: Span) -> Option<DataType> {
        match parse_type(self.text(at)) {
            Ok(ty) => Some(ty),
            Err(e) => {
                let base = at.start as usize;
                let place = Span::new(at.file, base + e.range.start, base + e.range.end);
                let mut d = Diagnostic::new(UNKNOWN_TYPE, place, e.message);
                if let Some(word) = &e.unknown {
                    match type_from_elsewhere(word).or_else(|| did_you_mean(word, TYPE_NAMES.iter().copied()))
                    {
                        Some(close) => d = d.fix(format!("change `{word}` to `{close}`"), place, close),
                        None => d = d.help(format!("types are {}", TYPE_NAMES.join(", "))),
                    }
                }
                self.report(d);
                None
            }
        }
    }

    /// A cast of a bound expression.
    pub(crate) fn cast_to(
        &mut self,
        input: Expr,
        ty: DataType,
        lenient: bool,
        word: &str,
        span: Span,
    ) -> Expr {
        if input.ty.is_unknown() {
            return Expr::error(span);
        }
        if !ty.nullable {
            let d = Diagnostic::new(BAD_CAST, span, format!("a type in `{word}` takes no `NOT NULL`"))
                .help("a cast is `NOT NULL` where its input is");
            self.report(d);
            return Expr::error(span);
        }
        let null = input.ty.kind == TypeKind::Null;
        let result = DataType { kind: ty.kind, nullable: lenient || input.ty.nullable };
        if null {
            return Expr::literal(Value::Null, result).at(span);
        }
        if !cast::is_explicit(&input.ty, &result) {
            let message = format!("`{}` cannot be cast to `{}`", input.ty.kind, result.kind);
            let mut d = Diagnostic::new(BAD_CAST, span, message);
            d.help = way_round(&input.ty, &result).map(str::to_owned);
            self.report(d);
            return Expr::error(span);
        }
        Expr::new(ExprKind::Cast { input: Box::new(input), lenient, implicit: false }, result).at(span)
    }
}

/// Whether it is a column of event time, as it came.
fn is_event_time(expr: &Expr, env: Env<'_>) -> bool {
    expr.ty.is_unknown() || time_of(expr, env) == Some(TimeAttribute::Rowtime)
}

/// Whether it is a time attribute: a column as it came, or the function that makes one.
fn carries_time(expr: &Expr, env: Env<'_>) -> bool {
    match &expr.kind {
        ExprKind::Call { function, .. } => matches!(function.name, "PROCTIME" | "MATCH_ROWTIME"),
        _ => time_of(expr, env).is_some(),
    }
}

fn is_processing_time(expr: &Expr, env: Env<'_>) -> bool {
    match &expr.kind {
        ExprKind::Call { function, .. } => function.name == "PROCTIME",
        _ => time_of(expr, env) == Some(TimeAttribute::Proctime),
    }
}

fn time_of(expr: &Expr, env: Env<'_>) -> Option<TimeAttribute> {
    let ExprKind::Column(index) = expr.kind else { return None };
    let column = |t: &crate::scope::ScopeTable<'_>| {
        index.checked_sub(t.offset).and_then(|at| t.schema.columns.get(at)).and_then(|c| c.time)
    };
    env.scope.tables.iter().find_map(column)
}

/// What Flink has instead of a cast that it refuses.
fn way_round(from: &DataType, to: &DataType) -> Option<&'static str> {
    let time = |ty: &DataType| matches!(ty.kind, TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_));
    if from.is_numeric() && time(to) {
        Some(
            "write `TO_TIMESTAMP_LTZ(x, 3)` for milliseconds since 1970, `TO_TIMESTAMP_LTZ(x, 0)` for seconds",
        )
    } else if time(from) && to.is_numeric() {
        Some("write `UNIX_TIMESTAMP(CAST(x AS STRING))` for seconds since 1970")
    } else {
        None
    }
}

/// The arguments as the rule wants them.
pub(super) fn cast_arguments(arguments: Vec<Expr>, typed: &Typed) -> Vec<Expr> {
    arguments
        .into_iter()
        .enumerate()
        .map(|(i, e)| match typed.arguments.get(i) {
            Some(to) => implicit(e, to),
            None => e,
        })
        .collect()
}
