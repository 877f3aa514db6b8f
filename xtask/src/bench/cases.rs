//! The benches. A bench is a line of [`ALL`] and a function that writes its inputs and makes its commands.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::{Bed, Bench, Prepared, Target, Work};
use crate::test;

/// Every bench, in the order of the printed table.
pub const ALL: &[Bench] = &[
    Bench { name: "start-up", target: Target::Milliseconds(20.0), prepare: start_up },
    Bench { name: "check 10,000 lines", target: Target::Milliseconds(300.0), prepare: check },
    Bench { name: "test the example", target: Target::Milliseconds(50.0), prepare: test_example },
    Bench { name: "filter and derive", target: Target::Rate(500_000.0), prepare: filter_and_derive },
    Bench { name: "tumbling count", target: Target::Rate(200_000.0), prepare: tumbling_count },
    Bench { name: "infer (DuckDB)", target: Target::Rate(400.0), prepare: infer_beside_duckdb },
    Bench { name: "infer (arrow-json)", target: Target::Rate(400.0), prepare: infer_beside_arrow },
];

/// Rows of the file of orders.
const ROWS: u64 = 500_000;

/// `streamc --version`: what every command pays.
fn start_up(bed: &Bed) -> Result<Prepared> {
    let mut ours = Command::new(&bed.streamc);
    ours.arg("--version");
    Ok(Prepared { work: Work::Once, ours, rival: None })
}

/// A project of 10,000 lines in 20 files, each with sources, pipes, queries and sinks: everything from a cold start.
fn check(bed: &Bed) -> Result<Prepared> {
    let folder = bed.folder.join("project");
    std::fs::create_dir_all(&folder)?;
    let mut lines = 0;
    for file in 0..20 {
        let mut text = format!("app app_{file} {{\n  engine: flink,\n}}\n");
        let mut n = 0;
        while text.matches('\n').count() < 500 {
            let _ = write!(
                text,
                "\nsource orders_{n} = kafka {{\n  brokers: \"localhost:9092\",\n  topic: \"orders_{n}\",\n  schema: {{ id BIGINT NOT NULL, \
                 amount DECIMAL(10, 2), country STRING, ordered_at TIMESTAMP(3) }},\n  watermark: ordered_at - 5s,\n}}\n\n\
                 /// Orders worth a look.\nstream large_{n} = orders_{n}\n  | filter amount > {n} AND country <> 'DE'\n  \
                 | derive fee = amount * 0.015, hour_of_day = HOUR(ordered_at)\n  | drop country\n\n\
                 stream per_minute_{n} = sql \"\"\"\n  SELECT window_start, window_end, country, COUNT(*) AS n, SUM(amount) AS total\n  \
                 FROM TABLE(TUMBLE(TABLE orders_{n}, DESCRIPTOR(ordered_at), INTERVAL '1' MINUTE))\n  \
                 GROUP BY window_start, window_end, country\n\"\"\"\n\nsink out_{n} = print {{}} from large_{n}\n\
                 sink board_{n} = print {{}} from per_minute_{n}\n"
            );
            n += 1;
        }
        lines += text.matches('\n').count();
        std::fs::write(folder.join(format!("app_{file}.stream")), text)?;
    }
    ensure!(lines >= 10_000, "{lines} lines");
    let mut ours = Command::new(&bed.streamc);
    ours.arg("check").arg(folder).args(["--format", "concise"]);
    Ok(Prepared { work: Work::Once, ours, rival: None })
}

/// `streamc test` of the card-fraud example.
fn test_example(bed: &Bed) -> Result<Prepared> {
    let mut ours = Command::new(&bed.streamc);
    ours.arg("test").arg(project()?.join("examples/card_fraud"));
    Ok(Prepared { work: Work::Once, ours, rival: None })
}

fn project() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_owned)
        .context("the xtask lies in the project")
}

/// 500,000 orders as JSON lines, about 190 bytes each; written once.
fn orders(bed: &Bed) -> Result<PathBuf> {
    let path = bed.folder.join("orders.jsonl");
    if path.exists() {
        return Ok(path);
    }
    let mut out = BufWriter::new(File::create(&path)?);
    let mut state = 42u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    for id in 0..ROWS {
        let second = id / 20;
        writeln!(
            out,
            "{{\"order_id\":{id},\"customer\":\"customer-{}\",\"amount\":{}.{:02},\"country\":\"{}\",\"items\":{},\
             \"express\":{},\"note\":\"a few words about it\",\"ordered_at\":\"2026-01-01 {:02}:{:02}:{:02}\"}}",
            below(5000),
            below(900),
            below(100),
            ["DE", "FR", "US", "BR"][below(4) as usize],
            1 + below(9),
            below(2) == 0,
            second / 3600 % 24,
            second / 60 % 60,
            second % 60
        )?;
    }
    out.flush()?;
    Ok(path)
}

