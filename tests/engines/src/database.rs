//! A database with the tables that queries look up, and a Flink that can ask it.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use xtask::engines::{FlinkOracle, Postgres, Run};

use crate::built::Job;

/// The address of the database in the files of cases and examples.
const NAMED: &str = "jdbc:postgresql://database/postgres";

struct Table {
    name: &'static str,
    columns: &'static str,
    /// JSON lines with its rows, from the root of the repository.
    rows: &'static str,
}

const TABLES: [Table; 2] = [
    Table {
        name: "customers",
        columns: "name text, city text, credit numeric(10, 2), since date, level int, rating double precision, \
                  vip boolean, seen timestamp(3)",
        rows: "tests/differential/queries/data/customers.jsonl",
    },
    Table {
        name: "side_input",
        columns: "key bigint, value text",
        rows: "examples/nexmark/samples/side_input.jsonl",
    },
];

/// Where the rows of a table of the database are.
pub fn rows_of(table: &str) -> Option<PathBuf> {
    TABLES.iter().find(|t| t.name == table).map(|t| xtask::repository().join(t.rows))
}

/// The two of them.
pub struct Database {
    postgres: Postgres,
    flink: FlinkOracle,
}

impl Database {
    /// Starts both, with every table filled.
    pub fn start(run: &Run) -> Result<Self> {
        let mut statements = Vec::new();
        for Table { name, columns, rows } in &TABLES {
            let text = std::fs::read_to_string(xtask::repository().join(rows)).context(*rows)?;
            let rows = text.lines().collect::<Vec<_>>().join(",").replace('\'', "''");
            statements.push(format!("CREATE TABLE {name} ({columns})"));
            statements.push(format!(
                "INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, '[{rows}]')"
            ));
        }
        let postgres = Postgres::start(run, &statements)?;
        let flink = FlinkOracle::start_with(run, &run.cache().postgres())?;
        Ok(Self { postgres, flink })
    }

    /// The Flink that has the connector.
    pub fn flink(&self) -> &FlinkOracle {
        &self.flink
    }

    /// The job with the address of this database.
    pub fn addressed(&self, job: Job) -> Job {
        let url = self.postgres.url();
        let declarations = job.declarations.iter().map(|sql| sql.replace(NAMED, &url)).collect();
        Job { declarations, ..job }
    }
}
