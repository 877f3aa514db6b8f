//! Hints behind `SELECT`.
//!
//! They go to Flink as they are written. `STATE_TTL` is heeded in process too; the others say how to compute, not what.
//! A hint is about the tables that its own `SELECT` joins or groups (`QueryHintsResolver`): Flink hands some down to
//! sub-queries, where they are refused here.

use super::QueryBinder;
use super::from::From;
use crate::hints::{Hint, duration, parse};
use crate::tokens::Tokens;
use smol_str::SmolStr;
use streamc_diagnostics::codes::types::{HINT, SQL_SYNTAX, SQL_UNSUPPORTED};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{Relation, RelationKind, StateLife};

/// The hints of one `SELECT`.
#[derive(Default)]
pub(super) struct Hints {
    /// Tables, and how long what is kept of them lives, in milliseconds.
    kept: Vec<(SmolStr, i64)>,
    /// Where `MULTI_JOIN` stands.
    multi: Option<Span>,
    /// Names of tables, to be looked up.
    named: Vec<(SmolStr, Span)>,
}

/// Hints that choose how a join is computed. To a stream the first four change nothing; `MULTI_JOIN` makes one operator of
/// several joins, with the same rows and kinds of changes.
const JOINS: [&str; 5] = ["BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN"];

/// What the value of an option of `LOOKUP` is (`LookupJoinHintOptions`).
enum Value {
    Table,
    Flag,
    Number,
    Duration,
    Word(&'static [&'static str]),
    Any,
}

const LOOKUP: [(&str, Value); 10] = [
    ("table", Value::Table),
    ("async", Value::Flag),
    ("output-mode", Value::Word(&["ordered", "allow_unordered"])),
    ("capacity", Value::Number),
    ("timeout", Value::Duration),
    ("retry-predicate", Value::Any),
    ("retry-strategy", Value::Word(&["fixed_delay"])),
    ("fixed-delay", Value::Duration),
    ("max-attempts", Value::Number),
    ("shuffle", Value::Flag),
];

