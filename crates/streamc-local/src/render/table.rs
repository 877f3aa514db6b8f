//! A table with aligned columns.

use super::format_value;
use std::fmt::Write as _;
use streamc_types::{RowKind, RowSchema, Value};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Collects rows and draws them as a table: names above, numbers to the right, the kind of each row in front where
/// there are others than `+I`.
///
/// ```text
///  op | card_id | spent
/// ----+---------+-------
///  +I |      17 | 12.50
/// ```
pub struct TableRenderer {
    names: Vec<String>,
    /// Whether a column is aligned to the right.
    numeric: Vec<bool>,
    schema: RowSchema,
    rows: Vec<(RowKind, Vec<String>)>,
    max_cell: usize,
    kinds: bool,
}

impl TableRenderer {
    /// A table of these columns. Cells wider than `max_cell` columns of the terminal are cut with `…`. Kinds are shown
    /// if `kinds` is set or a row is no insert.
    pub fn new(schema: &RowSchema, max_cell: usize, kinds: bool) -> Self {
        Self {
            names: schema.names().map(clean).collect(),
            numeric: schema.columns.iter().map(|c| c.ty.is_numeric()).collect(),
            schema: schema.clone(),
            rows: Vec::new(),
            max_cell: max_cell.max(1),
            kinds,
        }
    }

    /// Adds a row.
    pub fn push(&mut self, kind: RowKind, row: &[Value]) {
        self.kinds |= kind != RowKind::Insert;
        let cells = row
            .iter()
            .zip(&self.schema.columns)
            .map(|(value, column)| cut(&clean(&format_value(value, &column.ty)), self.max_cell));
        self.rows.push((kind, cells.collect()));
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table, with a line end behind every line.
    pub fn render(&self) -> String {
        let mut widths: Vec<usize> = self.names.iter().map(|n| n.width()).collect();
        for (_, cells) in &self.rows {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.width());
            }
        }
        let mut out = String::new();
        let line = |out: &mut String, kind: &str, cells: &[String], numeric: &[bool]| {
            let mut text = String::new();
            if self.kinds {
                let _ = write!(text, " {kind:<2} |");
            }
            for (i, (cell, width)) in cells.iter().zip(&widths).enumerate() {
                let bar = if i > 0 { "|" } else { "" };
                let blank = " ".repeat(width.saturating_sub(cell.width()));
                let _ = match numeric.get(i) {
                    Some(true) => write!(text, "{bar} {blank}{cell} "),
                    _ => write!(text, "{bar} {cell}{blank} "),
                };
            }
            out.push_str(text.trim_end());
            out.push('\n');
        };
        line(&mut out, "op", &self.names, &[]);
        if self.kinds {
            out.push_str("----+");
        }
        let rules: Vec<String> = widths.iter().map(|w| "-".repeat(w + 2)).collect();
        out.push_str(&rules.join("+"));
        out.push('\n');
        for (kind, cells) in &self.rows {
            line(&mut out, kind.as_str(), cells, &self.numeric);
        }
        out
    }
}

/// Without characters that would move the cursor.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '␣' } else { c }).collect()
}

/// At most `max` columns wide.
fn cut(text: &str, max: usize) -> String {
    if text.width() <= max {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut width = 1;
    for c in text.chars() {
        width += c.width().unwrap_or(0);
        if width > max {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}
