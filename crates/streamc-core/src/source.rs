//! Lowering of a source.

use crate::database::Db;
use crate::files::{File, Files, Parsed, parsed};
use crate::names::beside;
use smol_str::SmolStr;
use streamc_connectors::{Resolved, Role, SchemaField, resolve};
use streamc_diagnostics::codes::{lints, names, schemas, types};
use streamc_diagnostics::{Diagnostic, Span, did_you_mean};
use streamc_plan::{Changelog, ComponentKind, Lineage, OptionValue, Properties, Source, WatermarkDef};
use streamc_syntax::ast;
use streamc_types::{Column, DataType, RowSchema, TYPE_NAMES, parse_type, type_from_elsewhere};

/// What a sample file says, for everybody who reads it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleSchema {
    pub schema: RowSchema,
    pub iso_timestamps: bool,
    /// Problems without their place: that is the `sample(…)` of whoever asks.
    pub problems: Vec<Diagnostic>,
}

/// Infers the schema of a sample file once, however many sources name it.
#[salsa::tracked(returns(ref))]
pub(crate) fn sample_schema(db: &dyn Db, file: File) -> Option<SampleSchema> {
    let bytes = file.bytes(db).as_ref().ok()?;
    let inference = streamc_infer::infer(bytes, file.path(db), &streamc_infer::Options::default());
    let iso = inference.json_timestamp_standard == Some(streamc_infer::TimestampStandard::Iso8601);
    Some(SampleSchema {
        problems: inference.problems.iter().map(|p| p.diagnostic(None)).collect(),
        schema: inference.schema,
        iso_timestamps: iso,
    })
}

pub(crate) fn lower(
    db: &dyn Db,
    root: File,
    file: File,
    declaration: &ast::Source,
    out: &mut Vec<Diagnostic>,
) -> Option<(ComponentKind, Properties)> {
    let _ = root;
    let tree = parsed(db, file);
    let resolved = resolve(&declaration.connector, Role::Source, out);
    resolved.connector?;
    let mut iso_timestamps = resolved.config.text("timestamp_format") == Some("iso_8601");
    let mut sample: Option<SmolStr> = None;
    let schema = match &resolved.schema {
        Some(SchemaField::Declared(block)) => {
            if let Some(OptionValue::Str(path)) = resolved.config.option("sample") {
                let span = resolved.config.spans.get("sample").copied();
                sample = sample_path(db, file, path, span, out).map(|f| f.path(db).clone());
            }
            declared(tree, block, out)
        }
        Some(SchemaField::Sample { path, span }) => {
            let file = sample_path(db, file, path, Some(*span), out)?;
            sample = Some(file.path(db).clone());
            let inferred = sample_schema(db, file).as_ref()?;
            for problem in &inferred.problems {
                let mut problem = problem.clone();
                problem.span = Some(*span);
                out.push(problem);
            }
            if resolved.config.text("timestamp_format").is_none() {
                iso_timestamps = inferred.iso_timestamps;
            }
            inferred.schema.clone()
        }
        None => return None,
    };
    if schema.is_empty() {
        return None;
    }
    // A local file is its own sample.
    if resolved.config.connector == "file"
        && let Some(path) = resolved.config.text("path")
        && !path.contains("://")
    {
        sample = Some(
            crate::system::normalize(&beside(file.path(db), path))
                .to_string_lossy()
                .replace('\\', "/")
                .into(),
        );
    }
    let lineage = vec![Lineage::default(); schema.len()];
    let mut props = Properties {
        schema: schema.clone(),
        watermark: None,
        changelog: Changelog::INSERT_ONLY,
        keys: Vec::new(),
        window: None,
        state: None,
        lineage,
        time_types: Default::default(),
    };
    let watermark = watermark(tree, &resolved, &mut props, out);
    let source = Source { connector: resolved.config, schema, watermark, sample, iso_timestamps };
    Some((ComponentKind::Source(source), props))
}

