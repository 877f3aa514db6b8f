//! `f(x) OVER (PARTITION BY … ORDER BY … ROWS …)`.
//!
//! While an expression is bound, each such call becomes a column beyond [`OVER`]; the calls are gathered in the
//! environment, as those of aggregates are.

use super::{Binder, Env};
use sqlparser::ast::{
    Expr as Sql, Function, NamedWindowDefinition, NamedWindowExpr, WindowFrame, WindowFrameBound,
    WindowFrameUnits, WindowSpec, WindowType,
};
use std::cell::RefCell;
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH, WINDOW_TIME};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{AggregateCall, Direction, Expr, ExprKind, OverFrame};
use streamc_types::{IntervalUnit, TypeKind, Value};

/// Columns from here on stand for the calls over windows of the environment.
pub(crate) const OVER: usize = usize::MAX / 4 * 3;

/// What `OVER` can refer to, and the calls that were met.
pub(crate) struct Windows<'s> {
    /// Those of the `WINDOW` clause.
    pub(crate) named: &'s [NamedWindowDefinition],
    /// The calls with their windows, each once.
    pub(crate) calls: RefCell<Vec<(AggregateCall, OverWindow)>>,
}

/// The window of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OverWindow {
    pub(crate) partition: Vec<Expr>,
    /// A column of event time, in most queries.
    pub(crate) order: Expr,
    /// Ascending, with `NULL` where it is said to be.
    pub(crate) direction: Direction,
    pub(crate) frame: OverFrame,
    /// Whether the frame is written.
    pub(crate) framed: bool,
}

impl OverWindow {
    /// Whether both are the same but for the places where they are written.
    pub(crate) fn same(&self, other: &Self) -> bool {
        let same = crate::group::same;
        self.frame == other.frame
            && self.direction == other.direction
            && self.partition.len() == other.partition.len()
            && self.partition.iter().zip(&other.partition).all(|(a, b)| same(a, b))
            && same(&self.order, &other.order)
    }
}

