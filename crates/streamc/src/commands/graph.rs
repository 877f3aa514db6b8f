//! `streamc graph`.

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Graph, GraphFormat};
use crate::console::Console;

pub(crate) fn run(arguments: &Graph, console: &Console) -> Outcome {
    let Some((session, root)) = Session::open_one(&arguments.file, console) else { return Outcome::Failed };
    let Some(plan) = session.plan(root, console) else { return Outcome::Findings };
    let format = match arguments.format {
        GraphFormat::Text => streamc_core::GraphFormat::Text,
        GraphFormat::Mermaid => streamc_core::GraphFormat::Mermaid,
        GraphFormat::Dot => streamc_core::GraphFormat::Dot,
        GraphFormat::Json => streamc_core::GraphFormat::Json,
    };
    let _ = console.result(&streamc_core::render_graph(&plan, format));
    Outcome::Fine
}
