//! The least common type of several types.

use crate::data_type::MAX_DECIMAL_PRECISION;
use crate::{DataType, Field, TypeKind};

/// The least type that holds every value of `types`, nullable if one of them is; `None` where Flink finds none
/// (`LogicalTypeMerging.findCommonType`). An unknown type agrees with everything.
pub fn common_type<'a>(types: impl IntoIterator<Item = &'a DataType>) -> Option<DataType> {
    fold(types, Rules::Merging)
}

/// The type of a `CASE` with branches of these types, of a column of `UNION` and of the values of `IN`: Calcite's
/// `leastRestrictive`. It differs from [`common_type`] where `FLOAT` meets `DOUBLE` (the first one wins) and where
/// `TIMESTAMP` meets `TIMESTAMP_LTZ` (the one with the greater precision wins, otherwise the first).
pub fn case_type<'a>(types: impl IntoIterator<Item = &'a DataType>) -> Option<DataType> {
    fold(types, Rules::LeastRestrictive)
}

/// Whose rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    /// `LogicalTypeMerging`: `COALESCE`, `IFNULL`, `GREATEST`, arrays.
    Merging,
    /// Calcite's `leastRestrictive`: `CASE`, `UNION`, `IN`.
    LeastRestrictive,
}

fn fold<'a>(types: impl IntoIterator<Item = &'a DataType>, rules: Rules) -> Option<DataType> {
    let mut result: Option<DataType> = None;
    for ty in types {
        result = Some(match result {
            None => ty.clone(),
            Some(so_far) => merge(&so_far, ty, rules)?,
        });
    }
    result
}

fn merge(a: &DataType, b: &DataType, rules: Rules) -> Option<DataType> {
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
        _ if a.is_numeric() && b.is_numeric() => numeric(a, b, rules)?,
        (Timestamp(p), Timestamp(q)) => Timestamp(*p.max(q)),
        (TimestampLtz(p), TimestampLtz(q)) => TimestampLtz(*p.max(q)),
        (Timestamp(p), TimestampLtz(q)) if rules == Rules::LeastRestrictive => match p.cmp(q) {
            std::cmp::Ordering::Equal => Timestamp(*p),
            _ => TimestampLtz(*p.max(q)),
        },
        (TimestampLtz(p), Timestamp(q)) if rules == Rules::LeastRestrictive => match p.cmp(q) {
            std::cmp::Ordering::Equal => TimestampLtz(*p),
            _ => Timestamp(*p.max(q)),
        },
        (Timestamp(p), TimestampLtz(q)) | (TimestampLtz(p), Timestamp(q)) => TimestampLtz(*p.max(q)),
        // DATE and TIMESTAMP have none: `CASE` refuses them, and Flink's `COALESCE` makes a DATE and loses the time.
        (Time(p), Time(q)) => Time(*p.max(q)),
        (Array(x), Array(y)) => Array(Box::new(merge(x, y, rules)?)),
        (Multiset(x), Multiset(y)) => Multiset(Box::new(merge(x, y, rules)?)),
        (Map(k, v), Map(l, w)) => Map(Box::new(merge(k, l, rules)?), Box::new(merge(v, w, rules)?)),
        (Row(x), Row(y)) if x.len() == y.len() => Row(x
            .iter()
            .zip(y)
            .map(|(f, g)| Some(Field { name: f.name.clone(), ty: merge(&f.ty, &g.ty, rules)?, doc: None }))
            .collect::<Option<_>>()?),
        _ => return None,
    };
    Some(DataType { kind, nullable })
}

fn numeric(a: &DataType, b: &DataType, rules: Rules) -> Option<TypeKind> {
    let decimal = |t: &DataType| matches!(t.kind, TypeKind::Decimal { .. });
    if a.is_approximate() || b.is_approximate() {
        return Some(match rules {
            Rules::LeastRestrictive if decimal(a) || decimal(b) => TypeKind::Double,
            Rules::LeastRestrictive if a.is_approximate() => a.kind.clone(),
            Rules::LeastRestrictive => b.kind.clone(),
            // `COALESCE(decimal, float)` is FLOAT, `COALESCE(float, decimal)` is DOUBLE (measured on Flink 2.3).
            Rules::Merging if decimal(a) => b.kind.clone(),
            Rules::Merging if decimal(b) => TypeKind::Double,
            Rules::Merging if a.kind == TypeKind::Double || b.kind == TypeKind::Double => TypeKind::Double,
            Rules::Merging => TypeKind::Float,
        });
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

#[cfg(test)]
mod tests {
    use super::{case_type, common_type};
    use crate::parse_type;

    fn both(a: &str, b: &str) -> (String, String) {
        let types = [parse_type(a).unwrap(), parse_type(b).unwrap()];
        let text = |t: Option<crate::DataType>| t.map_or_else(|| "none".to_owned(), |t| t.to_string());
        (text(common_type(&types)), text(case_type(&types)))
    }

    #[test]
    fn numbers_and_timestamps_merge_as_measured_on_flink() {
        for (a, b, common, case) in [
            ("INT", "BIGINT", "BIGINT", "BIGINT"),
            ("DECIMAL(10, 2)", "BIGINT", "DECIMAL(21, 2)", "DECIMAL(21, 2)"),
            ("FLOAT", "DOUBLE", "DOUBLE", "FLOAT"),
            ("DOUBLE", "FLOAT", "DOUBLE", "DOUBLE"),
            ("FLOAT", "DECIMAL(10, 2)", "DOUBLE", "DOUBLE"),
            ("DECIMAL(10, 2)", "FLOAT", "FLOAT", "DOUBLE"),
            ("CHAR(3)", "CHAR(2)", "VARCHAR(3)", "VARCHAR(3)"),
            ("TIMESTAMP(3)", "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(3)", "TIMESTAMP(3)"),
            ("TIMESTAMP(6)", "TIMESTAMP_LTZ(3)", "TIMESTAMP_LTZ(6)", "TIMESTAMP_LTZ(6)"),
            ("TIMESTAMP_LTZ(3)", "TIMESTAMP(6)", "TIMESTAMP_LTZ(6)", "TIMESTAMP(6)"),
            ("DATE", "TIMESTAMP(3)", "none", "none"),
            ("INT", "STRING", "none", "none"),
        ] {
            assert_eq!(both(a, b), (common.to_owned(), case.to_owned()), "{a} with {b}");
        }
    }
}
