//! `FLOOR(… TO …)` and `CEIL(… TO …)` of points in time (Flink documentation, "Temporal Functions"; Calcite's `DateTimeUtils` and
//! Flink's class of that name).

use super::temporal::{
    CLOCK_FIELDS, DAY, LONG_UNITS, UNITS, add_months, argument_type, fixed_millis, months_of, offset_millis,
    spark_kind, spark_unit, to_local, unit,
};
use crate::arguments::{text, value};
use crate::function::{Argument, CallError, CallTypes, EvalContext, EvalError, Function, Typed};
use crate::pattern::weekday;
use crate::rules::{impossible, refuse};
use crate::spark::SparkCall;
use streamc_types::{Timestamp, TypeKind, Value, civil_from_days, days_from_civil};

pub(super) fn round_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let unit = unit(function, arguments, UNITS)?;
    let Some(point) = arguments.get(1).filter(|a| a.ty.is_datetime()) else {
        return Err(refuse(function, arguments, 1, "a date or time", Some("TIMESTAMP(3)")));
    };
    if matches!(point.ty.kind, TypeKind::Time(_)) && !CLOCK_FIELDS.contains(&unit) {
        return Err(impossible(format!("a time of day has no {unit}"), None));
    }
    if matches!(point.ty.kind, TypeKind::TimestampTz(_)) {
        return Err(refuse(function, arguments, 1, "a date, time or timestamp", None));
    }
    Ok(Typed::as_is(arguments, point.ty.clone()))
}

pub(super) fn rounded(
    context: &EvalContext,
    types: CallTypes<'_>,
    arguments: &[Value],
    up: bool,
) -> Result<Value, EvalError> {
    let unit = text(arguments, 0)?;
    let kind = argument_type(types, 1);
    let zoned = matches!(kind, TypeKind::TimestampLtz(_));
    // What is less than a millisecond does not count for CEIL.
    let seen = |at: Timestamp| if up && drops_micros(kind, unit) { at.truncate(3) } else { at };
    Ok(match value(arguments, 1)? {
        // Calcite's `DateTimeUtils.unixDateCeil`: the day after, of every day.
        Value::Date(days) if up && unit == "DAY" => Value::Date(days.wrapping_add(1)),
        Value::Date(days) => {
            let at = round_timestamp(Timestamp::from_millis(i64::from(*days) * DAY), unit, up)?;
            Value::Date(at.date())
        }
        Value::Time(millis) => {
            let at = round_timestamp(Timestamp::from_millis(i64::from(*millis)), unit, up)?;
            Value::Time(at.millis as i32)
        }
        Value::Timestamp(at) if zoned => {
            // Back by the offset of the moment itself: Flink does not look whether the clock was put on in between.
            let offset = offset_millis(&context.zone, at.millis);
            let local = round_timestamp(seen(to_local(context, *at)), unit, up)?;
            Value::Timestamp(Timestamp { millis: local.millis - offset, ..local })
        }
        Value::Timestamp(at) => Value::Timestamp(round_timestamp(seen(*at), unit, up)?),
        other => return Err(EvalError::new(format!("{other:?} is no date or time"))),
    })
}

/// Whether Flink's `CEIL` of a point in time drops what is less than a millisecond before it rounds.
fn drops_micros(kind: &TypeKind, unit: &str) -> bool {
    !matches!(kind, TypeKind::Timestamp(_)) || unit != "MILLISECOND"
}

fn round_timestamp(at: Timestamp, unit: &str, up: bool) -> Result<Timestamp, EvalError> {
    // Flink divides by the length of a day, and so takes any time of a day before 1970 but midnight for the day after.
    let days = at.millis / DAY;
    let (year, month, _) = civil_from_days(days);
    let start = match unit {
        "YEAR" => days_from_civil(year, 1, 1) * DAY,
        "DECADE" => days_from_civil(year - year.rem_euclid(10), 1, 1) * DAY,
        // The first century began with the year 1.
        "CENTURY" => days_from_civil(year - (year - 1).rem_euclid(100), 1, 1) * DAY,
        "MILLENNIUM" => days_from_civil(year - (year - 1).rem_euclid(1000), 1, 1) * DAY,
        "QUARTER" => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1) * DAY,
        "MONTH" => days_from_civil(year, month, 1) * DAY,
        "WEEK" => (days - weekday(days) % 7) * DAY,
        _ => at.millis - at.millis.rem_euclid(fixed_millis(unit)?),
    };
    let floor = Timestamp::from_millis(start);
    // Of units that are longer than a day, Flink sees only the day: noon of the first is the start of its month.
    let months = months_of(unit);
    let begun = match unit {
        // Rounded up to the next in any case (Calcite's `julianDateFloor`).
        "DECADE" | "CENTURY" | "MILLENNIUM" => false,
        // So are quarters, but for the first of a year.
        "QUARTER" => days * DAY == start && month == 1,
        "YEAR" | "MONTH" | "WEEK" => days * DAY == start,
        _ => floor == at,
    };
    if !up || begun {
        return Ok(floor);
    }
    let next = match months {
        Some(months) => add_months(i64::from(floor.date()), months) * DAY,
        None => start + fixed_millis(unit)?,
    };
    Ok(Timestamp::from_millis(next))
}

