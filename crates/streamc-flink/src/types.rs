//! Types in Flink's spelling, every field name quoted.

use crate::quote::{ident, string};
use streamc_types::{DataType, Field, TypeKind};

/// The type with `NOT NULL` where it has no `NULL`.
pub(crate) fn with_nullability(ty: &DataType) -> String {
    let null = if ty.nullable || ty.kind == TypeKind::Null { "" } else { " NOT NULL" };
    format!("{}{null}", spelling(&ty.kind))
}

/// The type without nullability of its own (its parts keep theirs), as a `CAST` wants it.
pub(crate) fn spelling(kind: &TypeKind) -> String {
    let list = |fields: &[Field]| {
        let fields = fields.iter().map(|f| format!("{} {}", ident(&f.name), with_nullability(&f.ty)));
        fields.collect::<Vec<_>>().join(", ")
    };
    match kind {
        TypeKind::Array(e) => format!("ARRAY<{}>", with_nullability(e)),
        TypeKind::Multiset(e) => format!("MULTISET<{}>", with_nullability(e)),
        TypeKind::Map(k, v) => format!("MAP<{}, {}>", with_nullability(k), with_nullability(v)),
        TypeKind::Row(fields) => format!("ROW<{}>", list(fields)),
        TypeKind::Structured(class, fields) => format!("STRUCTURED<{}, {}>", string(class), list(fields)),
        plain => plain.to_string(),
    }
}

/// The part of a column's type that a `CREATE TABLE` of Flink 2.3 cannot declare for its connectors: intervals and
/// `TIMESTAMP WITH TIME ZONE` do not parse. `VARIANT`, `BITMAP` and structured types go to sinks that print; that no format has
/// them is found where a sink is checked.
pub(crate) fn undeclarable(ty: &DataType) -> Option<&DataType> {
    match &ty.kind {
        TypeKind::Array(e) | TypeKind::Multiset(e) => undeclarable(e),
        TypeKind::Map(k, v) => undeclarable(k).or_else(|| undeclarable(v)),
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            fields.iter().find_map(|f| undeclarable(&f.ty))
        }
        TypeKind::Interval(_)
        | TypeKind::TimestampTz(_)
        | TypeKind::Distinct(_)
        | TypeKind::Null
        | TypeKind::Raw(_)
        | TypeKind::Symbol
        | TypeKind::Descriptor => Some(ty),
        _ => None,
    }
}

/// Whether the type, or a part of it, holds a timestamp.
pub(crate) fn has_timestamp(ty: &DataType) -> bool {
    match &ty.kind {
        TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => true,
        TypeKind::Array(e) | TypeKind::Multiset(e) => has_timestamp(e),
        TypeKind::Map(k, v) => has_timestamp(k) || has_timestamp(v),
        TypeKind::Row(fields) => fields.iter().any(|f| has_timestamp(&f.ty)),
        _ => false,
    }
}

/// Every name of a field in the type.
pub(crate) fn field_names<'a>(ty: &'a DataType, out: &mut Vec<&'a str>) {
    match &ty.kind {
        TypeKind::Array(e) | TypeKind::Multiset(e) => field_names(e, out),
        TypeKind::Map(k, v) => {
            field_names(k, out);
            field_names(v, out);
        }
        TypeKind::Row(fields) | TypeKind::Structured(_, fields) => {
            for field in fields {
                out.push(&field.name);
                field_names(&field.ty, out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_quoted_at_every_depth() {
        let inner = Field { name: "a`b".into(), ty: DataType::not_null(TypeKind::Int), doc: None };
        let row = DataType::not_null(TypeKind::Row(vec![inner]));
        let ty = DataType::new(TypeKind::Array(Box::new(row)));
        assert_eq!(with_nullability(&ty), "ARRAY<ROW<`a``b` INT NOT NULL> NOT NULL>");
    }
}
