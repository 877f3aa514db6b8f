//! Joins.

use super::window::WindowPart;
use super::{Rows, Steps, renamed, sql_column};
use crate::capability;
use crate::frame::{Frame, Past, fresh};
use crate::python::{Argument, Py};
use crate::sql::{Scope, equation, interval, quote, whole};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Expr, ExprKind, JoinKind, JoinStrategy, Relation, RelationKind};
use streamc_types::{IntervalUnit, TypeKind};

impl Steps<'_> {
    pub(super) fn join(&mut self, relation: &Relation, target: &str) -> Rows {
        let RelationKind::Join { left, right, kind, strategy, equal, condition } = &relation.kind else {
            return Rows { variable: target.to_owned(), frame: Frame::default() };
        };
        let (left_target, right_target) = (self.branch("left"), self.branch("right"));
        let mut l = self.relation(left, &left_target);
        let mut r = self.relation(right, &right_target);
        let refused = match strategy {
            JoinStrategy::Temporal { .. } => Some(&capability::TEMPORAL_JOIN),
            JoinStrategy::Lookup { .. } => Some(&capability::LOOKUP_JOIN),
            JoinStrategy::Regular | JoinStrategy::Interval { .. } | JoinStrategy::Window { .. } => None,
        };
        if let Some(construct) = refused {
            self.refuse(construct, relation);
            let mut names = l.frame.names.clone();
            for name in r.frame.names.iter().filter(|_| kind.has_right_columns()) {
                names.push(fresh(name, names.iter()));
            }
            return Rows { frame: Frame { names, ..Frame::default() }, ..l };
        }
        let in_windows = matches!(strategy, JoinStrategy::Window { .. });
        if !kind.has_right_columns() {
            let construct = match (kind, in_windows) {
                (JoinKind::Semi, true) => &capability::WINDOW_SEMI_JOIN,
                (JoinKind::Semi, false) => &capability::SEMI_JOIN,
                _ => &capability::ANTI_JOIN,
            };
            self.refuse(construct, relation);
            return l;
        }
        self.check_join(relation, &l.frame, &r.frame, *kind, strategy);
        let width = l.frame.names.len();
        if !in_windows && equal.is_empty() && !condition.conjuncts().iter().any(|part| is_pair(part, width)) {
            self.refuse(&capability::JOIN_UNEQUAL, relation);
        }
        if matches!(strategy, JoinStrategy::Interval { .. }) && has_months(condition) {
            self.refuse(&capability::JOIN_MONTHS, relation);
        }
        // Event time that the join does not bound would only make Spark drop late rows.
        let (keep_left, keep_right) = match strategy {
            JoinStrategy::Interval { left_time, right_time, .. } => (vec![*left_time], vec![*right_time]),
            _ => (Vec::new(), Vec::new()),
        };
        self.plain_time(&mut l, &keep_left, relation, &left_target);
        self.plain_time(&mut r, &keep_right, relation, &right_target);
        if let JoinStrategy::Interval { left_time, right_time, .. } = strategy
            && !(l.frame.events.contains(left_time) && r.frame.events.contains(right_time))
            && !l.frame.past.or(r.frame.past).grouped
        {
            self.refuse(&capability::LOST_TIME, relation);
        }
        let mut parts = condition.conjuncts();
        // Further columns of each side that the condition reads.
        let mut matches = [None, None];
        if in_windows {
            parts.retain(|part| !is_same_bound(part, (left, right)));
            matches = [l.frame.window.take(), r.frame.window.take()];
            if matches.iter().any(Option::is_none) && !l.frame.past.or(r.frame.past).grouped {
                self.refuse(&capability::LOST_TIME, relation);
            }
        }
        if matches!(strategy, JoinStrategy::Interval { .. }) {
            let one_sided = |part: &&Expr| {
                let columns = part.columns();
                let left = columns.first().is_some_and(|c| *c < width);
                let right = columns.last().is_some_and(|c| *c >= width);
                [left && !right, right && !left]
            };
            for (i, rows, target) in [(0, &mut l, &left_target), (1, &mut r, &right_target)] {
                let (own, rest): (Vec<&Expr>, Vec<&Expr>) = parts.into_iter().partition(|p| one_sided(p)[i]);
                parts = rest;
                let kept = match kind {
                    JoinKind::Inner | JoinKind::Semi | JoinKind::Anti => false,
                    JoinKind::Left => i == 0,
                    JoinKind::Right => i == 1,
                    JoinKind::Full => true,
                };
                matches[i] =
                    self.own_condition(&own, if i == 0 { 0 } else { width }, kept, rows, relation, target);
            }
        }
        self.visible(&mut l, relation, &left_target);
        self.apart(&l, &mut r, relation, &right_target, &mut matches);
        let names: Vec<String> = l.frame.names.iter().chain(&r.frame.names).cloned().collect();
        let mut text = self.join_condition(&parts, strategy, (width, *kind), &names);
        if let (true, [Some(left), Some(right)]) = (in_windows, &matches) {
            let and = if parts.is_empty() { String::new() } else { format!(" AND {text}") };
            text = format!("{} = {}{and}", quote(left), quote(right));
        } else {
            for name in matches.iter().flatten() {
                text.push_str(&format!(" AND {}", quote(name)));
            }
        }
        let how = match kind {
            JoinKind::Inner | JoinKind::Semi | JoinKind::Anti => "inner",
            JoinKind::Left => "left_outer",
            JoinKind::Right => "right_outer",
            JoinKind::Full => "full_outer",
        };
        let arguments = vec![Py::atom(&r.variable).into(), sql_column(&text).into(), Py::string(how).into()];
        self.assign(relation, target, Py::atom(&l.variable).method("join", arguments));
        if matches.iter().any(Option::is_some) {
            let columns = names.iter().map(|n| renamed(n, n).into()).collect();
            self.more(target, Py::atom(target).method("select", columns));
        }
        let past = l.frame.past.or(r.frame.past);
        let past = Past { outer: past.outer || *kind != JoinKind::Inner, ..past };
        let mut rows = Rows {
            variable: target.to_owned(),
            frame: Frame { names, window: None, events: Vec::new(), session: None, past },
        };
        if let JoinStrategy::Interval { left_time, right_time, .. } = strategy {
            // One event time is left, as Spark wants it: the one whose watermark the plan follows.
            rows.frame.events = vec![*left_time, width + right_time];
            self.plain_time(&mut rows, &[*left_time], relation, target);
        }
        rows
    }

    /// The part of the condition that reads one side only. It must not stand in the condition of a join in time: Spark
    /// would take a comparison such as `amount > 50` for a bound in time, and never clear its state. Rows that fail it
    /// are left out, unless the join keeps them: then a column says whether they can match.
    fn own_condition(
        &mut self,
        own: &[&Expr],
        offset: usize,
        kept: bool,
        rows: &mut Rows,
        relation: &Relation,
        target: &str,
    ) -> Option<String> {
        if own.is_empty() {
            return None;
        }
        let texts: Vec<String> = own
            .iter()
            .map(|e| self.expression(&(*e).clone().map_columns(&|c| c - offset), &rows.frame.names))
            .collect();
        let text = if let [one] = texts.as_slice() { whole(one).to_owned() } else { texts.join(" AND ") };
        let column = kept.then(|| fresh("__matches", rows.frame.names.iter().chain(&rows.frame.window)));
        let value = Py::atom(&rows.variable);
        let value = match &column {
            None => value.method("where", vec![Py::string(&text).into()]),
            Some(name) => {
                let made = sql_column(&text).method("alias", vec![Py::string(name).into()]);
                // The window's struct ends here; it would not outlive the join.
                let mut columns: Vec<Argument> =
                    rows.frame.names.iter().map(|n| renamed(n, n).into()).collect();
                if rows.frame.window.take().is_none() {
                    columns = vec![Py::string("*").into()];
                }
                columns.push(made.into());
                value.method("select", columns)
            }
        };
        self.assign(relation, target, value);
        target.clone_into(&mut rows.variable);
        column
    }

    fn check_join(
        &mut self,
        relation: &Relation,
        l: &Frame,
        r: &Frame,
        kind: JoinKind,
        strategy: &JoinStrategy,
    ) {
        let past = l.past.or(r.past);
        if l.session.is_some() || r.session.is_some() {
            self.refuse(&capability::SESSION_KEYS, relation);
        }
        if past.updating {
            self.refuse(&capability::JOIN_UPDATES, relation);
        } else if past.grouped {
            self.refuse(&capability::JOIN_GROUPS, relation);
        } else if *strategy == JoinStrategy::Regular && kind != JoinKind::Inner {
            self.refuse(&capability::REGULAR_OUTER_JOIN, relation);
        } else if past.outer || past.limited {
            self.refuse(&capability::JOIN_OUTER, relation);
        } else if *strategy == JoinStrategy::Regular {
            let message = "every row of both sides is kept for ever to join it";
            let help = "bound the distance of the event times, or let the job run only over bounded data; Spark has no time to live for the state of a join";
            self.diagnostics
                .push(Diagnostic::new(engines::SPARK_STATE_GROWS, relation.origin.span, message).help(help));
        }
    }

    /// Without the window's struct, which does not outlive a join.
    fn visible(&mut self, rows: &mut Rows, relation: &Relation, target: &str) {
        if rows.frame.window.take().is_some() {
            let columns = rows.frame.names.iter().map(|n| renamed(n, n).into()).collect();
            self.assign(relation, target, Py::atom(&rows.variable).method("select", columns));
            target.clone_into(&mut rows.variable);
        }
    }

    /// Gives the right side's columns names that the left side does not have.
    fn apart(
        &mut self,
        l: &Rows,
        r: &mut Rows,
        relation: &Relation,
        target: &str,
        matches: &mut [Option<String>; 2],
    ) {
        let mut names: Vec<String> = Vec::new();
        for name in &r.frame.names {
            let clash = l.frame.names.contains(name);
            let wanted = if clash { format!("right_{name}") } else { name.clone() };
            let others = r.frame.names.iter().filter(|n| *n != name);
            names.push(fresh(&wanted, l.frame.names.iter().chain(others).chain(&names).chain(&matches[0])));
        }
        let right_match = matches[1].clone();
        let apart = right_match
            .as_ref()
            .map(|name| fresh(name, l.frame.names.iter().chain(&names).chain(&matches[0])));
        let same_source = l.variable == r.variable;
        if names != r.frame.names || r.frame.window.is_some() || same_source || apart != right_match {
            let mut columns: Vec<Argument> =
                r.frame.names.iter().zip(&names).map(|(old, new)| renamed(old, new).into()).collect();
            columns
                .extend(right_match.iter().zip(&apart).map(|(old, new)| Argument::from(renamed(old, new))));
            self.assign(relation, target, Py::atom(&r.variable).method("select", columns));
            target.clone_into(&mut r.variable);
            r.frame.names = names;
            r.frame.window = None;
        }
        matches[1] = apart;
    }

    /// The condition. Bounds in time are written in the one form that Spark derives the state's life from.
    fn join_condition(
        &mut self,
        conjuncts: &[&Expr],
        strategy: &JoinStrategy,
        (width, kind): (usize, JoinKind),
        names: &[String],
    ) -> String {
        let JoinStrategy::Interval { left_time, right_time, lower, upper } = strategy else {
            let texts: Vec<String> =
                conjuncts.iter().map(|part| self.part(part, (width, kind), names)).collect();
            return if let [one] = texts.as_slice() { whole(one).to_owned() } else { texts.join(" AND ") };
        };
        let pair = [*left_time, width + right_time];
        let mut parts: Vec<String> = conjuncts
            .iter()
            .filter(|part| !is_bound(part, pair))
            .map(|part| self.part(part, (width, kind), names))
            .collect();
        let name = |i: usize| names.get(i).map_or_else(String::new, |n| quote(n));
        let (l, r) = (name(pair[0]), name(pair[1]));
        let moved = |millis: i64| match millis {
            0 => l.clone(),
            m if m < 0 => format!("{l} - {}", interval(-m)),
            m => format!("{l} + {}", interval(m)),
        };
        parts.push(format!("{r} >= {}", moved(*lower)));
        parts.push(format!("{r} <= {}", moved(*upper)));
        parts.join(" AND ")
    }
}

