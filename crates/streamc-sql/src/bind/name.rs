//! Names of columns.

use super::{Binder, Env};
use crate::scope::Resolution;
use smol_str::SmolStr;
use sqlparser::ast::Ident;
use streamc_diagnostics::codes::names::{AMBIGUOUS_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::Expr;

/// A name as it stands in SQL.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !crate::words::is_reserved(&name.to_ascii_uppercase());
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}

impl Binder<'_> {
    /// Binds `a`, `t.a`, `a.field`, `t.a.field`.
    pub(super) fn name(&mut self, idents: &[Ident], env: Env<'_>) -> Expr {
        let path: Vec<&str> = idents.iter().map(|i| i.value.as_str()).collect();
        let at = |i: usize| idents.get(i).map_or(self.tokens.whole, |x| self.tokens.ident(x));
        let last = at(idents.len().saturating_sub(1));
        let whole = at(0).cover(last);
        if !idents.iter().all(|i| self.not_reserved(i)) {
            return Expr::error(whole);
        }
        match env.scope.resolve(&path, self.reserved) {
            Resolution::Column { index, ty, used, fields } => {
                let place = at(0).cover(at(used.saturating_sub(1)));
                let mut bound = Expr::column(index, ty).at(place);
                for field in &fields {
                    bound = self.field(bound, field, place);
                }
                if let (Some(_), [field, ..]) = (env.matching, idents.get(used..).unwrap_or_default()) {
                    return self.field_of_match(place, field, whole);
                }
                for ident in idents.get(used..).unwrap_or_default() {
                    let span = self.tokens.ident(ident);
                    bound = self.field(bound, &ident.value, span);
                }
                bound
            }
            // Flink knows the column of both sides as an item of the select list only.
            Resolution::Ambiguous(tables) | Resolution::Shared { tables, .. } => {
                let name = path.last().copied().unwrap_or_default();
                let mut d = Diagnostic::new(AMBIGUOUS_COLUMN, whole, ambiguous(name, &tables));
                let mut seen: Vec<&SmolStr> = Vec::new();
                for table in tables.iter().filter(|t| path.len() == 1 && !t.is_empty()) {
                    if !seen.contains(&table) {
                        seen.push(table);
                        let text = format!("{}.{}", quoted(table), quoted(name));
                        d = d.fix(format!("take the one of `{table}`"), whole, text);
                    }
                }
                if let [first, second, ..] = seen.as_slice() {
                    let name = quoted(name);
                    d = d.help(format!("write `{}.{name}` or `{}.{name}`", quoted(first), quoted(second)));
                } else {
                    d.fixes.clear();
                    d = d.help("give the columns different names where they are made, with `AS`");
                }
                self.report(d);
                Expr::error(whole)
            }
            Resolution::UnknownInTable { table, columns } => {
                let name = path.get(1).copied().unwrap_or_default();
                let candidates: Vec<&str> = columns.iter().map(SmolStr::as_str).collect();
                let message = format!("`{table}` has no column `{name}`");
                self.unknown(name, at(1), message, &candidates);
                Expr::error(whole)
            }
            Resolution::Open => Expr::error(whole),
            Resolution::Unknown => {
                let name = path.first().copied().unwrap_or_default();
                if path.len() == 1 && self.is_alias(name, whole, env) {
                    return Expr::error(whole);
                }
                if let (2.., Some(table)) = (path.len(), env.scope.tables.iter().find(|t| t.of == name)) {
                    let message = format!("`{name}` is called `{}` here", table.name);
                    let title = format!("write `{}`", table.name);
                    let d = Diagnostic::new(UNKNOWN_COLUMN, at(0), message);
                    self.report(d.fix(title, at(0), quoted(&table.name)));
                    return Expr::error(whole);
                }
                let mut candidates: Vec<&str> = env.scope.names().collect();
                let message = if path.len() > 1 {
                    let tables = env.scope.tables.iter().map(|t| t.name.as_str());
                    candidates.extend(tables.filter(|name| !name.is_empty()));
                    format!("there is no table or column `{name}` here")
                } else {
                    format!("there is no column `{name}`")
                };
                self.unknown(name, at(0), message, &candidates);
                Expr::error(whole)
            }
        }
    }

    /// Reports `A.r.f` in a pattern, where Flink takes `r` for a table (measured on 2.3: "Column 'r.r' not found").
    fn field_of_match(&mut self, row: Span, field: &Ident, whole: Span) -> Expr {
        let row = self.text(row);
        let message = format!("in a pattern Flink finds no field of `{row}` that is written like this");
        let d = Diagnostic::new(UNKNOWN_COLUMN, whole, message);
        let rest = self.tokens.ident(field).cover(whole);
        let rest = self.text(Span { start: self.tokens.ident(field).start, ..rest });
        self.report(d.fix("put the row in parentheses", whole, format!("({row}).{rest}")));
        Expr::error(whole)
    }

    /// Reports a name that the select list gives, which only `ORDER BY` knows.
    fn is_alias(&mut self, name: &str, span: Span, env: Env<'_>) -> bool {
        let Some((_, text)) = self.aliases.iter().find(|(alias, _)| alias == name) else { return false };
        let place = match env.clause {
            "SELECT" => "the list itself does".to_owned(),
            clause => format!("`{clause}` does"),
        };
        let message = format!("`{name}` is a name that the select list gives, which {place} not know");
        let d = Diagnostic::new(UNKNOWN_COLUMN, span, message);
        let d = if text.contains(" OVER ") || text.len() > 60 {
            d.help("name it in a sub-query, and use it in the query around it")
        } else {
            let simple =
                text.chars().all(|c| c.is_alphanumeric() || "_.`".contains(c)) || text.ends_with(')');
            let text = if simple { text.clone() } else { format!("({text})") };
            d.fix("write what it stands for", span, text)
        };
        self.report(d);
        true
    }

    fn unknown(&mut self, name: &str, span: Span, message: String, candidates: &[&str]) {
        let mut d = Diagnostic::new(UNKNOWN_COLUMN, span, message);
        match did_you_mean(name, candidates.iter().copied()) {
            Some(close) => {
                d = d.fix(format!("change `{name}` to `{close}`"), span, quoted(close));
            }
            None => {
                let mut listed: Vec<&str> = candidates.iter().take(12).copied().collect();
                listed.dedup();
                if !listed.is_empty() {
                    let more = if candidates.len() > 12 { ", …" } else { "" };
                    d = d.help(format!("there are {}{more}", listed.join(", ")));
                }
            }
        }
        self.report(d);
    }
}

fn ambiguous(name: &str, tables: &[SmolStr]) -> String {
    let show = |t: &SmolStr| if t.is_empty() { "the sub-query".to_owned() } else { format!("`{t}`") };
    let mut names: Vec<String> = tables.iter().map(show).collect();
    names.dedup();
    match names.as_slice() {
        [only] => format!("`{name}` is ambiguous: {only} has two columns of that name"),
        _ => format!("`{name}` is ambiguous: it is in {}", names.join(" and in ")),
    }
}
