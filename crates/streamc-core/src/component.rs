//! One component: its declaration lowered to the plan, and its row type.

#![allow(missing_docs, reason = "salsa makes public functions without documentation")]

use crate::database::Db;
use crate::files::{File, parsed};
use crate::graph::dependency_graph;
use crate::names::{DeclarationKind, symbols};
use crate::{pipes, sink, source};
use smol_str::SmolStr;
use std::sync::Arc;
use streamc_diagnostics::{Diagnostic, Severity};
use streamc_plan::{
    Component, ComponentKind, Properties, Relation, StateLife, Stream, StreamText, assign_ids,
};
use streamc_sql::{Catalog, Lookup};
use streamc_syntax::ast::{Item, StreamBody};

/// A component's name, as a key of queries.
#[salsa::interned]
pub struct ComponentId<'db> {
    /// The name.
    #[returns(ref)]
    pub name: SmolStr,
}

/// A lowered declaration.
#[derive(Debug, Default)]
pub struct Lowered {
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
    /// The component; `None` if it has errors.
    pub component: Option<Component>,
    /// What is known of its rows, even if parts of it have errors (their columns are of unknown type).
    pub props: Option<Properties>,
}

/// Lowers the declaration of `id` in the application of `root`. Changes with every edit of its file, because of its
/// spans; whoever reads its rows asks [`relation_type`].
#[salsa::tracked(returns(ref), no_eq)]
pub fn lowered<'db>(db: &'db dyn Db, root: File, id: ComponentId<'db>) -> Lowered {
    let mut out = Lowered::default();
    let Some((file, declaration)) = symbols(db, root).get(id.name(db)) else { return out };
    let tree = parsed(db, *file);
    let Some(item) = tree.file.items.get(declaration.item) else { return out };
    if dependency_graph(db, root).is_cyclic(id.name(db)) {
        return out;
    }
    let lowered = match item {
        Item::Source(d) => source::lower(db, root, *file, d, &mut out.diagnostics),
        Item::Sink(d) => sink::lower(db, root, d, &mut out.diagnostics),
        Item::Stream(d) => {
            let catalog = AppCatalog { db, root, reader: &d.name.text };
            let relation = match &d.body {
                StreamBody::Pipe(pipe) => pipes::lower(tree, pipe, &catalog, &mut out.diagnostics)
                    .map(|relation| (relation, StreamText::Pipe)),
                StreamBody::Sql(sql) => pipes::sql_block(tree, sql, &catalog, &mut out.diagnostics),
                StreamBody::Error(_) => None,
            };
            relation.map(|(mut relation, text)| {
                if let Some(ttl) = state_ttl(db, root) {
                    limit_state(&mut relation, ttl);
                }
                crate::contract::check(tree, d, &relation.props, &mut out.diagnostics);
                assign_ids(&d.name.text, &mut relation);
                let mut props = relation.props.clone();
                props.state = None;
                (ComponentKind::Stream(Box::new(Stream { relation, text })), props)
            })
        }
        _ => None,
    };
    if let Some((kind, props)) = lowered {
        if !out.diagnostics.iter().any(Diagnostic::is_error) {
            out.component = Some(Component {
                name: id.name(db).clone(),
                doc: item.docs().map(SmolStr::from),
                span: item.name().map(|n| n.span),
                kind,
                props: props.clone(),
            });
        }
        out.props = Some(props);
    }
    out
}

/// What is known of the rows of a component: the firewall between a declaration and its readers. `None` if it has such
/// errors that nothing is known, or is on a cycle.
#[salsa::tracked(returns(clone))]
pub fn relation_type<'db>(db: &'db dyn Db, root: File, id: ComponentId<'db>) -> Option<Arc<Properties>> {
    lowered(db, root, id).props.clone().map(Arc::new)
}

/// Whether a component is a source that can be asked for rows while a job runs.
#[salsa::tracked(returns(copy))]
pub(crate) fn is_looked_up<'db>(db: &'db dyn Db, root: File, id: ComponentId<'db>) -> bool {
    let Some((file, declaration)) = symbols(db, root).get(id.name(db)) else { return false };
    match parsed(db, *file).file.items.get(declaration.item) {
        Some(Item::Source(source)) => {
            streamc_connectors::find(&source.connector.name.text).is_some_and(|c| c.looked_up)
        }
        _ => false,
    }
}

/// The `state_ttl` of the application, in milliseconds.
#[salsa::tracked(returns(copy))]
pub(crate) fn state_ttl(db: &dyn Db, root: File) -> Option<i64> {
    let (values, _) = crate::application::app_block(db, root)
        .map(|app| streamc_connectors::resolve_app(&app.block, &mut Vec::new()))?;
    match values.get("state_ttl") {
        Some(streamc_plan::OptionValue::Duration(millis)) => Some(*millis),
        _ => None,
    }
}

/// State that would live for ever lives for `ttl` milliseconds after its last use.
fn limit_state(relation: &mut Relation, ttl: i64) {
    match relation.props.state.as_mut().map(|state| &mut state.life) {
        Some(life @ StateLife::Unbounded) => *life = StateLife::Ttl(ttl),
        Some(StateLife::Hinted { left, right }) => {
            left.get_or_insert(ttl);
            right.get_or_insert(ttl);
        }
        _ => {}
    }
    for input in relation.inputs_mut() {
        limit_state(input, ttl);
    }
}

/// The components of an application, as SQL and pipes look them up.
pub(crate) struct AppCatalog<'a> {
    pub db: &'a dyn Db,
    pub root: File,
    /// The component that reads: it is not offered as a suggestion.
    pub reader: &'a str,
}

impl Catalog for AppCatalog<'_> {
    fn relation(&self, name: &str) -> Lookup {
        match symbols(self.db, self.root).get(name) {
            // Unknown names and sinks are reported once, by the graph.
            None => Lookup::Broken,
            Some((_, d)) if d.kind == DeclarationKind::Sink => Lookup::Broken,
            Some(_) if dependency_graph(self.db, self.root).is_cyclic(name) => Lookup::Broken,
            Some(_) => {
                let id = ComponentId::new(self.db, SmolStr::from(name));
                relation_type(self.db, self.root, id).map_or(Lookup::Broken, Lookup::Found)
            }
        }
    }

    fn names(&self) -> Vec<SmolStr> {
        symbols(self.db, self.root).keys().filter(|n| *n != self.reader).cloned().collect()
    }

    fn is_looked_up(&self, name: &str) -> bool {
        is_looked_up(self.db, self.root, ComponentId::new(self.db, SmolStr::from(name)))
    }
}

/// Whether there is an error among them.
pub(crate) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|d| d.severity == Severity::Error)
}
