//! The group windows from before the window functions: `GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)`, with `TUMBLE_START` and
//! its kin beside it (Flink documentation, "Group Window Aggregation"). They are a window function and a grouping by its
//! columns.

use super::QueryBinder;
use crate::bind::{Binder, Env};
use crate::extent::parts;
use crate::scope::Scope;
use sqlparser::ast::{Expr as Sql, Function, FunctionArg, FunctionArgExpr, FunctionArguments};
use streamc_diagnostics::codes::types::{ARGUMENT_COUNT, SQL_UNSUPPORTED, TYPE_MISMATCH, WINDOW_TIME};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::relations::{WindowError, check_window, window};
use streamc_plan::{Expr, ExprKind, Origin, Relation, WindowSpec};
use streamc_types::{DataType, IntervalUnit, TimeAttribute, TypeKind, Value};

/// A group window of a `GROUP BY`.
#[derive(Clone, Debug)]
pub(crate) struct GroupWindow {
    /// `TUMBLE`, `HOP`, `SESSION`.
    function: &'static str,
    /// Index of the time column in the row of `FROM`, and its type.
    time: usize,
    ty: DataType,
    /// Milliseconds, as they are written.
    sizes: Vec<i64>,
    /// Number of columns of that row: the window's stand behind.
    width: usize,
    /// Where it is written.
    pub(crate) span: Span,
    /// Where its time column is written.
    time_at: Span,
}

const FUNCTIONS: [&str; 3] = ["TUMBLE", "HOP", "SESSION"];

/// The function, if the expression is a call of a group window.
pub(super) fn group_window(sql: &Sql) -> Option<(&'static str, &Function)> {
    let Sql::Function(function) = sql else { return None };
    let named = parts(&function.name);
    let name = named.first()?;
    let found = FUNCTIONS.into_iter().find(|f| name.value.eq_ignore_ascii_case(f))?;
    (named.len() <= 2 && function.over.is_none()).then_some((found, function))
}

fn arguments(function: &Function) -> Vec<&Sql> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    let plain = |a| match a {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref e)) => Some(e),
        _ => None,
    };
    list.args.iter().filter_map(plain).collect()
}

impl GroupWindow {
    /// The keys that the window is: its start, its end, its time attribute.
    pub(super) fn keys(&self) -> Vec<Expr> {
        (0..3).map(|n| self.column(n)).collect()
    }

    fn column(&self, n: usize) -> Expr {
        let ty = match (n, &self.ty.kind) {
            (2, kind @ TypeKind::TimestampLtz(_)) => DataType::new(kind.clone()),
            (2, _) => DataType::new(TypeKind::Timestamp(3)),
            _ => DataType::not_null(TypeKind::Timestamp(3)),
        };
        Expr::column(self.width + n, ty)
    }

    fn spec(&self, partition: Vec<usize>) -> WindowSpec {
        let size = |n: usize| self.sizes.get(n).copied().unwrap_or(0);
        match self.function {
            "TUMBLE" => WindowSpec::Tumble { size: size(0), offset: 0 },
            "HOP" => WindowSpec::Hop { slide: size(0), size: size(1), offset: 0 },
            _ => WindowSpec::Session { gap: size(0), partition },
        }
    }
}

impl Binder<'_> {
    /// The constant intervals of a group window; `None` after an error.
    fn window_sizes(&mut self, sizes: &[&Sql]) -> Option<Vec<i64>> {
        let scope = Scope::default();
        let mut out = Vec::new();
        for sql in sizes {
            let bound = self.expr(sql, Env::new(&scope, "a window"));
            match (&bound.kind, &bound.ty.kind) {
                (ExprKind::Literal(Value::Int(millis)), TypeKind::Interval(IntervalUnit::DaySecond)) => {
                    out.push(*millis);
                }
                (ExprKind::Error, _) => return None,
                _ => {
                    let at = self.tokens.extent(sql);
                    let message = "the size of a window is an interval of days to seconds";
                    let d = Diagnostic::new(TYPE_MISMATCH, at, message).help("write `INTERVAL '5' MINUTE`");
                    self.report(d);
                    return None;
                }
            }
        }
        Some(out)
    }

    /// `TUMBLE_START(ts, INTERVAL '1' MINUTE)` and its kin; `None` if it is none of them.
    pub(crate) fn of_group_window(&mut self, function: &Function, span: Span, env: Env<'_>) -> Option<Expr> {
        let named = parts(&function.name);
        let upper = named.first()?.value.to_ascii_uppercase();
        let (window, part) = FUNCTIONS.into_iter().find_map(|f| {
            let part = upper.strip_prefix(f)?;
            ["", "_START", "_END", "_ROWTIME", "_PROCTIME"].into_iter().find(|p| *p == part).map(|p| (f, p))
        })?;
        if part.is_empty() {
            let message = format!("`{window}` is a group window and stands in `GROUP BY` only");
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message)
                .help(format!("its bounds are `{window}_START(…)` and `{window}_END(…)`"));
            self.report(d);
            return Some(Expr::error(span));
        }
        let arguments = arguments(function);
        let matching = match env.group_window.filter(|w| w.function == window) {
            Some(grouped) => {
                let time = arguments.first().map(|time| self.expr(time, Env { calls: None, ..env }));
                let sizes = self.window_sizes(arguments.get(1..).unwrap_or_default());
                if sizes.is_none() || time.as_ref().is_some_and(|t| t.ty.is_unknown()) {
                    return Some(Expr::error(span));
                }
                let same = time.and_then(|t| t.as_column()) == Some(grouped.time);
                Some(grouped).filter(|_| same && sizes.as_ref() == Some(&grouped.sizes))
            }
            None => None,
        };
        let Some(grouped) = matching else {
            let message = format!("`{upper}` has no `{window}` of the same arguments in `GROUP BY`");
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, message);
            let d = match env.group_window.filter(|w| w.function == window) {
                Some(grouped) => {
                    let text = self.text(grouped.span).to_owned();
                    let inside = text.split_once('(').map_or("", |(_, rest)| rest).to_owned();
                    d.fix("take the arguments of the window", span, format!("{upper}({inside}"))
                }
                None => d.help(format!("write `GROUP BY {window}(…)` with the same arguments")),
            };
            self.report(d);
            return Some(Expr::error(span));
        };
        let column = match part {
            "_START" => grouped.column(0),
            "_END" => grouped.column(1),
            "_ROWTIME" => grouped.column(2),
            _ => {
                let message = format!("`{upper}` is not supported yet");
                let d = Diagnostic::new(SQL_UNSUPPORTED, span, message)
                    .help(format!("for windows of event time, write `{window}_ROWTIME`"));
                self.report(d);
                return Some(Expr::error(span));
            }
        };
        Some(column.at(span))
    }
}

