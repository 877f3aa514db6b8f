//! Where rows go.

use smol_str::SmolStr;
use std::io;
use streamc_types::{Row, RowKind, RowSchema, Value};

/// A sink or stream whose rows are put out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: SmolStr,
    /// Columns of its rows.
    pub schema: RowSchema,
}

/// Takes the rows of a run.
pub trait Output {
    /// Called once before the first record, with every target in the order of the plan.
    fn begin(&mut self, _targets: &[Target]) -> io::Result<()> {
        Ok(())
    }

    /// Takes a row of `targets[target]`. An error stops the run.
    fn row(&mut self, target: usize, kind: RowKind, row: &[Value]) -> io::Result<()>;
}

/// An output that keeps every row in memory.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// The targets.
    pub targets: Vec<Target>,
    /// The rows of each target, in the order they came.
    pub rows: Vec<Vec<(RowKind, Row)>>,
}

impl Collected {
    /// The rows of the target of that name; empty if there is none.
    pub fn of(&self, name: &str) -> &[(RowKind, Row)] {
        let at = self.targets.iter().position(|t| t.name == name);
        at.and_then(|i| self.rows.get(i)).map_or(&[], Vec::as_slice)
    }
}

impl Output for Collected {
    fn begin(&mut self, targets: &[Target]) -> io::Result<()> {
        self.targets = targets.to_vec();
        self.rows = vec![Vec::new(); targets.len()];
        Ok(())
    }

    fn row(&mut self, target: usize, kind: RowKind, row: &[Value]) -> io::Result<()> {
        if let Some(rows) = self.rows.get_mut(target) {
            rows.push((kind, row.into()));
        }
        Ok(())
    }
}
