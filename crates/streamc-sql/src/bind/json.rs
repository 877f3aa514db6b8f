//! The JSON functions: their clauses become arguments of the catalogue's functions.

use super::{Binder, Env};
use crate::dialect::FORM;
use sqlparser::ast::{
    Expr as Sql, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, JsonPredicateType,
    ObjectNamePart, Value as SqlValue, ValueWithSpan,
};
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

/// The words of a clause.
fn clause(sql: &Sql) -> Option<(&str, sqlparser::tokenizer::Span)> {
    match sql {
        Sql::Value(ValueWithSpan { value: SqlValue::Placeholder(word), span }) => Some((word, *span)),
        _ => None,
    }
}

/// A clause as an argument.
fn word(text: &str) -> Expr {
    let kind = TypeKind::Char(text.len() as u32);
    Expr::literal(Value::str(text), DataType::not_null(kind))
}

/// Whether it is a call of `JSON_OBJECT` or `JSON_ARRAY`.
fn is_constructor(sql: &Sql) -> bool {
    match sql {
        Sql::Nested(inner) => is_constructor(inner),
        Sql::Function(function) => matches!(function.name.0.first(),
            Some(ObjectNamePart::Identifier(name))
                if matches!(name.value.strip_prefix(FORM), Some("JSON_OBJECT" | "JSON_ARRAY"))),
        _ => false,
    }
}

/// Whether a value of `JSON_OBJECT` or `JSON_ARRAY` is JSON already: Flink's planner looks whether one of these calls stands
/// there, and does not see casts that change nothing.
fn is_raw(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Call { function, .. } => matches!(function.name, "JSON_OBJECT" | "JSON_ARRAY" | "JSON"),
        ExprKind::Cast { input, .. } => input.ty.kind == value.ty.kind && is_raw(input),
        _ => false,
    }
}

