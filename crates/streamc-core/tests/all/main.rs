//! Tests of the compiler's core, through its database.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod files;
mod findings;
mod incremental;
mod pipes;
mod project;

use std::fmt::Write;
use std::sync::Arc;
use streamc_core::{Database, File, MemorySystem, check, plan};

/// A source of every kind of column, for pipes to start from.
pub const SOURCES: &str = r#"
source swipes = kafka {
  brokers: "localhost:9092",
  topic: "swipes",
  schema: {
    swipe_id BIGINT NOT NULL,
    card_id BIGINT,
    amount DECIMAL(10, 2),
    country STRING,
    tags ARRAY<STRING>,
    items ARRAY<ROW<sku STRING, qty INT>>,
    swiped_at TIMESTAMP(3),
  },
  watermark: swiped_at - 5s,
}

source blocks = kafka {
  brokers: "localhost:9092",
  topic: "blocks",
  schema: { card_id BIGINT, reason STRING, blocked_at TIMESTAMP(3) },
  watermark: blocked_at - 10s,
}
"#;

/// A database with these files; the first is the root.
pub fn open(files: &[(&str, &str)]) -> (Database, File) {
    let db = Database::counting(Arc::new(MemorySystem::new(files.iter().copied())));
    let root = db.open(files[0].0);
    (db, root)
}

/// Findings as `path:line:column-column severity[code] message | help | fix`.
pub fn findings(files: &[(&str, &str)]) -> String {
    let (db, root) = open(files);
    let mut out = String::new();
    for d in check(&db, root) {
        if let Some(span) = d.span {
            let file = streamc_core::Db::files(&db).by_id(span.file).expect("a span is in a known file");
            let text = streamc_core::text(&db, file).clone().unwrap_or_default();
            let before = &text[..span.start as usize];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let width = text[span.range()].chars().count();
            let _ = write!(out, "{}:{line}:{column}+{width} ", file.path(&db));
        }
        let _ = write!(out, "{}[{}] {}", d.severity.as_str(), d.code, d.message);
        if let Some(help) = &d.help {
            let _ = write!(out, "\n    help: {help}");
        }
        for fix in &d.fixes {
            let _ = write!(out, "\n    fix: {}", fix.title);
        }
        out.push('\n');
    }
    out
}

/// The plan as text, or the findings if there is none.
pub fn plan_text(text: &str) -> String {
    let (db, root) = open(&[("app.stream", text)]);
    match plan(&db, root) {
        Some(plan) => streamc_plan::print(&plan),
        None => findings(&[("app.stream", text)]),
    }
}
