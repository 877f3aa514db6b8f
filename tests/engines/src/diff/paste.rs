//! A case as text that can be pasted among the committed ones.

use std::fmt::Write as _;
use std::path::Path;

use super::compare::Difference;
use crate::random::world::World;

/// The tables with their records, the query as a stream, and what each side said.
pub fn text(world: &World, query: &str, difference: &Difference) -> String {
    let mut text = format!("// {}: {}\n", difference.class, difference.gist);
    for line in difference.lines.lines() {
        let _ = writeln!(text, "//{line}");
    }
    for table in &world.tables {
        let _ = writeln!(text, "// data/{}.jsonl", table.name);
        for record in table.records().lines() {
            let _ = writeln!(text, "//   {record}");
        }
    }
    text.push_str(&world.declarations(Path::new("data")));
    text.push_str(&world.versions(query));
    let _ = write!(text, "stream case = sql \"\"\"\n  {query}\n\"\"\"\n");
    text
}