impl Steps<'_> {
    /// A part of the condition. Where Spark does not put a test before the join that a key is not NULL, it joins NULL with
    /// NULL: it looks for partners by the bytes of the key.
    fn part(&mut self, part: &Expr, (width, kind): (usize, JoinKind), names: &[String]) -> String {
        if !is_pair(part, width) {
            return self.expression(part, names);
        }
        match equation(part, Scope(names)) {
            Ok((text, operands)) if meets_nulls(part, width, kind) => {
                format!("{text} AND coalesce({}) IS NOT NULL", operands.join(", "))
            }
            Ok((text, _)) => text,
            Err(refusal) => {
                self.refuse_expression(refusal, part.span);
                "NULL".to_owned()
            }
        }
    }
}

/// Whether both sides of the pair may be NULL where Spark joins: it tests columns of the sides whose rows do not all remain.
fn meets_nulls(pair: &Expr, width: usize, kind: JoinKind) -> bool {
    let ExprKind::Call { arguments, .. } = &pair.kind else { return false };
    let tested = |side: &Expr| {
        let left = side.columns().iter().all(|column| *column < width);
        let remains = match kind {
            JoinKind::Left => left,
            JoinKind::Right => !left,
            JoinKind::Full => true,
            JoinKind::Inner | JoinKind::Semi | JoinKind::Anti => false,
        };
        !remains && is_cast_column(side)
    };
    arguments.iter().all(|side| side.ty.nullable && !tested(side))
}

