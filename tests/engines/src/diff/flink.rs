//! The tables of a world on Flink.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use xtask::engines::{Batch, FlinkError, FlinkOracle, Planned};

use super::ours::{Ours, Outcome};
use crate::built::build;
use crate::program::compiled;
use crate::random::world::World;

/// The tables of a world on Flink.
#[derive(Clone, Debug)]
pub struct Tables {
    setup: Vec<String>,
    conf: BTreeMap<String, String>,
}

impl Tables {
    /// As the Flink backend declares them. Their records are written to the folder.
    pub fn declare(world: &World, folder: &Path) -> Result<Self> {
        world.write(folder)?;
        let mut text = world.declarations(folder);
        for table in &world.tables {
            let name = &table.name;
            text.push_str(&format!(
                "stream all_{name} = {name}\nsink to_{name} = print {{}} from all_{name}\n"
            ));
            if table.delay.is_some() {
                let now = table.now();
                text.push_str(&format!("{}sink to_{now} = print {{}} from {now}\n", table.versions()));
            }
        }
        let plan = compiled(&text).map_err(|errors| anyhow::anyhow!("{errors:?}\n{text}"))?;
        let job = build(&plan).map_err(|refused| anyhow::anyhow!("{refused}\n{text}"))?;
        Ok(Self { setup: job.declarations, conf: job.settings })
    }

    /// What Flink says to these queries; those with `true` are run.
    pub fn ask(
        &self,
        flink: &FlinkOracle,
        queries: &[String],
        ours: &[Ours],
        run: bool,
    ) -> Result<Vec<Result<Planned, FlinkError>>> {
        let of = |test: &dyn Fn(&Ours) -> bool| -> Vec<usize> {
            ours.iter().enumerate().filter(|(_, ours)| test(ours)).map(|(at, _)| at).collect()
        };
        let outcome = |ours: &Ours| match ours {
            Ours::Accepted(accepted) => accepted.outcome.clone(),
            _ => None,
        };
        let run_them = of(&|o| run && matches!(outcome(o), Some(Outcome::Rows(_) | Outcome::Failed(_))));
        let alone = of(&|o| matches!(outcome(o), Some(Outcome::Failed(_))));
        flink.batch(&Batch { setup: &self.setup, conf: &self.conf, queries, run: &run_them, alone: &alone })
    }
}
