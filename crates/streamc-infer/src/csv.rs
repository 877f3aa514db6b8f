//! CSV samples: a header, then cells whose text goes through the same lattice.

use crate::classify::{self, Kind};
use crate::problem::{Problem, ProblemKind};
use crate::tree::{Child, NodeId, Place, ROOT, Tree};
use crate::{Options, Sample};
use smol_str::SmolStr;
use streamc_formats::{RecordReader, csv_cells, csv_header};

/// Reads all records. An empty cell counts as missing.
pub(crate) fn read(reader: RecordReader<'_>, options: &Options, sample: &mut Sample) -> Tree {
    let mut tree = Tree::new();
    let (header, mut reader) = reader.after_header();
    let Some(header) = header else { return tree };
    let names = match csv_header(&header, &options.csv) {
        Ok(names) => names,
        Err(error) => {
            sample.reject(0, header.position(error.offset), format!("the header: {}", error.message));
            return tree;
        }
    };
    sample.header = odd_header(&names, header.start.line);
    let columns = columns(&mut tree, &names, Place { record: 0, line: header.start.line });
    while let Some(record) = reader.next() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                sample.reject(0, reader.position(error.offset), error.message);
                continue;
            }
        };
        if sample.is_full(options) {
            sample.truncated = true;
            break;
        }
        let cells = match csv_cells(record.bytes, &options.csv) {
            Ok(cells) => cells,
            Err(error) => {
                sample.reject(record.number, record.position(error.offset), error.message);
                continue;
            }
        };
        if cells.len() != names.len() {
            let message = format!("the record has {} cells for {} columns", cells.len(), names.len());
            sample.reject(record.number, record.start, message);
            continue;
        }
        sample.records += 1;
        let place = Place { record: record.number, line: record.start.line };
        tree.observe(ROOT, Some((Kind::Object, 0)), place, SmolStr::default);
        for (cell, column) in cells.iter().zip(&columns) {
            let null = cell.is_empty() || options.csv.null_literal.as_deref() == Some(cell);
            if let (Some(column), false) = (column, null) {
                tree.observe(*column, Some(classify::cell(cell)), place, || cell.chars().take(40).collect());
            }
        }
    }
    // Columns without any value are columns nevertheless.
    for column in columns.into_iter().flatten() {
        if tree.node(column).seen == 0 {
            tree.observe(column, None, Place::default(), SmolStr::default);
            let node = tree.node_mut(column);
            node.null = 0;
            node.blank_column = true;
        }
    }
    tree
}

/// A header whose cells look like values is likely the first record of a file without a header.
fn odd_header(names: &[String], line: u64) -> Option<Problem> {
    let values: Vec<&str> = names
        .iter()
        .filter(|name| !matches!(classify::cell(name).0, Kind::Text | Kind::EmptyText))
        .map(String::as_str)
        .collect();
    let (like, verb) = match values.as_slice() {
        [] => return None,
        [one] => (format!("`{one}`"), "looks like a value, not like the name"),
        [first, second, ..] => (format!("`{first}` and `{second}`"), "look like values, not like the names"),
    };
    let columns = if values.len() == 1 { "of a column" } else { "of columns" };
    let message = format!("the first line is taken for the header, and {like} in it {verb} {columns}");
    let help = "write a first line with the names of the columns: without one, the first record gives the names and is lost";
    let mut problem = Problem::new(ProblemKind::HeaderOfValues, None, message).help(help);
    problem.line = Some(line);
    Some(problem)
}

/// One node a column, in the header's order; none for a name that the header gives twice.
fn columns(tree: &mut Tree, names: &[String], place: Place) -> Vec<Option<NodeId>> {
    let mut columns = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        let name = if name.is_empty() { format!("column_{}", i + 1) } else { name.clone() };
        let column = match tree.child(ROOT, &name, &mut columns.len()) {
            Child::Node(node) => Some(node),
            Child::Dropped => None,
        };
        let again = column.filter(|node| columns.contains(&Some(*node)));
        if let Some(node) = again {
            let node = tree.node_mut(node);
            node.duplicates += 1;
            node.first_duplicate = place;
        }
        columns.push(column.filter(|_| again.is_none()));
    }
    columns
}
