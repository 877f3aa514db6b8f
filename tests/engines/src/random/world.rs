//! Random tables: columns of every type, event time, and rows of which none comes too late.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use streamc_types::{DataType, TimeAttribute, parse_type};

use super::dice::Dice;
use super::values;

/// Types of columns. The first ones are what most functions take.
const TYPES: [&str; 40] = [
    "INT",
    "BIGINT",
    "STRING",
    "DOUBLE",
    "BOOLEAN",
    "DECIMAL(10, 2)",
    "TIMESTAMP(3)",
    "DATE",
    "INT NOT NULL",
    "STRING NOT NULL",
    "BIGINT NOT NULL",
    "DOUBLE NOT NULL",
    "BOOLEAN NOT NULL",
    "DECIMAL(10, 2) NOT NULL",
    "TINYINT",
    "SMALLINT",
    "FLOAT",
    "FLOAT NOT NULL",
    "DECIMAL(38, 10)",
    "DECIMAL(5, 5)",
    "DECIMAL(18, 0) NOT NULL",
    "CHAR(3)",
    "CHAR(3) NOT NULL",
    "VARCHAR(5)",
    "VARCHAR(10) NOT NULL",
    "BYTES",
    "VARBINARY(4)",
    "TIME(0)",
    "TIMESTAMP(0)",
    "TIMESTAMP(6)",
    "TIMESTAMP(3) NOT NULL",
    "TIMESTAMP_LTZ(3)",
    "TIMESTAMP_LTZ(6)",
    "DATE NOT NULL",
    "ARRAY<INT>",
    "ARRAY<STRING NOT NULL> NOT NULL",
    "MAP<STRING, INT>",
    "ROW<x INT, city STRING>",
    "ROW<a ROW<b BIGINT NOT NULL, c STRING> NOT NULL, d DECIMAL(10, 2)>",
    "ARRAY<ROW<x INT, y STRING>>",
];

/// Time zones: most runs in UTC, some where clocks are changed.
const ZONES: [&str; 6] = ["UTC", "UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];

/// In seconds.
const YEAR: i64 = 366 * 86_400;

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, in back quotes where it needs them.
    pub name: String,
    /// Its type as a schema says it.
    pub text: String,
    /// Its type.
    pub ty: DataType,
    /// Whether it carries event time.
    pub time: Option<TimeAttribute>,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Seconds that rows may come late by; `None` without event time.
    pub delay: Option<i64>,
    /// The cells of its rows as JSON.
    pub rows: Vec<Vec<String>>,
}

/// The tables of some queries.
#[derive(Clone, Debug)]
pub struct World {
    /// The session time zone.
    pub zone: &'static str,
    /// The tables.
    pub tables: Vec<Table>,
    /// Whether each table is a folder of two files, which Spark reads in two batches.
    pub pieces: bool,
}

impl World {
    /// Three tables with a few rows each.
    pub fn random(dice: &mut Dice) -> Self {
        let zone = dice.pick(&ZONES).copied().unwrap_or("UTC");
        let tables = ["t", "u", "v"].into_iter().map(|name| Table::random(dice, name)).collect();
        Self { zone, tables, pieces: false }
    }

    /// The declarations of the tables; their files lie in that folder.
    pub fn declarations(&self, folder: &Path) -> String {
        let mut text = format!("app random {{ time_zone: \"{}\" }}\n\n", self.zone);
        for table in &self.tables {
            let columns: Vec<String> =
                table.columns.iter().map(|c| format!("    {} {},\n", c.name, c.text)).collect();
            let path = folder.join(format!("{}.jsonl", table.name));
            let _ = write!(
                text,
                "source {} = file {{\n  path: \"{}\",\n  format: json,\n  schema: {{\n{}  }},\n",
                table.name,
                path.display(),
                columns.concat()
            );
            if let Some(delay) = table.delay {
                let _ = writeln!(text, "  watermark: ts - {delay}s,");
            }
            if self.pieces {
                text.push_str("  options { \"maxFilesPerTrigger\": \"1\" },\n");
            }
            text.push_str("}\n\n");
        }
        text
    }

    /// Writes the records where the declarations say.
    pub fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder)?;
        for table in &self.tables {
            let path = folder.join(format!("{}.jsonl", table.name));
            let lines = table.records();
            if !self.pieces {
                std::fs::write(path, lines)?;
                continue;
            }
            std::fs::create_dir_all(&path)?;
            let cut = lines.match_indices('\n').nth(table.rows.len() / 2).map_or(0, |(at, _)| at + 1);
            // Spark reads the older file first.
            for (name, part, age) in [("1", &lines[..cut], 60), ("2", &lines[cut..], 0)] {
                let mut file = std::fs::File::create(path.join(name))?;
                file.write_all(part.as_bytes())?;
                file.set_modified(SystemTime::now() - Duration::from_secs(age))?;
            }
        }
        Ok(())
    }

    /// The same tables in UTC, the only time zone of jobs on Spark.
    pub fn in_utc(&self) -> Self {
        Self { zone: "UTC", ..self.clone() }
    }

    /// The same tables with those columns only.
    pub fn with(&self, keeps: impl Fn(&Column) -> bool) -> Self {
        let mut world = self.clone();
        for table in &mut world.tables {
            let kept: Vec<bool> = table.columns.iter().map(&keeps).collect();
            let keep = |at: usize| kept.get(at).copied().unwrap_or(true);
            table.columns = picked(&table.columns, keep);
            table.rows.iter_mut().for_each(|row| *row = picked(row, keep));
        }
        world
    }

    /// The same tables with another text in place of each cell of that text.
    pub fn replaced(&self, text: &str, other: &str) -> Self {
        let mut world = self.clone();
        let cells = world.tables.iter_mut().flat_map(|table| &mut table.rows).flatten();
        cells.filter(|cell| *cell == text).for_each(|cell| other.clone_into(cell));
        world
    }

    /// With one more record in each table with event time, months later: it moves the watermark past every window, which
    /// Spark does not close at the end of its input.
    pub fn closed(&self) -> Self {
        let mut world = self.clone();
        world.tables.iter_mut().filter(|table| table.delay.is_some()).for_each(Table::close);
        world
    }

    /// The same rows in the opposite order, none of them late: where the result is another, it depends on the order in which
    /// rows come.
    pub fn backwards(&self) -> Self {
        let mut world = self.clone();
        for table in &mut world.tables {
            table.rows.reverse();
            table.delay = table.delay.map(|_| YEAR);
        }
        world
    }

    /// A file with one stream `q`, a query.
    pub fn program(&self, folder: &Path, query: &str) -> String {
        format!(
            "{}{}stream q = sql \"\"\"{query}\"\"\"\nsink out = print {{}} from q\n",
            self.declarations(folder),
            self.versions(query)
        )
    }

    /// The latest row of each key of the tables with event time, `t_now` of `t`: those streams that a query names.
    pub fn versions(&self, query: &str) -> String {
        let named = |table: &&Table| query.contains(&table.now());
        self.tables.iter().filter(|t| t.delay.is_some()).filter(named).map(Table::versions).collect()
    }
}

