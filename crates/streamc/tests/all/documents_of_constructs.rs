//! `docs/constructs.md`: every construct on every engine, as the backends answer to a small program.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use streamc_backend::{Backend, BuildOptions, Place, Places};
use streamc_core::{Database, MemorySystem, check, plan};
use streamc_diagnostics::{Diagnostic, Span, codes};
use streamc_flink::FlinkBackend;
use streamc_local::LocalBackend;
use streamc_plan::Plan;
use streamc_spark::SparkBackend;

const SOURCES: &str = "source t = file { path: \"t.jsonl\", format: json, schema: { id INT NOT NULL, k STRING, n INT, \
    tags ARRAY<STRING>, ts TIMESTAMP(3) }, watermark: ts - 5s }\n\
    source u = file { path: \"u.jsonl\", format: json, schema: { uid INT NOT NULL, kind STRING, m INT, us TIMESTAMP(3) }, \
    watermark: us - 5s }\n\
    source v = file { path: \"v.jsonl\", format: json, schema: { id INT NOT NULL, at TIMESTAMP(3) } }\n\
    source d = jdbc { url: \"jdbc:postgresql://h/d\", table: \"d\", schema: { did INT NOT NULL, name STRING } }\n\
    stream last_of_u = u | dedupe on uid keep last by us\n";

/// A stream `x`, as an operator behind `t |` or as a query, and the row of Spark's table that says how it gets there.
struct Row {
    name: &'static str,
    text: &'static str,
    spark: &'static str,
}

const fn row(name: &'static str, text: &'static str, spark: &'static str) -> Row {
    Row { name, text, spark }
}

const COLUMNS: &str = "`select`, `derive`, `map`, `drop`, `rename`, `cast`";
const IN_TIME: &str = "a join with a bound in time, also left, right and full";
const OVER_WINDOWS: &str = "`group by` over windows";
const WITHOUT_WINDOW: &str = "`group by` without window";

const OPERATORS: &[Row] = &[
    row("`filter`", "filter n > 1", "`filter`"),
    row("`derive`", "derive d = n + 1", COLUMNS),
    row("`map`", "map d = n + 1", COLUMNS),
    row("`select`", "select id, n AS m", COLUMNS),
    row("`drop`", "drop tags", COLUMNS),
    row("`rename`", "rename n AS m", COLUMNS),
    row("`cast`", "cast n AS BIGINT", COLUMNS),
    row("`try_cast`", "try_cast k AS INT", COLUMNS),
    row("`limit`", "limit 3", "`limit`"),
    row(
        "`window tumble`",
        "window tumble(1min) on ts | group by k { c: COUNT(*) }",
        "`window tumble` and `window hop`",
    ),
    row(
        "`window hop`",
        "window hop(1min, 30s) on ts | group by k { c: COUNT(*) }",
        "`window tumble` and `window hop`",
    ),
    row(
        "`window cumulate`",
        "window cumulate(1h, 1min) on ts | group by k { c: COUNT(*) }",
        "`window cumulate`",
    ),
    row(
        "`window session`",
        "window session(1min) on ts by k | group by k { c: COUNT(*) }",
        "`window session`",
    ),
    row("`group by` over windows", "window tumble(1min) on ts | group by k { s: SUM(n) }", OVER_WINDOWS),
    row("`group by`", "group by k { s: SUM(n) }", WITHOUT_WINDOW),
    row("`group by` of groups", "group by k { s: SUM(n) } | group by s { c: COUNT(*) }", ""),
    row("`reduce by`", "reduce by k { s: SUM(n) }", WITHOUT_WINDOW),
    row("`distinct`", "select k | distinct", "`distinct`"),
    row("`dedupe … keep first`", "dedupe on k keep first by ts", ""),
    row("`dedupe … keep last`", "dedupe on k keep last by ts", "`dedupe … keep last` by event time"),
    row("`top 1`", "select k, n | top 1 by n desc per k", "`top 1`"),
    row("`top n`", "select k, n | top 3 by n desc per k", ""),
    row(
        "`top` over windows",
        "window tumble(1min) on ts | top 3 by n desc per window_start, window_end",
        "`top` over windows",
    ),
    row("`join`", "join u on id = u.uid", "an inner join without a bound in time"),
    row("`join … within`", "join u on id = u.uid within -5s..5s", IN_TIME),
    row("`inner join`", "inner join u on id = u.uid", "an inner join without a bound in time"),
    row("`left join`", "left join u on id = u.uid", ""),
    row("`left join … within`", "left join u on id = u.uid within -5s..5s", IN_TIME),
    row("`right join`", "right join u on id = u.uid", ""),
    row("`full join`", "full join u on id = u.uid", ""),
    row("`lookup join`", "lookup join d on id = d.did", ""),
    row("`join … as of`", "join last_of_u AS l as of ts on id = l.uid", ""),
    row("`union`", "union t", "`union`"),
    row("`explode`", "explode tags AS tag", "`explode`"),
    row("`assert`", "assert n > 1", ""),
    row("`split`", "split { big: n > 1, small: otherwise }", ""),
    row("`watermark`", "v | watermark at - 1s", "`watermark`"),
    row("`repartition`", "repartition 4", "`repartition`"),
    row("`key by`", "key by k", ""),
];