/// Whether the part says that both windows start, or end, at the same time.
fn is_same_bound(part: &Expr, (left, right): (&Relation, &Relation)) -> bool {
    let ExprKind::Call { function, arguments } = &part.kind else { return false };
    let [a, b] = arguments.as_slice() else { return false };
    let (Some(a), Some(b)) = (a.as_column(), b.as_column()) else { return false };
    let width = left.props.schema.len();
    let (a, b) = (a.min(b), a.max(b));
    let bound = |relation, column| WindowPart::of(relation, column).filter(|part| *part != WindowPart::Time);
    function.name == "="
        && b >= width
        && bound(left, a).is_some_and(|part| bound(right, b - width) == Some(part))
}

/// A column, perhaps cast.
fn is_cast_column(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column(_) => true,
        ExprKind::Cast { input, implicit: true, .. } => is_cast_column(input),
        _ => false,
    }
}

/// Whether a time is moved by months, which have no fixed length.
fn has_months(condition: &Expr) -> bool {
    let mut months = false;
    condition.walk(&mut |part| months |= part.ty.kind == TypeKind::Interval(IntervalUnit::YearMonth));
    months
}

/// Whether the part compares nothing but the two times at a constant distance.
fn is_bound(part: &Expr, pair: [usize; 2]) -> bool {
    let ExprKind::Call { function, arguments } = &part.kind else { return false };
    matches!(function.name, "<" | "<=" | ">" | ">=" | "=")
        && matches!(arguments.as_slice(), [a, b] if is_moment(a) && is_moment(b))
        && {
            let mut pair = pair;
            pair.sort_unstable();
            part.columns() == pair
        }
}

/// A column, perhaps moved by a constant interval.
fn is_moment(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column(_) => true,
        ExprKind::Cast { input, implicit: true, .. } => is_moment(input),
        ExprKind::Call { function, arguments } if matches!(function.name, "+" | "-") => {
            let constant = |e: &Expr| e.ty.is_interval() && e.columns().is_empty();
            matches!(arguments.as_slice(), [a, b]
                if (is_moment(a) && constant(b)) || (function.name == "+" && constant(a) && is_moment(b)))
        }
        _ => false,
    }
}

/// Whether the part says that something of one side equals something of the other.
fn is_pair(part: &Expr, width: usize) -> bool {
    let ExprKind::Call { function, arguments } = &part.kind else { return false };
    let [a, b] = arguments.as_slice() else { return false };
    let side = |e: &Expr| {
        let columns = e.columns();
        (columns.iter().any(|c| *c < width), columns.iter().any(|c| *c >= width))
    };
    function.name == "="
        && matches!((side(a), side(b)), ((true, false), (false, true)) | ((false, true), (true, false)))
}
