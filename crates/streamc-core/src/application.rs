//! The plan of an application.

use crate::component::{ComponentId, has_errors, lowered};
use crate::database::Db;
use crate::files::{File, parsed};
use crate::graph::dependency_graph;
use smol_str::SmolStr;
use std::path::Path;
use std::sync::Arc;
use streamc_connectors::resolve_app;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::schemas;
use streamc_plan::{App, Delivery, Engine, OptionValue, Plan};
use streamc_syntax::ast::{self, Item};

/// The `app` of the application: that of the root file.
pub(crate) fn app_block(db: &dyn Db, root: File) -> Option<&ast::App> {
    parsed(db, root).file.items.iter().find_map(|item| match item {
        Item::App(app) => Some(app),
        _ => None,
    })
}

/// The application's head, and what is wrong with it.
pub(crate) fn app(db: &dyn Db, root: File, out: &mut Vec<Diagnostic>) -> App {
    let stem =
        Path::new(root.path(db).as_str()).file_stem().map_or_else(|| "app".into(), |s| s.to_string_lossy());
    // Standard input has no name.
    let stem = if stem == "-" { "app".into() } else { stem };
    let tree = &parsed(db, root).file;
    let doc = (!tree.docs.is_empty())
        .then(|| tree.docs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n").into());
    let mut app = App {
        name: SmolStr::from(&*stem),
        doc,
        engine: Engine::Flink,
        delivery: None,
        delivery_span: None,
        setting_spans: indexmap::IndexMap::new(),
        settings: indexmap::IndexMap::new(),
        span: None,
    };
    let Some(block) = app_block(db, root) else { return app };
    if !block.name.is_missing() {
        app.name = block.name.text.clone();
    }
    app.span = Some(block.name.span);
    let (mut values, spans) = resolve_app(&block.block, out);
    app.engine = match values.shift_remove("engine") {
        Some(OptionValue::Str(word)) if word == "spark" => Engine::Spark,
        Some(OptionValue::Str(word)) if word == "local" => Engine::Local,
        _ => Engine::Flink,
    };
    app.delivery = match values.shift_remove("delivery") {
        Some(OptionValue::Str(word)) if word == "exactly_once" => Some(Delivery::ExactlyOnce),
        Some(OptionValue::Str(_)) => Some(Delivery::AtLeastOnce),
        _ => None,
    };
    app.delivery_span = spans.get("delivery").copied();
    if let Some(OptionValue::Str(zone)) = values.get("time_zone")
        && streamc_functions::session_zone(zone).is_none()
    {
        let message = format!("there is no time zone `{zone}`");
        out.push(
            Diagnostic::new(schemas::BAD_OPTION_VALUE, spans.get("time_zone").copied(), message)
                .help("write `UTC`, a name such as `Europe/Berlin`, or a distance such as `GMT+05:30`"),
        );
    }
    app.settings = values;
    app.setting_spans = spans;
    app
}

/// The plan of the application of `root`; `None` if a part of it has errors.
#[salsa::tracked(no_eq, returns(clone))]
pub fn plan(db: &dyn Db, root: File) -> Option<Arc<Plan>> {
    if has_errors(crate::findings::check(db, root)) {
        return None;
    }
    let app = app(db, root, &mut Vec::new());
    let mut components = Vec::new();
    for name in &dependency_graph(db, root).order {
        let id = ComponentId::new(db, name.clone());
        components.push(lowered(db, root, id).component.clone()?);
    }
    Some(Arc::new(Plan { app, components }))
}