impl QueryBinder<'_> {
    /// Binds the group window of a `GROUP BY`; `None` after an error.
    pub(super) fn bind_group_window(
        &mut self,
        (name, function): (&'static str, &Function),
        scope: &Scope<'_>,
        span: Span,
    ) -> Option<GroupWindow> {
        let arguments = arguments(function);
        let wanted = if name == "HOP" { 3 } else { 2 };
        if arguments.len() != wanted {
            if arguments.len() == wanted + 1 {
                self.unsupported(span, &format!("`{name}` with an alignment is"));
                return None;
            }
            let message = format!("`{name}` takes {wanted} arguments, found {}", arguments.len());
            let help = match name {
                "HOP" => "they are the time column, the slide and the size",
                "SESSION" => "they are the time column and the gap",
                _ => "they are the time column and the size",
            };
            self.binder.report(Diagnostic::new(ARGUMENT_COUNT, span, message).help(help));
            return None;
        }
        let (time_sql, sizes) = arguments.split_first()?;
        let time = self.binder.expr(time_sql, Env::new(scope, "GROUP BY"));
        let sizes = self.binder.window_sizes(sizes)?;
        if time.ty.is_unknown() {
            return None;
        }
        let at = self.binder.tokens.extent(time_sql);
        let Some(column) = time.as_column() else {
            let d = Diagnostic::new(
                WINDOW_TIME,
                at,
                format!("`{}` is no event-time column", self.binder.text(at)),
            )
            .help("a window is over a column of event time, as it is");
            self.binder.report(d);
            return None;
        };
        let (ty, width) = (time.ty, scope.width());
        Some(GroupWindow { function: name, time: column, ty, sizes, width, span, time_at: at })
    }

    /// Puts the rows of `FROM` and `WHERE` into the windows; `keys` are the other keys of the grouping.
    pub(super) fn windowed(
        &mut self,
        rows: Relation,
        grouped: &GroupWindow,
        keys: &[Expr],
    ) -> Option<Relation> {
        let mut partition = Vec::new();
        if grouped.function == "SESSION" {
            for key in keys.iter().filter(|k| k.as_column().is_none_or(|c| c < grouped.width)) {
                let Some(column) = key.as_column() else {
                    let at = key.span.unwrap_or(grouped.span);
                    self.unsupported(at, "an expression as a key beside `SESSION` is");
                    return None;
                };
                partition.push(column);
            }
        }
        let spec = grouped.spec(partition);
        let at = grouped.span;
        match check_window(&rows.props, &spec, grouped.time) {
            // Windows that do not divide each other are fine here.
            Err(WindowError::Size(_)) if matches!(spec, WindowSpec::Hop { size, slide, .. } if size > 0 && slide > 0) =>
                {}
            Err(error) => {
                let name =
                    rows.props.schema.columns.get(grouped.time).map(|c| c.name.clone()).unwrap_or_default();
                let d = super::window_diagnostic(&error, &rows.props, &name, grouped.time_at, at);
                self.binder.report(d);
                return None;
            }
            Ok(()) => {}
        }
        let time = rows.props.schema.columns.get(grouped.time).and_then(|c| c.time);
        if time == Some(TimeAttribute::Proctime) {
            self.unsupported(at, "a group window of processing time is");
            return None;
        }
        Some(window(rows, spec, grouped.time, Origin::new("GROUP BY", at)))
    }
}
