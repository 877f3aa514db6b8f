//! `GROUPING SETS`, `ROLLUP`, `CUBE` (Flink documentation, "Group Aggregation").

use super::QueryBinder;
use crate::group;
use crate::scope::Scope;
use sqlparser::ast::{Expr as Sql, Select};
use streamc_diagnostics::Span;
use streamc_plan::Expr;
use streamc_types::RowSchema;

/// More sets than these are refused.
const MOST: usize = 64;

/// The grouping of a select.
pub(super) struct Sets {
    /// Every key once.
    pub(super) keys: Vec<Expr>,
    /// Positions in `keys`; each set once.
    pub(super) sets: Vec<Vec<usize>>,
    /// How often the only set is written: so often its rows come. 1 of several sets.
    pub(super) copies: usize,
}

impl Sets {
    /// Whether a set leaves the key out, so that its column may be `NULL`.
    pub(super) fn is_padded(&self, key: usize) -> bool {
        self.sets.iter().any(|set| !set.contains(&key))
    }

    /// The columns of the tables in scope as the groups have them.
    pub(super) fn schemas(&self, scope: &Scope<'_>) -> Vec<RowSchema> {
        let mut schemas: Vec<RowSchema> = scope.tables.iter().map(|t| t.schema.clone()).collect();
        for (_, key) in self.keys.iter().enumerate().filter(|(n, _)| self.is_padded(*n)) {
            let Some(column) = key.as_column() else { continue };
            for (table, schema) in scope.tables.iter().zip(&mut schemas) {
                let place = column.checked_sub(table.offset);
                if let Some(found) = place.and_then(|i| schema.columns.get_mut(i)) {
                    found.ty.nullable = true;
                }
            }
        }
        schemas
    }
}

/// Whether a list of `GROUP BY` has more than plain keys.
pub(super) fn has_sets(list: &[Sql]) -> bool {
    list.iter().any(|e| matches!(e, Sql::GroupingSets(_) | Sql::Rollup(_) | Sql::Cube(_)))
}

impl QueryBinder<'_> {
    /// The sets of a list of `GROUP BY`: those of its parts in every combination; `None` after an error.
    pub(super) fn grouping_sets(
        &mut self,
        list: &[Sql],
        scope: &Scope<'_>,
        select: &Select,
        at: Span,
    ) -> Option<Sets> {
        let mut keys: Vec<Expr> = Vec::new();
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        for part in list {
            let choices: Vec<Vec<&Sql>> = match part {
                Sql::GroupingSets(listed) => listed.iter().map(|set| set.iter().collect()).collect(),
                Sql::Rollup(parts) => {
                    (0..=parts.len()).rev().map(|n| parts.iter().take(n).flatten().collect()).collect()
                }
                Sql::Cube(parts) if parts.len() <= 6 => {
                    let all = 1_usize << parts.len();
                    let chosen = |mask: usize| {
                        let kept = parts.iter().enumerate().filter(move |(i, _)| mask >> i & 1 == 0);
                        kept.flat_map(|(_, part)| part).collect()
                    };
                    (0..all).map(chosen).collect()
                }
                Sql::Cube(_) => {
                    self.unsupported(at, "a `CUBE` of more than six keys is");
                    return None;
                }
                plain => vec![vec![plain]],
            };
            let mut bound: Vec<Vec<usize>> = Vec::new();
            for choice in choices {
                let mut set = Vec::new();
                for sql in choice {
                    set.push(self.key_of_set(sql, scope, select, &mut keys)?);
                }
                bound.push(set);
            }
            if matches!(part, Sql::Rollup(_) | Sql::Cube(_)) {
                // Calcite counts the sets of these once.
                for set in &mut bound {
                    set.sort_unstable();
                    set.dedup();
                }
                let mut seen: Vec<Vec<usize>> = Vec::new();
                bound.retain(|set| {
                    let new = !seen.contains(set);
                    if new {
                        seen.push(set.clone());
                    }
                    new
                });
            }
            sets = sets
                .iter()
                .flat_map(|so_far| bound.iter().map(move |more| so_far.iter().chain(more).copied().collect()))
                .collect();
            if sets.len() > MOST {
                self.unsupported(at, &format!("a grouping by more than {MOST} sets is"));
                return None;
            }
        }
        for set in &mut sets {
            set.sort_unstable();
            set.dedup();
        }
        let count = sets.len();
        sets.sort_by_key(|set| (std::cmp::Reverse(set.len()), set.clone()));
        sets.dedup();
        let copies = 1 + count - sets.len();
        if copies > 1 && (sets.len() > 1 || keys.is_empty()) {
            // "GROUPING SETS are currently not supported" (of several sets), or one row instead of two (of no key).
            self.unsupported(at, "the same grouping set twice is");
            return None;
        }
        Some(Sets { keys, sets, copies })
    }

    fn key_of_set(
        &mut self,
        sql: &Sql,
        scope: &Scope<'_>,
        select: &Select,
        keys: &mut Vec<Expr>,
    ) -> Option<usize> {
        let key = self.group_key(sql, scope, select);
        if key.ty.is_unknown() {
            return None;
        }
        Some(keys.iter().position(|k| group::same(k, &key)).unwrap_or_else(|| {
            keys.push(key);
            keys.len() - 1
        }))
    }
}

/// An environment for what stands next to the groups.
pub(super) fn scope_of<'s>(scope: &Scope<'s>, schemas: &'s [RowSchema]) -> Scope<'s> {
    let mut scope = scope.clone();
    for (table, schema) in scope.tables.iter_mut().zip(schemas) {
        table.schema = schema;
    }
    scope
}