pub(super) fn spark_round(call: SparkCall<'_>, up: bool) -> Result<String, String> {
    let unit = spark_unit(call)?;
    let [_, point] = call.arguments else {
        return Err("a unit and a point in time are needed".to_owned());
    };
    let kind = spark_kind(&call.result.kind)?;
    if LONG_UNITS.contains(&unit) {
        return Err(format!("Spark cannot round to a {unit}"));
    }
    if up && unit == "DAY" && kind == "DATE" {
        return Ok(format!("date_add({point}, 1)"));
    }
    let long = months_of(unit).is_some() || unit == "WEEK";
    // Of a unit that is longer than a day, Flink takes any time of a day before 1970 but midnight for the day after.
    let point = &match (long, kind) {
        (true, "TIMESTAMP_NTZ" | "TIMESTAMP") => {
            let day = format!("date_trunc('DAY', {point})");
            let before = format!("{point} < {kind}'1970-01-01 00:00:00' AND {point} <> {day}");
            format!("(CASE WHEN {before} THEN {day} + INTERVAL 1 DAY ELSE {point} END)")
        }
        _ => point.clone(),
    };
    // Spark's weeks start on Monday.
    let floor = match unit {
        "WEEK" => format!("(date_trunc('WEEK', {point} + INTERVAL 1 DAY) - INTERVAL 1 DAY)"),
        _ => format!("date_trunc('{unit}', {point})"),
    };
    Ok(if up {
        let step = match unit {
            "MILLISECOND" => "INTERVAL 0.001 SECOND".to_owned(),
            "QUARTER" => "INTERVAL 3 MONTH".to_owned(),
            _ => format!("INTERVAL 1 {unit}"),
        };
        let begun = match unit {
            "QUARTER" => format!("date_trunc('YEAR', {point}) = date_trunc('DAY', {point})"),
            // Of units that are longer than a day, Flink sees only the day.
            _ if long => format!("{floor} = date_trunc('DAY', {point})"),
            _ if call.types.get(1).is_some_and(|point| drops_micros(&point.kind, unit)) => {
                format!("{floor} = date_trunc('MILLISECOND', {point})")
            }
            _ => format!("{floor} = {point}"),
        };
        format!("CAST((CASE WHEN {begun} THEN {floor} ELSE {floor} + {step} END) AS {kind})")
    } else {
        format!("CAST({floor} AS {kind})")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use streamc_types::{DataType, parse_timestamp};

    #[test]
    fn instants_near_a_change_of_the_clock_are_rounded_by_the_offset_they_have() {
        let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
        let context = EvalContext { zone, now_millis: 0 };
        let kind = DataType::new(TypeKind::TimestampLtz(3));
        let types = [DataType::string(), kind.clone()];
        let round = |at: &str, unit: &str, up: bool| {
            let arguments = [Value::str(unit), Value::Timestamp(parse_timestamp(at).unwrap())];
            let types = CallTypes { arguments: &types, result: &kind };
            match rounded(&context, types, &arguments, up).unwrap() {
                Value::Timestamp(at) => at.format(0),
                other => panic!("{other:?}"),
            }
        };
        // What Flink 2.3 gave.
        assert_eq!(round("2026-10-25 01:30:00", "HOUR", false), "2026-10-25 01:00:00");
        assert_eq!(round("2026-10-25 00:30:00", "HOUR", false), "2026-10-25 00:00:00");
        assert_eq!(round("2026-03-29 00:15:00", "DAY", true), "2026-03-29 23:00:00");
        assert_eq!(round("2026-10-25 00:30:00", "DAY", true), "2026-10-25 22:00:00");
    }
}
