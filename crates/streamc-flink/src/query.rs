//! A tree of relations as one query a person can read.
//!
//! Each relation is folded into the `SELECT` of its input where SQL's own order (`FROM`, `WHERE`, `GROUP BY`, `SELECT`,
//! `LIMIT`) allows it. Where it does not, or an expression would have to be written (and computed) twice, the `SELECT` so
//! far becomes a step of a `WITH`, named after the operator.

mod changes;
mod expand;
mod from;
mod over;
mod recognize;
mod render;
mod values;

use crate::expr::{Cell, cell, conditions, is_deterministic};
use crate::hoist::{self, Hoists};
use crate::layout::Line;
use crate::quote::ident;
use smol_str::{SmolStr, format_smolstr};
use std::collections::BTreeSet;
use streamc_plan::{AggregateCall, Expr, JoinStrategy, Plan, RankKind, Relation, RelationKind};
use streamc_types::RowSchema;

/// Where the rows of a `SELECT` come from.
#[derive(Clone, Debug)]
pub(crate) enum From {
    /// A table, a view or a step.
    Table(SmolStr),
    /// Joined tables: the lines behind `FROM`, and the names in use there.
    Joined(Vec<Line>, Vec<SmolStr>),
    /// A window function or a sub-query: the lines behind `FROM`.
    Lines(Vec<Line>),
}

/// A `SELECT` that grows.
#[derive(Clone, Debug)]
pub(crate) struct Select<'p> {
    /// What stands for each column.
    pub(crate) cells: Vec<Cell>,
    /// The name of each column; no two alike.
    pub(crate) names: Vec<SmolStr>,
    /// The columns are all those of `from`, in order: `*`.
    pub(crate) star: bool,
    pub(crate) from: From,
    pub(crate) filter: Vec<Line>,
    /// `WHERE` holds the bound of a rank: nothing may be added to it.
    pub(crate) ranked: bool,
    pub(crate) distinct: bool,
    /// Keys of a group; empty for one group.
    pub(crate) group: Option<Vec<String>>,
    /// How many rows, behind how many.
    pub(crate) limit: Option<(u64, u64)>,
    /// The relations that the list, the source of rows and the group came from.
    pub(crate) listed_by: Option<&'p Relation>,
    pub(crate) from_by: Option<&'p Relation>,
    pub(crate) group_by: Option<&'p Relation>,
    pub(crate) limit_by: Option<&'p Relation>,
}

impl<'p> Select<'p> {
    fn of(from: From, cells: Vec<Cell>, names: Vec<SmolStr>, relation: &'p Relation) -> Self {
        Self {
            cells,
            names,
            star: true,
            from,
            filter: Vec::new(),
            ranked: false,
            distinct: false,
            group: None,
            limit: None,
            listed_by: None,
            from_by: Some(relation),
            group_by: None,
            limit_by: None,
        }
    }

    fn table(name: SmolStr, columns: Vec<SmolStr>, relation: &'p Relation) -> Self {
        let cells = columns.iter().map(Cell::column).collect();
        Self::of(From::Table(name), cells, columns, relation)
    }

    /// Rows are still those of `from`, one for one.
    fn is_open(&self) -> bool {
        !self.distinct && self.group.is_none() && self.limit.is_none()
    }

    /// Nothing but `SELECT * FROM table`.
    fn is_bare(&self) -> Option<&SmolStr> {
        match &self.from {
            From::Table(name) if self.star && self.is_open() && self.filter.is_empty() => Some(name),
            _ => None,
        }
    }

    /// Whether each column that is no plain name is read at most once by `expressions`, and so can be put in its place.
    fn may_inline<'e>(&self, expressions: impl Iterator<Item = &'e Expr>) -> bool {
        let mut uses = vec![0_u32; self.cells.len()];
        for expression in expressions {
            expression.walk(&mut |e| {
                if let Some(count) = e.as_column().and_then(|c| uses.get_mut(c)) {
                    *count += 1;
                }
            });
        }
        self.cells.iter().zip(uses).all(|(cell, uses)| cell.simple || uses <= 1 && cell.deterministic)
    }

    fn all_simple(&self, mut columns: impl Iterator<Item = usize>) -> bool {
        columns.all(|c| self.cells.get(c).is_some_and(|cell| cell.simple))
    }

    fn text(&self, column: usize) -> String {
        self.cells.get(column).map_or_else(String::new, |c| c.operand.text.clone())
    }
}

