//! Who reads whom.

use crate::database::Db;
use crate::files::{File, parsed};
use crate::names::{DeclarationKind, symbols};
use indexmap::IndexMap;
use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;
use smol_str::SmolStr;
use streamc_diagnostics::Span;
use streamc_diagnostics::{Diagnostic, codes::names, did_you_mean};
use streamc_syntax::ast::{Item, OpKind, StreamBody};

/// The edges of an application, without their places in the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DependencyGraph {
    /// What each component reads, in the order of its text, each once; only components that exist.
    pub reads: IndexMap<SmolStr, Vec<SmolStr>>,
    /// Groups of components that read one another in a circle, each as a path that ends where it starts.
    pub cycles: Vec<Vec<SmolStr>>,
    /// The components in an order in which each comes after those it reads; members of cycles are left out.
    pub order: Vec<SmolStr>,
}

impl DependencyGraph {
    /// Whether the component is on a cycle.
    pub fn is_cyclic(&self, name: &str) -> bool {
        self.cycles.iter().flatten().any(|n| n == name)
    }

    /// The components that read `name`.
    pub fn readers(&self, name: &str) -> Vec<SmolStr> {
        self.reads
            .iter()
            .filter(|(_, reads)| reads.iter().any(|r| r == name))
            .map(|(n, _)| n.clone())
            .collect()
    }
}

/// Every name that an item reads, with its place.
pub(crate) fn references(db: &dyn Db, file: File, item: &Item) -> Vec<(SmolStr, Span)> {
    let mut out: Vec<(SmolStr, Span)> = Vec::new();
    let mut push = |name: &streamc_syntax::ast::Name| {
        if !name.is_missing() {
            out.push((name.text.clone(), name.span));
        }
    };
    match item {
        Item::Sink(sink) => sink.from.iter().for_each(push),
        Item::Stream(stream) => match &stream.body {
            StreamBody::Pipe(pipe) => {
                push(&pipe.head);
                for op in &pipe.ops {
                    match &op.kind {
                        OpKind::Join(join) => push(&join.right),
                        OpKind::Union(others) => others.iter().for_each(&mut push),
                        _ => {}
                    }
                }
            }
            StreamBody::Sql(sql) => {
                return streamc_sql::query_tables(&parsed(db, file).text, sql.text.content);
            }
            StreamBody::Error(_) => {}
        },
        _ => {}
    }
    out
}

/// The graph of the application of `root`.
#[salsa::tracked(returns(ref))]
pub fn dependency_graph(db: &dyn Db, root: File) -> DependencyGraph {
    let symbols = symbols(db, root);
    let mut out = DependencyGraph::default();
    let mut graph = DiGraph::<SmolStr, ()>::new();
    let nodes: IndexMap<SmolStr, _> =
        symbols.keys().map(|name| (name.clone(), graph.add_node(name.clone()))).collect();
    for (name, (file, declaration)) in symbols {
        let mut reads: Vec<SmolStr> = Vec::new();
        if let Some(item) = parsed(db, *file).file.items.get(declaration.item) {
            for (other, _) in references(db, *file, item) {
                if symbols.contains_key(&other) && !reads.contains(&other) {
                    reads.push(other);
                }
            }
        }
        for other in &reads {
            if let (Some(from), Some(to)) = (nodes.get(name), nodes.get(other)) {
                graph.add_edge(*from, *to, ());
            }
        }
        out.reads.insert(name.clone(), reads);
    }
    for group in tarjan_scc(&graph) {
        let first = group
            .iter()
            .filter_map(|n| graph.node_weight(*n))
            .min_by_key(|n| symbols.get_index_of(n.as_str()));
        let Some(first) = first else { continue };
        let members: Vec<&SmolStr> = group.iter().filter_map(|n| graph.node_weight(*n)).collect();
        if members.len() > 1 || out.reads.get(first).is_some_and(|r| r.contains(first)) {
            out.cycles.push(circle(first, &members, &out.reads));
        }
    }
    out.cycles.sort_by_key(|cycle| cycle.first().and_then(|n| symbols.get_index_of(n.as_str())));
    for name in symbols.keys() {
        visit(name, &mut out);
    }
    out
}

