//! Relations as steps of a function: one statement each, `rows = rows.…`.

mod aggregate;
mod join;
mod rank;
mod set;
mod unnest;
mod window;

use crate::capability::{self, Construct};
use crate::frame::{Frame, fresh};
use crate::python::{Argument, Py, comment, statement};
use crate::sql::{Refusal, Scope, expression, path, whole};
use indexmap::IndexMap;
use smol_str::SmolStr;
use streamc_backend::Places;
use streamc_diagnostics::codes::engines;
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{Expr, Relation, RelationKind, StateKind, StateLife};

/// A line of the job and, where a part starts, what it is and where it is written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub text: String,
    pub origin: Option<(String, Option<Span>)>,
}

impl Line {
    /// A line that starts nothing.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: None }
    }
}

/// `target = value`, perhaps under a comment.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    relation: SmolStr,
    comment: Option<Line>,
    target: String,
    value: Py,
}

/// Rows at some point of a function: a variable and what is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    pub variable: String,
    pub frame: Frame,
}

/// The statements of one stream.
pub(crate) struct Steps<'a> {
    /// The statements so far.
    pub statements: Vec<Statement>,
    /// What Spark cannot do.
    pub diagnostics: &'a mut Vec<Diagnostic>,
    /// The components that can be read: their parameter and frame.
    pub components: &'a IndexMap<SmolStr, Rows>,
    /// For the comments.
    pub places: Option<&'a dyn Places>,
    /// How many variables of each word there are besides the function's parameters.
    pub branches: IndexMap<&'static str, usize>,
    /// Whether the next window is needed as a struct only.
    pub struct_only: bool,
}

