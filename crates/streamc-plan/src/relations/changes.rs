//! Changes as rows, and rows as changes.

use super::relation;
use crate::changelog::Changelog;
use crate::relation::{ChangeForm, Origin, Relation, RelationKind};
use smol_str::SmolStr;
use streamc_types::{Column, DataType, RowKind};

/// Each change of the input as a row that is only added: its code in the new first column `name`, then the input's columns
/// (Flink's `TO_CHANGELOG`, `ToChangelogTypeStrategy`). Changes without a code are left out.
pub fn to_changelog(
    input: Relation,
    name: SmolStr,
    codes: Vec<(RowKind, SmolStr)>,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    props.schema.columns.insert(0, Column::new(name, DataType::string()));
    props.lineage.insert(0, super::row_conditions(&input.props.lineage));
    if let Some(watermark) = &mut props.watermark {
        watermark.column += 1;
    }
    props.changelog = Changelog::INSERT_ONLY;
    forget(&mut props);
    relation(
        RelationKind::Changes { input: Box::new(input), form: ChangeForm::Written(codes) },
        props,
        origin,
    )
}

/// Each row of the input, which is only added to, as the change that the text in its column `code` names; without that column
/// (Flink's `FROM_CHANGELOG`, `FromChangelogTypeStrategy`).
pub fn from_changelog(
    input: Relation,
    code: usize,
    codes: Vec<(SmolStr, RowKind)>,
    origin: Origin,
) -> Relation {
    let mut props = input.props.clone();
    let decides = props.lineage.get(code).cloned().unwrap_or_default();
    props.schema.columns.remove(code);
    props.lineage.remove(code);
    for lineage in &mut props.lineage {
        lineage.depend_on(&decides);
    }
    if let Some(watermark) = &mut props.watermark
        && watermark.column > code
    {
        watermark.column -= 1;
    }
    props.changelog = Changelog::ALL;
    forget(&mut props);
    relation(
        RelationKind::Changes { input: Box::new(input), form: ChangeForm::Read(code, codes) },
        props,
        origin,
    )
}

/// Flink's planner knows nothing of what a process table function gives but its columns.
fn forget(props: &mut crate::properties::Properties) {
    props.keys.clear();
    props.window = None;
    props.state = None;
}
