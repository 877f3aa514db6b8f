//! `streamc describe`.

use super::session::Session;
use crate::Outcome;
use crate::arguments::{Describe, TextOrJson};
use crate::console::Console;
use streamc_core::{describe_json, describe_text};
use streamc_diagnostics::did_you_mean;

pub(crate) fn run(arguments: &Describe, console: &Console) -> Outcome {
    let Some((session, root)) = Session::open_one(&arguments.file, console) else { return Outcome::Failed };
    let Some(plan) = session.plan(root, console) else { return Outcome::Findings };
    let only = arguments.name.as_deref();
    if let Some(name) = only
        && plan.component(name).is_none()
    {
        let near = did_you_mean(name, plan.components.iter().map(|c| c.name.as_str()));
        let hint = near.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
        console.message(&format!("error: there is no component `{name}`{hint}"));
        return Outcome::Failed;
    }
    let text = match arguments.format {
        TextOrJson::Text => describe_text(&plan, only),
        TextOrJson::Json => {
            let mut text = serde_json::to_string_pretty(&describe_json(&plan, only)).unwrap_or_default();
            text.push('\n');
            text
        }
    };
    let _ = console.result(&text);
    Outcome::Fine
}
