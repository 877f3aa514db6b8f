//! From the plan to the graph that runs it.

use crate::error::{RunError, RunErrorKind};
use crate::event::NO_WATERMARK;
use crate::expr;
use crate::graph::{Node, NodeKind};
use crate::operators::{
    Aggregates, AssignWatermark, Condition, Deduplicate, Distinct, Expand, Filter, GroupAggregate,
    IntervalJoin, Join, Limit, LookupJoin, Operator, Order, Over, Project, Recognize, Replicate, SemiJoin,
    SemiKeys, Session, Sort, TemporalJoin, TopN, Union, Unnest, UnnestShape, Window, WindowAggregate,
    WindowJoin, WindowRank,
};
use crate::options::RunOptions;
use crate::output::Target;
use crate::ttl::Ttl;
use crate::window_time::WindowClock;
use indexmap::IndexMap;
use smol_str::SmolStr;
use streamc_plan::{
    ComponentKind, Expr, ExprKind, JoinKind, JoinStrategy, Plan, Properties, RankKind, Relation,
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
        let operator =
            self.operator(relation).map_err(|message| unsupported(component, relation, message))?;
        Ok(self.node(component, Some(relation), NodeKind::Operator(operator), &inputs))
    }

    fn operator(&self, relation: &Relation) -> Result<Box<dyn Operator>, String> {
        let ttl = Ttl::of(&relation.props, self.options.state_ttl);
        Ok(match &relation.kind {
            RelationKind::Scan { .. } | RelationKind::Values { .. } | RelationKind::Repartition { .. } => {
                Box::new(Union)
            }
            RelationKind::Union { .. } => Box::new(Union),
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
            RelationKind::Distinct { input, windowed } => {
                let window = if *windowed {
                    Some((window_end(&input.props)?, self.window_clock(input)))
                } else {
                    None
                };
                Box::new(Distinct::new(ttl, window))
            }
            RelationKind::Join { left, right, kind, strategy, equal, condition } => {
                let clock = self.window_clock(left);
                let ttl = Ttl::of_sides(&relation.props, self.options.state_ttl);
                join(left, right, *kind, strategy, equal, condition, (ttl, clock))?
            }
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
            RelationKind::Expand { keys, sets, .. } => Box::new(Expand::new(keys, sets)),
            RelationKind::Over { input, partition, time, frame, calls } => {
                let column = input.props.schema.columns.get(*time);
                if column.is_some_and(|c| c.time == Some(TimeAttribute::Proctime)) {
                    return Err(PROCESSING_TIME.to_owned());
                }
                let aggregates = Aggregates::over(calls, frame.is_bounded())?;
                Box::new(Over::new(partition.clone(), *time, *frame, aggregates))
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

fn join(
    left: &Relation,
    right: &Relation,
    kind: JoinKind,
    strategy: &JoinStrategy,
    equal: &[(usize, usize)],
    condition: &Expr,
    (ttl, clock): ([Ttl; 2], WindowClock),
) -> Result<Box<dyn Operator>, String> {
    let widths = [left.props.schema.len(), right.props.schema.len()];
    let keys = [equal.iter().map(|(l, _)| *l).collect(), equal.iter().map(|(_, r)| *r).collect()];
    let outer =
        [matches!(kind, JoinKind::Left | JoinKind::Full), matches!(kind, JoinKind::Right | JoinKind::Full)];
    if let JoinStrategy::Window { left_end, right_end } = *strategy {
        let condition = Condition { rest: rest_of(condition, equal, widths[0])? };
        let ends = [left_end, right_end];
        return Ok(Box::new(WindowJoin {
            kind,
            keys,
            widths,
            ends,
            condition,
            clock,
            windows: Default::default(),
        }));
    }
    if !kind.has_right_columns() {
        let same = same_columns(condition, widths[0]);
        let pairs: Vec<(usize, usize)> = equal.iter().chain(&same).copied().collect();
        let rest = rest_of(condition, &pairs, widths[0])?;
        let keys = SemiKeys {
            left: pairs.iter().map(|(l, _)| *l).collect(),
            right: pairs.iter().map(|(_, r)| *r).collect(),
            strict: equal.len(),
        };
        return Ok(Box::new(SemiJoin::new(kind == JoinKind::Anti, keys, Condition { rest }, ttl)));
    }
    let rest = rest_of(condition, equal, widths[0])?;
    Ok(match *strategy {
        JoinStrategy::Regular => Box::new(Join::new(keys, widths, outer, Condition { rest }, ttl)),
        JoinStrategy::Interval { left_time, right_time, lower, upper } => Box::new(IntervalJoin::new(
            keys,
            widths,
            outer,
            [left_time, right_time],
            (lower, upper),
            Condition { rest },
        )),
        JoinStrategy::Temporal { .. } if ttl.iter().any(|t| t.is_set()) => {
            return Err("`state_ttl` of a join with versions is not kept in process".to_owned());
        }
        JoinStrategy::Temporal { left_time, right_time } => Box::new(TemporalJoin {
            keys,
            times: [left_time, right_time],
            right_width: widths[1],
            outer: outer[0],
            condition: Condition { rest },
            states: Default::default(),
            timers: Default::default(),
        }),
        JoinStrategy::Lookup { .. } => Box::new(LookupJoin {
            keys,
            right_width: widths[1],
            outer: outer[0],
            condition: Condition { rest },
            table: Default::default(),
        }),
        JoinStrategy::Window { .. } => return Err("a window join has no window".to_owned()),
    })
}

/// Pairs (left column, right column) of one type that `IS NOT DISTINCT FROM` compares.
fn same_columns(condition: &Expr, width: usize) -> Vec<(usize, usize)> {
    let pair = |part: &Expr| match &part.kind {
        ExprKind::Call { function, arguments } if function.name == "IS NOT DISTINCT FROM" => {
            let [a, b] = arguments.as_slice() else { return None };
            let (left, right) = (a.as_column()?, b.as_column()?);
            let fits = left < width && right >= width && a.ty.kind == b.ty.kind;
            fits.then(|| (left, right - width))
        }
        _ => None,
    };
    condition.conjuncts().into_iter().filter_map(pair).collect()
}

/// The sides of an equality of floating-point numbers, one of the left row, the other of the right one.
fn floating_key(part: &Expr, width: usize) -> Option<(&Expr, &Expr)> {
    let ExprKind::Call { function, arguments } = &part.kind else { return None };
    let ("=", [a, b]) = (function.name, arguments.as_slice()) else { return None };
    let is = |e: &Expr, left: bool| {
        let columns = e.columns();
        !columns.is_empty() && columns.into_iter().all(|c| (c < width) == left)
    };
    let across = (is(a, true) && is(b, false)) || (is(a, false) && is(b, true));
    (across && a.ty.is_approximate() && a.ty.kind == b.ty.kind).then_some((a, b))
}

/// The part of a join's condition that equal keys do not say.
fn rest_of(
    condition: &Expr,
    equal: &[(usize, usize)],
    width: usize,
) -> Result<Option<expr::Compiled>, String> {
    let is_key = |part: &Expr| match &part.kind {
        ExprKind::Call { function, arguments } if matches!(function.name, "=" | "IS NOT DISTINCT FROM") => {
            match arguments.iter().map(Expr::as_column).collect::<Vec<_>>()[..] {
                [Some(a), Some(b)] => {
                    let pair = (a.min(b), a.max(b).wrapping_sub(width));
                    equal.contains(&pair)
                }
                _ => false,
            }
        }
        ExprKind::Literal(streamc_types::Value::Boolean(true)) => true,
        _ => false,
    };
    let rest: Vec<_> = condition
        .conjuncts()
        .into_iter()
        .filter(|part| !is_key(part))
        .map(|part| match floating_key(part, width) {
            Some((left, right)) => expr::compile_key(left, right, part),
            None => expr::compile(part),
        })
        .collect::<Result<_, _>>()?;
    Ok(match rest.len() {
        0 => None,
        1 => rest.into_iter().next(),
        _ => Some(expr::Compiled::And(rest.into())),
    })
}
