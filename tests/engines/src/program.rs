//! Compiles a file that lies in memory.

use std::path::Path;
use std::sync::Arc;

use streamc_core::{Database, File, MemorySystem, check, plan};
use streamc_diagnostics::Diagnostic;
use streamc_plan::Plan;

/// A file in memory with its database.
pub fn open(text: &str) -> (Database, File) {
    let system = MemorySystem::new([("case.stream", text)]);
    let db = Database::new(Arc::new(system));
    let file = db.open(Path::new("case.stream"));
    (db, file)
}

/// The plan of a file, or its errors.
pub fn compiled(text: &str) -> Result<Arc<Plan>, Vec<Diagnostic>> {
    let (db, file) = open(text);
    plan(&db, file).ok_or_else(|| check(&db, file).iter().filter(|d| d.is_error()).cloned().collect())
}

/// The plan of a file, or its errors as one line.
pub fn planned(text: &str) -> Result<Arc<Plan>, String> {
    compiled(text).map_err(|errors| errors.iter().map(one_line).collect::<Vec<_>>().join("; "))
}

/// A finding as one line.
pub fn one_line(found: &Diagnostic) -> String {
    format!("{}: {}", found.code.as_str(), found.message)
}
