//! From the plan to the graph that runs it.

mod join;

use crate::error::{RunError, RunErrorKind};
use crate::event::NO_WATERMARK;
use crate::expr;
use crate::graph::{Node, NodeKind};
use crate::operators::{
    Aggregates, AssignWatermark, Deduplicate, Distinct, Expand, Filter, FromChangelog, GroupAggregate, Limit,
    Operator, Order, Over, OverAnyOrder, Project, Recognize, Replicate, Session, Sort, ToChangelog, TopN,
    Union, Unnest, UnnestShape, Window, WindowAggregate, WindowRank,
};
use crate::options::RunOptions;
use crate::output::Target;
use crate::ttl::Ttl;
use crate::window_time::WindowClock;
use indexmap::IndexMap;
use join::JoinShape;
use smol_str::SmolStr;
use streamc_plan::{
    ChangeForm, ComponentKind, JoinKind, JoinStrategy, OverFrame, Plan, Properties, RankKind, Relation,
    RelationKind, SortKey, WindowSpec,
};
use streamc_types::{DataType, TimeAttribute, TypeKind};

/// A compiled plan.
pub(crate) struct Compiled {
    pub(crate) nodes: Vec<Node>,
    /// Node of each source that is needed, by its index in the plan's components.
    pub(crate) sources: Vec<(usize, usize)>,
    /// The written rows, and the node that gives them.
    pub(crate) constants: Vec<Constants>,
    /// What the output gets.
    pub(crate) targets: Vec<Target>,
    /// For each component that runs: its index in the plan, the node that gives its rows, and the nodes it reads.
    pub(crate) components: Vec<(usize, usize, Vec<usize>)>,
}

/// Rows that are written in the program.
pub(crate) struct Constants {
    pub(crate) node: usize,
    pub(crate) rows: Vec<Vec<expr::Compiled>>,
}

/// Names of the components needed for `targets` (every sink if there are none), and the targets themselves.
fn needed(plan: &Plan, targets: &[SmolStr]) -> Result<(Vec<SmolStr>, Vec<SmolStr>), RunError> {
    let targets: Vec<SmolStr> = if targets.is_empty() {
        plan.sinks().map(|(c, _)| c.name.clone()).collect()
    } else {
        targets.to_vec()
    };
    let mut needed: Vec<SmolStr> = Vec::new();
    let mut open = targets.clone();
    while let Some(name) = open.pop() {
        if needed.contains(&name) {
            continue;
        }
        let Some(component) = plan.component(&name) else {
            let message = format!("there is no component `{name}`");
            return Err(RunError::new(RunErrorKind::Input, name, message));
        };
        open.extend(component.reads());
        needed.push(name);
    }
    Ok((needed, targets))
}

/// Compiles what the targets need.
pub(crate) fn compile(plan: &Plan, options: &RunOptions<'_>) -> Result<Compiled, RunError> {
    let (needed, targets) = needed(plan, &options.targets)?;
    let mut compiler =
        Compiler { plan, options, nodes: Vec::new(), constants: Vec::new(), outputs: IndexMap::new() };
    let mut result = Compiled {
        nodes: Vec::new(),
        sources: Vec::new(),
        constants: Vec::new(),
        targets: Vec::new(),
        components: Vec::new(),
    };
    for (index, component) in plan.components.iter().enumerate() {
        if !needed.contains(&component.name) {
            continue;
        }
        let mut reads = Vec::new();
        let node = match &component.kind {
            ComponentKind::Source(_) => {
                let node = compiler.node(&component.name, None, NodeKind::Source, &[]);
                result.sources.push((index, node));
                node
            }
            ComponentKind::Stream(stream) => {
                compiler.relation(&component.name, &stream.relation, &mut reads)?
            }
            ComponentKind::Sink(sink) => {
                let node = compiler.output(&sink.input, &component.name)?;
                reads.push(node);
                node
            }
        };
        compiler.outputs.insert(component.name.clone(), node);
        if targets.contains(&component.name) {
            let schema = component.props.schema.clone();
            let tap = NodeKind::Tap(result.targets.len());
            let tap = compiler.node(&component.name, None, tap, &[node]);
            result.targets.push(Target { name: component.name.clone(), schema });
            if matches!(component.kind, ComponentKind::Sink(_)) {
                // What a sink wrote is what came out, which a limit cuts.
                result.components.push((index, tap, reads));
                continue;
            }
        }
        result.components.push((index, node, reads));
    }
    result.nodes = compiler.nodes;
    result.constants = compiler.constants;
    Ok(result)
}