impl Steps<'_> {
    /// Writes the relation and everything below it; its rows are in `target` unless it is a bare scan.
    pub(crate) fn relation(&mut self, relation: &Relation, target: &str) -> Rows {
        if matches!(&relation.props.state, Some(StateKind { life: StateLife::Hinted { .. }, .. })) {
            self.refuse(&capability::STATE_TTL, relation);
        }
        match &relation.kind {
            RelationKind::Scan { component } => self.scan(component),
            RelationKind::Values { .. } => {
                self.refuse(&capability::VALUES, relation);
                let names = relation.props.schema.names().map(str::to_owned).collect();
                Rows { variable: target.to_owned(), frame: Frame { names, ..Frame::default() } }
            }
            RelationKind::Project { input, expressions } => {
                self.project(relation, input, expressions, target)
            }
            RelationKind::Filter { input, predicate } => self.filter(relation, input, predicate, target),
            RelationKind::Window { input, spec, time } => self.window(relation, input, spec, *time, target),
            RelationKind::Aggregate { input, keys, aggregates, windowed } => {
                self.aggregate(relation, input, keys, aggregates, *windowed, target)
            }
            RelationKind::Join { .. } => self.join(relation, target),
            RelationKind::Rank { .. } => self.rank(relation, target),
            RelationKind::Distinct { input, windowed } => self.distinct(relation, input, *windowed, target),
            RelationKind::Union { inputs } => self.union(relation, inputs, target),
            RelationKind::Limit { input, offset, count } => {
                if *offset > 0 {
                    self.refuse(&capability::OFFSET, relation);
                }
                self.limit(relation, input, *count, target)
            }
            RelationKind::Sort { input, .. } => {
                self.refuse(&capability::SORT, relation);
                self.relation(input, target)
            }
            RelationKind::Unnest { input, collection, outer, ordinality } => {
                self.unnest(relation, input, collection, (*outer, *ordinality), target)
            }
            RelationKind::Expand { input, keys, sets } => self.expand(relation, input, (keys, sets), target),
            RelationKind::Over { input, .. } => {
                self.refuse(&capability::OVER, relation);
                self.relation(input, target)
            }
            RelationKind::Changes { input, .. } => {
                self.refuse(&capability::CHANGES, relation);
                self.relation(input, target)
            }
            RelationKind::Replicate { input } => {
                self.refuse(&capability::REPLICATE, relation);
                self.relation(input, target)
            }
            RelationKind::Recognize { input, .. } => {
                self.refuse(&capability::MATCH_RECOGNIZE, relation);
                self.relation(input, target)
            }
            RelationKind::Watermark { input, column, delay_millis } => {
                self.watermark(relation, input, *column, *delay_millis, target)
            }
            RelationKind::Repartition { input, parallelism } => {
                let rows = self.relation(input, target);
                let call = Py::atom(&rows.variable)
                    .method("repartition", vec![Py::atom(parallelism.to_string()).into()]);
                self.assign(relation, target, call);
                Rows { variable: target.to_owned(), frame: rows.frame }
            }
        }
    }

    fn scan(&mut self, component: &SmolStr) -> Rows {
        self.components
            .get(component)
            .cloned()
            .unwrap_or_else(|| Rows { variable: "rows".to_owned(), frame: Frame::default() })
    }

    fn project(&mut self, relation: &Relation, input: &Relation, expressions: &[Expr], target: &str) -> Rows {
        let rows = self.relation(input, target);
        let before = rows.frame;
        for expr in expressions.iter().filter(|e| e.as_column().is_none()) {
            self.check_bounds(relation, input, &before, expr);
        }
        let session = before.session.as_ref().map(|keys| {
            let place = |key: usize| expressions.iter().position(|e| e.as_column() == Some(key));
            keys.iter().map(|key| key.and_then(place)).collect()
        });
        let names: Vec<String> = relation.props.schema.names().map(str::to_owned).collect();
        let window = before.window.clone().filter(|_| relation.props.window.is_some());
        let hidden = window.as_ref().map(|_| fresh("__window", names.iter()));
        let same = |i: usize| {
            expressions.get(i).and_then(Expr::as_column) == Some(i) && names.get(i) == before.names.get(i)
        };
        let kept = before.names.len();
        let unchanged =
            expressions.len() == kept && (0..kept).all(same) && window == hidden && window == before.window;
        if unchanged {
            return Rows { variable: rows.variable, frame: before };
        }
        let all = kept > 1 && (0..kept).all(same) && window == hidden && window == before.window;
        let mut arguments: Vec<Argument> = Vec::new();
        if all {
            arguments.push(Py::string("*").into());
        }
        for (i, (name, expr)) in names.iter().zip(expressions).enumerate() {
            if !(all && i < kept) {
                arguments.push(self.column(expr, name, &before.names).into());
            }
        }
        if let (false, Some(old), Some(new)) = (all, &window, &hidden) {
            arguments.push(renamed(old, new).into());
        }
        let events = (0..expressions.len())
            .filter(|i| expressions[*i].as_column().is_some_and(|c| before.events.contains(&c)))
            .collect();
        let frame = Frame { names, window: hidden, events, session, past: before.past };
        self.assign(relation, target, Py::atom(&rows.variable).method("select", arguments));
        Rows { variable: target.to_owned(), frame }
    }

    fn filter(&mut self, relation: &Relation, input: &Relation, predicate: &Expr, target: &str) -> Rows {
        let rows = self.relation(input, target);
        if rows.frame.past.updating {
            self.refuse(&capability::FILTER_UPDATES, relation);
        }
        self.check_bounds(relation, input, &rows.frame, predicate);
        let text = self.expression(predicate, &rows.frame.names);
        let call = Py::atom(&rows.variable).method("where", vec![Py::string(whole(&text)).into()]);
        self.assign(relation, target, call);
        Rows { variable: target.to_owned(), frame: rows.frame }
    }

    /// The bounds of a session are not known before it is grouped.
    fn check_bounds(&mut self, relation: &Relation, input: &Relation, before: &Frame, expr: &Expr) {
        if before.session.is_some()
            && expr.columns().iter().any(|c| window::WindowPart::of(input, *c).is_some())
        {
            self.refuse(&capability::SESSION_KEYS, relation);
        }
    }

    /// An output column: the bare name where nothing changes.
    pub(crate) fn column(&mut self, expr: &Expr, name: &str, names: &[String]) -> Py {
        match expr.as_column().and_then(|c| names.get(c)) {
            Some(column) => renamed(column, name),
            None => {
                let text = self.expression(expr, names);
                sql_column(whole(&text)).method("alias", vec![Py::string(name).into()])
            }
        }
    }

    /// The expression as Spark SQL; where there is none, a refusal is reported.
    pub(crate) fn expression(&mut self, expr: &Expr, names: &[String]) -> String {
        match expression(expr, Scope(names)) {
            Ok(text) => text,
            Err(refusal) => {
                self.refuse_expression(refusal, expr.span);
                "NULL".to_owned()
            }
        }
    }

    pub(crate) fn refuse_expression(&mut self, refusal: Refusal, otherwise: Option<Span>) {
        let code = if refusal.is_type { engines::TYPE_NOT_ON_SPARK } else { engines::FUNCTION_NOT_ON_SPARK };
        let message = format!("{} has no equal on Spark", refusal.what);
        self.diagnostics
            .push(Diagnostic::new(code, refusal.span.or(otherwise), message).help(refusal.reason));
    }

    pub(crate) fn refuse(&mut self, construct: &Construct, relation: &Relation) {
        self.diagnostics.push(construct.refuse(relation.origin.span));
    }

    /// `target = value`, under a comment that says which step it is.
    pub(crate) fn assign(&mut self, relation: &Relation, target: &str, value: Py) {
        let place = relation.origin.span.zip(self.places).and_then(|(span, places)| places.place(span));
        let place = place.map_or_else(String::new, |p| format!(" ({}:{})", p.path, p.line));
        let comment = Line {
            text: format!("    # {}", comment(&format!("{}{place}", relation.origin.step))),
            origin: Some((relation.id.to_string(), relation.origin.span)),
        };
        // The statements that prepare a step stand under its comment too.
        let same = |s: &Statement| s.relation == relation.id;
        let comment = (!self.statements.last().is_some_and(same)).then_some(comment);
        let relation = relation.id.clone();
        self.statements.push(Statement { relation, comment, target: target.to_owned(), value });
    }

    /// A further statement of the same step.
    pub(crate) fn more(&mut self, target: &str, value: Py) {
        let relation = self.statements.last().map_or_else(SmolStr::default, |s| s.relation.clone());
        self.statements.push(Statement { relation, comment: None, target: target.to_owned(), value });
    }

    /// The body of the function that returns `rows`.
    pub(crate) fn body(self, rows: &Rows) -> Vec<Line> {
        let mut lines = Vec::new();
        let last = self.statements.len();
        let mut returned = false;
        for (i, Statement { comment, target, value, .. }) in self.statements.into_iter().enumerate() {
            lines.extend(comment);
            returned = i + 1 == last && target == rows.variable;
            let prefix = if returned { "return ".to_owned() } else { format!("{target} = ") };
            lines.extend(statement(4, &prefix, &value).into_iter().map(Line::plain));
        }
        if !returned {
            lines.push(Line::plain(format!("    return {}", rows.variable)));
        }
        lines
    }

    /// The same rows in which Spark no longer sees event time, except in the columns `keep`.
    pub(crate) fn plain_time(&mut self, rows: &mut Rows, keep: &[usize], relation: &Relation, target: &str) {
        let lose: Vec<usize> = rows.frame.events.iter().copied().filter(|e| !keep.contains(e)).collect();
        if lose.is_empty() {
            return;
        }
        let mut arguments: Vec<Argument> = vec![Py::atom(&rows.variable).into()];
        arguments.extend(lose.iter().filter_map(|i| rows.frame.names.get(*i)).map(|n| Py::string(n).into()));
        self.assign(relation, target, Py::call("streamc.plain_time", arguments));
        target.clone_into(&mut rows.variable);
        rows.frame.events.retain(|e| keep.contains(e));
    }
}

/// `"name"`, or `F.col("old").alias("new")`.
pub(crate) fn renamed(old: &str, new: &str) -> Py {
    if old == new {
        Py::string(&path(old))
    } else {
        col(&path(old)).method("alias", vec![Py::string(new).into()])
    }
}

/// `F.col("path")`.
pub(crate) fn col(path: &str) -> Py {
    Py::call("F.col", vec![Py::string(path).into()])
}

/// `F.expr("…")`.
pub(crate) fn sql_column(text: &str) -> Py {
    Py::call("F.expr", vec![Py::string(text).into()])
}
