//! `streamc infer`.

use crate::Outcome;
use crate::arguments::{Infer, TextOrJson};
use crate::console::{Console, Style};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
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
    let bytes: Arc<[u8]> = if arguments.file == "-" {
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            console.message(&format!("error: cannot read standard input: {error}"));
            return Outcome::Failed;
        }
        bytes.into()
    } else {
        match OsSystem.read(Path::new(&arguments.file)) {
            Ok(bytes) => bytes,
            Err(error) => {
                console.message(&format!("error: {error}"));
                return Outcome::Failed;
            }
        }
    };
    let inference = streamc_infer::infer(&bytes, &arguments.file, &streamc_infer::Options::default());
    let mut failed = false;
    for problem in &inference.problems {
        let diagnostic = problem.diagnostic(None);
        let style = match diagnostic.severity {
            Severity::Error => Style::Error,
            Severity::Warning => Style::Warning,
            Severity::Hint => Style::Hint,
        };
        failed |= diagnostic.is_error();
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
