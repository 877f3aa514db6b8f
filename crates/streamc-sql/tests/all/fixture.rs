//! A small catalog, and how findings are shown.

use smol_str::SmolStr;
use std::fmt::Write;
use std::sync::Arc;
use streamc_diagnostics::{Diagnostic, FileId, Span};
use streamc_plan::{Changelog, Lineage, Properties};
use streamc_sql::{Catalog, Lookup};
use streamc_types::{Column, RowSchema, TimeAttribute, parse_type};

const PERSON: &str = "id BIGINT; name STRING; emailAddress STRING; creditCard STRING; city STRING; state STRING; dateTime TIMESTAMP(3); extra STRING";
const AUCTION: &str = "id BIGINT; itemName STRING; description STRING; initialBid BIGINT; reserve BIGINT; dateTime TIMESTAMP(3); expires TIMESTAMP(3); seller BIGINT; category BIGINT; extra STRING";
const BID: &str = "auction BIGINT; bidder BIGINT; price BIGINT; channel STRING; url STRING; dateTime TIMESTAMP(3); extra STRING";

/// Tables by name.
#[derive(Default)]
pub struct Tables(pub Vec<(SmolStr, Arc<Properties>)>);

impl Tables {
    /// `swipes`, `accounts` (both with event time), `totals` (updating, keyed), `broken`.
    pub fn bank() -> Self {
        let mut tables = Self::default();
        tables.add(
            "swipes",
            "id BIGINT NOT NULL; card_id STRING; amount DECIMAL(10, 2); country STRING; n INT; d DOUBLE; ok BOOLEAN; \
             tags ARRAY<STRING>; items ARRAY<ROW<sku STRING NOT NULL, qty INT>>; attrs MAP<STRING, INT>; \
             place ROW<city STRING, geo ROW<lat DOUBLE NOT NULL, lon DOUBLE>>; swiped_at TIMESTAMP(3)",
            Some(("swiped_at", 5000)),
        );
        tables.add(
            "accounts",
            "id BIGINT NOT NULL; card_id STRING; owner STRING; opened_at TIMESTAMP(3)",
            Some(("opened_at", 5000)),
        );
        tables.add("customers", "card_id STRING NOT NULL; name STRING; n INT", None);
        let totals = tables.add("totals", "card_id STRING NOT NULL; total BIGINT", None);
        let props = Arc::make_mut(totals);
        props.changelog = Changelog::UPDATES;
        props.keys = vec![vec![0]];
        tables.add("größe", "id INT; `straße` STRING; `select` INT", None);
        tables
    }

    /// The tables of the Nexmark benchmark, and `bid_now`, the bids with the time at which they are read.
    pub fn nexmark() -> Self {
        let mut tables = Self::default();
        let watermark = Some(("dateTime", 4000));
        tables.add("person", PERSON, watermark);
        tables.add("auction", AUCTION, watermark);
        tables.add("bid", BID, watermark);
        let mut now = properties(&format!("{BID}; p_time TIMESTAMP_LTZ(3) NOT NULL"), None);
        now.schema.columns[7].time = Some(TimeAttribute::Proctime);
        tables.0.push(("bid_now".into(), Arc::new(now)));
        tables
    }

    pub fn add(&mut self, name: &str, columns: &str, watermark: Option<(&str, i64)>) -> &mut Arc<Properties> {
        let props = properties(columns, watermark);
        self.0.push((name.into(), Arc::new(props)));
        &mut self.0.last_mut().unwrap().1
    }
}

/// Rows of `columns`, `name TYPE; …`, that are only inserted.
pub fn properties(columns: &str, watermark: Option<(&str, i64)>) -> Properties {
    let columns: Vec<Column> = columns
        .split(';')
        .map(|c| {
            let (name, ty) = c.trim().split_once(' ').unwrap();
            Column::new(name.trim_matches('`'), parse_type(ty).unwrap())
        })
        .collect();
    let schema = RowSchema::new(columns);
    let lineage = vec![Lineage::default(); schema.len()];
    let props = Properties {
        schema,
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        lineage,
        time_types: Default::default(),
    };
    match watermark {
        Some((column, delay)) => {
            let column = props.schema.index_of(column).unwrap();
            props.with_watermark(column, delay).unwrap()
        }
        None => props,
    }
}

impl Catalog for Tables {
    fn relation(&self, name: &str) -> Lookup {
        if name == "broken" {
            return Lookup::Broken;
        }
        match self.0.iter().find(|(n, _)| n == name) {
            Some((_, props)) => Lookup::Found(props.clone()),
            None => Lookup::Unknown,
        }
    }
    fn names(&self) -> Vec<SmolStr> {
        self.0.iter().map(|(n, _)| n.clone()).collect()
    }
    fn is_looked_up(&self, name: &str) -> bool {
        name == "customers"
    }
}

pub fn span(text: &str) -> Span {
    Span::new(FileId(0), 0, text.len())
}

/// Line and column, counted in characters from 1.
fn place(text: &str, byte: usize) -> String {
    let before = text.get(..byte).expect("a diagnostic ends on a character boundary");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{line}:{column}")
}

/// One finding a line: place, code, message, then help and fixes.
pub fn show(text: &str, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for d in diagnostics {
        let at = d.span.expect("every finding has a place");
        let written = &text[at.range()];
        let _ = write!(
            out,
            "{}-{} {} {}",
            place(text, at.start as usize),
            place(text, at.end as usize),
            d.code,
            d.message
        );
        let _ = write!(out, "  ‹{}›", written.replace('\n', "⏎"));
        if let Some(help) = &d.help {
            let _ = write!(out, "\n    help: {help}");
        }
        for fix in &d.fixes {
            let edits: Vec<String> =
                fix.edits.iter().map(|(s, new)| format!("‹{}› → ‹{new}›", &text[s.range()])).collect();
            let _ = write!(out, "\n    fix: {}: {}", fix.title, edits.join(", "));
        }
        out.push('\n');
    }
    out
}

/// The plan of a query, or its findings.
pub fn bind(sql: &str, tables: &Tables) -> String {
    let mut diagnostics = Vec::new();
    let relation = streamc_sql::bind_query(sql, span(sql), tables, &mut diagnostics);
    match (relation, diagnostics.is_empty()) {
        (Some(relation), true) => streamc_plan::print_relation(&relation),
        (None, false) => show(sql, &diagnostics),
        (Some(_), false) => panic!("a relation in spite of errors:\n{}", show(sql, &diagnostics)),
        (None, true) => panic!("neither a relation nor an error for {sql}"),
    }
}

/// Every text with what comes of it.
pub fn table(texts: &str, answer: impl Fn(&str) -> String) -> String {
    let mut out = String::new();
    for text in texts.split(";;").map(str::trim).filter(|t| !t.is_empty()) {
        let _ = writeln!(out, "{text}\n{}", answer(text).trim_end());
        out.push('\n');
    }
    out
}
