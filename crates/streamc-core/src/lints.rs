//! What is allowed, but likely not meant.

use crate::component::{ComponentId, lowered};
use crate::database::Db;
use crate::files::{File, parsed};
use crate::graph::dependency_graph;
use crate::names::{DeclarationKind, application_files, signature, symbols};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::{lints, names};
use streamc_plan::{ComponentKind, Engine, JoinStrategy, Relation, RelationKind, StateLife};
use streamc_syntax::ast::{Item, StreamBody};

pub(crate) fn lint(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    unused(db, root, out);
    let engine = crate::application::app(db, root, &mut Vec::new()).engine;
    for name in symbols(db, root).keys() {
        let Some(component) = &lowered(db, root, ComponentId::new(db, name.clone())).component else {
            continue;
        };
        if let ComponentKind::Stream(stream) = &component.kind {
            stream.relation.walk(&mut |relation| {
                let unbounded = relation.props.state.as_ref().is_some_and(|s| s.life == StateLife::Unbounded);
                if unbounded {
                    out.extend(unbounded_state(relation, engine));
                }
                out.extend(half_window(relation));
                out.extend(late_changes(relation));
            });
        }
    }
    mixed_style(db, root, out);
}

/// Components whose rows reach no sink. A file that others use may offer more than one application needs, and a file
/// without sinks is read for its streams.
fn unused(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let symbols = symbols(db, root);
    let graph = dependency_graph(db, root);
    let mut reached: Vec<SmolStr> = symbols
        .iter()
        .filter(|(_, (_, d))| d.kind == DeclarationKind::Sink)
        .map(|(n, _)| n.clone())
        .collect();
    if reached.is_empty() && !signature(db, root).has_app {
        return;
    }
    // With a name that is not understood, nobody knows what is unused.
    if out.iter().any(|d| d.code == names::UNKNOWN_COMPONENT || d.code == names::CYCLE) {
        return;
    }
    let mut next = 0;
    while let Some(name) = reached.get(next).cloned() {
        next += 1;
        for read in graph.reads.get(&name).into_iter().flatten() {
            if !reached.contains(read) {
                reached.push(read.clone());
            }
        }
    }
    for (name, (file, declaration)) in symbols {
        if *file != root || reached.contains(name) || graph.is_cyclic(name) {
            continue;
        }
        let Some(place) = parsed(db, *file).file.items.get(declaration.item).and_then(Item::name) else {
            continue;
        };
        let (message, help) = match declaration.kind {
            DeclarationKind::Source => {
                (format!("the source `{name}` is read by nothing that reaches a sink"), "remove it")
            }
            _ => (format!("the stream `{name}` reaches no sink"), "write it to a sink, or remove it"),
        };
        out.push(Diagnostic::new(lints::UNUSED_COMPONENT, place.span, message).help(help));
    }
}

fn unbounded_state(relation: &Relation, engine: Engine) -> Option<Diagnostic> {
    let span = relation.origin.span;
    // A file may be built for another engine than it names.
    let ttl = match engine {
        Engine::Spark => "",
        _ => ", or set `state_ttl` in `app` to forget what was not used for that long (not on Spark)",
    };
    match &relation.kind {
        RelationKind::Aggregate { keys, .. } if keys.is_empty() => None,
        RelationKind::Aggregate { .. } => {
            let message = "this aggregation keeps every key for ever";
            Some(
                Diagnostic::new(lints::UNBOUNDED_STATE, span, message)
                    .help(format!("group by a window{ttl}")),
            )
        }
        RelationKind::Distinct { .. } => {
            let message = "`distinct` keeps every row for ever";
            Some(
                Diagnostic::new(lints::UNBOUNDED_STATE, span, message)
                    .help(format!("open a window first{ttl}")),
            )
        }
        RelationKind::Rank { .. } => {
            let message = "this keeps the first rows of every key for ever";
            Some(
                Diagnostic::new(lints::UNBOUNDED_STATE, span, message).help(format!("do it per window{ttl}")),
            )
        }
        RelationKind::Join { strategy: JoinStrategy::Regular, .. } => {
            let message = "this join keeps every row of both sides for ever";
            let help = format!("bound the distance of the event times: `within -5min..5min`{ttl}");
            Some(Diagnostic::new(lints::JOIN_WITHOUT_BOUND, span, message).help(help))
        }
        _ => None,
    }
}

/// Grouped by one end of the window only: an ordinary aggregation, which never closes.
fn half_window(relation: &Relation) -> Option<Diagnostic> {
    let RelationKind::Aggregate { input, keys, windowed: false, .. } = &relation.kind else { return None };
    let window = input.props.window.as_ref()?;
    let has = |column: Option<usize>| column.is_some_and(|c| keys.contains(&c));
    let (given, missing) = match (has(window.start), has(window.end)) {
        (true, false) => ("window_start", "window_end"),
        (false, true) => ("window_end", "window_start"),
        _ => return None,
    };
    let message = format!("grouped by `{given}` alone, the window never closes");
    Some(
        Diagnostic::new(lints::HALF_WINDOW, relation.origin.span, message)
            .help(format!("group by `{missing}` as well: then each window gives one final row a group")),
    )
}

/// Rows that change are put into windows, or joined with versions: what was right when the watermark passed stays as it is.
/// So on Flink, measured on 2.3.0.
fn late_changes(relation: &Relation) -> Option<Diagnostic> {
    let (changing, message) = match &relation.kind {
        RelationKind::Window { input, .. } => {
            (input, "a row that changes after its window has closed stays in it as it was")
        }
        RelationKind::Join { left, strategy: JoinStrategy::Temporal { .. }, .. } => {
            (left, "a row that changes after the watermark has passed its time is not taken back")
        }
        _ => return None,
    };
    let help = "take rows that are only added, or give the watermark the delay with which rows may change";
    (!changing.props.changelog.is_insert_only())
        .then(|| Diagnostic::new(lints::LATE_CHANGES, relation.origin.span, message).help(help))
}

/// Both operators and SQL in one application.
fn mixed_style(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) {
    let mut first_sql = None;
    let mut pipes = false;
    for file in application_files(db, root) {
        for item in &parsed(db, *file).file.items {
            let Item::Stream(stream) = item else { continue };
            match &stream.body {
                StreamBody::Sql(_) if *file == root => {
                    first_sql.get_or_insert(stream.name.span);
                }
                StreamBody::Pipe(pipe) if !pipe.ops.is_empty() => pipes = true,
                _ => {}
            }
        }
    }
    if let (Some(span), true) = (first_sql, pipes) {
        let message = "this application has streams in SQL and streams in operators";
        out.push(
            Diagnostic::new(lints::MIXED_STYLE, span, message)
                .help("both mean the same; one style is easier to read, where nothing speaks for the other"),
        );
    }
}
