//! `MATCH_RECOGNIZE`.
//!
//! What Flink's planner refuses is refused here, measured on 2.3 and as its documentation says ("Pattern Recognition",
//! known limitations): one variable after the other without groups, alternatives and permutations, no greedy variable
//! at the end, no match without rows.

use super::{Derived, QueryBinder};
use crate::bind::{Env, Matching};
use crate::scope::{Scope, ScopeTable};
use crate::tokens::Tokens;
use smol_str::SmolStr;
use sqlparser::ast::{
    AfterMatchSkip, Expr as Sql, Ident, MatchRecognizePattern, MatchRecognizeSymbol, Measure as SqlMeasure,
    OrderByExpr, RepetitionQuantifier, RowsPerMatch, SymbolDefinition,
};
use streamc_diagnostics::codes::names::DUPLICATE_COLUMN;
use streamc_diagnostics::codes::types::{
    PATTERN, SQL_SYNTAX, SQL_UNSUPPORTED, TYPE_MISMATCH, WINDOW_INPUT, WINDOW_TIME,
};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{
    ExprKind, MatchExpr, MatchOperand, Measure, Origin, PatternVariable, Relation, RowPattern,
    SkipAfterMatch, SortKey, relations,
};
use streamc_types::{IntervalUnit, RowSchema, TypeKind, Value};

/// The clauses of a `MATCH_RECOGNIZE`.
pub(super) struct Clauses<'q> {
    pub(super) partition: &'q [Sql],
    pub(super) order: &'q [OrderByExpr],
    pub(super) measures: &'q [SqlMeasure],
    pub(super) rows: Option<&'q RowsPerMatch>,
    pub(super) skip: Option<&'q AfterMatchSkip>,
    pub(super) pattern: &'q MatchRecognizePattern,
    pub(super) definitions: &'q [SymbolDefinition],
}

/// A variable as it stands in `PATTERN`.
struct Element<'q> {
    ident: &'q Ident,
    least: u32,
    most: Option<u32>,
    greedy: bool,
}