const QUERIES: &[Row] = &[
    row("select list, `WHERE`", "SELECT id, n + 1 AS d FROM t WHERE n > 1", "`filter`"),
    row("`CASE`, `CAST`, functions", "SELECT id, CASE WHEN n > 1 THEN UPPER(k) END AS c FROM t", COLUMNS),
    row("`SELECT DISTINCT`", "SELECT DISTINCT k FROM t", "`distinct`"),
    row("`GROUP BY`", "SELECT k, COUNT(*) AS c FROM t GROUP BY k", WITHOUT_WINDOW),
    row("`GROUP BY` without keys", "SELECT COUNT(*) AS c FROM t", WITHOUT_WINDOW),
    row("`HAVING`", "SELECT k, COUNT(*) AS c FROM t GROUP BY k HAVING COUNT(*) > 1", ""),
    row(
        "`COUNT(DISTINCT x)`",
        "SELECT k, COUNT(DISTINCT n) AS c FROM t GROUP BY k",
        "`COUNT(DISTINCT x)`, `SUM(DISTINCT x)`",
    ),
    row(
        "`FILTER (WHERE …)`",
        "SELECT k, COUNT(*) FILTER (WHERE n > 1) AS c FROM t GROUP BY k",
        "`FILTER (WHERE …)`",
    ),
    row("`GROUPING SETS`, `ROLLUP`, `CUBE`", "SELECT k, n, COUNT(*) AS c FROM t GROUP BY CUBE (k, n)", ""),
    row(
        "`GROUPING SETS`, `ROLLUP`, `CUBE` over windows",
        "SELECT k, n, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, CUBE (k, n)",
        "`GROUPING SETS`, `ROLLUP`, `CUBE`",
    ),
    row(
        "`TUMBLE`",
        "SELECT k, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
        "`window tumble` and `window hop`",
    ),
    row(
        "`HOP`",
        "SELECT k, COUNT(*) AS c FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
        "`window tumble` and `window hop`",
    ),
    row(
        "`CUMULATE`",
        "SELECT k, COUNT(*) AS c FROM TABLE(CUMULATE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY k, window_start, window_end",
        "`window cumulate`",
    ),
    row(
        "`SESSION`",
        "SELECT k, COUNT(*) AS c FROM TABLE(SESSION(TABLE t PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
        "`window session`",
    ),
    row(
        "windows over processing time",
        "SELECT k, COUNT(*) AS c FROM TABLE(TUMBLE((SELECT k, PROCTIME() AS p FROM t), DESCRIPTOR(p), INTERVAL '1' MINUTE)) GROUP BY k, window_start, window_end",
        "",
    ),
    row(
        "legacy group windows",
        "SELECT COUNT(*) AS c FROM t GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE)",
        OVER_WINDOWS,
    ),
    row(
        "inner join",
        "SELECT t.id, u.m FROM t JOIN u ON t.id = u.uid",
        "an inner join without a bound in time",
    ),
    row("left, right, full join", "SELECT t.id, u.m FROM t FULL JOIN u ON t.id = u.uid", ""),
    row("`CROSS JOIN`", "SELECT t.id, u.m FROM t CROSS JOIN u", ""),
    row(
        "interval join",
        "SELECT t.id, u.m FROM t JOIN u ON t.id = u.uid AND u.us BETWEEN t.ts AND t.ts + INTERVAL '5' SECOND",
        IN_TIME,
    ),
    row(
        "temporal join, `FOR SYSTEM_TIME AS OF`",
        "WITH l AS (SELECT uid, m, us FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY uid ORDER BY us DESC) AS rn FROM u) WHERE rn = 1) SELECT t.id, x.m FROM t JOIN l FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.uid",
        "",
    ),
    row(
        "lookup join, `FOR SYSTEM_TIME AS OF` processing time",
        "SELECT t.id, x.name FROM (SELECT id, PROCTIME() AS p FROM t) AS t JOIN d FOR SYSTEM_TIME AS OF t.p AS x ON t.id = x.did",
        "",
    ),
    row(
        "window join",
        "SELECT a.k, b.k AS l FROM (SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS a JOIN (SELECT * FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) AS b ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end",
        "a join of rows of the same window",
    ),
    row("`CROSS JOIN UNNEST`", "SELECT id, tag FROM t CROSS JOIN UNNEST(tags) AS q (tag)", "`explode`"),
    row("`LEFT JOIN UNNEST`", "SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE", "`explode`"),
    row(
        "`UNNEST … WITH ORDINALITY`",
        "SELECT id, tag, o FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS q (tag, o)",
        "`UNNEST … WITH ORDINALITY`",
    ),
    row(
        "`LATERAL`",
        "SELECT t.id, x.m FROM t, LATERAL (SELECT m FROM u WHERE u.kind = t.k) AS x",
        "an inner join without a bound in time",
    ),
    row("`IN`, `EXISTS`", "SELECT id FROM t WHERE id IN (SELECT uid FROM u)", ""),
    row("`NOT IN`, `NOT EXISTS`", "SELECT id FROM t WHERE id NOT IN (SELECT uid FROM u)", ""),
    row("sub-query as a value", "SELECT id, (SELECT MAX(m) FROM u) AS x FROM t", ""),
    row("aggregates with `OVER`", "SELECT SUM(n) OVER (PARTITION BY k ORDER BY ts) AS s FROM t", ""),
    row("`LAG`", "SELECT LAG(n) OVER (PARTITION BY k ORDER BY ts) AS s FROM t", ""),
    row(
        "`ROW_NUMBER() … <= n`",
        "SELECT id, rn, k FROM (SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n DESC) AS rn FROM t) WHERE rn <= 3",
        "`top n` with the row number",
    ),
    row(
        "first and last row by time",
        "SELECT id, k FROM (SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM t) WHERE rn = 1",
        "`dedupe … keep last` by event time",
    ),
    row(
        "first rows of a window",
        "SELECT id, window_start FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC) AS rn FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE))) WHERE rn <= 3",
        "`top` over windows",
    ),
    row(
        "`QUALIFY`",
        "SELECT id, k, COUNT(*) OVER (PARTITION BY k ORDER BY ts) AS c FROM t QUALIFY c > 1",
        "",
    ),
    row("`ORDER BY … LIMIT`", "SELECT id, n FROM t ORDER BY n LIMIT 3", ""),
    row("`ORDER BY` event time", "SELECT id, ts FROM t ORDER BY ts", ""),
    row("`LIMIT`, `FETCH`", "SELECT id FROM t LIMIT 3", "`limit`"),
    row("`OFFSET`", "SELECT id FROM t ORDER BY n LIMIT 3 OFFSET 3", ""),
    row("`UNION ALL`", "SELECT id FROM t UNION ALL SELECT uid FROM u", "`union`"),
    row("`UNION`", "SELECT id FROM t UNION SELECT uid FROM u", "`distinct`"),
    row("`INTERSECT`", "SELECT id FROM t INTERSECT SELECT uid FROM u", ""),
    row("`EXCEPT`", "SELECT id FROM t EXCEPT SELECT uid FROM u", ""),
    row("`INTERSECT ALL`, `EXCEPT ALL`", "SELECT id FROM t EXCEPT ALL SELECT uid FROM u", ""),
    row(
        "`TO_CHANGELOG`",
        "SELECT * FROM TO_CHANGELOG(input => (SELECT k, COUNT(*) AS c FROM t GROUP BY k))",
        "",
    ),
    row("`FROM_CHANGELOG`", "SELECT id FROM FROM_CHANGELOG(input => TABLE t, op => DESCRIPTOR(k))", ""),
    row("`WITH`", "WITH a AS (SELECT id FROM t) SELECT id FROM a", COLUMNS),
    row("`VALUES`", "SELECT * FROM (VALUES (1, 'a')) AS v (a, b)", ""),
    row("`SELECT` without `FROM`", "SELECT 1 + 1 AS x", ""),
    row(
        "`MATCH_RECOGNIZE`",
        "SELECT * FROM t MATCH_RECOGNIZE (PARTITION BY k ORDER BY ts MEASURES A.id AS a, B.id AS b PATTERN (A B) DEFINE A AS A.n > 1)",
        "",
    ),
    row("the hint `STATE_TTL`", "SELECT /*+ STATE_TTL('t' = '1d') */ k, COUNT(*) AS c FROM t GROUP BY k", ""),
    row(
        "the hints `BROADCAST`, `LOOKUP`, …",
        "SELECT /*+ BROADCAST(u) */ t.id FROM t JOIN u ON t.id = u.uid",
        "an inner join without a bound in time",
    ),
    row("the hint `OPTIONS`", "SELECT id FROM t /*+ OPTIONS('a' = 'b') */", ""),
];

