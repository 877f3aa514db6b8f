//! The harness itself: every engine starts, does a little work, and says what is wrong when it is asked nonsense.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use libtest_mimic::Trial;
use serde_json::json;
use streamc_engine_tests::{Engines, suite as suite_of, tests};
use xtask::engines::{Record, RowKind, Until};

const LIMIT: Duration = Duration::from_secs(90);

/// The tests.
pub(crate) fn suite(engines: Option<&'static Engines>) -> Vec<Trial> {
    suite_of(
        engines,
        "smoke",
        tests![
            kafka_gives_back_what_was_produced_by_partition_in_order,
            flink_tells_the_type_of_a_query_or_why_it_is_wrong,
            flink_runs_a_bounded_filter,
            a_job_file_runs_exactly_once_on_the_cluster_and_survives_a_killed_task_manager,
            the_runner_names_the_statement_that_fails,
            spark_runs_batch_sql_over_inline_rows,
            spark_runs_a_job_script_that_reads_and_writes_kafka,
        ],
    )
}

fn kafka_gives_back_what_was_produced_by_partition_in_order(engines: &Engines) -> Result<()> {
    let kafka = engines.kafka()?;
    kafka.create_topic("smoke-kafka", 2)?;
    let sent: Vec<Record> = (0..100)
        .map(|n| Record {
            key: Some(format!("k{n}")),
            timestamp: Some(1_000 + n),
            ..Record::of(n as i32 % 2, format!("ä{n}"))
        })
        .collect();
    kafka.produce("smoke-kafka", &sent)?;
    let read = kafka.consume("smoke-kafka", Until::End, LIMIT)?;
    ensure!(kafka.end_offsets("smoke-kafka")? == [50, 50]);
    for partition in 0..2 {
        let values: Vec<_> =
            read.iter().filter(|r| r.partition == partition).map(|r| r.value.clone()).collect();
        let expected: Vec<_> =
            sent.iter().filter(|r| r.partition == Some(partition)).map(|r| r.value.clone()).collect();
        ensure!(values == expected, "partition {partition}: {values:?}");
    }
    let seventh =
        read.iter().find(|r| r.key.as_deref() == Some("k7")).context("no record with the key k7")?;
    ensure!(seventh.timestamp == 1_007, "{seventh:?}");
    let error = kafka.consume("smoke-none", Until::End, LIMIT).unwrap_err().to_string();
    ensure!(error.contains("UNKNOWN_TOPIC_OR_PART"), "{error}");
    let late =
        kafka.consume("smoke-kafka", Until::Count(101), Duration::from_secs(5)).unwrap_err().to_string();
    ensure!(late.contains("100 committed records after 5s, waited for 101 records"), "{late}");
    Ok(())
}

fn flink_tells_the_type_of_a_query_or_why_it_is_wrong(engines: &Engines) -> Result<()> {
    let flink = engines.flink_oracle()?;
    ensure!(flink.version() == "2.3.0", "{}", flink.version());
    let setup = ["CREATE TABLE t (a INT, b STRING NOT NULL, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND) \
                  WITH ('connector' = 'datagen')"
        .to_owned()];
    let queries = ["SELECT a + 1 AS x, b, ts FROM t", "SELECT nosuch FROM t", "SELECT COUNT(*) AS n FROM t"];
    let types = flink.types(&setup, &queries.map(str::to_owned))?;
    let column = |name: &str, kind: &str| (name.to_owned(), kind.to_owned());
    let first = types[0].as_ref().map_err(Clone::clone)?;
    let expected =
        [column("x", "INT"), column("b", "STRING NOT NULL"), column("ts", "TIMESTAMP(3) *ROWTIME*")];
    ensure!(first[..] == expected, "{first:?}");
    let error = types[1].as_ref().unwrap_err();
    ensure!(error.root().contains("Column 'nosuch' not found"), "{error}");
    ensure!(types[2].as_ref().is_ok_and(|columns| columns[..] == [column("n", "BIGINT NOT NULL")]));
    let plan = flink.plan(&[setup[0].clone(), "SELECT a, COUNT(*) FROM t GROUP BY a".to_owned()])??;
    ensure!(plan.contains("GroupAggregate(groupBy=[a]"), "{plan}");
    Ok(())
}