impl QueryBinder<'_> {
    /// The matches in the rows of `input`; `at` is the word `MATCH_RECOGNIZE`.
    pub(super) fn recognize(&mut self, input: Relation, clauses: &Clauses<'_>, at: Span) -> Derived {
        let schema = input.props.schema.clone();
        if !input.props.changelog.is_insert_only() {
            let d = Diagnostic::new(WINDOW_INPUT, at, "`MATCH_RECOGNIZE` takes rows that are only added")
                .help("put it before the grouping, join or ranking that makes rows change");
            self.binder.report(d);
            return Derived::missing();
        }
        let before = self.errors();
        if let Some(RowsPerMatch::AllRows(_)) = clauses.rows {
            let place = self.word(at, "ALL");
            let d = Diagnostic::new(PATTERN, place, "Flink does not support `ALL ROWS PER MATCH`");
            self.binder.report(d.help("write `ONE ROW PER MATCH`"));
        }
        let partition = self.match_partition(clauses.partition, &schema);
        let order = self.match_order(clauses.order, &input, at);
        let elements = self.elements(clauses.pattern, at);
        let names: Vec<SmolStr> = elements.iter().map(|e| e.ident.value.as_str().into()).collect();
        let skip = self.skip(clauses.skip, &names);
        let within = self.within(at);
        let Some((time, order)) = order else { return Derived::missing() };
        if schema.columns.get(time).is_none() {
            return Derived::missing();
        }

        let scope = scope_of(&schema, &names);
        let mut variables: Vec<PatternVariable> = elements
            .iter()
            .zip(&names)
            .map(|(e, name)| PatternVariable {
                name: name.clone(),
                least: e.least,
                most: e.most,
                greedy: e.greedy,
                condition: None,
            })
            .collect();
        let mut defined: Vec<&Ident> = Vec::new();
        for SymbolDefinition { symbol, definition } in clauses.definitions {
            let place = self.binder.tokens.ident(symbol);
            if let Some(first) = defined.iter().find(|d| d.value == symbol.value) {
                let first = self.binder.tokens.ident(first);
                let message = format!("the pattern variable `{}` is defined twice", symbol.value);
                self.binder.report(Diagnostic::new(PATTERN, place, message).also(first, "the first time"));
            }
            defined.push(symbol);
            let matching = Matching::new(&schema, false);
            let env = Env { matching: Some(&matching), ..Env::new(&scope, "DEFINE") };
            let condition = self.binder.condition(definition, env);
            let Some(index) = names.iter().position(|n| *n == symbol.value) else {
                self.unknown_variable(symbol, &names);
                continue;
            };
            if matches!(condition.kind, ExprKind::Literal(Value::Null)) {
                let at = self.binder.tokens.extent(definition);
                let d = Diagnostic::new(PATTERN, at, "Flink takes no bare `NULL` as a condition");
                self.binder
                    .report(d.help("a variable that no row can be: `CAST(NULL AS BOOLEAN)`, or `FALSE`"));
                continue;
            }
            if !condition.ty.is_unknown() {
                let condition = matching.finish(condition);
                self.absent(&condition, &variables, Some(index), self.binder.tokens.extent(definition));
                variables[index].condition = Some(condition);
            }
        }
        let mut measures: Vec<Measure> = Vec::new();
        if clauses.measures.is_empty() {
            self.binder.report(Diagnostic::new(
                PATTERN,
                at,
                "Flink needs `MEASURES`: the columns of a match",
            ));
        }
        let taken = |name: &str, measures: &[Measure]| {
            partition.iter().filter_map(|i| schema.columns.get(*i)).any(|c| c.name == name)
                || measures.iter().any(|m| m.name == name)
        };
        for SqlMeasure { expr, alias } in clauses.measures {
            let place = self.binder.alias(alias);
            let tokens = self.binder.tokens;
            if !tokens.is_word(tokens.from(place.start).wrapping_sub(1), "AS") {
                let d = Diagnostic::new(SQL_SYNTAX, place, "the name of a measure stands behind `AS`");
                let start = Span { end: place.start, ..place };
                self.binder.report(d.fix("put `AS` before it", start, "AS "));
            }
            let matching = Matching::new(&schema, true);
            let env = Env { matching: Some(&matching), ..Env::new(&scope, "MEASURES") };
            let bound = self.binder.expr(expr, env);
            if taken(&alias.value, &measures) {
                let message = format!("a match already has a column `{}`", alias.value);
                let d = Diagnostic::new(DUPLICATE_COLUMN, place, message);
                self.binder.report(
                    d.help("the columns of `PARTITION BY` come first; give the measure another name"),
                );
            }
            if bound.ty.kind == TypeKind::Null {
                let at = self.binder.tokens.extent(expr);
                let d = Diagnostic::new(PATTERN, at, "Flink takes no bare `NULL` as a measure");
                self.binder.report(d.help("give it a type: `CAST(NULL AS INT)`"));
                continue;
            }
            if !bound.ty.is_unknown() {
                let mut lists = false;
                bound.walk(&mut |part| lists |= matches!(part.kind, ExprKind::InList { .. }));
                if lists {
                    let at = self.binder.tokens.extent(expr);
                    let d = Diagnostic::new(PATTERN, at, "Flink fails on `IN` in `MEASURES`");
                    self.binder.report(d.help("compare with `=` and `OR`, or in a query around this one"));
                    continue;
                }
                let value = matching.finish(bound);
                self.absent(&value, &variables, None, self.binder.tokens.extent(expr));
                measures.push(Measure { name: alias.value.as_str().into(), value });
            }
        }
        if self.errors() > before {
            return Derived::missing();
        }
        let pattern = RowPattern { partition, time, order, variables, skip, within, measures };
        Derived::ready(relations::recognize(input, pattern, Origin::new("MATCH_RECOGNIZE", at)))
    }

    fn errors(&self) -> usize {
        self.binder.diagnostics.iter().filter(|d| d.is_error()).count()
    }

    fn unknown_variable(&mut self, ident: &Ident, names: &[SmolStr]) {
        let place = self.binder.tokens.ident(ident);
        let mut d = Diagnostic::new(PATTERN, place, format!("the pattern has no variable `{}`", ident.value));
        if let Some(close) = did_you_mean(&ident.value, names.iter().map(SmolStr::as_str)) {
            d = d.fix(format!("change `{}` to `{close}`", ident.value), place, crate::bind::quoted(close));
        }
        self.binder.report(d);
    }

    /// Columns of the input, in its order: with another order Flink 2.3 mixes up the values of the columns, or fails
    /// where their types differ (measured).
    fn match_partition(&mut self, by: &[Sql], schema: &RowSchema) -> Vec<usize> {
        let scope = Scope::single("", schema);
        let mut out: Vec<usize> = Vec::new();
        for sql in by {
            let at = self.binder.tokens.extent(sql);
            let bound = self.binder.expr(sql, Env::new(&scope, "PARTITION BY"));
            match bound.as_column() {
                Some(column) if out.last().is_some_and(|last| *last >= column) => {
                    let d = Diagnostic::new(
                        PATTERN,
                        at,
                        "the columns of this `PARTITION BY` stand in another order than in the input",
                    )
                    .help("Flink 2.3 mixes up their values: name each once, in the order of the input");
                    self.binder.report(d);
                }
                Some(column) => out.push(column),
                None if bound.ty.is_unknown() => {}
                None => {
                    let d = Diagnostic::new(PATTERN, at, "`PARTITION BY` of a pattern takes columns");
                    self.binder.report(d.help("compute it in a sub-query before `MATCH_RECOGNIZE`"));
                }
            }
        }
        out
    }

    /// The time attribute, and what orders rows of one time.
    fn match_order(
        &mut self,
        by: &[OrderByExpr],
        input: &Relation,
        at: Span,
    ) -> Option<(usize, Vec<SortKey>)> {
        let schema = &input.props.schema;
        let scope = Scope::single("", schema);
        let event = input.props.rowtime().and_then(|i| schema.columns.get(i)).map(|c| c.name.clone());
        let mut keys = Vec::new();
        let mut failed = false;
        for (n, key) in by.iter().enumerate() {
            let place = self.binder.tokens.extent(&key.expr);
            let bound = self.binder.expr(&key.expr, Env::new(&scope, "ORDER BY"));
            failed |= bound.ty.is_unknown();
            let direction = self.direction(key);
            if key.options.nulls_first.is_some() {
                let at = self.word(place, "NULLS");
                let message = "`NULLS FIRST` and `NULLS LAST` in a pattern are not supported";
                let d = Diagnostic::new(SQL_UNSUPPORTED, at, message);
                self.binder.report(d.help("Flink 2.3 does not plan them: leave them out"));
                failed = true;
            }
            let Some(column) = bound.as_column() else {
                if !bound.ty.is_unknown() {
                    self.unsupported(place, "an expression in `ORDER BY` of a pattern is");
                }
                failed = true;
                continue;
            };
            let time = schema.columns.get(column).is_some_and(|c| c.time.is_some());
            if n == 0 && (!time || direction.descending) {
                let message = "rows of a pattern are ordered by event time, ascending";
                let mut d = Diagnostic::new(WINDOW_TIME, place, message);
                if let Some(event) = event.as_ref().filter(|_| !time) {
                    d = d.fix(format!("take `{event}`"), place, crate::bind::quoted(event));
                }
                self.binder.report(d);
                failed = true;
            }
            keys.push(SortKey { column, direction });
        }
        if by.is_empty() {
            let d = Diagnostic::new(WINDOW_TIME, at, "`MATCH_RECOGNIZE` needs an `ORDER BY` event time");
            self.binder.report(match event {
                Some(event) => d.help(format!("write `ORDER BY {}`", crate::bind::quoted(&event))),
                None => d.help("declare event time where the rows come from: `watermark: ts - 5s`"),
            });
        }
        if failed || keys.is_empty() {
            return None;
        }
        let time = keys.remove(0).column;
        Some((time, keys))
    }

    /// The variables of `PATTERN`, one after the other.
    fn elements<'q>(&mut self, pattern: &'q MatchRecognizePattern, at: Span) -> Vec<Element<'q>> {
        let whole = {
            let tokens = self.binder.tokens;
            let word = tokens.from(self.word(at, "PATTERN").start);
            tokens.at(word).cover(tokens.closing(word + 1).map_or(tokens.at(word), |c| tokens.at(c)))
        };
        let mut out = Vec::new();
        self.element(pattern, whole, &mut out);
        let mut seen: Vec<&str> = Vec::new();
        for element in &out {
            let place = self.binder.alias(element.ident);
            if seen.contains(&element.ident.value.as_str()) {
                let message = format!("the pattern has the variable `{}` twice", element.ident.value);
                let help =
                    "Flink takes each variable once: give the second another name and the same condition";
                self.binder.report(Diagnostic::new(PATTERN, place, message).help(help));
            }
            seen.push(&element.ident.value);
        }
        for pair in out.windows(2) {
            let [before, element] = pair else { continue };
            // `{0,n}` is not asked (`Pattern.optional`, `Pattern.times`).
            if before.greedy && element.least == 0 && element.most.is_none_or(|m| m == 1) {
                let place = self.binder.tokens.ident(element.ident);
                let message = "an optional variable cannot follow a greedy one";
                let d = Diagnostic::new(PATTERN, place, message)
                    .help(format!("add a `?` behind the quantifier of `{}`", before.ident.value));
                self.binder.report(d);
            }
        }
        if let Some(last) = out.last().filter(|e| e.greedy) {
            let place = self.binder.tokens.ident(last.ident);
            let d = Diagnostic::new(PATTERN, place, "a pattern cannot end with a greedy variable")
                .help("nothing says when the match ends: add a `?` behind the quantifier, or a variable behind it that ends the match");
            self.binder.report(d);
        }
        if !out.is_empty() && out.iter().all(|e| e.least == 0) {
            let d = Diagnostic::new(PATTERN, whole, "the pattern matches no rows at all");
            self.binder.report(d.help("at least one variable must come at least once"));
        }
        out
    }

    fn element<'q>(&mut self, pattern: &'q MatchRecognizePattern, whole: Span, out: &mut Vec<Element<'q>>) {
        use MatchRecognizePattern as P;
        let refuse = |binder: &mut Self, what: &str| {
            binder.binder.report(Diagnostic::new(
                PATTERN,
                whole,
                format!("Flink does not support {what} in a pattern"),
            ));
        };
        match pattern {
            P::Symbol(MatchRecognizeSymbol::Named(ident)) => {
                out.push(Element { ident, least: 1, most: Some(1), greedy: false });
            }
            P::Symbol(_) => {
                self.unsupported(whole, "`^` and `$` in a pattern are");
            }
            P::Concat(parts) => parts.iter().for_each(|p| self.element(p, whole, out)),
            P::Group(inner) => self.element(inner, whole, out),
            P::Alternation(_) | P::Permute(_) | P::Exclude(_) => {
                refuse(
                    self,
                    match pattern {
                        P::Alternation(_) => "alternatives (`|`)",
                        P::Permute(_) => "`PERMUTE`",
                        _ => "exclusions (`{- … -}`)",
                    },
                );
                named(pattern, out);
            }
            P::Repetition(inner, quantifier) => {
                let (inner, quantifier, greedy) = match (inner.as_ref(), quantifier) {
                    (P::Repetition(inner, q), RepetitionQuantifier::AtMostOne) => (inner.as_ref(), q, false),
                    (inner, q) => (inner, q, true),
                };
                let P::Symbol(MatchRecognizeSymbol::Named(ident)) = inner else {
                    named(inner, out);
                    return match inner {
                        P::Repetition(..) => {
                            let d = Diagnostic::new(
                                SQL_SYNTAX,
                                whole,
                                "two quantifiers stand behind one variable",
                            );
                            self.binder.report(d);
                        }
                        _ => refuse(self, "groups that repeat"),
                    };
                };
                let at = self.binder.tokens.ident(ident);
                let (least, most) = self.count(quantifier, at).unwrap_or((1, Some(1)));
                let optional = (least, most) == (0, Some(1));
                if optional && !greedy {
                    refuse(self, "an optional variable that is not greedy (`??`)");
                }
                // Whether an optional variable is greedy makes no difference to Flink.
                out.push(Element { ident, least, most, greedy: greedy && !optional && Some(least) != most });
            }
        }
    }

    fn count(&mut self, quantifier: &RepetitionQuantifier, at: Span) -> Option<(u32, Option<u32>)> {
        let message = match *quantifier {
            RepetitionQuantifier::ZeroOrMore => return Some((0, None)),
            RepetitionQuantifier::OneOrMore => return Some((1, None)),
            RepetitionQuantifier::AtMostOne => return Some((0, Some(1))),
            RepetitionQuantifier::AtLeast(n) => return Some((n, None)),
            RepetitionQuantifier::Exactly(n) if n > 0 => return Some((n, Some(n))),
            RepetitionQuantifier::Range(n, m) if m >= n && m > 0 => return Some((n, Some(m))),
            RepetitionQuantifier::Exactly(_) => "a variable that comes no time has no meaning",
            RepetitionQuantifier::Range(..) => "the greatest number is less than the least",
            RepetitionQuantifier::AtMost(_) => "Flink does not support `{,n}`: write `{0,n}`",
        };
        self.binder.report(Diagnostic::new(PATTERN, at, message));
        None
    }

    fn skip(&mut self, skip: Option<&AfterMatchSkip>, names: &[SmolStr]) -> SkipAfterMatch {
        let mut variable = |ident: &Ident| {
            let found = names.iter().position(|n| *n == ident.value);
            if found.is_none() {
                self.unknown_variable(ident, names);
            }
            found.unwrap_or_default()
        };
        match skip {
            // Calcite's default, not the standard's.
            None | Some(AfterMatchSkip::ToNextRow) => SkipAfterMatch::ToNextRow,
            Some(AfterMatchSkip::PastLastRow) => SkipAfterMatch::PastLastRow,
            Some(AfterMatchSkip::ToFirst(ident)) => SkipAfterMatch::ToFirst(variable(ident)),
            Some(AfterMatchSkip::ToLast(ident)) => SkipAfterMatch::ToLast(variable(ident)),
        }
    }

    /// `WITHIN INTERVAL '1' HOUR` behind the pattern, in milliseconds.
    fn within(&mut self, at: Span) -> Option<i64> {
        let tokens = self.binder.tokens;
        let (from, to) = within(tokens, tokens.from(at.start))?;
        let sql = match crate::parse::expression_of(self.binder.source, tokens, from + 1..to) {
            Ok(sql) => sql,
            Err(d) => {
                self.binder.report(d);
                return None;
            }
        };
        let place = tokens.at(from + 1).cover(tokens.at(to - 1));
        let bound = self.binder.expr(&sql, Env::new(&Scope::default(), "WITHIN"));
        match (&bound.kind, &bound.ty.kind) {
            (ExprKind::Literal(Value::Int(millis)), TypeKind::Interval(IntervalUnit::DaySecond))
                if *millis >= 0 =>
            {
                // Flink takes no time for any time.
                (*millis > 0).then_some(*millis)
            }
            (ExprKind::Error, _) => None,
            _ => {
                let message = "`WITHIN` takes a constant interval of days to seconds";
                let d = Diagnostic::new(TYPE_MISMATCH, place, message);
                self.binder.report(d.help("write `WITHIN INTERVAL '5' MINUTE`"));
                None
            }
        }
    }

    /// Refuses columns that are never `NULL` of rows that a match may not have: Flink's types say `NOT NULL`, and its code
    /// reads them without looking.
    fn absent(&mut self, value: &MatchExpr, variables: &[PatternVariable], of: Option<usize>, at: Span) {
        for operand in &value.operands {
            let MatchOperand::Row { variable, offset, value, .. } = operand else { continue };
            let rows: u32 = match (variable, of) {
                // The row that is tried counts.
                (None, Some(of)) => 1 + variables.iter().take(of).map(|v| v.least).sum::<u32>(),
                (None, None) => variables.iter().map(|v| v.least).sum(),
                (Some(v), Some(of)) if *v == of => 1,
                (Some(v), Some(of)) if *v > of => 0,
                (Some(v), _) => variables.get(*v).map_or(0, |v| v.least),
            };
            if rows <= *offset && !value.ty.nullable {
                let d = Diagnostic::new(PATTERN, at, "a match may have no such row, and Flink takes the column for never `NULL`")
                    .help("give the column a type that may be `NULL` in a sub-query before: `NULLIF(x, NULL)` has one");
                self.binder.report(d);
                return;
            }
        }
    }
}

