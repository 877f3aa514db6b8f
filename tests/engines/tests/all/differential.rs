//! Expressions and queries: the embedded engine against Flink and Spark.
//!
//! `tests/differential` holds the cases, and beside them what Flink answered: types and values. Without engines the
//! embedded engine is compared with these stored answers; with engines Flink is asked again, so that they cannot go
//! stale, it runs what `streamc build` writes, and so does Spark.

mod answers;
mod embedded;
mod emitted;
mod flink;
mod functions;
mod lists;
mod nexmark;
mod queries;
mod refused;
mod report;
mod spark;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use streamc_engine_tests::{Engines, failure, program, spark_job, suite as suite_of, tests};

use answers::{Answer, Family, HOW, updating};
use embedded::Form;
use functions::{
    flink_still_answers_the_calls_of_the_catalogue,
    the_embedded_engine_answers_the_calls_of_the_catalogue_as_flink_did,
};
use lists::{Known, List};
use nexmark::{
    nexmark_on_flink_gives_the_rows_of_the_embedded_engine,
    nexmark_on_spark_gives_the_rows_of_the_embedded_engine_or_is_refused,
    nexmark_query_6_is_refused_by_flink_and_by_us,
};
use queries::Program;
use refused::Area;
use table::Table;

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    let mut trials = suite_of(
        engines,
        "differential",
        tests![
            flink_still_answers_what_is_stored,
            flink_answers_the_same_to_built_expressions,
            flink_still_refuses_what_is_stored,
            flink_still_runs_the_queries_as_stored,
            flink_still_answers_the_calls_of_the_catalogue,
            spark_answers_as_flink_did_or_refuses_by_name,
            spark_runs_the_queries_as_flink_did_or_refuses_by_name,
            nexmark_on_flink_gives_the_rows_of_the_embedded_engine,
            nexmark_query_6_is_refused_by_flink_and_by_us,
            nexmark_on_spark_gives_the_rows_of_the_embedded_engine_or_is_refused,
        ],
    );
    trials.extend(without_engines(&[
        ("the_embedded_engine_answers_as_flink_did", the_embedded_engine_answers_as_flink_did),
        ("the_page_of_the_cases_is_current", report::the_page_of_the_cases_is_current),
        (
            "the_embedded_engine_answers_the_calls_of_the_catalogue_as_flink_did",
            the_embedded_engine_answers_the_calls_of_the_catalogue_as_flink_did,
        ),
        (
            "the_embedded_engine_runs_the_queries_as_flink_did",
            the_embedded_engine_runs_the_queries_as_flink_did,
        ),
        ("what_flink_refuses_is_refused", what_flink_refuses_is_refused),
    ]));
    trials
}

