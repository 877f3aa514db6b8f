//! `TO_CHANGELOG` and `FROM_CHANGELOG` (Flink documentation, "Changelog Conversion").

use super::window::described;
use super::{Derived, QueryBinder};
use crate::bind::Env;
use crate::scope::Scope;
use smol_str::SmolStr;
use sqlparser::ast::{Expr as Sql, Ident};
use streamc_diagnostics::codes::names::{DUPLICATE_COLUMN, UNKNOWN_COLUMN};
use streamc_diagnostics::codes::types::{SQL_UNSUPPORTED, TYPE_MISMATCH};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{Expr, ExprKind, Origin, Relation, relations};
use streamc_types::{RowKind, TypeKind, Value};

/// The kinds of changes by the names that Flink gives them.
const KINDS: [(&str, RowKind); 4] = [
    ("INSERT", RowKind::Insert),
    ("UPDATE_BEFORE", RowKind::UpdateBefore),
    ("UPDATE_AFTER", RowKind::UpdateAfter),
    ("DELETE", RowKind::Delete),
];

fn kind_of(name: &str) -> Option<RowKind> {
    KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// The parts of a key of `op_mapping`: `c, r`.
fn parts(key: &str) -> impl Iterator<Item = &str> {
    key.split(',').map(str::trim)
}

impl QueryBinder<'_> {
    /// Every change as a row, or every row as a change. `arguments`: `input`, `op`, `op_mapping`.
    pub(super) fn changes(&mut self, function: &str, arguments: &[Option<&Sql>], span: Span) -> Derived {
        let argument = |i: usize| arguments.get(i).copied().flatten();
        let Some(data) = argument(0) else { return Derived::missing() };
        let (derived, _) = self.data(data, function);
        let input = self.finished(derived);
        let (name, at) = match argument(1) {
            None => (SmolStr::new_static("op"), span),
            Some(sql) => match described(sql) {
                Some(Ident { value, .. }) => (value.as_str().into(), self.binder.tokens.extent(sql)),
                None => {
                    let at = self.binder.tokens.extent(sql);
                    let message = "the column of the codes is given as `DESCRIPTOR(column)`";
                    self.binder.report(Diagnostic::new(TYPE_MISMATCH, at, message));
                    return Derived::missing();
                }
            },
        };
        let pairs = match argument(2) {
            None => None,
            Some(sql) => match self.mapping(sql) {
                Some(pairs) => Some((pairs, self.binder.tokens.extent(sql))),
                None => return Derived::missing(),
            },
        };
        let Some(input) = input else { return Derived::missing() };
        let origin = Origin::new(function, span);
        let found = if function == "TO_CHANGELOG" {
            self.written(input, name, at, pairs, origin)
        } else {
            self.read(input, &name, at, pairs, origin)
        };
        found.map_or_else(Derived::missing, Derived::ready)
    }

    fn written(
        &mut self,
        input: Relation,
        name: SmolStr,
        at: Span,
        pairs: Option<(Vec<(SmolStr, SmolStr)>, Span)>,
        origin: Origin,
    ) -> Option<Relation> {
        if input.props.schema.index_of(&name).is_some() {
            let d = Diagnostic::new(DUPLICATE_COLUMN, at, format!("the rows already have a column `{name}`"));
            self.binder.report(d.help("name the column of the codes otherwise: `op => DESCRIPTOR(kind)`"));
            return None;
        }
        let mut codes: Vec<(RowKind, SmolStr)> = Vec::new();
        match pairs {
            None => codes.extend(KINDS.iter().map(|(name, kind)| (*kind, SmolStr::new_static(name)))),
            Some((pairs, at)) => {
                for (kinds, code) in pairs {
                    for kind in parts(&kinds) {
                        let kind = self.kind(kind, at)?;
                        if codes.iter().any(|(known, _)| *known == kind) {
                            return self.twice(kind, at);
                        }
                        codes.push((kind, code.clone()));
                    }
                }
            }
        }
        Some(relations::to_changelog(input, name, codes, origin))
    }

    fn read(
        &mut self,
        input: Relation,
        name: &str,
        at: Span,
        pairs: Option<(Vec<(SmolStr, SmolStr)>, Span)>,
        origin: Origin,
    ) -> Option<Relation> {
        let schema = &input.props.schema;
        let Some(column) = schema.index_of(name) else {
            let d = Diagnostic::new(
                UNKNOWN_COLUMN,
                at,
                format!("the rows have no column `{name}` for the codes"),
            );
            self.binder.report(match did_you_mean(name, schema.names()) {
                Some(close) => {
                    d.help(format!("did you mean `op => DESCRIPTOR({})`?", crate::bind::quoted(close)))
                }
                None => d.help("say which column holds them: `op => DESCRIPTOR(kind)`"),
            });
            return None;
        };
        let ty = schema.columns.get(column).map(|c| c.ty.clone());
        if let Some(ty) = ty.filter(|ty| !matches!(ty.kind, TypeKind::Char(_) | TypeKind::Varchar(_))) {
            let message = format!("the codes of changes are text, and `{name}` is of type `{}`", ty.kind);
            self.binder.report(Diagnostic::new(TYPE_MISMATCH, at, message));
            return None;
        }
        if schema.len() == 1 {
            let message = "the rows have no column besides that of the codes";
            self.binder.report(Diagnostic::new(SQL_UNSUPPORTED, at, message));
            return None;
        }
        if !input.props.changelog.is_insert_only() {
            let span = origin.span.unwrap_or(at);
            let d = Diagnostic::new(SQL_UNSUPPORTED, span, "`FROM_CHANGELOG` takes rows that are only added");
            self.binder.report(
                d.help("read the changes before the grouping, join or ranking that makes rows change"),
            );
            return None;
        }
        let mut codes: Vec<(SmolStr, RowKind)> = Vec::new();
        match pairs {
            None => codes.extend(KINDS.iter().map(|(name, kind)| (SmolStr::new_static(name), *kind))),
            Some((pairs, at)) => {
                let mut kinds = Vec::new();
                for (of_kind, kind) in pairs {
                    let kind = self.kind(&kind, at)?;
                    if kinds.contains(&kind) {
                        return self.twice(kind, at);
                    }
                    kinds.push(kind);
                    for code in parts(&of_kind) {
                        if codes.iter().any(|(known, _)| known == code) {
                            let message = format!("the code `{code}` stands for two changes");
                            self.binder.report(Diagnostic::new(TYPE_MISMATCH, at, message));
                            return None;
                        }
                        codes.push((code.into(), kind));
                    }
                }
                if kinds.contains(&RowKind::UpdateAfter) && !kinds.contains(&RowKind::UpdateBefore) {
                    let message = "`UPDATE_AFTER` needs a code for `UPDATE_BEFORE` beside it";
                    let d = Diagnostic::new(TYPE_MISMATCH, at, message);
                    self.binder.report(d.help("Flink 2.3 reads no changes that only say what a row becomes"));
                    return None;
                }
            }
        }
        Some(relations::from_changelog(input, column, codes, origin))
    }

    fn kind(&mut self, name: &str, at: Span) -> Option<RowKind> {
        let kind = kind_of(name);
        if kind.is_none() {
            let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
            let d = Diagnostic::new(TYPE_MISMATCH, at, format!("`{name}` is no change"));
            self.binder.report(d.help(format!("changes are {}", names.join(", "))));
        }
        kind
    }

    fn twice(&mut self, kind: RowKind, at: Span) -> Option<Relation> {
        let name = KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name);
        let d = Diagnostic::new(TYPE_MISMATCH, at, format!("`{name}` stands twice in `op_mapping`"));
        self.binder.report(d.help("write several of one side into one text, with commas: `'c, r'`"));
        None
    }

    /// The keys and values of a constant `MAP['INSERT', 'c']`; of equal keys the last.
    fn mapping(&mut self, sql: &Sql) -> Option<Vec<(SmolStr, SmolStr)>> {
        let scope = Scope::default();
        let bound = self.binder.expr(sql, Env::new(&scope, "a table function"));
        if bound.ty.is_unknown() {
            return None;
        }
        let mut pairs: Vec<(SmolStr, SmolStr)> = Vec::new();
        let texts: Option<Vec<SmolStr>> = match &bound.kind {
            ExprKind::Call { function, arguments } if function.name == "MAP" => {
                arguments.iter().map(constant_text).collect()
            }
            _ => None,
        };
        let Some(texts) = texts else {
            let at = self.binder.tokens.extent(sql);
            let message = "`op_mapping` is a map of constant texts";
            let d = Diagnostic::new(TYPE_MISMATCH, at, message);
            self.binder.report(d.help("for example `MAP['INSERT, UPDATE_AFTER', 'c', 'DELETE', 'd']`"));
            return None;
        };
        for pair in texts.chunks_exact(2) {
            let [key, value] = pair else { continue };
            match pairs.iter_mut().find(|(known, _)| known == key) {
                Some((_, old)) => old.clone_from(value),
                None => pairs.push((key.clone(), value.clone())),
            }
        }
        Some(pairs)
    }
}

fn constant_text(expr: &Expr) -> Option<SmolStr> {
    match &expr.kind {
        ExprKind::Literal(Value::Str(text)) => Some(text.clone()),
        ExprKind::Cast { input, implicit: true, .. } => constant_text(input),
        _ => None,
    }
}