/// A pipeline over the orders whose rows go to a file.
fn pipeline(bed: &Bed, name: &str, stream: &str) -> Result<PathBuf> {
    let path = bed.folder.join(format!("{name}.stream"));
    let text = format!(
        "source orders = kafka {{\n  brokers: \"localhost:9092\",\n  topic: \"orders\",\n  schema: {{ order_id BIGINT, customer STRING, \
         amount DECIMAL(10, 2), country STRING, items INT, express BOOLEAN, note STRING, ordered_at TIMESTAMP(3) }},\n  \
         watermark: ordered_at - 5s,\n  sample: \"orders.jsonl\",\n}}\n\nstream result = orders\n{stream}\n\n\
         sink out = file {{ path: \"{}\", format: json }} from result\n",
        bed.folder.join(name).display()
    );
    std::fs::write(&path, text)?;
    Ok(path)
}

fn ours_running(bed: &Bed, pipeline: &Path) -> Command {
    let mut ours = Command::new(&bed.streamc);
    ours.arg("run").arg(pipeline).arg("--write");
    ours
}

/// DuckDB on one core running `query`, in which `ORDERS` stands for the file.
fn duckdb(bed: &Bed, orders: &Path, query: &str) -> Option<(&'static str, Command)> {
    let python = bed.rival_python.as_ref()?;
    let query =
        query.replace("ORDERS", &format!("read_json('{}', format = 'newline_delimited')", orders.display()));
    let mut rival = Command::new(python);
    rival.arg("-c").arg(
        "import sys, duckdb; duckdb.execute('SET threads TO 1'); duckdb.execute(sys.argv[1]).fetchall()",
    );
    rival.arg(query);
    Some(("DuckDB", rival))
}

fn filter_and_derive(bed: &Bed) -> Result<Prepared> {
    let orders = orders(bed)?;
    let pipeline = pipeline(
        bed,
        "filtered",
        "  | filter amount > 850 AND country <> 'DE'\n  | derive fee = amount * 0.015",
    )?;
    let out = bed.folder.join("filtered.duckdb.json");
    let query = format!(
        "COPY (SELECT *, amount * 0.015 AS fee FROM ORDERS WHERE amount > 850 AND country <> 'DE') TO '{}'",
        out.display()
    );
    Ok(Prepared {
        work: Work::Rows(ROWS),
        ours: ours_running(bed, &pipeline),
        rival: duckdb(bed, &orders, &query),
    })
}

fn tumbling_count(bed: &Bed) -> Result<Prepared> {
    let orders = orders(bed)?;
    let pipeline = pipeline(
        bed,
        "counted",
        "  | window tumble(1min) on ordered_at\n  | group by customer { n: COUNT(*), total: SUM(amount) }",
    )?;
    let out = bed.folder.join("counted.duckdb.json");
    let query = format!(
        "COPY (SELECT date_trunc('minute', ordered_at) AS minute, customer, count(*) AS n, sum(amount) AS total FROM ORDERS \
         GROUP BY ALL) TO '{}'",
        out.display()
    );
    Ok(Prepared {
        work: Work::Rows(ROWS),
        ours: ours_running(bed, &pipeline),
        rival: duckdb(bed, &orders, &query),
    })
}

fn infer(bed: &Bed, orders: &Path) -> Result<(Work, Command)> {
    let mut ours = Command::new(&bed.streamc);
    ours.arg("infer").arg(orders);
    Ok((Work::Bytes(std::fs::metadata(orders)?.len()), ours))
}

/// All records, against DuckDB's full scan.
fn infer_beside_duckdb(bed: &Bed) -> Result<Prepared> {
    let orders = orders(bed)?;
    let (work, ours) = infer(bed, &orders)?;
    let file = orders.display();
    let query =
        format!("DESCRIBE SELECT * FROM read_json('{file}', format = 'newline_delimited', sample_size = -1)");
    Ok(Prepared { work, ours, rival: duckdb(bed, &orders, &query) })
}

/// All records, against the schema inference of arrow-json.
fn infer_beside_arrow(bed: &Bed) -> Result<Prepared> {
    let orders = orders(bed)?;
    let (work, ours) = infer(bed, &orders)?;
    let rival = match bed.rival_python {
        None => None,
        Some(_) => {
            let crate_folder = project()?.join("xtask/rivals/arrow-json");
            let target = test::target_folder()?.join("rivals");
            let built = test::cargo()
                .args(["build", "--quiet", "--release", "--locked", "--manifest-path"])
                .arg(crate_folder.join("Cargo.toml"))
                .arg("--target-dir")
                .arg(&target)
                .status()?;
            ensure!(built.success(), "the rival arrow-json does not build");
            let mut rival = Command::new(target.join("release/arrow-json-rival"));
            rival.arg(&orders);
            Some(("arrow-json", rival))
        }
    };
    Ok(Prepared { work, ours, rival })
}
