//! Watermarks that are declared in the middle of a pipe.
//!
//! Flink SQL knows event time of a table only. So `watermark ts - 5s` moves down to the table: if nothing but projections
//! and filters lies between, the column is one of the table, or becomes a computed column of it. The table is the source
//! itself where this is all that reads it, otherwise another table over the same topic (`… LIKE source`). Rows that a filter
//! below takes away must not move event time, so the table's watermark is `NULL` for them, which Flink passes over.

use crate::expr::Cell;
use crate::layout::Text;
use crate::query::{From, Select, Writer, unique};
use crate::quote::ident;
use smol_str::{SmolStr, format_smolstr};
use streamc_plan::{Component, Plan, Relation, RelationKind};

/// A watermark that a table declares for a step.
#[derive(Clone, Debug)]
pub(crate) struct Hoist {
    /// Address of the `Watermark` relation, as its identity within one plan.
    relation: usize,
    /// The index of the column in the relation's row.
    index: usize,
    /// The source below it.
    pub(crate) source: SmolStr,
    /// The table that declares it: the source's own, or another one.
    pub(crate) table: SmolStr,
    /// The event-time column in that table.
    pub(crate) column: SmolStr,
    /// How it is computed from the source's columns; `None` for one of them.
    pub(crate) computed: Option<String>,
    /// Delay in milliseconds.
    pub(crate) delay_millis: i64,
    /// The conditions on the source's columns that a row meets which moves event time.
    pub(crate) filter: Vec<Text>,
    /// Stable id and place of the step.
    pub(crate) from: (SmolStr, Option<streamc_diagnostics::Span>),
}

impl Hoist {
    /// Whether the source's own table declares it.
    pub(crate) fn is_own(&self) -> bool {
        self.table == self.source
    }
}

/// All of a plan's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hoists {
    pub(crate) list: Vec<Hoist>,
}

impl Hoists {
    /// None.
    pub(crate) const NONE: Self = Self { list: Vec::new() };

    /// Those of a plan, and the relations that cannot be declared in a table.
    pub(crate) fn find(plan: &Plan) -> (Self, Vec<&Relation>) {
        let (mut hoists, mut failed) = (Self::default(), Vec::new());
        for (component, stream) in plan.streams() {
            let mut found = Vec::new();
            stream.relation.walk(&mut |relation| {
                if matches!(relation.kind, RelationKind::Watermark { .. }) {
                    found.push(relation);
                }
            });
            for relation in found {
                match hoists.hoist(plan, component, relation) {
                    Some(hoist) => hoists.list.push(hoist),
                    None => failed.push(relation),
                }
            }
        }
        (hoists, failed)
    }

    /// That of a `Watermark` relation.
    pub(crate) fn of(&self, relation: &Relation) -> Option<&Hoist> {
        self.list.iter().find(|h| h.relation == address(relation))
    }

    /// Names of tables that they add.
    pub(crate) fn table_names(&self) -> impl Iterator<Item = SmolStr> {
        self.list.iter().filter(|h| !h.is_own()).map(|h| h.table.clone())
    }

    fn hoist(&self, plan: &Plan, component: &Component, relation: &Relation) -> Option<Hoist> {
        let RelationKind::Watermark { input, column, delay_millis } = &relation.kind else { return None };
        let below = Writer::below_watermark(plan, input)?;
        let From::Table(name) = &below.from else { return None };
        let (at, source) = plan.sources().find(|(c, _)| c.name == *name)?;
        let cell = below.cells.get(*column)?;
        let physical = source.schema.columns.iter().find(|c| cell.operand.text == ident(&c.name));
        let (event_time, computed) = match physical {
            Some(column) => (column.name.clone(), None),
            None => {
                let wish = below.names.get(*column)?.clone();
                let name = unique(wish, |n| source.schema.index_of(n).is_some());
                (name, Some(cell.operand.text.clone()))
            }
        };
        let directly = relation.scans().iter().any(|s| s == name);
        let table = if source.watermark.is_none() && directly && readers(plan, &at.name) == 1 {
            at.name.clone()
        } else {
            let taken = |n: &SmolStr| plan.component(n).is_some() || self.list.iter().any(|h| h.table == *n);
            unique(format_smolstr!("{}_for_{}", at.name, component.name), taken)
        };
        Some(Hoist {
            relation: address(relation),
            index: *column,
            source: at.name.clone(),
            table,
            column: event_time,
            computed,
            delay_millis: *delay_millis,
            filter: below.filter.into_iter().map(|line| line.text).collect(),
            from: (relation.id.clone(), relation.origin.span),
        })
    }
}

/// The `SELECT` below the watermark, reading the table that declares it.
pub(crate) fn apply<'p>(hoist: &Hoist, mut below: Select<'p>) -> Select<'p> {
    below.from = From::Table(hoist.table.clone());
    if hoist.computed.is_some() {
        // `*` would show the computed column too.
        below.star = false;
        if let Some(cell) = below.cells.get_mut(hoist.index) {
            *cell = Cell::column(&hoist.column);
        }
    }
    below
}

/// How often a component is read.
fn readers(plan: &Plan, name: &str) -> usize {
    let mut count = plan.sinks().filter(|(_, s)| s.input == name).count();
    for (_, stream) in plan.streams() {
        stream.relation.walk(&mut |relation| {
            if let RelationKind::Scan { component } = &relation.kind
                && component == name
            {
                count += 1;
            }
        });
    }
    count
}

fn address(relation: &Relation) -> usize {
    std::ptr::from_ref(relation).addr()
}