/// A shortest way from `first` back to itself among `members`.
fn circle(first: &SmolStr, members: &[&SmolStr], reads: &IndexMap<SmolStr, Vec<SmolStr>>) -> Vec<SmolStr> {
    let mut ways = std::collections::VecDeque::from([vec![first.clone()]]);
    let mut seen: Vec<SmolStr> = Vec::new();
    while let Some(way) = ways.pop_front() {
        for next in way.last().and_then(|last| reads.get(last)).into_iter().flatten() {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == first {
                return longer;
            }
            if members.contains(&next) && !seen.contains(next) {
                seen.push(next.clone());
                ways.push_back(longer);
            }
        }
    }
    vec![first.clone(), first.clone()]
}

/// Depth first with a stack of its own: a chain of components may be long.
fn visit(name: &SmolStr, graph: &mut DependencyGraph) {
    let mut stack = vec![(name.clone(), 0usize)];
    while let Some((name, next)) = stack.pop() {
        if graph.order.contains(&name) || graph.is_cyclic(&name) {
            continue;
        }
        match graph.reads.get(&name).and_then(|reads| reads.get(next)).cloned() {
            Some(read) => {
                stack.push((name, next + 1));
                if !graph.order.contains(&read) {
                    stack.push((read, 0));
                }
            }
            None => graph.order.push(name),
        }
    }
}

/// Unknown names and cycles in the application of `root`.
pub(crate) fn graph_diagnostics(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let (symbols, graph) = (symbols(db, root), dependency_graph(db, root));
    for (name, (file, declaration)) in symbols {
        let Some(item) = parsed(db, *file).file.items.get(declaration.item) else { continue };
        for (other, span) in references(db, *file, item) {
            match symbols.get(&other) {
                None => out.push(unknown(
                    &other,
                    span,
                    symbols.keys().filter(|n| *n != name).map(SmolStr::as_str),
                )),
                Some((_, d)) if d.kind == DeclarationKind::Sink => {
                    let message = format!("`{other}` is a sink: nothing can be read from it");
                    out.push(
                        Diagnostic::new(names::UNKNOWN_COMPONENT, span, message)
                            .help("read the stream that the sink takes its rows from"),
                    );
                }
                Some(_) => {}
            }
        }
    }
    for cycle in &graph.cycles {
        let Some((file, declaration)) = cycle.first().and_then(|name| symbols.get(name)) else { continue };
        let place = parsed(db, *file).file.items.get(declaration.item).and_then(Item::name).map(|n| n.span);
        let chain = cycle.iter().map(SmolStr::as_str).collect::<Vec<_>>().join(" → ");
        let mut d = Diagnostic::new(
            names::CYCLE,
            place,
            format!("components read one another in a circle: {chain}"),
        )
        .help("a stream cannot read itself, not even through others: break the circle at one of these edges");
        for pair in cycle.windows(2) {
            let [from, to] = pair else { continue };
            let Some((file, declaration)) = symbols.get(from) else { continue };
            let Some(item) = parsed(db, *file).file.items.get(declaration.item) else { continue };
            if let Some((_, span)) = references(db, *file, item).into_iter().find(|(name, _)| name == to) {
                d = d.also(span, format!("`{from}` reads `{to}`"));
            }
        }
        out.push(d);
    }
}

fn unknown<'a>(name: &str, span: Span, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let d = Diagnostic::new(names::UNKNOWN_COMPONENT, span, format!("there is no component `{name}`"));
    match did_you_mean(name, known.iter().copied()) {
        Some(near) => {
            d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), span, near)
        }
        None if known.is_empty() => d.help("declare it as a source or a stream"),
        None => {
            let some = known.iter().take(8).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            d.help(format!("declared are {some}{}", if known.len() > 8 { ", …" } else { "" }))
        }
    }
}