/// The variables of a pattern that was refused: what reads them is no second error.
fn named<'q>(pattern: &'q MatchRecognizePattern, out: &mut Vec<Element<'q>>) {
    use MatchRecognizePattern as P;
    let mut symbol = |symbol: &'q MatchRecognizeSymbol| {
        if let MatchRecognizeSymbol::Named(ident) = symbol {
            out.push(Element { ident, least: 1, most: Some(1), greedy: false });
        }
    };
    match pattern {
        P::Symbol(s) | P::Exclude(s) => symbol(s),
        P::Permute(symbols) => symbols.iter().for_each(symbol),
        P::Concat(parts) | P::Alternation(parts) => parts.iter().for_each(|p| named(p, out)),
        P::Group(inner) | P::Repetition(inner, _) => named(inner, out),
    }
}

/// The columns of the input for the rows of all variables, and behind them for those of each.
fn scope_of<'s>(schema: &'s RowSchema, names: &[SmolStr]) -> Scope<'s> {
    let table = |name: &SmolStr, n: usize| ScopeTable {
        name: name.clone(),
        schema,
        offset: n * schema.len(),
        open: false,
        of: SmolStr::default(),
        hidden: 0,
    };
    Scope {
        tables: vec![table(&SmolStr::default(), 0)],
        shared: Vec::new(),
        outer: names.iter().enumerate().map(|(n, name)| table(name, n + 1)).collect(),
    }
}

/// Indices of the word `WITHIN` and of the token behind its interval, in the `MATCH_RECOGNIZE` at token `word`. sqlparser
/// does not know this clause of Flink's.
pub(crate) fn within(tokens: &Tokens, word: usize) -> Option<(usize, usize)> {
    let end = tokens.closing(word + 1)?;
    let pattern = (word + 2..end).find(|i| tokens.is_word(*i, "PATTERN"))?;
    let from = tokens.closing(pattern + 1)? + 1;
    if !tokens.is_word(from, "WITHIN") {
        return None;
    }
    let to = (from..end).find(|i| tokens.is_word(*i, "DEFINE"))?;
    Some((from, to))
}