struct Nowhere;

impl Places for Nowhere {
    fn place(&self, _: Span) -> Option<Place> {
        None
    }
}

fn compile(stream: &str) -> Result<Arc<Plan>, Diagnostic> {
    let text = format!(
        "{SOURCES}stream x = {stream}\nsink o = print {{}} from {}\n",
        if stream.contains("split {") { "x.big" } else { "x" }
    );
    let db = Database::new(Arc::new(MemorySystem::new([("case.stream", text.as_str())])));
    let file = db.open(Path::new("case.stream"));
    plan(&db, file).ok_or_else(|| {
        check(&db, file).iter().find(|d| d.is_error()).cloned().expect("without a plan there is an error")
    })
}

/// What a backend says to a plan: nothing, or its first error, or what it does not heed.
fn answer(backend: &dyn Backend, plan: &Plan) -> Option<Diagnostic> {
    let mut found = backend.capabilities(plan);
    if !found.iter().any(Diagnostic::is_error)
        && let Err(refused) = backend.emit(plan, &BuildOptions { places: &Nowhere, version: "0" })
    {
        found.extend(refused);
    }
    let ignored = |d: &&Diagnostic| d.code == codes::engines::IGNORED_ON_FLINK;
    found.iter().find(|d| d.is_error()).or_else(|| found.iter().find(ignored)).cloned()
}