/// The items at those places.
pub fn picked<T: Clone>(items: &[T], keep: impl Fn(usize) -> bool) -> Vec<T> {
    items.iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, item)| item.clone()).collect()
}

impl Table {
    fn random(dice: &mut Dice, name: &str) -> Self {
        let column = |name: String, text: &str, time| Column {
            name,
            text: text.to_owned(),
            ty: parse_type(text).unwrap_or_else(|_| DataType::unknown()),
            time,
        };
        let mut columns = vec![
            column("id".into(), "INT NOT NULL", None),
            column(format!("{name}_k"), dice.word(&["INT", "INT NOT NULL", "BIGINT", "STRING"]), None),
        ];
        let delay = dice.percent(85).then(|| dice.between(0, 10));
        if delay.is_some() {
            let ty = dice.word(&["TIMESTAMP(3)", "TIMESTAMP(3)", "TIMESTAMP_LTZ(3)"]);
            columns.push(column("ts".into(), ty, Some(TimeAttribute::Rowtime)));
        }
        for index in 0..dice.between(5, 9) {
            let common = dice.percent(50);
            let ty = if common { dice.word(&TYPES[..14]) } else { dice.word(&TYPES) };
            let name = match dice.below(20) {
                0 => format!("`{name} {index}`"),
                1 => format!("{name}_größe{index}"),
                _ => format!("{name}{index}"),
            };
            columns.push(column(name, ty, None));
        }
        let mut table = Self { name: name.to_owned(), columns, delay, rows: Vec::new() };
        // A night when clocks are changed in Europe and, two hours before it, an ordinary one.
        let mut now = *dice.pick(&[1_774_746_000_000, 1_767_225_600_000]).unwrap_or(&0);
        let size = if dice.percent(5) { 0 } else { dice.between(4, 12) };
        for id in 0..size {
            now += dice.between(1, 20_000);
            let row = table.columns.iter().enumerate().map(|(at, column)| match (at, column.time) {
                (0, _) => id.to_string(),
                (1, _) if column.text == "STRING" => {
                    dice.word(&["\"a\"", "\"b\"", "\"c\"", "null"]).to_owned()
                }
                (1, _) if column.ty.nullable && dice.percent(15) => "null".to_owned(),
                (1, _) => dice.between(0, 3).to_string(),
                (_, Some(_)) => {
                    // As late as the watermark allows, and a millisecond less.
                    let late = dice.between(0, (table.delay.unwrap_or(0) * 1000 - 1).max(0));
                    let zoned = column.text.contains("LTZ");
                    values::event_time(now - late, zoned)
                }
                (_, None) => values::json(dice, &column.ty),
            });
            let row = row.collect();
            table.rows.push(row);
        }
        table
    }

    fn close(&mut self) {
        let mut dice = Dice::new(0, 0);
        let row = self.columns.iter().enumerate().map(|(at, column)| match (at, column.time) {
            (0, _) => "1000".to_owned(),
            (_, Some(_)) => values::event_time(1_798_761_600_000, column.text.contains("LTZ")),
            (_, None) if column.ty.nullable => "null".to_owned(),
            (_, None) if column.name.ends_with("_k") => "1000".to_owned(),
            (_, None) => values::json(&mut dice, &column.ty),
        });
        let row = row.collect();
        self.rows.push(row);
    }

    /// The name of the stream of its versions.
    pub fn now(&self) -> String {
        format!("{}_now", self.name)
    }

    /// That stream.
    pub fn versions(&self) -> String {
        let key = self.columns.get(1).map_or("id", |c| c.name.as_str());
        let columns: Vec<&str> = self.columns.iter().map(|c| c.name.as_str()).collect();
        format!(
            "stream {} = sql \"\"\"\n  SELECT {} FROM (\n    SELECT *, ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY ts DESC) AS rn FROM {}\n  ) AS x WHERE rn = 1\n\"\"\"\n\n",
            self.now(),
            columns.join(", "),
            self.name
        )
    }

    /// Its records, one JSON object a line.
    pub fn records(&self) -> String {
        let mut text = String::new();
        for row in &self.rows {
            let fields: Vec<String> = self
                .columns
                .iter()
                .zip(row)
                .map(|(column, cell)| format!("{}: {cell}", values::quoted(column.name.trim_matches('`'))))
                .collect();
            let _ = writeln!(text, "{{{}}}", fields.join(", "));
        }
        text
    }
}