fn flink_runs_a_bounded_filter(engines: &Engines) -> Result<()> {
    let flink = engines.flink_oracle()?;
    let query = "SELECT id, amount, paid FROM (VALUES \
        (1, CAST(12.50 AS DECIMAL(10, 2)), DATE '2026-01-31'), (2, CAST(0.10 AS DECIMAL(10, 2)), CAST(NULL AS DATE))) \
        AS t (id, amount, paid) WHERE amount < 1";
    let found = flink.query(&[query.to_owned()], &BTreeMap::new(), LIMIT)??;
    ensure!(found.columns[1].1 == "DECIMAL(10, 2) NOT NULL", "{:?}", found.columns);
    ensure!(
        found.rows == [(RowKind::Insert, vec![json!(2), json!("0.10"), json!(null)])],
        "{:?}",
        found.rows
    );
    let expressions =
        ["a + 1", "NOSUCH(a)", "CAST(a AS DECIMAL(10, 2))", "CAST(b AS INT)"].map(str::to_owned);
    let found = flink.evaluate(&[], "(VALUES (1, '1.5'), (2, 'x')) AS t (a, b)", "a", &expressions)?;
    ensure!(found[0] == Ok(("INT NOT NULL".to_owned(), vec![json!(2), json!(3)])), "{found:?}");
    ensure!(found[1].as_ref().is_err_and(|error| error.root().contains("NOSUCH")), "{found:?}");
    let decimals = ("DECIMAL(10, 2) NOT NULL".to_owned(), vec![json!("1.00"), json!("2.00")]);
    ensure!(found[2] == Ok(decimals), "{found:?}");
    ensure!(
        found[3].as_ref().is_err_and(|error| error.root().contains("For input string: 'x'")),
        "{found:?}"
    );
    let error = flink.query(&["SELECT 1 / 0".to_owned()], &BTreeMap::new(), LIMIT)?.unwrap_err();
    ensure!(error.to_string().contains("by zero"), "{error}");
    Ok(())
}

/// Kafka to Kafka, as a job file: a filter with exactly-once delivery and two-second checkpoints.
fn job_file(bootstrap: &str, input: &str, output: &str) -> String {
    let table = |name: &str, topic: &str, more: &str| {
        format!(
            "CREATE TEMPORARY TABLE `{name}` (`id` BIGINT, `name` STRING) WITH ('connector' = 'kafka', \
             'properties.bootstrap.servers' = '{bootstrap}', 'topic' = '{topic}', 'format' = 'json'{more})"
        )
    };
    let source = ", 'scan.startup.mode' = 'earliest-offset', 'properties.group.id' = 'smoke'";
    let sink = format!(
        ", 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '{output}', \
         'properties.transaction.timeout.ms' = '600000'"
    );
    json!({
        "version": 1,
        "name": "smoke",
        "settings": {
            "parallelism.default": "1",
            "execution.checkpointing.interval": "500 ms",
            "restart-strategy.type": "fixed-delay",
            "restart-strategy.fixed-delay.attempts": "1000",
            "restart-strategy.fixed-delay.delay": "200 ms",
        },
        "statements": [
            {"id": "source/in", "kind": "create_table", "sql": table("in", input, source)},
            {"id": "stream/even", "kind": "create_view",
             "sql": "CREATE TEMPORARY VIEW `even` AS SELECT `id`, UPPER(`name`) AS `name` FROM `in` WHERE MOD(`id`, 2) = 0"},
            {"id": "sink/out", "kind": "create_table", "sql": table("out", output, &sink)},
            {"id": "sink/out/insert", "kind": "insert", "sql": "INSERT INTO `out` SELECT * FROM `even`"},
        ],
    })
    .to_string()
}

fn a_job_file_runs_exactly_once_on_the_cluster_and_survives_a_killed_task_manager(
    engines: &Engines,
) -> Result<()> {
    let (input, output) = ("smoke-job-in", "smoke-job-out");
    let kafka = engines.kafka()?;
    kafka.create_topic(input, 1)?;
    kafka.create_topic(output, 1)?;
    let records = |from: u64, to: u64| -> Vec<Record> {
        (from..to).map(|id| Record::of(0, format!("{{\"id\": {id}, \"name\": \"n{id}\"}}"))).collect()
    };
    let mut cluster = engines.flink_cluster()?;
    let job = cluster
        .run_job(&job_file(engines.bootstrap()?, input, output), &[("pipeline.name", "smoke-override")])?;
    cluster.rest().await_running(&job, LIMIT)?;
    ensure!(cluster.rest().get(&format!("/jobs/{job}"))?["name"] == "smoke-override");
    kafka.produce(input, &records(0, 500))?;
    kafka.consume(output, Until::Count(250), LIMIT)?;
    kafka.produce(input, &records(500, 700))?;
    cluster.kill_taskmanager()?;
    kafka.produce(input, &records(700, 1000))?;
    cluster.start_taskmanager()?;
    let result =
        kafka.consume(output, Until::Count(500), LIMIT).and_then(|_| cluster.rest().stop(&job, LIMIT));
    result.with_context(|| cluster.rest().failure(&job).unwrap_or_default())?;
    // The job has ended: what is committed now is all there will ever be.
    let mut found: Vec<String> =
        kafka.consume(output, Until::End, LIMIT)?.into_iter().filter_map(|record| record.value).collect();
    let mut expected: Vec<String> =
        (0..1000).step_by(2).map(|id| format!("{{\"id\":{id},\"name\":\"N{id}\"}}")).collect();
    found.sort();
    expected.sort();
    ensure!(found == expected, "{} records instead of {}", found.len(), expected.len());
    Ok(())
}

