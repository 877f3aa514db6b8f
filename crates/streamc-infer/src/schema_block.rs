//! The schema as the language writes it.

use crate::Inference;
use streamc_types::RowSchema;

/// `{ id BIGINT, tags ARRAY<STRING> }`: a schema declaration, on one line where it is short, otherwise one column a line.
pub fn schema_block(inference: &Inference) -> String {
    block(&inference.schema)
}

/// Width up to which a schema stands on one line.
const ONE_LINE: usize = 80;

fn block(schema: &RowSchema) -> String {
    let columns: Vec<String> =
        schema.columns.iter().map(|c| format!("{} {}", quoted(&c.name), c.ty)).collect();
    if columns.is_empty() {
        return "{ }".to_owned();
    }
    let line = format!("{{ {} }}", columns.join(", "));
    if line.chars().count() <= ONE_LINE {
        return line;
    }
    format!("{{\n  {},\n}}", columns.join(",\n  "))
}

/// A name bare where it is a plain word, otherwise in back quotes.
pub(crate) fn quoted(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{}`", name.replace('`', "``")) }
}