impl Binder<'_> {
    /// A form of the JSON functions; `None` if it is another form.
    pub(super) fn json_form(
        &mut self,
        form: &str,
        function: &Function,
        list: &[&Sql],
        span: Span,
        env: Env<'_>,
    ) -> Option<Expr> {
        Some(match (form, list) {
            ("JSON_EXISTS", [document, path, error]) => {
                let mut arguments = vec![self.expr(document, env), self.expr(path, env)];
                arguments.push(word(clause(error)?.0));
                self.operator(form, arguments, span)
            }
            ("JSON_VALUE", [document, path, returning, rest @ ..]) => {
                let mut arguments = vec![self.expr(document, env), self.expr(path, env)];
                let Some(returning) = self.returning(form, returning) else {
                    return Some(Expr::error(span));
                };
                arguments.push(word(returning));
                for given in rest {
                    arguments.push(match clause(given) {
                        Some((text, _)) => word(text),
                        None => self.expr(given, env),
                    });
                }
                self.operator(form, arguments, span)
            }
            ("JSON_QUERY", [document, path, returning, rest @ ..]) => {
                let mut arguments = vec![self.expr(document, env), self.expr(path, env)];
                let Some(returning) = self.returning(form, returning) else {
                    return Some(Expr::error(span));
                };
                arguments.push(word(returning));
                for given in rest {
                    let (text, at) = clause(given)?;
                    arguments.push(if text.is_empty() {
                        word(text)
                    } else {
                        word(text).at(self.tokens.sql(at))
                    });
                }
                self.operator(form, arguments, span)
            }
            ("JSON_OBJECT", [on_null, pairs @ ..]) => {
                let mut arguments = Vec::new();
                for given in pairs {
                    arguments.push(self.json_part(given, env));
                }
                let raw = arguments.iter().skip(1).step_by(2).map(is_raw).collect();
                self.constructor(form, clause(on_null)?.0, "NULL", raw, arguments, span)
            }
            ("JSON_ARRAY", [on_null, items @ ..]) => {
                let arguments: Vec<Expr> = items.iter().map(|e| self.json_part(e, env)).collect();
                let raw = arguments.iter().map(is_raw).collect();
                self.constructor(form, clause(on_null)?.0, "ABSENT", raw, arguments, span)
            }
            ("JSON_OBJECTAGG" | "JSON_ARRAYAGG", [arguments @ .., on_null]) => {
                let unless_said = if form == "JSON_OBJECTAGG" { "NULL" } else { "ABSENT" };
                let said = match clause(on_null)?.0 {
                    "" => unless_said,
                    said => said,
                };
                self.json_aggregate(&format!("{form}_{said}_ON_NULL"), function, arguments, span, env)
            }
            _ => return None,
        })
    }

    /// A value within `JSON_OBJECT` or `JSON_ARRAY`, where `JSON` may stand.
    fn json_part(&mut self, sql: &Sql, env: Env<'_>) -> Expr {
        if let Sql::Function(function) = sql
            && let [ObjectNamePart::Identifier(name), _] = function.name.0.as_slice()
            && name.value.eq_ignore_ascii_case("JSON")
            && let Some(entry) = streamc_functions::find("JSON")
            && let Ok(list) = super::call::arguments(function)
        {
            let span = self.tokens.extent(sql);
            let arguments = list.into_iter().map(|e| self.expr(e, env)).collect();
            return self.call(entry, arguments, span);
        }
        self.expr(sql, env)
    }

    fn constructor(
        &mut self,
        name: &str,
        said: &str,
        unless_said: &str,
        raw: Vec<bool>,
        mut arguments: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let on_null = if said.is_empty() { unless_said } else { said };
        let raw: String = raw.into_iter().map(|raw| if raw { 'r' } else { '-' }).collect();
        arguments.insert(0, word(&format!("{on_null} {raw}")));
        self.operator(name, arguments, span)
    }

    /// The type behind `RETURNING`, of those that Flink reads; `None` after an error.
    fn returning(&mut self, name: &str, sql: &Sql) -> Option<&'static str> {
        let (written, at) = clause(sql)?;
        if written.is_empty() {
            return Some("");
        }
        let at = self.tokens.sql(at);
        let ty = self.data_type(at)?;
        let text = ty.to_string();
        let known: &[&str] = match name {
            "JSON_VALUE" => &["STRING", "INT", "DOUBLE", "BOOLEAN"],
            _ => &["STRING", "ARRAY<STRING>"],
        };
        if let Some(found) = known.iter().find(|known| **known == text) {
            return Some(found);
        }
        let list: Vec<String> = known.iter().map(|t| format!("`{t}`")).collect();
        let message = format!("`{name}` returns {}, not `{text}`", list.join(", "));
        let d = Diagnostic::new(TYPE_MISMATCH, at, message);
        self.report(d.help(format!("write `CAST({name}(…) AS {text})`")));
        None
    }

    /// An aggregate of the catalogue with the arguments of a form.
    fn json_aggregate(
        &mut self,
        name: &str,
        function: &Function,
        arguments: &[&Sql],
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        let Some(entry) = streamc_functions::find(name) else {
            return self.unsupported(span, &format!("`{name}` is"));
        };
        let mut call = function.clone();
        if let FunctionArguments::List(list) = &mut call.args {
            let plain = |e: &&Sql| FunctionArg::Unnamed(FunctionArgExpr::Expr((*e).clone()));
            let layout = if arguments.last().is_some_and(|value| is_constructor(value)) { "r" } else { "-" };
            let layout = Sql::Value(ValueWithSpan {
                value: SqlValue::SingleQuotedString(layout.to_owned()),
                span: sqlparser::tokenizer::Span::empty(),
            });
            list.args = std::iter::once(&&layout).chain(arguments).map(plain).collect();
        }
        if let Some(ObjectNamePart::Identifier(Ident { value, .. })) = call.name.0.first_mut() {
            name.clone_into(value);
        }
        self.aggregate(entry, &call, span, env)
    }

    /// `x IS [NOT] JSON [VALUE | OBJECT | ARRAY | SCALAR]`.
    pub(super) fn is_json(
        &mut self,
        operand: &Sql,
        kind: Option<JsonPredicateType>,
        unique: bool,
        negated: bool,
        span: Span,
        env: Env<'_>,
    ) -> Expr {
        if unique {
            return self.fail(SQL_UNSUPPORTED, span, "Flink SQL has no `UNIQUE KEYS` behind `IS JSON`");
        }
        let kind = match kind {
            Some(JsonPredicateType::Object) => "OBJECT",
            Some(JsonPredicateType::Array) => "ARRAY",
            Some(JsonPredicateType::Scalar) => "SCALAR",
            _ => "VALUE",
        };
        let not = if negated { "NOT " } else { "" };
        self.postfix(&format!("IS {not}JSON {kind}"), operand, span, env)
    }
}