/// Tests that need no engine: they run with `cargo test --workspace`.
fn without_engines(tests: &[(&'static str, fn() -> Result<()>)]) -> Vec<Trial> {
    tests
        .iter()
        .map(|&(name, test)| {
            let name = format!("differential::{name}");
            Trial::test(name.clone(), move || test().map_err(|error| failure(&name, &error)))
        })
        .collect()
}

fn the_embedded_engine_answers_as_flink_did() -> Result<()> {
    let table = Table::read()?;
    let mut known = Known::read("known.embedded")?;
    let mut refused = BTreeMap::new();
    let mut compared = 0;
    for family in Family::all()? {
        for (expression, truth) in family.expressions.iter().zip(family.truth()?) {
            for form in [Form::Pipe, Form::Sql] {
                let found = embedded::answer(&table, family.is_grouped(), form, expression)?;
                match (&found, &truth) {
                    (Answer::Refused(why), Answer::Values { .. } | Answer::Failed(_)) => {
                        refused.insert(expression.clone(), why.clone());
                    }
                    // Pipes may say more than Flink's SQL does: what is built of them says the same in its words.
                    (Answer::Values { .. }, Answer::Refused(_)) if form == Form::Pipe => {}
                    _ if found.agrees(&truth) => compared += 1,
                    _ => known.differs(expression, format!("  Flink:  {truth}\n  {form:?}: {found}")),
                }
            }
        }
    }
    known.settle()?;
    ensure!(compared > 2 * 600, "only {compared} comparisons");
    List::read("refused.streamc")?.settle(&refused)
}

fn flink_still_answers_what_is_stored(engines: &Engines) -> Result<()> {
    still_answers(engines, &Table::read()?, &Family::all()?)
}

/// Asks Flink again what it says to the cases of these families, or writes it down when answers are written anew.
fn still_answers(engines: &Engines, table: &Table, families: &[Family]) -> Result<()> {
    let mut stale = Vec::new();
    for family in families {
        let stored = family.truth();
        let expected = stored.as_ref().ok().map(Vec::as_slice);
        let answers = flink::answers(engines.flink_oracle()?, table, family, expected)?;
        if updating() {
            family.store(&answers)?;
            continue;
        }
        for ((expression, stored), found) in family.expressions.iter().zip(stored?).zip(answers) {
            if !found.agrees(&stored) {
                stale.push(format!("{expression}\n  stored: {stored}\n  Flink:  {found}"));
            }
        }
    }
    ensure!(stale.is_empty(), "stored answers are stale; {HOW}\n{}", stale.join("\n"));
    Ok(())
}

/// Expressions of pipes, as the Flink backend writes them.
fn flink_answers_the_same_to_built_expressions(engines: &Engines) -> Result<()> {
    let table = Table::read()?;
    let mut different = Vec::new();
    let mut compared = 0;
    for family in Family::all()? {
        let grouped = family.is_grouped();
        // What is refused is compared elsewhere; what Flink refuses to read and pipes do not, with the embedded engine.
        let mut cases: Vec<(&str, Answer)> = Vec::new();
        for (expression, truth) in family.expressions.iter().zip(family.truth()?) {
            let ours = embedded::answer(&table, grouped, Form::Pipe, expression)?;
            match (ours, truth) {
                (Answer::Refused(_), _) => {}
                (ours, Answer::Refused(_)) => cases.push((expression, ours)),
                (_, truth) => cases.push((expression, truth)),
            }
        }
        for (expression, expected, found) in
            emitted::expressions(engines.flink_oracle()?, &table, grouped, &cases)?
        {
            compared += 1;
            if !found.agrees(&expected) {
                different.push(format!("{expression}\n  as written: {expected}\n  as built:   {found}"));
            }
        }
    }
    ensure!(different.is_empty(), "{} differences\n{}", different.len(), different.join("\n"));
    ensure!(compared > 600, "only {compared} comparisons");
    Ok(())
}

fn the_embedded_engine_runs_the_queries_as_flink_did() -> Result<()> {
    let mut known = Known::read("known.queries")?;
    for program in Program::all()? {
        let truth = program.truth()?;
        for (stream, found) in program.run()? {
            if let Some(difference) = truth[&stream].difference(&found, ("Flink", "ours")) {
                known.differs(&format!("{}.stream: {stream}", program.name), difference);
            }
        }
    }
    known.settle()
}

fn flink_still_refuses_what_is_stored(engines: &Engines) -> Result<()> {
    let mut stale = Vec::new();
    for area in Area::all()? {
        let found = refused::verdicts(engines.flink_oracle()?, &area.queries)?;
        if updating() {
            area.store(&found)?;
            continue;
        }
        for ((query, stored), found) in area.queries.iter().zip(area.truth()?).zip(found) {
            if stored != found {
                stale.push(format!("{query}\n  stored: {stored:?}\n  Flink:  {found:?}"));
            }
        }
    }
    ensure!(stale.is_empty(), "stored answers are stale; {HOW}\n{}", stale.join("\n"));
    Ok(())
}

/// Whatever Flink refuses is refused at its place; what is refused though Flink takes it says that it is not supported
/// yet, or is listed with a reason.
fn what_flink_refuses_is_refused() -> Result<()> {
    let mut known = Known::read("known.refused")?;
    let mut refused = 0;
    for area in Area::all()? {
        let mut shown = String::new();
        for (query, truth) in area.queries.iter().zip(area.truth()?) {
            let ours = refused::Ours::of(query)?;
            if ours.is_refused() {
                shown.push_str(&format!("{query}\n{}\n", ours.show()));
            }
            match truth {
                Err(_) if ours.is_refused() => refused += 1,
                Err(why) => known.differs(query, format!("  Flink: {why}\n  ours: taken")),
                Ok(()) if ours.says_not_yet() => {}
                Ok(()) => known.differs(query, format!("  Flink: taken\n  ours: {}", ours.codes())),
            }
        }
        area.settle(&shown)?;
    }
    known.settle()?;
    ensure!(refused > 300, "only {refused} queries are refused by both");
    Ok(())
}

fn flink_still_runs_the_queries_as_stored(engines: &Engines) -> Result<()> {
    let mut stale = Vec::new();
    for program in Program::all()? {
        let found = if program.looks_up() {
            let database = engines.database()?;
            emitted::tables(
                database.flink(),
                &program.streams(),
                &database.addressed(emitted::job(&program)?),
            )?
        } else {
            emitted::tables(engines.flink_oracle()?, &program.streams(), &emitted::job(&program)?)?
        };
        if updating() {
            program.store(&found)?;
            continue;
        }
        for (stream, stored) in program.truth()? {
            if let Some(difference) = stored.difference(&found[&stream], ("stored", "Flink")) {
                stale.push(format!("{}.stream: {stream}\n{difference}", program.name));
            }
        }
    }
    ensure!(stale.is_empty(), "stored answers are stale; {HOW}\n{}", stale.join("\n"));
    Ok(())
}

fn spark_answers_as_flink_did_or_refuses_by_name(engines: &Engines) -> Result<()> {
    let table = Table::read()?;
    let mut known = Known::read("known.spark")?;
    let mut refused = BTreeMap::new();
    let mut cases = Vec::new();
    let families: Vec<Family> = Family::all()?.into_iter().filter(|family| !family.is_grouped()).collect();
    for family in &families {
        for (expression, truth) in family.expressions.iter().zip(family.truth()?) {
            let ours = embedded::answer(&table, false, Form::Pipe, expression)?;
            let expected = match (ours, truth) {
                (Answer::Refused(_), _) => continue,
                (ours, Answer::Refused(_)) => ours,
                (_, truth) => truth,
            };
            match spark::Case::new(&table, expression, expected)? {
                Ok(case) => cases.push(case),
                Err(reason) => drop(refused.insert(expression.clone(), reason)),
            }
        }
    }
    ensure!(cases.len() > 550, "only {} expressions can run on Spark", cases.len());
    let spark = engines.spark()?;
    let all: Vec<&spark::Case<'_>> = cases.iter().collect();
    let listed = List::read("known.spark")?.entries;
    let stops = |expression: &str| listed.contains_key(&format!("stops: {expression}"));
    let mut stopped = Vec::new();
    for (case, found) in cases.iter().zip(spark::answers(spark, &table, &all, true, &stops)?) {
        if matches!((&found, &case.expected), (Answer::Failed(_), Answer::Values { .. })) {
            stopped.push((case, found));
        } else if !found.agrees(&case.expected) {
            known.differs(case.expression, format!("  Flink: {}\n  Spark: {found}", case.expected));
        }
    }
    // What stops at the ends of the types, where Flink wraps around, must agree on the other rows.
    let again: Vec<&spark::Case<'_>> = stopped.iter().map(|(case, _)| *case).collect();
    for ((case, stop), found) in stopped.iter().zip(spark::answers(spark, &table, &again, false, &|_| false)?)
    {
        let expected = case.expected.without(&spark::EXTREMES);
        let agrees = found.agrees(&expected);
        let lines = format!("  Flink: {expected}\n  Spark: {found} without extremes, with them {stop}");
        known.differs(&format!("{}{}", if agrees { "stops: " } else { "" }, case.expression), lines);
    }
    spark_aggregates(engines, &table, &mut known, &mut refused)?;
    let settled = known.settle();
    List::read("refused.spark")?.settle(&refused)?;
    settled
}

/// Expressions over groups, as one built job.
fn spark_aggregates(
    engines: &Engines,
    table: &Table,
    known: &mut Known,
    refused: &mut BTreeMap<String, String>,
) -> Result<()> {
    let records = table.path.display().to_string();
    let compiled = |expressions: &[&str]| {
        let text = embedded::file(table, &records, true, Form::Pipe, expressions);
        program::planned(&text).map_err(|errors| anyhow::anyhow!("{expressions:?}: {errors}"))
    };
    let families = Family::all()?;
    let mut cases: Vec<(&str, Answer)> = Vec::new();
    for family in families.iter().filter(|family| family.is_grouped()) {
        for (expression, truth) in family.expressions.iter().zip(family.truth()?) {
            match spark_job::refusal(&*compiled(&[expression])?) {
                Some(reason) => drop(refused.insert(expression.clone(), reason)),
                None => cases.push((expression, truth)),
            }
        }
    }
    let expressions: Vec<&str> = cases.iter().map(|(expression, _)| *expression).collect();
    let folder = engines.run().subfolder("aggregates")?;
    let streams = BTreeSet::from(["x".to_owned()]);
    let plan = compiled(&expressions)?;
    let mut rows =
        spark_job::run(engines.spark()?, &plan, &folder, &streams)?.remove("x").unwrap_or_default();
    rows.sort_by_cached_key(|row| flink::order(&row[0]));
    let schema = &plan.component("x").context("no stream x")?.props.schema;
    for (index, (expression, expected)) in (1..).zip(cases) {
        let values = rows.iter().map(|row| row[index].clone()).collect();
        let found = Answer::Values { ty: schema.columns[index].type_text(), values };
        if !found.agrees(&expected) {
            known.differs(expression, format!("  Flink: {expected}\n  Spark: {found}"));
        }
    }
    Ok(())
}

fn spark_runs_the_queries_as_flink_did_or_refuses_by_name(engines: &Engines) -> Result<()> {
    let mut known = Known::read("known.spark-queries")?;
    let mut refused = BTreeMap::new();
    let folder = engines.run().subfolder("differential")?;
    let data = spark::closed_data(&Program::data(), &folder)?;
    for program in Program::all()? {
        let closed = Program::read(&program.name, &data)?;
        let case = |stream: &str| format!("{}.stream: {stream}", program.name);
        let mut streams = BTreeSet::new();
        for stream in closed.streams() {
            match spark_job::refusal(&spark_job::pruned(&closed.plan, &BTreeSet::from([stream.clone()]))) {
                Some(reason) => drop(refused.insert(case(&stream), reason)),
                None => drop(streams.insert(stream)),
            }
        }
        if streams.is_empty() {
            continue;
        }
        let (truth, with_closing) = (program.truth()?, closed.run()?);
        let job = spark_job::pruned(&closed.plan, &streams);
        let found = spark_job::run(engines.spark()?, &job, &folder.join(&program.name), &streams)?;
        for (stream, rows) in found {
            // What waits for event time does not show the closing record, the rest does.
            let differences: Vec<Vec<String>> = [&truth[&stream], &with_closing[&stream]]
                .map(|expected| queries::rows_difference(&expected.rows, &rows, ("Flink", "Spark")))
                .to_vec();
            if differences.iter().all(|lines| !lines.is_empty()) {
                known.differs(&case(&stream), differences.concat().join("\n"));
            }
        }
    }
    let settled = known.settle();
    List::read("refused.spark-queries")?.settle(&refused)?;
    settled
}
