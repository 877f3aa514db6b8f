//! Every function of the catalogue with every type of argument.

use anyhow::{Result, ensure};
use streamc_engine_tests::Engines;

use super::answers::{Answer, Family};
use super::embedded;
use super::lists::Known;
use super::table::Table;

pub(super) fn the_embedded_engine_answers_the_calls_of_the_catalogue_as_flink_did() -> Result<()> {
    let table = Table::read()?;
    let mut known = Known::read("known.functions")?;
    let mut compared = 0;
    for aggregates in [false, true] {
        let family = Family::of_catalogue(&table, aggregates)?;
        let truth = family.truth()?;
        let expressions: Vec<&str> = family.expressions.iter().map(String::as_str).collect();
        let refused = |i: usize| !matches!(truth[i], Answer::Values { .. });
        let found = embedded::answers(&table, aggregates, &expressions, &refused)?;
        for ((expression, truth), found) in expressions.iter().zip(&truth).zip(found) {
            compared += 1;
            // What fails for a row there may be refused here.
            let refused = matches!((&found, truth), (Answer::Refused(_), Answer::Failed(_)));
            if !refused && !found.agrees(truth) {
                known.differs(expression, format!("  Flink: {truth}\n  ours:  {found}"));
            }
        }
    }
    known.settle()?;
    ensure!(compared > 3000, "only {compared} calls");
    Ok(())
}

pub(super) fn flink_still_answers_the_calls_of_the_catalogue(engines: &Engines) -> Result<()> {
    let table = Table::read()?;
    let families = [false, true].map(|aggregates| Family::of_catalogue(&table, aggregates));
    super::still_answers(engines, &table, &families.into_iter().collect::<Result<Vec<_>>>()?)
}
