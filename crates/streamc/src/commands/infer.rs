//! `streamc infer`.

use crate::Outcome;
use crate::arguments::{Infer, TextOrJson};
use crate::console::{Console, Style};
use std::io::Read;
use std::path::Path;
use streamc_core::{OsSystem, System};
use streamc_diagnostics::Severity;

pub(crate) fn run(arguments: &Infer, console: &Console) -> Outcome {
    if arguments.file.contains("://") {
        console.message(&format!(
            "error: cannot read `{}`: sampling a topic is not supported yet; save some records to a file",
            arguments.file
        ));
        return Outcome::Failed;
    }
    let reader: Box<dyn Read> = if arguments.file == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        match OsSystem.open(Path::new(&arguments.file)) {
            Ok(reader) => reader,
            Err(error) => {
                console.message(&format!("error: {error}"));
                return Outcome::Failed;
            }
        }
    };
    let inference =
        match streamc_infer::infer_reader(reader, &arguments.file, &streamc_infer::Options::default()) {
            Ok(inference) => inference,
            Err(error) => {
                let name = if arguments.file == "-" { "standard input" } else { &arguments.file };
                console.message(&format!("error: cannot read {name}: {error}"));
                return Outcome::Failed;
            }
        };
    let mut failed = false;
    for problem in &inference.problems {
        let diagnostic = problem.diagnostic(None);
        let style = match diagnostic.severity {
            Severity::Error => Style::Error,
            Severity::Warning => Style::Warning,
            Severity::Hint => Style::Hint,
        };
        failed |= diagnostic.is_error();
        if console.is_quiet() && !diagnostic.is_error() {
            continue;
        }
        let head = console.paint(style, &format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.code));
        console.message(&format!("{head}: {}", diagnostic.message));
        if let Some(help) = &diagnostic.help {
            console.message(&format!("  help: {help}"));
        }
    }
    if !inference.schema.is_empty() {
        let text = match (arguments.schema, arguments.format) {
            (true, _) => format!("{}\n", streamc_infer::schema_block(&inference)),
            (false, TextOrJson::Text) => {
                format!(
                    "{}\n\n{}\n",
                    inference.report.to_text().trim_end(),
                    streamc_infer::schema_block(&inference)
                )
            }
            (false, TextOrJson::Json) => {
                let mut text = inference.to_json();
                text.push('\n');
                text
            }
        };
        let _ = console.result(&text);
    }
    if failed { Outcome::Findings } else { Outcome::Fine }
}
