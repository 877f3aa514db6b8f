//! Joins.

use super::{Rows, Steps, renamed, sql_column};
use crate::capability;
use crate::frame::{Frame, Past, fresh};
use crate::python::{Argument, Py};
use crate::sql::{interval, quote, whole};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::engines;
use streamc_plan::{Expr, ExprKind, JoinKind, JoinStrategy, Relation, RelationKind};

impl Steps<'_> {
    pub(super) fn join(&mut self, relation: &Relation, target: &str) -> Rows {
        let RelationKind::Join { left, right, kind, strategy, equal, condition } = &relation.kind else {
            return Rows { variable: target.to_owned(), frame: Frame::default() };
        };
        let (left_target, right_target) = (self.branch("left"), self.branch("right"));
        let mut l = self.relation(left, &left_target);
        let mut r = self.relation(right, &right_target);
        self.check_join(relation, &l.frame, &r.frame, *kind, strategy);
        let width = l.frame.names.len();
        if equal.is_empty() && !condition.conjuncts().iter().any(|part| is_pair(part, width)) {
            self.refuse(&capability::JOIN_UNEQUAL, relation);
        }
        // Event time that the join does not bound would only make Spark drop late rows.
        let (keep_left, keep_right) = match strategy {
            JoinStrategy::Interval { left_time, right_time, .. } => (vec![*left_time], vec![*right_time]),
            JoinStrategy::Regular => (Vec::new(), Vec::new()),
        };
        self.plain_time(&mut l, &keep_left, relation, &left_target);
        self.plain_time(&mut r, &keep_right, relation, &right_target);
        if let JoinStrategy::Interval { left_time, right_time, .. } = strategy
            && !(l.frame.events.contains(left_time) && r.frame.events.contains(right_time))
            && !l.frame.past.or(r.frame.past).grouped
        {
            self.refuse(&capability::LOST_TIME, relation);
        }
        self.visible(&mut l, relation, &left_target);
        self.apart(&l, &mut r, relation, &right_target);
        let names: Vec<String> = l.frame.names.iter().chain(&r.frame.names).cloned().collect();
        let text = self.join_condition(condition, strategy, width, &names);
        let how = match kind {
            JoinKind::Inner => "inner",
            JoinKind::Left => "left_outer",
            JoinKind::Right => "right_outer",
            JoinKind::Full => "full_outer",
        };
        let arguments = vec![Py::atom(&r.variable).into(), sql_column(&text).into(), Py::string(how).into()];
        self.assign(relation, target, Py::atom(&l.variable).method("join", arguments));
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
    fn apart(&mut self, l: &Rows, r: &mut Rows, relation: &Relation, target: &str) {
        let mut names: Vec<String> = Vec::new();
        for name in &r.frame.names {
            let clash = l.frame.names.contains(name);
            let wanted = if clash { format!("right_{name}") } else { name.clone() };
            let others = r.frame.names.iter().filter(|n| *n != name);
            names.push(fresh(&wanted, l.frame.names.iter().chain(others).chain(&names)));
        }
        let same_source = l.variable == r.variable;
        if names != r.frame.names || r.frame.window.is_some() || same_source {
            let columns: Vec<Argument> =
                r.frame.names.iter().zip(&names).map(|(old, new)| renamed(old, new).into()).collect();
            self.assign(relation, target, Py::atom(&r.variable).method("select", columns));
            target.clone_into(&mut r.variable);
            r.frame.names = names;
            r.frame.window = None;
        }
    }

    /// The condition. Bounds in time are written in the one form that Spark derives the state's life from.
    fn join_condition(
        &mut self,
        condition: &Expr,
        strategy: &JoinStrategy,
        width: usize,
        names: &[String],
    ) -> String {
        let JoinStrategy::Interval { left_time, right_time, lower, upper } = strategy else {
            let text = self.expression(condition, names);
            return whole(&text).to_owned();
        };
        let pair = [*left_time, width + right_time];
        let mut parts: Vec<String> = condition
            .conjuncts()
            .into_iter()
            .filter(|part| !is_bound(part, pair))
            .map(|part| self.expression(part, names))
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
