//! Queries that look a table of PostgreSQL up.

use std::collections::BTreeMap;

use anyhow::Result;
use streamc_engine_tests::Engines;
use streamc_engine_tests::built::Job;
use xtask::engines::{FlinkOracle, Postgres};

use super::emitted;
use super::queries::{Program, Table};

/// The address in the file of cases.
const NAMED: &str = "jdbc:postgresql://database/postgres";
const CUSTOMERS: &str = "CREATE TABLE customers (name text, city text, credit numeric(10, 2), since date, level int, \
                         rating double precision, vip boolean, seen timestamp(3))";

/// What Flink says to every stream of a file of cases, with the rows of `customers.jsonl` in the database.
pub(super) fn tables(engines: &Engines, program: &Program) -> Result<BTreeMap<String, Table>> {
    let rows = std::fs::read_to_string(Program::data().join("customers.jsonl"))?;
    let rows = rows.lines().collect::<Vec<_>>().join(",").replace('\'', "''");
    let fill =
        format!("INSERT INTO customers SELECT * FROM json_populate_recordset(NULL::customers, '[{rows}]')");
    let run = engines.run();
    let database = Postgres::start(&run, &[CUSTOMERS, &fill])?;
    let flink = FlinkOracle::start_with(&run, &run.cache().postgres())?;
    drop(run);
    let Job { declarations, settings } = emitted::job(program)?;
    let declarations = declarations.iter().map(|sql| sql.replace(NAMED, &database.url())).collect();
    emitted::tables(&flink, &program.streams(), &Job { declarations, settings })
}