impl Binder<'_> {
    /// Binds a call with `OVER`.
    pub(super) fn over(&mut self, function: &Function, name: &str, span: Span, env: Env<'_>) -> Expr {
        let upper = name.to_ascii_uppercase();
        let Some(windows) = env.windows else {
            return self.unsupported(span, &format!("`{upper}(…) OVER` in `{}` is", env.clause));
        };
        if matches!(upper.as_str(), "LEAD" | "NTILE" | "PERCENT_RANK" | "CUME_DIST") {
            let d =
                Diagnostic::new(SQL_UNSUPPORTED, span, format!("`{upper}` is not supported over a stream"));
            self.report(d.help("it needs rows that have not come yet"));
            return Expr::error(span);
        }
        if matches!(upper.as_str(), "RANK" | "DENSE_RANK") {
            let d =
                Diagnostic::new(SQL_UNSUPPORTED, span, format!("`{upper}` is not supported over a stream"));
            self.report(d.help("Flink 2.3 gives the number of rows up to each row: write `COUNT(*) OVER (…)` if you mean that"));
            return Expr::error(span);
        }
        let found = streamc_functions::find(name).filter(|f| f.is_aggregate());
        let place = streamc_functions::window_function(name).filter(|f| f.name != "SINGLE_VALUE");
        let Some(entry) = found.or(place) else {
            return self.unsupported(span, &format!("`{upper}(…) OVER` is"));
        };
        if matches!(entry.name, "STDDEV_POP" | "STDDEV_SAMP" | "VAR_POP" | "VAR_SAMP") {
            // There Calcite makes it of sums of squares, in the type of the values.
            return self
                .unsupported(span, &format!("`{upper}(…) OVER`, which Flink computes in another way, is"));
        }
        if let (true, Some(filter)) = (function.filter.is_some(), &function.filter) {
            let at = self.tokens.extent(filter);
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, "`FILTER` in `OVER` is not supported");
            let d =
                d.help("put the condition into the argument: `SUM(CASE WHEN condition THEN x END) OVER (…)`");
            self.report(d);
            return Expr::error(span);
        }
        let window = match &function.over {
            Some(WindowType::WindowSpec(spec)) => self.over_window(spec, span, env),
            Some(WindowType::NamedWindow(name)) => match definition(windows.named, &name.value) {
                Some(spec) => self.over_window(spec, span, env).filter(|of| self.plain_keys(spec, of)),
                None => {
                    let at = self.tokens.ident(name);
                    self.report(Diagnostic::new(
                        SQL_UNSUPPORTED,
                        at,
                        format!("there is no window `{}`", name.value),
                    ));
                    None
                }
            },
            None => None,
        };
        let mut window = window;
        if place.is_some() {
            let Some(known) = &mut window else { return Expr::error(span) };
            if known.framed {
                let d = Diagnostic::new(SQL_UNSUPPORTED, span, format!("`{upper}` takes no frame"));
                self.report(d.help("leave out `ROWS …` or `RANGE …`"));
                return Expr::error(span);
            }
            if entry.name == "ROW_NUMBER" {
                known.frame = OverFrame::Rows(None);
            }
        }
        let calls = RefCell::default();
        // Of a frame with a bound Calcite does not know that it has a row (`SqlWindow.isAlwaysNonEmpty`).
        let keyed = window.as_ref().is_none_or(|w| !w.frame.is_bounded());
        let groups = env.calls.map(|calls| (calls, env.keyed));
        let of = Env { calls: Some(&calls), groups, keyed, windows: None, ..env };
        let column = self.aggregate(entry, function, span, of);
        let (Some(call), Some(window)) = (calls.into_inner().pop(), window) else { return Expr::error(span) };
        if let ("LAG", [value, _, default]) = (entry.name, call.arguments.as_slice())
            && value.ty.nullable
            && !default.ty.nullable
        {
            let at = default.span.unwrap_or(span);
            let message = "a default of `LAG` that is never `NULL`, of a value that may be, is not supported";
            let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
            self.report(d.help(
                "Flink 2.3 takes the result for one that is never `NULL` and changes the values: give `COALESCE(value, …)`",
            ));
            return Expr::error(span);
        }
        if call.distinct && place.is_some() {
            return self.unsupported(span, &format!("`DISTINCT` in `{upper}` is"));
        }
        let mut calls = windows.calls.borrow_mut();
        if let Some((_, first)) = calls.first().filter(|(_, first)| !first.same(&window)) {
            let mut d =
                Diagnostic::new(SQL_UNSUPPORTED, span, "a second window in one query is not supported");
            if let Some(at) = first.order.span {
                d = d.also(at, "the first one");
            }
            self.report(d.help(
                "Flink computes all `OVER` of a query over one window: compute the other in a sub-query",
            ));
            return Expr::error(span);
        }
        let known = calls.iter().position(|(c, w)| crate::group::same_call(c, &call) && w.same(&window));
        let index = known.unwrap_or(calls.len());
        if known.is_none() {
            calls.push((call, window));
        }
        Expr::column(OVER + index, column.ty).at(span)
    }

    /// An expression of `PARTITION BY`. Flink: "Illegal use of 'NULL'".
    pub(crate) fn partition_key(&mut self, key: &Sql, env: Env<'_>) -> Expr {
        let bound = self.expr(key, env);
        if bound.ty.kind == TypeKind::Null {
            let at = bound.span.unwrap_or(self.tokens.whole);
            return self.fail(TYPE_MISMATCH, at, "`NULL` has no type, and puts no rows apart".to_owned());
        }
        bound
    }

    /// Whether no `IN` is in the `PARTITION BY` of a window with a name. Flink's planner fails there (measured on 2.3:
    /// "subQuery is null"), and not in `OVER (PARTITION BY …)`.
    fn plain_keys(&mut self, spec: &WindowSpec, window: &OverWindow) -> bool {
        let mut plain = true;
        for (sql, key) in spec.partition_by.iter().zip(&window.partition) {
            let mut lists = false;
            key.walk(&mut |part| lists |= matches!(part.kind, ExprKind::InList { .. }));
            if lists {
                plain = false;
                let at = self.tokens.extent(sql);
                let d = Diagnostic::new(
                    SQL_UNSUPPORTED,
                    at,
                    "Flink fails on `IN` in the `PARTITION BY` of a named window",
                );
                self.report(d.help("write the window into `OVER (…)`, or compare with `=` and `OR`"));
            }
        }
        plain
    }

    /// Two windows of one name. Flink: "Duplicate window names not allowed".
    pub(crate) fn check_window_names(&mut self, windows: &[NamedWindowDefinition]) {
        for (index, window) in windows.iter().enumerate() {
            if windows[..index].iter().any(|other| other.0.value == window.0.value) {
                let at = self.tokens.ident(&window.0);
                self.fail(TYPE_MISMATCH, at, format!("two windows are called `{}`", window.0.value));
            }
        }
    }

    fn over_window(&mut self, spec: &WindowSpec, span: Span, env: Env<'_>) -> Option<OverWindow> {
        let based;
        let spec = match &spec.window_name {
            Some(base) => {
                if spec.window_frame.is_some() {
                    let at = self.tokens.ident(base);
                    let d = Diagnostic::new(
                        SQL_UNSUPPORTED,
                        at,
                        "a frame behind the name of a window is not supported",
                    );
                    self.report(d.help("Flink 2.3 forgets such a frame: write it into the `WINDOW` clause"));
                    return None;
                }
                let of = env.windows.and_then(|w| definition(w.named, &base.value));
                let fits = of.is_some_and(|of| of.window_frame.is_none() && of.window_name.is_none());
                let Some(of) = of.filter(|of| fits && (of.order_by.is_empty() || spec.order_by.is_empty()))
                else {
                    let at = self.tokens.ident(base);
                    self.unsupported(at, "a window that is made of this one is");
                    return None;
                };
                let mut merged = of.clone();
                merged.order_by.extend(spec.order_by.iter().cloned());
                if !spec.partition_by.is_empty() {
                    let at = self.tokens.ident(base);
                    self.unsupported(at, "`PARTITION BY` behind the name of a window is");
                    return None;
                }
                based = merged;
                &based
            }
            None => spec,
        };
        let plain = |clause| Env { clause, windows: None, ..env };
        let partition: Vec<Expr> =
            spec.partition_by.iter().map(|e| self.partition_key(e, plain("PARTITION BY"))).collect();
        let [key] = spec.order_by.as_slice() else {
            let message = "`OVER` needs one column of event time in its `ORDER BY`";
            self.report(
                Diagnostic::new(WINDOW_TIME, span, message)
                    .help("rows are gathered up to each row in the order of event time"),
            );
            return None;
        };
        let order = self.expr(&key.expr, plain("ORDER BY"));
        let at = self.tokens.extent(&key.expr);
        if key.options.sort == Some(sqlparser::ast::OrderBySort::Desc) {
            self.unsupported(at, "a descending order in `OVER` is");
            return None;
        }
        let frame = match &spec.window_frame {
            Some(frame) => self.frame(frame, span, plain("OVER"))?,
            None => OverFrame::Range(None),
        };
        let fine = partition.iter().chain([&order]).all(|e| !e.ty.is_unknown());
        let nulls_last = key.options.nulls_first == Some(false);
        let direction = Direction { descending: false, nulls_last };
        let framed = spec.window_frame.is_some();
        fine.then_some(OverWindow { partition, order, direction, frame, framed })
    }

    /// `ROWS BETWEEN 3 PRECEDING AND CURRENT ROW` and its kin.
    fn frame(&mut self, frame: &WindowFrame, span: Span, env: Env<'_>) -> Option<OverFrame> {
        if !matches!(frame.end_bound, None | Some(WindowFrameBound::CurrentRow)) {
            self.unsupported(span, "a frame of `OVER` that does not end with the current row is");
            return None;
        }
        let before = match &frame.start_bound {
            WindowFrameBound::Preceding(None) => None,
            WindowFrameBound::Preceding(Some(distance)) => Some(distance.as_ref()),
            WindowFrameBound::CurrentRow => {
                self.unsupported(span, "a frame of `OVER` that begins with the current row is");
                return None;
            }
            WindowFrameBound::Following(_) => {
                self.unsupported(span, "a frame of `OVER` with `FOLLOWING` is");
                return None;
            }
        };
        match frame.units {
            WindowFrameUnits::Rows => match before {
                None => Some(OverFrame::Rows(None)),
                Some(distance) => {
                    let rows = self
                        .distance(distance, env, |kind, n| !matches!(kind, TypeKind::Interval(_)) && n >= 0);
                    rows.map(|rows| OverFrame::Rows(Some(rows.unsigned_abs())))
                }
            },
            WindowFrameUnits::Range => match before {
                None => Some(OverFrame::Range(None)),
                Some(distance) => self
                    .distance(distance, env, |kind, n| {
                        *kind == TypeKind::Interval(IntervalUnit::DaySecond) && n >= 0
                    })
                    .map(|millis| OverFrame::Range(Some(millis))),
            },
            WindowFrameUnits::Groups => self.groups(span),
        }
    }

    fn groups(&mut self, span: Span) -> Option<OverFrame> {
        self.unsupported(span, "`GROUPS` in `OVER` is");
        None
    }

    fn distance(&mut self, sql: &Sql, env: Env<'_>, fits: impl Fn(&TypeKind, i64) -> bool) -> Option<i64> {
        let bound = self.expr(sql, env);
        if bound.ty.is_unknown() {
            return None;
        }
        match bound.kind {
            ExprKind::Literal(Value::Int(n)) if fits(&bound.ty.kind, n) => Some(n),
            _ => {
                let at = self.tokens.extent(sql);
                let message = "`ROWS` takes a number of rows, `RANGE` an interval of days to seconds";
                self.report(Diagnostic::new(TYPE_MISMATCH, at, message));
                None
            }
        }
    }
}

fn definition<'s>(named: &'s [NamedWindowDefinition], name: &str) -> Option<&'s WindowSpec> {
    named.iter().find_map(|NamedWindowDefinition(ident, window)| match window {
        NamedWindowExpr::WindowSpec(spec) if ident.value == name => Some(spec),
        _ => None,
    })
}