/// Writes the query of one stream.
pub(crate) struct Writer<'p> {
    plan: &'p Plan,
    hoists: &'p Hoists,
    /// Steps of the `WITH` so far.
    steps: Vec<(SmolStr, Vec<Line>)>,
    taken: BTreeSet<SmolStr>,
    /// Below a watermark that is declared in the table: everything must fold into one `SELECT`, and streams are read
    /// through.
    through: bool,
    /// Every condition so far gives the same answer when it is asked twice.
    stable: bool,
}

/// The query of a stream's relation.
pub(crate) fn query(plan: &Plan, hoists: &Hoists, relation: &Relation) -> Vec<Line> {
    let mut writer = Writer::new(plan, hoists);
    let body = writer.body(relation);
    render::with(writer.steps, body)
}

impl<'p> Writer<'p> {
    pub(crate) fn new(plan: &'p Plan, hoists: &'p Hoists) -> Self {
        let taken = plan.components.iter().map(|c| c.name.clone()).chain(hoists.table_names()).collect();
        Self { plan, hoists, steps: Vec::new(), taken, through: false, stable: true }
    }

    /// The `SELECT` below a watermark, over a source's own columns; `None` if there is none such.
    pub(crate) fn below_watermark(plan: &'p Plan, relation: &'p Relation) -> Option<Select<'p>> {
        static NONE: Hoists = Hoists::NONE;
        let mut writer = Self { through: true, ..Self::new(plan, &NONE) };
        let select = writer.select(relation);
        let plain = select.is_open() && !select.ranked && matches!(select.from, From::Table(_));
        let same = writer.stable && select.cells.iter().all(|c| c.deterministic);
        (writer.steps.is_empty() && plain && same).then_some(select)
    }

    /// The query without its `WITH`.
    fn body(&mut self, relation: &'p Relation) -> Vec<Line> {
        match &relation.kind {
            RelationKind::Union { inputs } => {
                let mut lines = Vec::new();
                for (n, input) in inputs.iter().enumerate() {
                    if n > 0 {
                        lines.push(Line::of("UNION ALL", Some(relation)));
                    }
                    // A LIMIT would belong to the whole union.
                    let select = self.select(input);
                    let select = if select.limit.is_some() { self.step(select, input) } else { select };
                    lines.extend(render::select(select));
                }
                lines
            }
            RelationKind::Repartition { input, .. } => self.body(input),
            _ => render::select(self.select(relation)),
        }
    }

    fn select(&mut self, relation: &'p Relation) -> Select<'p> {
        match &relation.kind {
            RelationKind::Scan { component } => self.scan(relation, component),
            RelationKind::Values { rows } => values::values(relation, rows),
            // A query of set operations goes to Flink as it is written.
            RelationKind::Repartition { input, .. } | RelationKind::Replicate { input } => self.select(input),
            RelationKind::Project { input, expressions } => self.project(relation, input, expressions),
            RelationKind::Filter { input, predicate } => self.filter(relation, input, predicate),
            RelationKind::Aggregate { input, keys, aggregates, .. } => {
                self.aggregate(relation, input, keys, aggregates)
            }
            RelationKind::Distinct { input, .. } => {
                let mut select = self.select_open(input);
                select.distinct = true;
                select.listed_by = Some(relation);
                select
            }
            // What reads a view sees no order.
            RelationKind::Sort { input, .. } => self.select(input),
            RelationKind::Limit { input, offset, count } => {
                let select = self.select(input);
                let mut select = if select.limit.is_some() { self.step(select, input) } else { select };
                select.limit = Some((*count, *offset));
                select.limit_by = Some(relation);
                select
            }
            RelationKind::Watermark { input, .. } => self.watermark(relation, input),
            RelationKind::Window { input, spec, time } => self.window(relation, input, spec, *time),
            RelationKind::Join { left, right, kind, strategy, condition, .. } => {
                let as_of = match strategy {
                    JoinStrategy::Temporal { left_time, .. } | JoinStrategy::Lookup { left_time } => {
                        Some(*left_time)
                    }
                    JoinStrategy::Regular | JoinStrategy::Interval { .. } | JoinStrategy::Window { .. } => {
                        None
                    }
                };
                self.join(relation, (left, right), *kind, condition, as_of)
            }
            RelationKind::Unnest { input, collection, outer, ordinality } => {
                self.unnest(relation, input, collection, (*outer, *ordinality))
            }
            RelationKind::Rank { .. } => self.rank(relation),
            RelationKind::Expand { input, keys, sets } => self.expand(relation, input, keys, sets),
            RelationKind::Over { input, partition, order, frame, calls } => {
                self.over(relation, input, (partition, order, *frame), calls)
            }
            RelationKind::Changes { input, form } => self.changes(relation, input, form),
            RelationKind::Recognize { input, pattern } => self.recognize(relation, input, pattern),
            RelationKind::Union { .. } => {
                let lines = self.body(relation);
                self.step_of(lines, relation, names_of(relation))
            }
        }
    }

    fn scan(&mut self, relation: &'p Relation, component: &SmolStr) -> Select<'p> {
        if self.through
            && let Some((_, stream)) = self.plan.streams().find(|(c, _)| c.name == *component)
        {
            return self.select(&stream.relation);
        }
        Select::table(component.clone(), names_of(relation), relation)
    }

    /// Columns of the table that declares the watermark.
    fn watermark(&mut self, relation: &'p Relation, input: &'p Relation) -> Select<'p> {
        match self.hoists.of(relation) {
            Some(hoist) if !self.through => match Self::below_watermark(self.plan, input) {
                Some(below) => hoist::apply(hoist, below),
                None => self.select(input),
            },
            _ => self.select(input),
        }
    }

    fn project(&mut self, relation: &'p Relation, input: &'p Relation, expressions: &[Expr]) -> Select<'p> {
        let select = self.select(input);
        let folds = self.through || select.is_foldable() && select.may_inline(expressions.iter());
        let mut select = if folds { select } else { self.step(select, input) };
        let names = names_of(relation);
        let same = expressions.len() == select.cells.len()
            && expressions.iter().enumerate().all(|(i, e)| e.as_column() == Some(i))
            && names == select.names;
        select.star &= same;
        select.cells = expressions.iter().map(|e| cell(e, &select.cells)).collect();
        select.names = names;
        if !same {
            select.listed_by = Some(relation);
        }
        select
    }

    fn filter(&mut self, relation: &'p Relation, input: &'p Relation, predicate: &Expr) -> Select<'p> {
        let select = self.select(input);
        let reads = predicate.columns();
        let folds = self.through && select.is_open()
            || select.is_open() && !select.ranked && select.all_simple(reads.iter().copied());
        let mut select = if folds { select } else { self.step(select, input) };
        self.stable &= is_deterministic(predicate, &select.cells);
        let parts = conditions(predicate, &select.cells).into_iter().enumerate();
        select.filter.extend(parts.map(|(n, part)| Line::of(part, (n == 0).then_some(relation))));
        select
    }

    fn aggregate(
        &mut self,
        relation: &'p Relation,
        input: &'p Relation,
        keys: &[usize],
        aggregates: &[AggregateCall],
    ) -> Select<'p> {
        let select = self.select(input);
        let reads = || aggregates.iter().flat_map(|a| a.arguments.iter().chain(&a.filter));
        let folds = select.is_open() && select.all_simple(keys.iter().copied()) && select.may_inline(reads());
        let mut select = if folds { select } else { self.step(select, input) };
        let group: Vec<Cell> = keys.iter().filter_map(|k| select.cells.get(*k).cloned()).collect();
        select.group = Some(group.iter().map(|c| c.operand.text.clone()).collect());
        let computed: Vec<Cell> =
            aggregates.iter().map(|a| crate::expr::aggregate(a, &select.cells)).collect();
        select.cells = group.into_iter().chain(computed).collect();
        select.names = names_of(relation);
        select.star = false;
        select.listed_by = Some(relation);
        select.group_by = Some(relation);
        select
    }

    /// The canonical form that Flink's planner recognises (documentation pages "Top-N" and "Deduplication").
    fn rank(&mut self, relation: &'p Relation) -> Select<'p> {
        let RelationKind::Rank { input, partition, order, limit, kind, row_number, .. } = &relation.kind
        else {
            return self.select(relation);
        };
        let select = self.select_open(input);
        let read = || partition.iter().copied().chain(order.iter().map(|k| k.column));
        let mut select =
            if select.all_simple(read()) && !select.ranked { select } else { self.step(select, input) };
        let number = match row_number {
            Some(name) => name.clone(),
            None => unique("row_num".into(), |n| select.names.iter().any(|m| m == n)),
        };
        let mut over = Vec::new();
        if !partition.is_empty() {
            let keys: Vec<String> = partition.iter().map(|c| select.text(*c)).collect();
            over.push(format!("PARTITION BY {}", keys.join(", ")));
        }
        let keys = order.iter().map(|k| {
            let way = if k.direction.descending { "DESC" } else { "ASC" };
            format!("{} {way}{}", select.text(k.column), k.direction.nulls())
        });
        over.push(format!("ORDER BY {}", keys.collect::<Vec<_>>().join(", ")));
        let extra = format!("ROW_NUMBER() OVER ({}) AS {}", over.join(" "), ident(&number));
        let mut names = select.names.clone();
        select.listed_by = Some(relation);
        let inner = render::select_with(select, Some(extra));
        let mut lines = vec![Line::new("(")];
        lines.extend(inner.into_iter().map(|l| l.indented(2)));
        lines.push(Line::new(")"));
        let bound =
            if *limit == 1 && *kind != RankKind::TopN { "= 1".to_owned() } else { format!("<= {limit}") };
        let condition = format!("{} {bound}", ident(&number));
        if row_number.is_some() {
            names.push(number);
        }
        let cells = names.iter().map(Cell::column).collect();
        let mut ranked = Select::of(From::Lines(lines), cells, names, relation);
        ranked.star = row_number.is_some();
        ranked.filter.push(Line::of(condition, Some(relation)));
        ranked.ranked = true;
        ranked
    }

    /// The `SELECT` of `input`, to which clauses up to `DISTINCT` can be added.
    fn select_open(&mut self, input: &'p Relation) -> Select<'p> {
        let select = self.select(input);
        if select.is_open() { select } else { self.step(select, input) }
    }

    /// Makes a step of the `SELECT` so far, and reads it.
    fn step(&mut self, select: Select<'p>, relation: &'p Relation) -> Select<'p> {
        let names = select.names.clone();
        let lines = render::select(select);
        self.step_of(lines, relation, names)
    }

    fn step_of(&mut self, lines: Vec<Line>, relation: &'p Relation, columns: Vec<SmolStr>) -> Select<'p> {
        let name = self.fresh(step_name(relation));
        self.steps.push((name.clone(), lines));
        Select::table(name, columns, relation)
    }

    fn fresh(&mut self, wish: SmolStr) -> SmolStr {
        let name = unique(wish, |n| self.taken.contains(n));
        self.taken.insert(name.clone());
        name
    }

    /// A table that holds the rows of `relation`, and its columns.
    fn table(&mut self, relation: &'p Relation) -> (SmolStr, Vec<SmolStr>) {
        let select = self.select(relation);
        let select = if select.is_bare().is_some() { select } else { self.step(select, relation) };
        match select.from {
            From::Table(name) => (name, select.names),
            _ => (SmolStr::default(), select.names),
        }
    }
}

impl Select<'_> {
    /// Another list can take the place of this one.
    fn is_foldable(&self) -> bool {
        !self.distinct && self.limit.is_none()
    }
}

/// The word of the operator or clause that made the relation: `explode`, `group_by`.
fn step_name(relation: &Relation) -> SmolStr {
    let fits = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let word: String = relation.origin.step.chars().map(fits).collect();
    if word.is_empty() { relation.kind_name().replace('-', "_").into() } else { word.into() }
}

/// The names of a relation's columns, no two alike.
fn names_of(relation: &Relation) -> Vec<SmolStr> {
    unique_names(&relation.props.schema)
}

/// The names of columns, no two alike.
pub(crate) fn unique_names(schema: &RowSchema) -> Vec<SmolStr> {
    let mut out: Vec<SmolStr> = Vec::new();
    for column in &schema.columns {
        let name = unique(column.name.clone(), |n| out.iter().any(|m| m == n));
        out.push(name);
    }
    out
}

/// The name, or the name with the first number that makes it new.
pub(crate) fn unique(wish: SmolStr, taken: impl Fn(&SmolStr) -> bool) -> SmolStr {
    if !taken(&wish) {
        return wish;
    }
    (2..=u32::MAX).map(|n| format_smolstr!("{wish}_{n}")).find(|n| !taken(n)).unwrap_or(wish)
}