fn unsupported(component: &SmolStr, relation: &Relation, message: String) -> RunError {
    RunError {
        step: Some(relation.id.clone()),
        span: relation.origin.span,
        ..RunError::new(RunErrorKind::Unsupported, component.clone(), message)
    }
}

struct Compiler<'a> {
    plan: &'a Plan,
    options: &'a RunOptions<'a>,
    nodes: Vec<Node>,
    constants: Vec<Constants>,
    /// Node that gives the rows of each component.
    outputs: IndexMap<SmolStr, usize>,
}

impl Compiler<'_> {
    fn output(&self, name: &SmolStr, reader: &SmolStr) -> Result<usize, RunError> {
        self.outputs.get(name).copied().ok_or_else(|| {
            let message = format!("`{name}` does not come before its reader in the plan");
            RunError::new(RunErrorKind::Internal, reader.clone(), message)
        })
    }

    /// Adds a node that reads `inputs`.
    fn node(
        &mut self,
        component: &SmolStr,
        relation: Option<&Relation>,
        kind: NodeKind,
        inputs: &[usize],
    ) -> usize {
        let index = self.nodes.len();
        for (port, input) in inputs.iter().enumerate() {
            self.nodes[*input].targets.push((index, port));
        }
        self.nodes.push(Node {
            kind,
            component: component.clone(),
            step: relation.map(|r| r.id.clone()).unwrap_or_default(),
            span: relation.and_then(|r| r.origin.span),
            inputs: relation
                .map(|r| r.inputs().iter().map(|i| i.props.schema.clone()).collect())
                .unwrap_or_default(),
            targets: Vec::new(),
            ports: vec![NO_WATERMARK; inputs.len()],
            watermark: NO_WATERMARK,
            wants_watermarks: false,
            rows_out: 0,
            late: 0,
        });
        index
    }

    fn relation(
        &mut self,
        component: &SmolStr,
        relation: &Relation,
        reads: &mut Vec<usize>,
    ) -> Result<usize, RunError> {
        if let RelationKind::Scan { component: read } = &relation.kind {
            let node = self.output(read, component)?;
            reads.push(node);
            return Ok(node);
        }
        if let RelationKind::Values { rows } = &relation.kind {
            let compiled = rows.iter().map(|row| row.iter().map(expr::compile).collect());
            let rows = compiled
                .collect::<Result<_, _>>()
                .map_err(|message| unsupported(component, relation, message))?;
            let node = self.node(component, Some(relation), NodeKind::Source, &[]);
            self.constants.push(Constants { node, rows });
            return Ok(node);
        }
        let mut inputs = Vec::new();
        let several = relation.inputs().len() > 1;
        for input in relation.inputs() {
            let node = self.relation(component, input, reads)?;
            // A component read by several inputs gives each row to the left one first: edges are served in the order
            // of nodes, so a bare scan needs a node of its own, made before those of the inputs to its right.
            let is_scan = matches!(input.kind, RelationKind::Scan { .. });
            inputs.push(if several && is_scan {
                self.node(component, Some(input), NodeKind::Operator(Box::new(Union)), &[node])
            } else {
                node
            });
        }
        if let (RelationKind::Repartition { .. }, [input]) = (&relation.kind, inputs.as_slice()) {
            return Ok(*input);
        }
        if let Some(shape) = JoinShape::of(relation) {
            return self
                .join(component, relation, shape, &inputs)
                .map_err(|message| unsupported(component, relation, message));
        }
        let operator =
            self.operator(relation).map_err(|message| unsupported(component, relation, message))?;
        Ok(self.node(component, Some(relation), NodeKind::Operator(operator), &inputs))
    }

    fn operator(&self, relation: &Relation) -> Result<Box<dyn Operator>, String> {
        let ttl = Ttl::of(&relation.props, self.options.state_ttl);
        Ok(match &relation.kind {
            RelationKind::Scan { .. }
            | RelationKind::Values { .. }
            | RelationKind::Repartition { .. }
            | RelationKind::Union { .. } => Box::new(Union),
            RelationKind::Project { expressions, .. } => {
                Box::new(Project::new(expressions.iter().map(expr::compile).collect::<Result<Vec<_>, _>>()?))
            }
            RelationKind::Filter { predicate, .. } => {
                Box::new(Filter { predicate: expr::compile(predicate)? })
            }
            RelationKind::Window { input, spec, time } => self.window(input, spec, *time)?,
            RelationKind::Aggregate { input, keys, aggregates, windowed } => {
                let retracts = !input.props.changelog.is_insert_only();
                let aggregates = Aggregates::new(aggregates, retracts)?;
                if *windowed {
                    let end = window_end(&input.props)?;
                    Box::new(WindowAggregate::new(keys.clone(), end, aggregates, self.window_clock(input)))
                } else {
                    Box::new(GroupAggregate::new(keys.clone(), aggregates, ttl))
                }
            }
            RelationKind::Distinct { input, windowed: true } if !input.props.changelog.is_insert_only() => {
                let keys = (0..input.props.schema.len()).collect();
                let (end, none) = (window_end(&input.props)?, Aggregates::new(&[], true)?);
                Box::new(WindowAggregate::new(keys, end, none, self.window_clock(input)))
            }
            RelationKind::Distinct { input, windowed } => {
                let window = if *windowed {
                    Some((window_end(&input.props)?, self.window_clock(input)))
                } else {
                    None
                };
                Box::new(Distinct::new(ttl, window))
            }
            RelationKind::Join { .. } => return Err("a join is compiled with its keys".to_owned()),
            RelationKind::Rank { input, partition, order, limit, kind, row_number, windowed } => {
                let rank = RankParts {
                    input,
                    partition,
                    order,
                    limit: usize::try_from(*limit).unwrap_or(usize::MAX),
                    kind: *kind,
                    row_number: row_number.is_some(),
                };
                self.rank(&rank, *windowed, ttl)?
            }
            RelationKind::Sort { input, keys } => {
                let Some((first, rest)) = keys.split_first() else { return Ok(Box::new(Union)) };
                let column = input.props.schema.columns.get(first.column);
                if column.is_some_and(|c| c.time == Some(TimeAttribute::Proctime)) {
                    return Err(PROCESSING_TIME.to_owned());
                }
                let order = Order { keys: rest.to_vec(), latest_first: false };
                Box::new(Sort::new(first.column, order))
            }
            RelationKind::Limit { input, offset, count } => {
                if input.props.changelog.is_insert_only() {
                    Box::new(Limit { skipped: *offset, left: *count })
                } else if *offset > 0 {
                    return Err("rows that change have no order in which some could be left out".to_owned());
                } else {
                    Box::new(TopN {
                        partition: Vec::new(),
                        order: Order { keys: Vec::new(), latest_first: false },
                        limit: usize::try_from(*count).unwrap_or(usize::MAX),
                        row_number: false,
                        retracts: true,
                        ttl,
                        partitions: Default::default(),
                    })
                }
            }
            RelationKind::Replicate { .. } => Box::new(Replicate),
            RelationKind::Changes { form: ChangeForm::Written(codes), .. } => {
                Box::new(ToChangelog(codes.clone()))
            }
            RelationKind::Changes { form: ChangeForm::Read(column, codes), .. } => {
                Box::new(FromChangelog { column: *column, codes: codes.clone() })
            }
            RelationKind::Expand { keys, sets, .. } => Box::new(Expand::new(keys, sets)),
            RelationKind::Over { input, partition, order, frame, calls } => {
                let column = input.props.schema.columns.get(order.column);
                if column.is_some_and(|c| c.time == Some(TimeAttribute::Proctime)) {
                    return Err(PROCESSING_TIME.to_owned());
                }
                if column.is_none_or(|c| c.time.is_none()) {
                    if frame.is_bounded() {
                        return Err(
                            "rows in an order other than that of time have no bounded frame".to_owned()
                        );
                    }
                    if ttl.is_set() {
                        return Err("`state_ttl` of `OVER` in an order other than that of time is not kept in process".to_owned());
                    }
                    let (aggregates, peers) =
                        (Aggregates::over(calls, false)?, matches!(frame, OverFrame::Range(_)));
                    return Ok(Box::new(OverAnyOrder::new(partition.clone(), order, peers, aggregates)));
                }
                let aggregates = Aggregates::over(calls, frame.is_bounded())?;
                Box::new(Over::new(partition.clone(), order.column, *frame, aggregates))
            }
            RelationKind::Recognize { input, pattern } => {
                let column = input.props.schema.columns.get(pattern.time);
                if column.is_some_and(|c| c.time == Some(TimeAttribute::Proctime)) {
                    return Err(PROCESSING_TIME.to_owned());
                }
                Box::new(Recognize::new(pattern)?)
            }
            RelationKind::Unnest { collection, outer, ordinality, .. } => {
                let shape = UnnestShape::of(&collection.ty)
                    .ok_or_else(|| format!("a value of type {} has no elements", collection.ty))?;
                if *ordinality && !matches!(shape, UnnestShape::Element | UnnestShape::Fields(_)) {
                    return Err(NO_NUMBERS.to_owned());
                }
                let collection = expr::compile(collection)?;
                Box::new(Unnest { collection, shape, outer: *outer, ordinality: *ordinality })
            }
            RelationKind::Watermark { column, delay_millis, .. } => {
                Box::new(AssignWatermark::new(*column, *delay_millis))
            }
        })
    }

    fn window(&self, input: &Relation, spec: &WindowSpec, time: usize) -> Result<Box<dyn Operator>, String> {
        let column = input.props.schema.columns.get(time).ok_or("the window's time column does not exist")?;
        if column.time == Some(TimeAttribute::Proctime) {
            return Err(PROCESSING_TIME.to_owned());
        }
        let clock = self.clock_of(&column.ty);
        Ok(match spec {
            WindowSpec::Session { gap, partition } => {
                Box::new(Session::new(*gap, time, partition.clone(), clock))
            }
            _ => Box::new(Window { spec: spec.clone(), time, clock }),
        })
    }

    fn clock_of(&self, time: &DataType) -> WindowClock {
        let is_instant = matches!(time.kind, TypeKind::TimestampLtz(_));
        WindowClock::new(is_instant, &self.options.context.zone)
    }

    /// The clock of the windows that the rows of a relation belong to.
    fn window_clock(&self, relation: &Relation) -> WindowClock {
        let mut at = relation;
        loop {
            at = match &at.kind {
                RelationKind::Window { input, time, .. } => {
                    return match input.props.schema.columns.get(*time) {
                        Some(column) => self.clock_of(&column.ty),
                        None => WindowClock::new(false, &self.options.context.zone),
                    };
                }
                RelationKind::Scan { component } => {
                    let stream = self.plan.streams().find(|(c, _)| c.name == *component);
                    match stream {
                        Some((_, stream)) => &stream.relation,
                        None => return WindowClock::new(false, &self.options.context.zone),
                    }
                }
                _ => match at.inputs().first() {
                    Some(input) => input,
                    None => return WindowClock::new(false, &self.options.context.zone),
                },
            };
        }
    }

    fn rank(&self, rank: &RankParts<'_>, windowed: bool, ttl: Ttl) -> Result<Box<dyn Operator>, String> {
        let props = &rank.input.props;
        let latest_first = rank.kind == RankKind::LastRow;
        let order = Order { keys: rank.order.to_vec(), latest_first };
        if windowed {
            return Ok(Box::new(WindowRank {
                partition: rank.partition.to_vec(),
                order,
                limit: rank.limit,
                row_number: rank.row_number,
                end: window_end(props)?,
                clock: self.window_clock(rank.input),
                windows: Default::default(),
            }));
        }
        let inserts = props.changelog.is_insert_only();
        if let (RankKind::FirstRow | RankKind::LastRow, true, [key]) = (rank.kind, inserts, rank.order) {
            let time = props.schema.columns.get(key.column).and_then(|c| c.time);
            let event_time = time == Some(TimeAttribute::Rowtime);
            return Ok(Box::new(Deduplicate::new(
                rank.partition.to_vec(),
                key.column,
                (rank.kind == RankKind::FirstRow, event_time),
                rank.row_number,
                ttl,
            )));
        }
        Ok(Box::new(TopN {
            partition: rank.partition.to_vec(),
            order,
            limit: rank.limit,
            row_number: rank.row_number,
            retracts: !inserts,
            ttl,
            partitions: Default::default(),
        }))
    }
}

/// Why elements are not numbered.
pub(crate) const NO_NUMBERS: &str =
    "they have no order of their own; on Flink it is that of a hash table. Leave the number out";

/// Why a window over processing time does not run.
pub(crate) const PROCESSING_TIME: &str = "windows over processing time depend on the moment at which a record is read, \
                                          and have no meaning for records of a file";

struct RankParts<'a> {
    input: &'a Relation,
    partition: &'a [usize],
    order: &'a [SortKey],
    limit: usize,
    kind: RankKind,
    row_number: bool,
}

fn window_end(props: &Properties) -> Result<usize, String> {
    props.window.as_ref().and_then(|w| w.end).ok_or_else(|| "the end of the window is not known".to_owned())
}
