//! Window table functions (Flink documentation, "Windowing table-valued functions").

use super::{Derived, QueryBinder};
use crate::bind::Env;
use crate::dialect::FORM;
use crate::extent::parts;
use crate::scope::{Resolution, Scope};
use sqlparser::ast::{Expr as Sql, FunctionArg, FunctionArgExpr, FunctionArguments, Ident};
use streamc_diagnostics::codes::names::DUPLICATE_COLUMN;
use streamc_diagnostics::codes::types::{
    ARGUMENT_COUNT, SQL_UNSUPPORTED, TYPE_MISMATCH, WINDOW_SIZE, WINDOW_TIME,
};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::relations::{WindowError, check_window, window};
use streamc_plan::{ExprKind, Origin, Properties, Relation, WindowSpec};
use streamc_types::{IntervalUnit, TypeKind, Value};

/// Parameters of the functions, in order; the first so many are required.
fn parameters(function: &str) -> Option<(&'static [&'static str], usize)> {
    Some(match function {
        "TUMBLE" => (&["DATA", "TIMECOL", "SIZE", "OFFSET"], 3),
        "HOP" => (&["DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"], 4),
        "CUMULATE" => (&["DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"], 4),
        "SESSION" => (&["DATA", "TIMECOL", "GAP"], 3),
        "TO_CHANGELOG" | "FROM_CHANGELOG" => (&["input", "op", "op_mapping"], 1),
        _ => return None,
    })
}

/// The diagnostic for a window that cannot be made: `column` is the time column at `at`, `size` the place of
/// the sizes.
pub fn window_diagnostic(
    error: &WindowError,
    input: &Properties,
    column: &str,
    at: Span,
    size: Span,
) -> Diagnostic {
    match error {
        WindowError::NotTime => {
            let d = Diagnostic::new(WINDOW_TIME, at, format!("`{column}` is no event-time column"));
            match input.rowtime().and_then(|i| input.schema.columns.get(i)) {
                Some(time) => d.fix(format!("take `{}`", time.name), at, crate::bind::quoted(&time.name)),
                None => d.help("declare event time where the rows come from: `watermark: ts - 5s`"),
            }
        }
        WindowError::Size(why) => Diagnostic::new(WINDOW_SIZE, size, (*why).to_owned()),
    }
}

/// The column of `DESCRIPTOR(column)`.
pub(super) fn described(sql: &Sql) -> Option<&Ident> {
    let Sql::Function(f) = sql else { return None };
    let is_descriptor = |name: &Ident| name.value.eq_ignore_ascii_case("DESCRIPTOR");
    let FunctionArguments::List(list) = &f.args else { return None };
    match list.args.as_slice() {
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(Sql::Identifier(ident)))] => {
            parts(&f.name).first().is_some_and(|name| is_descriptor(name)).then_some(ident)
        }
        _ => None,
    }
}

struct Call<'a> {
    function: &'a str,
    arguments: Vec<Option<&'a Sql>>,
    span: Span,
}