impl QueryBinder<'_> {
    /// Reads the hint behind the `SELECT` at `select`.
    pub(super) fn hints(&mut self, select: Span) -> Hints {
        let mut out = Hints::default();
        let token = self.binder.tokens.from(select.start);
        let Some(span) = self.binder.tokens.hint_behind(token) else { return out };
        let Some(tokens) = Tokens::of_hint(self.binder.source, span) else { return out };
        match parse(&tokens) {
            Ok(hints) => {
                for hint in &hints {
                    self.hint(hint, &mut out);
                }
                if let Some(at) = out.multi.filter(|_| !out.kept.is_empty()) {
                    let message = "`MULTI_JOIN` next to `STATE_TTL` is not supported yet";
                    self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message));
                }
            }
            Err((at, wanted)) => {
                let at = if at.is_empty() { Span { start: span.end.saturating_sub(2), ..span } } else { at };
                let found = self.binder.text(at).to_owned();
                self.binder.report(Diagnostic::new(
                    SQL_SYNTAX,
                    at,
                    format!("expected {wanted}, found `{found}`"),
                ));
            }
        }
        out
    }

    fn hint(&mut self, hint: &Hint, out: &mut Hints) {
        let at = hint.name_span;
        match hint.name.as_str() {
            "STATE_TTL" => self.state_ttl(hint, out),
            "LOOKUP" => self.lookup_options(hint, out),
            name if JOINS.contains(&name) => {
                out.multi = out.multi.or((name == "MULTI_JOIN").then_some(at));
                if hint.arguments.is_empty() {
                    self.binder.report(Diagnostic::new(HINT, at, format!("`{name}` names no table")));
                }
                for argument in &hint.arguments {
                    if argument.value.is_some() {
                        let message = format!("`{name}` takes names of tables only");
                        self.binder.report(Diagnostic::new(HINT, argument.name_span, message));
                    } else {
                        out.named.push((argument.name.clone(), argument.name_span));
                    }
                }
            }
            "OPTIONS" => {
                let d = Diagnostic::new(SQL_UNSUPPORTED, at, "the hint `OPTIONS` is not supported");
                self.binder.report(d.help("write the options where the source is declared"));
            }
            name => {
                let known = ["STATE_TTL", "LOOKUP"].into_iter().chain(JOINS);
                let d = Diagnostic::new(HINT, at, format!("Flink has no hint `{name}`"));
                self.binder.report(match did_you_mean(name, known) {
                    Some(close) => d.fix(format!("change `{name}` to `{close}`"), at, close),
                    None => d.help(format!("there are STATE_TTL, LOOKUP, {}", JOINS.join(", "))),
                });
            }
        }
    }

    fn state_ttl(&mut self, hint: &Hint, out: &mut Hints) {
        if hint.arguments.is_empty() {
            let d = Diagnostic::new(HINT, hint.name_span, "`STATE_TTL` names no table");
            self.binder.report(d.help("write `STATE_TTL('t' = '1d')`"));
        }
        let mut own: Vec<(SmolStr, i64)> = Vec::new();
        for argument in &hint.arguments {
            let Some((value, at)) = &argument.value else {
                let message = format!("`STATE_TTL` lacks the time for `{}`", argument.name);
                let d = Diagnostic::new(HINT, argument.name_span, message);
                let text = format!("{} = '1d'", self.binder.text(argument.name_span));
                self.binder.report(d.fix("give it a time", argument.name_span, text));
                continue;
            };
            out.named.push((argument.name.clone(), argument.name_span));
            match duration(value) {
                Some(0) => {
                    let d =
                        Diagnostic::new(SQL_UNSUPPORTED, *at, "a time of 0, for ever, is not supported yet");
                    self.binder.report(
                        d.help("leave the table out of the hint: what is kept is kept for ever then"),
                    );
                }
                // Of one table twice in a hint the last counts, of two hints the first.
                Some(millis) => {
                    own.retain(|(name, _)| *name != argument.name);
                    own.push((argument.name.clone(), millis));
                }
                None if value.trim_start().starts_with(['p', 'P']) => {
                    let d = Diagnostic::new(
                        SQL_UNSUPPORTED,
                        *at,
                        format!("the duration `{value}` is not supported yet"),
                    );
                    self.binder
                        .report(d.help("write a number and a unit: `1d`, `12h`, `30min`, `10s`, `500ms`"));
                }
                None => {
                    let d = Diagnostic::new(HINT, *at, format!("`{value}` is no time"));
                    self.binder
                        .report(d.help("write a number and a unit: `1d`, `12h`, `30min`, `10s`, `500ms`"));
                }
            }
        }
        let known = |name: &SmolStr| out.kept.iter().any(|(n, _)| n == name);
        let new: Vec<(SmolStr, i64)> = own.into_iter().filter(|(name, _)| !known(name)).collect();
        out.kept.extend(new);
    }

    fn lookup_options(&mut self, hint: &Hint, out: &mut Hints) {
        for argument in &hint.arguments {
            let Some((value, at)) = &argument.value else {
                let d = Diagnostic::new(HINT, argument.name_span, "`LOOKUP` takes options with values only");
                self.binder.report(d.help("write `LOOKUP('table' = 't', 'async' = 'true')`"));
                return;
            };
            let Some((name, kind)) = LOOKUP.iter().find(|(name, _)| *name == argument.name) else {
                let message = format!("`LOOKUP` has no option `{}`", argument.name);
                let d = Diagnostic::new(HINT, argument.name_span, message);
                let close = did_you_mean(&argument.name, LOOKUP.iter().map(|(name, _)| *name));
                self.binder.report(match close {
                    Some(close) => {
                        d.fix(format!("change it to `{close}`"), argument.name_span, format!("'{close}'"))
                    }
                    None => d.help(format!("there are {}", LOOKUP.map(|(name, _)| name).join(", "))),
                });
                continue;
            };
            let wanted = match kind {
                Value::Table => {
                    out.named.push((value.clone(), *at));
                    continue;
                }
                Value::Flag if value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false") => {
                    continue;
                }
                Value::Flag => "`true` or `false`".to_owned(),
                Value::Number if value.parse::<i32>().is_ok() => continue,
                Value::Number => "a whole number".to_owned(),
                Value::Duration if duration(value).is_some() => continue,
                Value::Duration => "a time such as `10s`".to_owned(),
                Value::Word(words) if words.iter().any(|w| value.eq_ignore_ascii_case(w)) => continue,
                Value::Word(words) => words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(" or "),
                Value::Any => continue,
            };
            self.binder.report(Diagnostic::new(HINT, *at, format!("`{name}` is {wanted}, not `{value}`")));
        }
        let has = |name: &str| hint.arguments.iter().any(|a| a.name == name);
        if !has("table") {
            let d = Diagnostic::new(HINT, hint.name_span, "`LOOKUP` lacks the option `table`");
            self.binder.report(d.help("write `LOOKUP('table' = 't', …)`: the table that is looked up"));
        }
        let retry = ["retry-predicate", "retry-strategy", "fixed-delay", "max-attempts"];
        let missing: Vec<&str> = retry.into_iter().filter(|name| !has(name)).collect();
        if !missing.is_empty() && missing.len() < retry.len() {
            let message = format!("`LOOKUP` lacks `{}`", missing.join("`, `"));
            let d = Diagnostic::new(HINT, hint.name_span, message);
            self.binder.report(d.help("the options of retrying stand together, all four or none"));
        }
    }

    /// Looks for the tables that the hints name among those of `FROM`.
    pub(super) fn check_hints(&mut self, hints: &Hints, from: &From) {
        if from.is_open() {
            return;
        }
        for (name, at) in &hints.named {
            if from.tables.iter().any(|t| t.name == *name) {
                continue;
            }
            let d = Diagnostic::new(HINT, *at, format!("this `SELECT` reads no table `{name}`"));
            let quoted = |text: &str| {
                if self.binder.text(*at).starts_with('\'') { format!("'{text}'") } else { text.to_owned() }
            };
            let names = || from.tables.iter().map(|t| t.name.as_str()).filter(|n| !n.is_empty());
            let called = from.tables.iter().find(|t| t.of == *name && !t.name.is_empty());
            let d = match (called.map(|t| t.name.as_str()), did_you_mean(name, names())) {
                (Some(alias), _) => d.fix(format!("it is called `{alias}` here"), *at, quoted(alias)),
                (None, Some(close)) => d.fix(format!("change `{name}` to `{close}`"), *at, quoted(close)),
                (None, None) => d.help("a hint is about the tables of its own `FROM`; one of a sub-query stands in the sub-query"),
            };
            self.binder.report(d);
        }
    }

    /// How long what is kept of the one table in `side` lives, by the hints of the `SELECT` at hand.
    pub(super) fn kept(&self, side: &From) -> Option<i64> {
        let [table] = side.tables.as_slice() else { return None };
        let hints = self.hints.last()?;
        hints.kept.iter().find(|(name, _)| *name == table.name).map(|(_, millis)| *millis)
    }

    /// Reports hints that stand where Flink's grammar has none.
    pub(super) fn stray_hints(&mut self) {
        let tokens = self.binder.tokens;
        for (before, span) in &tokens.hints {
            let behind_select = before.is_some_and(|i| tokens.is_word(i, "SELECT"));
            if behind_select {
                continue;
            }
            let d = Diagnostic::new(SQL_UNSUPPORTED, *span, "a hint here is not supported");
            let text = self.binder.text(*span);
            self.binder.report(if text.to_ascii_uppercase().contains("OPTIONS") {
                d.help("write the options where the source is declared")
            } else {
                d.help("a hint stands directly behind `SELECT`")
            });
        }
    }
}

/// Lets the state of a grouping, or of distinct rows, live so long after its last use.
pub(super) fn keep(relation: &mut Relation, millis: i64) {
    match &mut relation.kind {
        RelationKind::Aggregate { windowed: false, .. } | RelationKind::Distinct { windowed: false, .. } => {
            if let Some(state) = &mut relation.props.state {
                state.life = StateLife::Hinted { left: Some(millis), right: None };
            }
        }
        RelationKind::Project { input, .. } => keep(input, millis),
        _ => {}
    }
}

/// Lets the rows of the sides of a join live so long after their last use.
pub(super) fn keep_sides(relation: &mut Relation, [left, right]: [Option<i64>; 2]) {
    let life = relation.props.state.as_mut().map(|state| &mut state.life);
    if let Some(life) =
        life.filter(|life| **life == StateLife::Unbounded && (left.is_some() || right.is_some()))
    {
        *life = StateLife::Hinted { left, right };
    }
}
