//! The least common type of several types.

use crate::data_type::MAX_DECIMAL_PRECISION;
use crate::{DataType, Field, TypeKind};

/// The least type that holds every value of `types`, nullable if one of them is; `None` where Flink finds none
/// (`LogicalTypeMerging.findCommonType`). An unknown type agrees with everything.
pub fn common_type<'a>(types: impl IntoIterator<Item = &'a DataType>) -> Option<DataType> {
    let mut result: Option<DataType> = None;
    for ty in types {
        result = Some(match result {
            None => ty.clone(),
            Some(so_far) => merge(&so_far, ty)?,
        });
    }
    result
}

fn merge(a: &DataType, b: &DataType) -> Option<DataType> {
    use TypeKind::*;
    let nullable = a.nullable || b.nullable;
    let kind = match (&a.kind, &b.kind) {
        (Unknown, _) | (_, Unknown) => Unknown,
        (Null, other) | (other, Null) => return Some(DataType { kind: other.clone(), nullable: true }),
        (x, y) if x == y => x.clone(),
        (Char(n) | Varchar(n), Char(m) | Varchar(m)) => {
            let n = *n.max(m);
            if matches!((&a.kind, &b.kind), (Char(x), Char(y)) if x == y) { Char(n) } else { Varchar(n) }
        }
        (Binary(n) | Varbinary(n), Binary(m) | Varbinary(m)) => Varbinary(*n.max(m)),
        _ if a.is_numeric() && b.is_numeric() => numeric(a, b)?,
        (Timestamp(p), Timestamp(q)) => Timestamp(*p.max(q)),
        (TimestampLtz(p), TimestampLtz(q)) => TimestampLtz(*p.max(q)),
        (Timestamp(p), TimestampLtz(q)) | (TimestampLtz(p), Timestamp(q)) => TimestampLtz(*p.max(q)),
        (Timestamp(p), Date) | (Date, Timestamp(p)) => Timestamp(*p),
        (TimestampLtz(p), Date) | (Date, TimestampLtz(p)) => TimestampLtz(*p),
        (Time(p), Time(q)) => Time(*p.max(q)),
        (Array(x), Array(y)) => Array(Box::new(merge(x, y)?)),
        (Multiset(x), Multiset(y)) => Multiset(Box::new(merge(x, y)?)),
        (Map(k, v), Map(l, w)) => Map(Box::new(merge(k, l)?), Box::new(merge(v, w)?)),
        (Row(x), Row(y)) if x.len() == y.len() => Row(x
            .iter()
            .zip(y)
            .map(|(f, g)| Some(Field { name: f.name.clone(), ty: merge(&f.ty, &g.ty)?, doc: None }))
            .collect::<Option<_>>()?),
        _ => return None,
    };
    Some(DataType { kind, nullable })
}

fn numeric(a: &DataType, b: &DataType) -> Option<TypeKind> {
    if a.is_approximate() || b.is_approximate() {
        // Flink: FLOAT only when both are FLOAT or the other is an integer; DECIMAL with either gives DOUBLE.
        let float = |t: &DataType| t.kind == TypeKind::Float || t.is_integer();
        return Some(if float(a) && float(b) { TypeKind::Float } else { TypeKind::Double });
    }
    if a.is_integer() && b.is_integer() {
        let wider = if a.as_decimal()? >= b.as_decimal()? { a } else { b };
        return Some(wider.kind.clone());
    }
    let ((p1, s1), (p2, s2)) = (a.as_decimal()?, b.as_decimal()?);
    let scale = s1.max(s2);
    let whole = (p1 - s1).max(p2 - s2);
    let precision = (whole + scale).min(MAX_DECIMAL_PRECISION);
    Some(TypeKind::Decimal { precision, scale: scale.min(precision) })
}