fn cell(found: Option<Diagnostic>, fine: String) -> String {
    let Some(found) = found else { return fine };
    let word = if found.is_error() { "**refused**" } else { "no effect" };
    let text = match &found.help {
        // What cannot run is the row itself.
        Some(help) if found.message.ends_with("cannot run on Spark") => help.clone(),
        Some(help) => format!("{}; {help}", found.message),
        None => found.message.clone(),
    };
    format!("{word}: {}", text.replace('|', "\\|"))
}

/// The row of Spark's table under that name: how, and what it becomes.
fn on_spark(row: &Row) -> String {
    let (_, how, note) =
        streamc_spark::constructs().find(|(name, ..)| *name == row.spark).unwrap_or_else(|| {
            panic!("{} runs on Spark: which row of its table says how? not `{}`", row.name, row.spark)
        });
    assert_ne!(how, "refused", "{}: Spark takes the program, and its table says it refuses it", row.name);
    if how == "native" { "native".to_owned() } else { format!("rewritten: {note}") }
}

/// The two tables, and the kinds of relations that the programs have.
fn tables() -> (String, BTreeSet<&'static str>) {
    let mut kinds = BTreeSet::new();
    let mut out = String::new();
    let mut missing = String::new();
    for (title, rows, pipe) in [("Operators", OPERATORS, true), ("SQL", QUERIES, false)] {
        out.push_str(&format!(
            "\n## {title}\n\n| construct | embedded | Flink | Spark |\n|---|---|---|---|\n"
        ));
        for row in rows {
            let stream = match (pipe, row.text.starts_with("v |")) {
                (true, true) => row.text.to_owned(),
                (true, false) => format!("t | {}", row.text),
                (false, _) => format!("sql \"\"\"{}\"\"\"", row.text),
            };
            let plan = match compile(&stream) {
                Ok(plan) => plan,
                Err(found) => {
                    missing.push_str(&format!(
                        "| {} | {} | {} |\n",
                        row.name,
                        found.code.as_str(),
                        found.message
                    ));
                    continue;
                }
            };
            for (_, stream) in plan.streams() {
                stream.relation.walk(&mut |relation| {
                    kinds.insert(relation.kind_name());
                });
            }
            let local = cell(answer(&LocalBackend, &plan), "native".to_owned());
            let flink = cell(answer(&FlinkBackend, &plan), "native".to_owned());
            let refused = answer(&SparkBackend, &plan);
            let spark = if refused.is_some() { cell(refused, String::new()) } else { on_spark(row) };
            out.push_str(&format!("| {} | {local} | {flink} | {spark} |\n", row.name));
        }
    }
    out.push_str(&format!(
        "\n## Not yet\n\n| construct | code | what `check` says |\n|---|---|---|\n{missing}\n"
    ));
    (out, kinds)
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// The strings in quotes between two marks of a source file.
fn words_of(path: &str, start: &str, end: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(repository(path)).expect("the source is there");
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{path} has no `{start}`"));
    let (part, _) = rest.split_once(end).expect("the list ends");
    part.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_page_of_constructs_is_what_the_backends_answer() {
    let path = repository("docs/constructs.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- constructs -->\n", "<!-- /constructs -->");
    let from = text.find(start).unwrap() + start.len();
    let to = text.find(end).unwrap();
    let (tables, _) = tables();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{}{tables}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert!(
        text[from..to] == tables,
        "docs/constructs.md is stale: run `UPDATE_DOCS=1 cargo test -p streamc documents_of_constructs`"
    );
}

#[test]
fn every_kind_of_relation_and_every_operator_has_a_row() {
    let (_, kinds) = tables();
    let all = words_of("crates/streamc-plan/src/relation.rs", "pub fn kind_name(", "\n    }\n");
    let without: Vec<&String> = all.iter().filter(|kind| !kinds.contains(kind.as_str())).collect();
    assert!(without.is_empty(), "no program of the page has these relations: {without:?}");
    let operators = words_of("crates/streamc-core/src/pipes/mod.rs", "const OPERATORS: &[&str] = &[", "];");
    let first = |part: &'static str| part.split_whitespace().next();
    let used: BTreeSet<&str> =
        OPERATORS.iter().flat_map(|row| row.text.split('|').filter_map(first)).collect();
    let without: Vec<&String> = operators.iter().filter(|word| !used.contains(word.as_str())).collect();
    assert!(without.is_empty(), "no row of the page has these operators: {without:?}");
}
