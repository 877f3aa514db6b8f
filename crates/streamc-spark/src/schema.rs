//! Row types as `StructType`s of the job.

use crate::python::{Argument, Py};
use streamc_types::{DataType, Field, RowSchema, TypeKind};

/// The columns as a `T.StructType([...])`.
///
/// The declared types are kept: `TIMESTAMP` is `TimestampNTZType`, `TIMESTAMP_LTZ` is `TimestampType`, and their digits
/// are metadata of the field. The support module reads and writes records by them.
pub(crate) fn struct_type(schema: &RowSchema) -> Py {
    let fields = schema.columns.iter().map(|c| field(&c.name, &c.ty)).collect();
    Py::call("T.StructType", vec![Py::List(fields).into()])
}

fn field(name: &str, ty: &DataType) -> Py {
    let mut arguments: Vec<Argument> = vec![Py::string(name).into(), data_type(ty).into()];
    if !ty.nullable {
        arguments.push(Py::atom("False").named("nullable"));
    }
    if let Some(digits) = digits(ty) {
        let entry = vec![("precision".to_owned(), Py::atom(digits.to_string()))];
        arguments.push(Py::Dict(entry).named("metadata"));
    }
    Py::call("T.StructField", arguments)
}

/// Digits behind the second of the timestamps in the type, where they are fewer than Spark's six.
fn digits(ty: &DataType) -> Option<u8> {
    match &ty.kind {
        TypeKind::Timestamp(p) | TypeKind::TimestampLtz(p) if *p < 6 => Some(*p),
        TypeKind::Array(e) => digits(e),
        TypeKind::Map(_, v) => digits(v),
        _ => None,
    }
}

fn data_type(ty: &DataType) -> Py {
    let simple = match &ty.kind {
        TypeKind::Boolean => "T.BooleanType",
        TypeKind::Binary(_) | TypeKind::Varbinary(_) => "T.BinaryType",
        TypeKind::TinyInt => "T.ByteType",
        TypeKind::SmallInt => "T.ShortType",
        TypeKind::Int => "T.IntegerType",
        TypeKind::BigInt => "T.LongType",
        TypeKind::Float => "T.FloatType",
        TypeKind::Double => "T.DoubleType",
        TypeKind::Date => "T.DateType",
        TypeKind::Timestamp(_) => "T.TimestampNTZType",
        TypeKind::TimestampLtz(_) => "T.TimestampType",
        TypeKind::Decimal { precision, scale } => {
            return Py::atom(format!("T.DecimalType({precision}, {scale})"));
        }
        TypeKind::Array(e) => {
            let mut arguments: Vec<Argument> = vec![data_type(e).into()];
            if !e.nullable {
                arguments.push(Py::atom("False").named("containsNull"));
            }
            return Py::call("T.ArrayType", arguments);
        }
        TypeKind::Map(k, v) => {
            let mut arguments: Vec<Argument> = vec![data_type(k).into(), data_type(v).into()];
            if !v.nullable {
                arguments.push(Py::atom("False").named("valueContainsNull"));
            }
            return Py::call("T.MapType", arguments);
        }
        TypeKind::Row(fields) => {
            let fields = fields.iter().map(|f: &Field| field(&f.name, &f.ty)).collect();
            return Py::call("T.StructType", vec![Py::List(fields).into()]);
        }
        // Types that Spark does not have were refused before; the rest is text.
        _ => "T.StringType",
    };
    Py::atom(format!("{simple}()"))
}
