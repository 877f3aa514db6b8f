//! `streamc completions`.

use crate::Outcome;
use crate::arguments::{Arguments, Completions};
use crate::console::Console;
use clap::CommandFactory;

pub(crate) fn run(arguments: &Completions, console: &Console) -> Outcome {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "streamc", &mut out);
    let _ = console.result_bytes(&out);
    Outcome::Fine
}