impl QueryBinder<'_> {
    /// A function in `FROM`.
    pub(super) fn table_function(&mut self, name: &str, args: &[FunctionArg], span: Span) -> Derived {
        let function = name.to_ascii_uppercase();
        let Some((names, required)) = parameters(&function) else {
            if function == "UNNEST" {
                return self.unsupported(span, "`UNNEST` without a table before it is");
            }
            return self.unsupported(span, &format!("the table function `{name}` is"));
        };
        let mut arguments: Vec<Option<&Sql>> = vec![None; names.len()];
        for (position, arg) in args.iter().enumerate() {
            let (slot, value) = match arg {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(e)) => (Some(position), Some(e)),
                FunctionArg::Named { name, arg: FunctionArgExpr::Expr(e), .. } => {
                    // Flink knows them as they are written there only.
                    let slot = names.iter().position(|n| name.value == *n);
                    if slot.is_none() {
                        let at = self.binder.tokens.ident(name);
                        if required == 1 && matches!(name.value.as_str(), "on_time" | "uid") {
                            return self.unsupported(at, &format!("`{}` of `{function}` is", name.value));
                        }
                        let message = format!("`{function}` has no parameter `{}`", name.value);
                        let mut d = Diagnostic::new(ARGUMENT_COUNT, at, message)
                            .help(format!("its parameters are {}", names.join(", ")));
                        if let Some(close) = did_you_mean(&name.value, names.iter().copied()) {
                            d = d.fix(
                                format!("change `{}` to `{close}`", name.value),
                                at,
                                crate::bind::quoted(close),
                            );
                        }
                        self.binder.report(d);
                        return Derived::missing();
                    }
                    if !self.binder.not_reserved(name) {
                        return Derived::missing();
                    }
                    (slot, Some(e))
                }
                _ => (None, None),
            };
            match slot.and_then(|s| arguments.get_mut(s)) {
                Some(place) => *place = value,
                None => {
                    self.window_arity(&function, names, required, args.len(), span);
                    return Derived::missing();
                }
            }
        }
        if arguments.iter().take(required).any(Option::is_none) {
            self.window_arity(&function, names, required, args.len(), span);
            return Derived::missing();
        }
        if required == 1 {
            return self.changes(&function, &arguments, span);
        }
        self.window(&Call { function: &function, arguments, span })
    }

    fn window_arity(&mut self, function: &str, names: &[&str], required: usize, found: usize, span: Span) {
        let wanted = names.get(..required).unwrap_or_default().join(", ");
        let d = Diagnostic::new(
            ARGUMENT_COUNT,
            span,
            format!(
                "`{function}` takes {required} argument{}, found {found}",
                if required == 1 { "" } else { "s" }
            ),
        )
        .help(format!("they are {wanted}"));
        self.binder.report(d);
    }

    fn window(&mut self, call: &Call<'_>) -> Derived {
        let argument = |i: usize| call.arguments.get(i).copied().flatten();
        let (Some(data), Some(descriptor)) = (argument(0), argument(1)) else { return Derived::missing() };
        let rows = self.binder.tokens.extent(data);
        let (derived, partition) = self.data(data, call.function);
        let open = derived.open;
        let input = self.finished(derived);
        let schema = input.as_ref().map(|r| r.props.schema.clone()).unwrap_or_default();
        let scope = Scope::single("", &schema);
        let time = self.descriptor(descriptor, &scope, open);
        let mut sizes = Vec::new();
        for i in 2..call.arguments.len() {
            if let Some(sql) = argument(i) {
                match self.size(sql) {
                    Some(size) => sizes.push(size),
                    None => return Derived::missing(),
                }
            }
        }
        let mut keys = Vec::new();
        for key in partition {
            let bound = self.binder.expr(key, Env::new(&scope, "PARTITION BY"));
            match bound.as_column() {
                Some(column) => keys.push(column),
                None if bound.ty.is_unknown() => return Derived::missing(),
                None => {
                    let at = self.binder.tokens.extent(key);
                    return self.unsupported(at, "an expression in `PARTITION BY` of a window is");
                }
            }
        }
        let (Some(input), Some((time, at))) = (input, time) else { return Derived::missing() };
        let spec = match (call.function, sizes.as_slice()) {
            ("TUMBLE", [size, rest @ ..]) => {
                WindowSpec::Tumble { size: *size, offset: rest.first().copied().unwrap_or(0) }
            }
            ("HOP", [slide, size, rest @ ..]) => {
                WindowSpec::Hop { size: *size, slide: *slide, offset: rest.first().copied().unwrap_or(0) }
            }
            ("CUMULATE", [step, max, rest @ ..]) => {
                WindowSpec::Cumulate { max: *max, step: *step, offset: rest.first().copied().unwrap_or(0) }
            }
            ("SESSION", [gap]) => WindowSpec::Session { gap: *gap, partition: keys },
            _ => return Derived::missing(),
        };
        let size_span = argument(2).map_or(call.span, |e| self.binder.tokens.extent(e));
        self.checked(input, spec, time, (at, rows, size_span), call.span)
    }

    fn checked(
        &mut self,
        input: Relation,
        spec: WindowSpec,
        time: usize,
        (at, rows, size): (Span, Span, Span),
        span: Span,
    ) -> Derived {
        let props = &input.props;
        if let Err(error) = check_window(props, &spec, time) {
            let column = props.schema.columns.get(time).map(|c| c.name.clone()).unwrap_or_default();
            self.binder.report(window_diagnostic(&error, props, &column, at, size));
            return Derived::missing();
        }
        if let Some(taken) =
            ["window_start", "window_end", "window_time"].iter().find(|n| props.schema.index_of(n).is_some())
        {
            let d =
                Diagnostic::new(DUPLICATE_COLUMN, rows, format!("the rows already have a column `{taken}`"))
                    .help("give it another name in a sub-query before this window");
            self.binder.report(d);
            return Derived::missing();
        }
        Derived::ready(window(input, spec, time, Origin::new("FROM", span)))
    }

    /// The rows of `TABLE t [PARTITION BY …]`, and the keys.
    pub(super) fn data<'s>(&mut self, data: &'s Sql, function: &str) -> (Derived, Vec<&'s Sql>) {
        let at = self.binder.tokens.extent(data);
        match data {
            Sql::Function(f)
                if parts(&f.name).first().is_some_and(|n| n.value.strip_prefix(FORM) == Some("TABLE")) =>
            {
                let FunctionArguments::List(list) = &f.args else { return (Derived::missing(), Vec::new()) };
                let mut items = list.args.iter().filter_map(|a| match a {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(e)) => Some(e),
                    _ => None,
                });
                let derived = match items.next() {
                    Some(Sql::Identifier(ident)) => self.table(ident),
                    _ => Derived::missing(),
                };
                let keys: Vec<&Sql> = items.collect();
                if let (false, Some(first)) = (function == "SESSION", keys.first()) {
                    let span = self.binder.tokens.extent(first);
                    if function.ends_with("CHANGELOG") {
                        let message = format!("Flink takes no `PARTITION BY` in `{function}`");
                        self.binder
                            .report(Diagnostic::new(SQL_UNSUPPORTED, span, message).help("leave it out"));
                    } else {
                        self.unsupported(span, &format!("`PARTITION BY` in `{function}` is"));
                    }
                }
                (derived, keys)
            }
            Sql::Subquery(query) => (self.query(query, false), Vec::new()),
            Sql::Identifier(ident) => {
                let d =
                    Diagnostic::new(TYPE_MISMATCH, at, "the rows of a table function are given as `TABLE t`")
                        .fix(
                            "put `TABLE` before it",
                            at,
                            format!("TABLE {}", crate::bind::quoted(&ident.value)),
                        );
                self.binder.report(d);
                (Derived::missing(), Vec::new())
            }
            _ => {
                let d =
                    Diagnostic::new(TYPE_MISMATCH, at, "the rows of a table function are given as `TABLE t`");
                self.binder.report(d);
                (Derived::missing(), Vec::new())
            }
        }
    }

    /// The column of `DESCRIPTOR(ts)`, and its place.
    fn descriptor(&mut self, sql: &Sql, scope: &Scope<'_>, open: bool) -> Option<(usize, Span)> {
        let at = self.binder.tokens.extent(sql);
        let Some(ident) = described(sql) else {
            let mut d =
                Diagnostic::new(TYPE_MISMATCH, at, "the time column is given as `DESCRIPTOR(column)`");
            if let Sql::Identifier(ident) = sql {
                d = d.fix(
                    "put it in `DESCRIPTOR`",
                    at,
                    format!("DESCRIPTOR({})", crate::bind::quoted(&ident.value)),
                );
            }
            self.binder.report(d);
            return None;
        };
        if open && matches!(scope.resolve(&[&ident.value], true), Resolution::Unknown) {
            return None;
        }
        let place = self.binder.tokens.ident(ident);
        let bound = self.binder.expr(&Sql::Identifier(ident.clone()), Env::new(scope, "DESCRIPTOR"));
        bound.as_column().map(|c| (c, place))
    }

    /// The place of the expression if it is a minus before something.
    fn minus(&self, sql: &Sql) -> Option<Span> {
        match sql {
            Sql::Nested(inner) => self.minus(inner),
            Sql::UnaryOp { .. } => Some(self.binder.tokens.extent(sql)),
            _ => None,
        }
    }

    /// A constant interval in milliseconds.
    fn size(&mut self, sql: &Sql) -> Option<i64> {
        let scope = Scope::default();
        let bound = self.binder.expr(sql, Env::new(&scope, "a window"));
        match (&bound.kind, &bound.ty.kind) {
            (ExprKind::Literal(Value::Int(millis)), TypeKind::Interval(IntervalUnit::DaySecond)) => {
                if let Some(at) = self.minus(sql) {
                    let message = "a negative interval of a window has its minus inside";
                    let d = Diagnostic::new(TYPE_MISMATCH, at, message);
                    self.binder.report(d.help("write `INTERVAL -'10' SECOND`"));
                    return None;
                }
                Some(*millis)
            }
            (ExprKind::Error, _) => None,
            _ => {
                let at = self.binder.tokens.extent(sql);
                let d = Diagnostic::new(
                    TYPE_MISMATCH,
                    at,
                    "the size of a window is an interval of days to seconds",
                )
                .help("write `INTERVAL '5' MINUTE`");
                self.binder.report(d);
                None
            }
        }
    }
}
