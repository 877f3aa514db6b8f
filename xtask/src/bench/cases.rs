//! The benches. A bench is a line of [`ALL`] and a function that writes its inputs and makes its commands.

use std::process::Command;

use anyhow::Result;

use super::{Bed, Bench, Prepared, Target, Work};

/// Every bench, in the order of the printed table.
pub const ALL: &[Bench] =
    &[Bench { name: "start-up", target: Target::Milliseconds(20.0), prepare: start_up }];

/// `streamc --version`: what every command pays.
fn start_up(bed: &Bed) -> Result<Prepared> {
    let mut ours = Command::new(&bed.streamc);
    ours.arg("--version");
    Ok(Prepared { work: Work::Once, ours, rival: None })
}
