//! `streamc explain`.

use crate::Outcome;
use crate::arguments::Explain;
use crate::console::Console;
use std::fmt::Write;
use streamc_diagnostics::codes::all;
use streamc_diagnostics::{Code, did_you_mean};

pub(crate) fn run(arguments: &Explain, console: &Console) -> Outcome {
    let Some(text) = &arguments.code else {
        let mut out = String::new();
        for code in all() {
            let info = code.info();
            let _ = writeln!(out, "{}  {:<7}  {}", info.code, info.severity.as_str(), info.title);
        }
        let _ = console.result(&out);
        return Outcome::Fine;
    };
    if let Some(code) = Code::find(text) {
        let _ = console.result(code.info().page);
        return Outcome::Fine;
    }
    let near = did_you_mean(text, all().map(|c| c.info().code));
    let hint =
        near.map_or_else(|| "`streamc explain` lists them".to_owned(), |n| format!("did you mean `{n}`?"));
    console.message(&format!("error: there is no code `{text}`; {hint}"));
    Outcome::Failed
}