fn sample_path(
    db: &dyn Db,
    file: File,
    path: &str,
    span: Option<Span>,
    out: &mut Vec<Diagnostic>,
) -> Option<File> {
    let target = beside(file.path(db), path);
    let sample = Files::open(db, &target);
    match sample.bytes(db) {
        Ok(_) => Some(sample),
        Err(error) => {
            let message = if error.not_found {
                format!("there is no sample file `{path}`")
            } else {
                error.message.clone()
            };
            let help = format!("the path is relative to this file: {} was tried", sample.path(db));
            out.push(Diagnostic::new(schemas::SAMPLE_NOT_FOUND, span, message).help(help));
            None
        }
    }
}

/// The columns of a declared schema. A column whose type does not read is there, of unknown type.
pub(crate) fn declared(tree: &Parsed, block: &ast::SchemaBlock, out: &mut Vec<Diagnostic>) -> RowSchema {
    let mut columns: Vec<Column> = Vec::new();
    for column in &block.columns {
        if column.name.is_missing() {
            continue;
        }
        if columns.iter().any(|c| c.name == column.name.text) {
            let message = format!("the column `{}` is declared twice", column.name.text);
            out.push(Diagnostic::new(names::DUPLICATE_COLUMN, column.name.span, message));
            continue;
        }
        let ty = data_type(tree, column.ty, out);
        columns.push(Column {
            doc: column.docs.as_deref().map(SmolStr::from),
            ..Column::new(column.name.text.clone(), ty)
        });
    }
    if columns.is_empty() {
        out.push(Diagnostic::new(schemas::NO_SCHEMA, block.span, "the schema has no column"));
    }
    RowSchema::new(columns)
}

/// The type written at that place; unknown, with an error, if it does not read.
pub(crate) fn data_type(tree: &Parsed, text: ast::TypeText, out: &mut Vec<Diagnostic>) -> DataType {
    match parse_type(tree.slice(text.span)) {
        Ok(ty) => ty,
        Err(error) => {
            let at = |offset: usize| text.span.start as usize + offset;
            let span = Span::new(text.span.file, at(error.range.start), at(error.range.end));
            let mut d = Diagnostic::new(types::UNKNOWN_TYPE, span, error.message);
            if let Some(near) = error.unknown.as_deref().and_then(|word| {
                type_from_elsewhere(word).or_else(|| did_you_mean(word, TYPE_NAMES.iter().copied()))
            }) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), span, near);
            }
            out.push(d);
            DataType::unknown()
        }
    }
}

fn watermark(
    tree: &Parsed,
    resolved: &Resolved,
    props: &mut Properties,
    out: &mut Vec<Diagnostic>,
) -> Option<WatermarkDef> {
    let span = resolved.watermark.as_ref()?.span;
    let (name, place, delay_millis) = streamc_sql::parse_watermark(&tree.text, span, out)?;
    let Some(column) = props.schema.index_of(&name) else {
        let d = Diagnostic::new(names::UNKNOWN_COLUMN, place, format!("there is no column `{name}`"));
        out.push(match did_you_mean(&name, props.schema.names()) {
            Some(near) => {
                d.help(format!("did you mean `{near}`?")).fix(format!("change to `{near}`"), place, near)
            }
            None => {
                d.help(format!("the columns are {}", props.schema.names().collect::<Vec<_>>().join(", ")))
            }
        });
        return None;
    };
    *props = match props.clone().with_watermark(column, delay_millis) {
        Ok(props) => props,
        Err(streamc_plan::relations::WatermarkError::Type(ty)) => {
            out.push(not_event_time(&props.schema.columns[column], &ty, span));
            return None;
        }
    };
    Some(WatermarkDef { column, delay_millis, span: Some(span) })
}

/// A watermark on a column that cannot carry one.
pub(crate) fn not_event_time(column: &Column, ty: &DataType, span: Span) -> Diagnostic {
    let message = format!("`{}` is {ty}: event time is a `TIMESTAMP(3)` or `TIMESTAMP_LTZ(3)`", column.name);
    let help = if ty.is_timestamp() {
        "timestamps of more than three digits cannot carry a watermark: declare it with three, or `cast` it before"
    } else if ty.is_string() {
        "declare the column as a timestamp, or make one of it: `TO_TIMESTAMP(…)`"
    } else if ty.is_integer() {
        "milliseconds become a timestamp by `TO_TIMESTAMP_LTZ(column, 3)`"
    } else {
        "choose a column that holds the moment of the event"
    };
    Diagnostic::new(lints::NOT_EVENT_TIME, span, message).help(help)
}
