//! Rows as people and programs read them: pure functions, the command line prints.

mod table;
mod value;

pub use table::TableRenderer;
pub use value::format_value;

use streamc_formats::{EncodeError, JsonEncoder, JsonOptions};
use streamc_types::{Column, RowKind, RowSchema, Value};

/// The row as one compact JSON object, as the `json` format writes it; with a kind, `{"op":"+I","row":{…}}`. No line end.
///
/// # Errors
/// A column's type has no JSON form.
pub fn json_line(
    schema: &RowSchema,
    row: &[Value],
    kind: Option<RowKind>,
    options: &JsonOptions,
) -> Result<String, EncodeError> {
    let encoder = JsonEncoder::new(schema, *options)
        .map_err(|error| EncodeError { field: String::new(), message: error.to_string() })?;
    let mut out = Vec::new();
    if let Some(kind) = kind {
        out.extend_from_slice(format!("{{\"op\":\"{kind}\",\"row\":").as_bytes());
    }
    encoder.encode(row, &mut out)?;
    if kind.is_some() {
        out.push(b'}');
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// `id = 1, amount = 0`, for messages; long rows are cut.
pub(crate) fn format_row(columns: &[&Column], row: &[Value]) -> String {
    const SHOWN: usize = 12;
    let mut parts: Vec<String> = columns
        .iter()
        .zip(row)
        .take(SHOWN)
        .map(|(column, value)| format!("{} = {}", column.name, format_value(value, &column.ty)))
        .collect();
    if row.len() > SHOWN {
        parts.push(format!("… {} more", row.len() - SHOWN));
    }
    parts.join(", ")
}