fn the_runner_names_the_statement_that_fails(engines: &Engines) -> Result<()> {
    let mut cluster = engines.flink_cluster()?;
    let broken = job_file("127.0.0.1:1", "a", "b").replace("UPPER(", "NOSUCH(");
    let error = format!("{:#}", cluster.run_job(&broken, &[]).unwrap_err());
    ensure!(
        error
            .contains("400 Bad Request: statement stream/even: No match found for function signature NOSUCH"),
        "{error}"
    );
    let error = format!("{:#}", cluster.run_job("{\"version\": 7}", &[]).unwrap_err());
    ensure!(error.contains("the job file has version 7; this runner reads version 1"), "{error}");
    Ok(())
}

fn spark_runs_batch_sql_over_inline_rows(engines: &Engines) -> Result<()> {
    let spark = engines.spark()?;
    ensure!(spark.version() == "4.3.0", "{}", spark.version());
    let setup = [
        "CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 1.50BD, TIMESTAMP_NTZ '2026-01-31 10:00:00'), \
                  (2, NULL, NULL) AS t (id, amount, at)"
            .to_owned(),
    ];
    let found = spark.sql(&setup, "SELECT id, amount, at, array(id, 7) AS list FROM t ORDER BY id")??;
    ensure!(found.columns[1] == ("amount".to_owned(), "decimal(3,2)".to_owned()), "{:?}", found.columns);
    let expected = [
        vec![json!(1), json!("1.50"), json!("2026-01-31 10:00:00.000000"), json!([1, 7])],
        vec![json!(2), json!(null), json!(null), json!([2, 7])],
    ];
    ensure!(found.rows == expected, "{:?}", found.rows);
    let results = spark.cases(&[], &["SELECT nosuch".to_owned(), "SELECT 1.5F AS f".to_owned()])?;
    let error = results[0].as_ref().unwrap_err();
    ensure!(error.condition.as_deref().is_some_and(|c| c.starts_with("UNRESOLVED_COLUMN")), "{error:?}");
    ensure!(results[1].as_ref().is_ok_and(|found| found.rows == [[json!(1.5)]]), "{results:?}");
    Ok(())
}

/// A job as a user's script would be: it makes its own session, and ends when the available input is read.
const SPARK_JOB: &str = r#"
import os
import sys

from pyspark.sql import SparkSession
from smoke_support import even

spark = SparkSession.builder.appName("smoke").config("spark.sql.shuffle.partitions", "1").getOrCreate()
brokers, checkpoint = os.environ["BROKERS"], sys.argv[1]
records = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", brokers)
    .option("subscribe", "smoke-spark-in")
    .option("startingOffsets", "earliest")
    .load()
)
query = (
    even(records.selectExpr("CAST(CAST(value AS STRING) AS BIGINT) AS n"))
    .selectExpr("CAST(n AS STRING) AS value")
    .writeStream.format("kafka")
    .option("kafka.bootstrap.servers", brokers)
    .option("topic", "smoke-spark-out")
    .option("checkpointLocation", checkpoint)
    .trigger(availableNow=True)
    .start()
)
query.awaitTermination()
print("read all")
"#;

fn spark_runs_a_job_script_that_reads_and_writes_kafka(engines: &Engines) -> Result<()> {
    let kafka = engines.kafka()?;
    kafka.create_topic("smoke-spark-in", 2)?;
    kafka.create_topic("smoke-spark-out", 1)?;
    kafka
        .produce("smoke-spark-in", &(0..100).map(|n| Record::of(n % 2, n.to_string())).collect::<Vec<_>>())?;
    let folder = engines.run().subfolder("smoke-spark")?;
    let script = folder.join("job.py");
    std::fs::write(&script, SPARK_JOB)?;
    std::fs::write(
        folder.join("smoke_support.py"),
        "def even(frame):\n    return frame.where('n % 2 = 0')\n",
    )?;
    let environment = BTreeMap::from([("BROKERS".to_owned(), engines.bootstrap()?.to_owned())]);
    let checkpoint = [folder.join("checkpoint").display().to_string()];
    let printed = engines.spark()?.job(&script, &checkpoint, &environment, LIMIT)??;
    ensure!(printed.trim() == "read all", "{printed}");
    let mut found: Vec<u32> = kafka
        .consume("smoke-spark-out", Until::End, LIMIT)?
        .iter()
        .map(|record| Ok(record.value.as_deref().context("a tombstone")?.parse()?))
        .collect::<Result<_>>()?;
    found.sort_unstable();
    ensure!(found == (0..100).step_by(2).collect::<Vec<u32>>(), "{found:?}");
    std::fs::write(&script, "raise RuntimeError('as asked')")?;
    let error = engines.spark()?.job(&script, &[], &environment, LIMIT)?.unwrap_err();
    ensure!(error.message == "as asked", "{error}");
    Ok(())
}
