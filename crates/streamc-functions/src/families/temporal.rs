//! Fields of dates and times, and moving by a unit (Flink documentation, "Temporal Functions").
//!
//! The first argument of `EXTRACT`, `FLOOR_TO`, `CEIL_TO`, `TIMESTAMPADD` and `TIMESTAMPDIFF` is the unit as a string
//! literal. Fields are computed as Flink's generated code does: with divisions that cut towards zero, so that moments
//! before 1970 with a fraction belong to the second after them.

use super::arithmetic::shift;
use super::temporal_rounding::{round_rule, rounded, spark_round};
use crate::arguments::{int, strict, text, value};
use crate::entry::scalar;
use crate::function::{
    Argument, CallError, CallTypes, EvalContext, EvalError, Family, FlinkForm, Function, Typed,
};
use crate::pattern::{last_day, weekday};
use crate::rules::{Takes, impossible, literal_text, nullable, refuse};
use crate::spark::{SparkCall, SparkForm};
use jiff::Timestamp as Instant;
use streamc_types::{DataType, IntervalUnit, Timestamp, TypeKind, Value, civil_from_days, days_from_civil};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Temporal, "EXTRACT", (2, 2), extract_rule, strict!(|c, t, a| {
        field(c, text(a, 0)?, value(a, 1)?, argument_type(t, 1)).map(Value::Int)
    }))
    .flink(FlinkForm::Template("EXTRACT({0!} FROM {1})"))
    .spark(SparkForm::Rewrite(spark_extract))
    .doc(
        "A field of a date or time: YEAR, QUARTER, MONTH, WEEK, DAY, DOY, DOW, ISODOW, ISOYEAR, HOUR, MINUTE, SECOND, MILLISECOND, MICROSECOND, NANOSECOND, EPOCH, DECADE, CENTURY, MILLENNIUM.",
        "EXTRACT(DAY FROM DATE '2026-01-02')",
        "2",
    ),
    part("YEAR", strict!(|c, t, a| get(c, t, a, "YEAR")))
        .spark(SparkForm::Rewrite(|call| spark_field("YEAR", call.arguments, call.types))).doc("The year.", "YEAR(DATE '2026-01-02')", "2026"),
    part("QUARTER", strict!(|c, t, a| get(c, t, a, "QUARTER")))
        .spark(SparkForm::Rewrite(|call| spark_field("QUARTER", call.arguments, call.types)))
        .doc("The quarter, 1 to 4.", "QUARTER(DATE '2026-05-02')", "2"),
    part("MONTH", strict!(|c, t, a| get(c, t, a, "MONTH")))
        .spark(SparkForm::Rewrite(|call| spark_field("MONTH", call.arguments, call.types))).doc("The month, 1 to 12.", "MONTH(DATE '2026-01-02')", "1"),
    part("WEEK", strict!(|c, t, a| get(c, t, a, "WEEK")))
        .spark(SparkForm::Rewrite(|call| spark_field("WEEK", call.arguments, call.types)))
        .doc("The week by ISO 8601, 1 to 53.", "WEEK(DATE '2027-01-01')", "53"),
    part("DAYOFYEAR", strict!(|c, t, a| get(c, t, a, "DOY")))
        .spark(SparkForm::Rewrite(|call| spark_field("DOY", call.arguments, call.types)))
        .doc("The day of the year, 1 to 366.", "DAYOFYEAR(DATE '2026-02-01')", "32"),
    part("DAYOFMONTH", strict!(|c, t, a| get(c, t, a, "DAY")))
        .spark(SparkForm::Rewrite(|call| spark_field("DAY", call.arguments, call.types)))
        .doc("The day of the month, 1 to 31.", "DAYOFMONTH(DATE '2026-01-02')", "2"),
    part("DAYOFWEEK", strict!(|c, t, a| get(c, t, a, "DOW")))
        .spark(SparkForm::Rewrite(|call| spark_field("DOW", call.arguments, call.types)))
        .doc("The day of the week, 1 for Sunday to 7 for Saturday.", "DAYOFWEEK(DATE '2026-01-04')", "1"),
    part("HOUR", strict!(|c, t, a| get(c, t, a, "HOUR")))
        .spark(SparkForm::Rewrite(|call| spark_field("HOUR", call.arguments, call.types)))
        .doc("The hour, 0 to 23.", "HOUR(TIMESTAMP '2026-01-02 03:04:05')", "3"),
    part("MINUTE", strict!(|c, t, a| get(c, t, a, "MINUTE")))
        .spark(SparkForm::Rewrite(|call| spark_field("MINUTE", call.arguments, call.types)))
        .doc("The minute, 0 to 59.", "MINUTE(TIMESTAMP '2026-01-02 03:04:05')", "4"),
    part("SECOND", strict!(|c, t, a| get(c, t, a, "SECOND")))
        .spark(SparkForm::Rewrite(|call| spark_field("SECOND", call.arguments, call.types)))
        .doc("The second, 0 to 59.", "SECOND(TIMESTAMP '2026-01-02 03:04:05')", "5"),
    scalar(Family::Temporal, "FLOOR_TO", (2, 2), round_rule, strict!(|c, t, a| rounded(c, t, a, false)))
        .flink(FlinkForm::Template("FLOOR({1} TO {0!})"))
        .spark(SparkForm::Rewrite(|call| spark_round(call, false)))
        .doc(
            "`FLOOR(x TO unit)`: the start of the year, quarter, month, week (from Sunday), day, hour, minute, second or millisecond.",
            "FLOOR(TIMESTAMP '2026-01-02 03:04:05' TO HOUR)",
            "2026-01-02 03:00:00",
        ),
    scalar(Family::Temporal, "CEIL_TO", (2, 2), round_rule, strict!(|c, t, a| rounded(c, t, a, true)))
        .flink(FlinkForm::Template("CEIL({1} TO {0!})"))
        .spark(SparkForm::Rewrite(|call| spark_round(call, true)))
        .doc(
            "`CEIL(x TO unit)`: the start of the next year, month, …; `x` itself if it is one.",
            "CEIL(TIMESTAMP '2026-01-02 03:04:05' TO DAY)",
            "2026-01-03 00:00:00",
        ),
    scalar(Family::Temporal, "TIMESTAMPADD", (3, 3), add_rule, strict!(|_, t, a| add(t, a)))
        .flink(FlinkForm::Template("TIMESTAMPADD({0!}, {1}, {2})"))
        .spark(SparkForm::Rewrite(spark_add))
        .doc(
            "A point in time moved by so many units: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND.",
            "TIMESTAMPADD(MONTH, 1, DATE '2026-01-31')",
            "2026-02-28",
        ),
    scalar(Family::Temporal, "TIMESTAMPDIFF", (3, 3), difference_rule, strict!(|_, t, a| difference(t, a)))
        .flink(FlinkForm::Template("TIMESTAMPDIFF({0!}, {1}, {2})"))
        .spark(SparkForm::Rewrite(spark_difference))
        .doc(
            "How many whole units lie between two points in time, negative if the second comes first.",
            "TIMESTAMPDIFF(DAY, DATE '2026-01-01', DATE '2026-01-31')",
            "30",
        ),
    moment("CURRENT_DATE", |_, _| Ok(now(TypeKind::Date)), |c, _, _| Ok(Value::Date(local_now(c).date())))
        .flink(FlinkForm::Word)
        .doc("Today in the session time zone.", "CURRENT_DATE", ""),
    moment("CURRENT_TIMESTAMP", |_, _| Ok(now(TypeKind::TimestampLtz(3))), |c, _, _| Ok(instant_now(c)))
        .flink(FlinkForm::Word)
        .doc("Now, taken anew for every row.", "CURRENT_TIMESTAMP", ""),
    moment("CURRENT_ROW_TIMESTAMP", |_, _| Ok(now(TypeKind::TimestampLtz(3))), |c, _, _| Ok(instant_now(c)))
        .spark(SparkForm::Named("current_timestamp"))
        .doc("Now, taken anew for every row.", "CURRENT_ROW_TIMESTAMP()", ""),
    moment("NOW", |_, _| Ok(now(TypeKind::TimestampLtz(3))), |c, _, _| Ok(instant_now(c)))
        .doc("Now, taken anew for every row.", "NOW()", ""),
    moment("PROCTIME", |_, _| Ok(now(TypeKind::TimestampLtz(3))), |c, _, _| Ok(instant_now(c)))
        .spark(SparkForm::Named("current_timestamp"))
        .doc("The processing time: when the row is worked on.", "PROCTIME()", ""),
    moment("LOCALTIMESTAMP", |_, _| Ok(now(TypeKind::Timestamp(3))), |c, _, _| {
        Ok(Value::Timestamp(local_now(c)))
    })
    .flink(FlinkForm::Word)
    .spark(SparkForm::Named("localtimestamp"))
    .doc("Now, as a wall clock in the session time zone.", "LOCALTIMESTAMP", ""),
    moment("LOCALTIME", |_, _| Ok(now(TypeKind::Time(0))), |c, _, _| {
        Ok(Value::Time(local_now(c).time_of_day()))
    })
    .aliases(&["CURRENT_TIME"])
    .flink(FlinkForm::Word)
    .spark(SparkForm::None("Structured Streaming has no TIME type"))
    .doc("The time of day in the session time zone.", "LOCALTIME", ""),
];

pub(super) const DAY: i64 = 86_400_000;

const fn part(name: &'static str, eval: crate::function::Evaluator) -> Function {
    scalar(Family::Temporal, name, (1, 1), part_rule, eval)
}

const fn moment(
    name: &'static str,
    rule: crate::function::TypeRule,
    eval: crate::function::Evaluator,
) -> Function {
    scalar(Family::Temporal, name, (0, 0), rule, eval).changing()
}

fn now(kind: TypeKind) -> Typed {
    Typed { result: DataType::not_null(kind), arguments: Vec::new() }
}

fn instant_now(context: &EvalContext) -> Value {
    Value::Timestamp(Timestamp::from_millis(context.now_millis))
}

fn local_now(context: &EvalContext) -> Timestamp {
    to_local(context, Timestamp::from_millis(context.now_millis))
}

/// The wall clock in the session time zone at an instant.
pub(crate) fn to_local(context: &EvalContext, at: Timestamp) -> Timestamp {
    Timestamp { millis: at.millis + offset_millis(&context.zone, at.millis), ..at }
}

/// The instant at which the wall clock of the session time zone shows that; in a gap or an overlap as `java.time` has it:
/// the earlier offset.
pub(crate) fn from_local(context: &EvalContext, at: Timestamp) -> Timestamp {
    Timestamp { millis: zoned_millis(&context.zone, at.millis), ..at }
}

/// The instant of a wall clock reading in a zone.
pub(crate) fn zoned_millis(zone: &jiff::tz::TimeZone, local: i64) -> i64 {
    // The offset before a transition is the one of a moment a day earlier, unless nothing changes near by.
    let before = offset_millis(zone, local - DAY);
    let candidate = local - before;
    if offset_millis(zone, candidate) == before {
        return candidate;
    }
    let after = offset_millis(zone, local + DAY);
    let other = local - after;
    if offset_millis(zone, other) == after { other } else { candidate }
}

/// Offset of the zone at an instant.
pub(crate) fn offset_millis(zone: &jiff::tz::TimeZone, millis: i64) -> i64 {
    Instant::from_millisecond(millis).map_or(0, |at| i64::from(zone.to_offset(at).seconds()) * 1000)
}

pub(super) fn argument_type(types: CallTypes<'_>, index: usize) -> &TypeKind {
    types.arguments.get(index).map_or(&TypeKind::Unknown, |t| &t.kind)
}

/// The day `months` later; the last day of the month if that month is shorter.
pub fn add_months(days: i64, months: i64) -> i64 {
    let (year, month, day) = civil_from_days(days);
    // Flink counts months in 32 bits.
    let total = year * 12 + month - 1 + i64::from(months as i32);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    days_from_civil(year, month, day.min(last_day(year, month)))
}

const FIELDS: &[&str] = &[
    "YEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "DAY",
    "DOY",
    "DOW",
    "ISODOW",
    "ISOYEAR",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "MICROSECOND",
    "NANOSECOND",
    "EPOCH",
    "DECADE",
    "CENTURY",
    "MILLENNIUM",
];
pub(super) const CLOCK_FIELDS: &[&str] = &["HOUR", "MINUTE", "SECOND", "MILLISECOND"];
pub(super) const UNITS: &[&str] = &[
    "YEAR",
    "QUARTER",
    "MONTH",
    "WEEK",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MILLISECOND",
    "DECADE",
    "CENTURY",
    "MILLENNIUM",
];

/// Units that Spark's functions do not have.
pub(super) const LONG_UNITS: [&str; 3] = ["DECADE", "CENTURY", "MILLENNIUM"];

/// How many months a unit has, if it is made of months.
pub(super) fn months_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "MONTH" => 1,
        "QUARTER" => 3,
        "YEAR" => 12,
        "DECADE" => 120,
        "CENTURY" => 1200,
        "MILLENNIUM" => 12_000,
        _ => return None,
    })
}

/// The unit of the call, if it is one of the list.
pub(super) fn unit<'a>(
    function: &Function,
    arguments: &[Argument<'a>],
    known: &[&str],
) -> Result<&'a str, CallError> {
    let error = |found: &str| {
        let near = known
            .iter()
            .map(|k| (strsim::levenshtein(k, &found.to_ascii_uppercase()), *k))
            .filter(|(distance, _)| *distance <= 2)
            .min();
        CallError {
            argument: Some(0),
            message: format!("`{}` knows no unit `{found}`", function.name),
            help: Some(match near {
                Some((_, name)) => format!("did you mean `{name}`?"),
                None => format!("units are {}", known.join(", ")),
            }),
        }
    };
    match literal_text(arguments, 0) {
        Some(unit) if known.contains(&unit) => Ok(unit),
        Some(unit) => Err(error(unit)),
        None => Err(error("…")),
    }
}

fn extract_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let unit = unit(function, arguments, FIELDS)?;
    let ty = arguments.get(1).map(|a| a.ty);
    match ty.map(|t| &t.kind) {
        Some(TypeKind::Date | TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_)) => {}
        Some(TypeKind::Time(_)) if CLOCK_FIELDS.contains(&unit) => {}
        Some(TypeKind::Time(_)) => {
            return Err(impossible(format!("a time of day has no {unit}"), None));
        }
        _ => return Err(refuse(function, arguments, 1, "a date or time", Some("TIMESTAMP(3)"))),
    }
    Ok(Typed::as_is(arguments, DataType { kind: TypeKind::BigInt, nullable: nullable(arguments) }))
}

fn part_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let typed = crate::rules::fixed(function, arguments, &[Takes::DateTime], TypeKind::BigInt)?;
    let clock = matches!(function.name, "HOUR" | "MINUTE" | "SECOND");
    if !clock && arguments.iter().any(|a| matches!(a.ty.kind, TypeKind::Time(_))) {
        return Err(impossible(format!("a time of day has no {}", function.name), None));
    }
    Ok(typed)
}

fn get(
    context: &EvalContext,
    types: CallTypes<'_>,
    arguments: &[Value],
    unit: &str,
) -> Result<Value, EvalError> {
    field(context, unit, value(arguments, 0)?, argument_type(types, 0)).map(Value::Int)
}

/// A field; divisions cut towards zero as in Flink's generated code.
fn field(context: &EvalContext, unit: &str, point: &Value, kind: &TypeKind) -> Result<i64, EvalError> {
    let (days, millis, nanos) = match point {
        Value::Date(days) => (i64::from(*days), 0, 0),
        Value::Time(millis) => (0, i64::from(*millis), 0),
        Value::Timestamp(at) => {
            let local = if matches!(kind, TypeKind::TimestampLtz(_)) && unit != "EPOCH" {
                to_local(context, *at)
            } else {
                *at
            };
            (local.millis / DAY, local.millis % DAY, i64::from(local.nanos))
        }
        other => return Err(EvalError::new(format!("{other:?} is no date or time"))),
    };
    let (year, month, day) = civil_from_days(days);
    Ok(match unit {
        "YEAR" => year,
        "QUARTER" => (month + 2) / 3,
        "MONTH" => month,
        "DAY" => day,
        "DOY" => days - days_from_civil(year, 1, 1) + 1,
        "DOW" => weekday(days) % 7 + 1,
        "ISODOW" => weekday(days),
        "WEEK" => iso_week(days).1,
        "ISOYEAR" => iso_week(days).0,
        "DECADE" => year.div_euclid(10),
        "CENTURY" => (year + 99).div_euclid(100),
        "MILLENNIUM" => (year + 999).div_euclid(1000),
        "HOUR" => millis / 3_600_000,
        "MINUTE" => millis / 60_000 % 60,
        "SECOND" => millis / 1000 % 60,
        "MILLISECOND" => millis % 1000,
        "MICROSECOND" => millis % 1000 * 1000 + nanos / 1000,
        "NANOSECOND" => millis % 1000 * 1_000_000 + nanos,
        "EPOCH" => (days * DAY + millis) / 1000,
        _ => return Err(EvalError::new(format!("there is no field {unit}"))),
    })
}

/// Year and week by ISO 8601.
fn iso_week(days: i64) -> (i64, i64) {
    let thursday = days - weekday(days) + 4;
    let year = civil_from_days(thursday).0;
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}

/// Milliseconds of a unit that always has the same length.
pub(super) fn fixed_millis(unit: &str) -> Result<i64, EvalError> {
    Ok(match unit {
        "WEEK" => 7 * DAY,
        "DAY" => DAY,
        "HOUR" => 3_600_000,
        "MINUTE" => 60_000,
        "SECOND" => 1000,
        "MILLISECOND" => 1,
        _ => return Err(EvalError::new(format!("there is no unit {unit}"))),
    })
}

fn add_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let unit = unit(function, arguments, UNITS)?;
    let [_, count, point] = arguments else {
        return Err(impossible("`TIMESTAMPADD` takes 3 arguments", None));
    };
    if !count.ty.is_integer() {
        return Err(refuse(function, arguments, 1, "an integer", Some("INT")));
    }
    let kind = match &point.ty.kind {
        // Measured on 2.3.0: the planner fails on both.
        TypeKind::Date | TypeKind::Time(_) if unit == "MILLISECOND" => {
            return Err(refuse(
                function,
                arguments,
                2,
                "a timestamp beside milliseconds",
                Some("TIMESTAMP(3)"),
            ));
        }
        TypeKind::Date if ["HOUR", "MINUTE", "SECOND"].contains(&unit) => TypeKind::Timestamp(6),
        TypeKind::Timestamp(p) if unit == "MILLISECOND" => TypeKind::Timestamp(3.max(*p)),
        TypeKind::TimestampLtz(p) if unit == "MILLISECOND" => TypeKind::TimestampLtz(3.max(*p)),
        TypeKind::Time(_) if months_of(unit).is_some() => {
            return Err(impossible("a time of day has no months", None));
        }
        TypeKind::Date | TypeKind::Time(_) | TypeKind::Timestamp(_) | TypeKind::TimestampLtz(_) => {
            point.ty.kind.clone()
        }
        _ => return Err(refuse(function, arguments, 2, "a date or time", Some("TIMESTAMP(3)"))),
    };
    Ok(Typed::as_is(arguments, DataType { kind, nullable: nullable(arguments) }))
}

fn add(types: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let (unit, count) = (text(arguments, 0)?, int(arguments, 1)?);
    let point = match (value(arguments, 2)?, &types.result.kind) {
        (Value::Date(days), TypeKind::Timestamp(_)) => {
            Value::Timestamp(Timestamp::from_millis(i64::from(*days) * DAY))
        }
        (point, _) => point.clone(),
    };
    match months_of(unit) {
        Some(n) => shift(&point, &types.result.kind, IntervalUnit::YearMonth, count.wrapping_mul(n)),
        None => {
            let amount = count.wrapping_mul(fixed_millis(unit)?);
            shift(&point, &types.result.kind, IntervalUnit::DaySecond, amount)
        }
    }
}

fn difference_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    if unit(function, arguments, UNITS)? == "DECADE" {
        // Measured on 2.3.0: 31 of two days 31 years apart.
        return Err(impossible(
            "Flink 2.3 counts years as decades",
            Some("divide the years: `TIMESTAMPDIFF(YEAR, …) / 10`".to_owned()),
        ));
    }
    let [_, from, to] = arguments else {
        return Err(impossible("`TIMESTAMPDIFF` takes 3 arguments", None));
    };
    use TypeKind::{Date, Time, Timestamp, TimestampLtz};
    match (&from.ty.kind, &to.ty.kind) {
        (Date | Timestamp(_), Date | Timestamp(_))
        | (TimestampLtz(_), TimestampLtz(_))
        | (Time(_), Time(_)) => {}
        (a, _) if !from.ty.is_datetime() => {
            let _ = a;
            return Err(refuse(function, arguments, 1, "a date or time", Some("TIMESTAMP(3)")));
        }
        _ if !to.ty.is_datetime() => {
            return Err(refuse(function, arguments, 2, "a date or time", Some("TIMESTAMP(3)")));
        }
        (a, b) => {
            return Err(impossible(
                format!("`TIMESTAMPDIFF` cannot compare `{a}` with `{b}`"),
                Some("cast one side to the type of the other".to_owned()),
            ));
        }
    }
    Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Int, nullable: nullable(arguments) }))
}

fn difference(_: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    let unit = text(arguments, 0)?;
    let millis = |index: usize| -> Result<i64, EvalError> {
        Ok(match value(arguments, index)? {
            Value::Date(days) => i64::from(*days) * DAY,
            Value::Time(millis) => i64::from(*millis),
            Value::Timestamp(at) => at.millis,
            other => return Err(EvalError::new(format!("{other:?} is no date or time"))),
        })
    };
    let (from, to) = (millis(1)?, millis(2)?);
    let count = match months_of(unit) {
        Some(months) => subtract_months(to, from) / months,
        None => to.wrapping_sub(from) / fixed_millis(unit)?,
    };
    // Flink's result is an `INT` and wraps.
    Ok(Value::Int(i64::from(count as i32)))
}

/// Calcite's `DateTimeUtils.subtractMonths`: whole months from `t1` to `t0`, where the last day of a month counts as
/// any later day; the time of day matters only when the days agree.
fn subtract_months(t0: i64, t1: i64) -> i64 {
    let (d0, d1) = (t0.div_euclid(DAY), t1.div_euclid(DAY));
    let mut months = subtract_month_days(d0, d1);
    if add_months(d1, months) == d0 && t0.rem_euclid(DAY) < t1.rem_euclid(DAY) {
        months -= 1;
    }
    months
}

fn subtract_month_days(d0: i64, d1: i64) -> i64 {
    if d0 < d1 {
        return -subtract_month_days(d1, d0);
    }
    let mut months = (d0 - d1) / 31;
    loop {
        let reached = add_months(d1, months);
        if reached >= d0 {
            return if reached > d0 { months - 1 } else { months };
        }
        if add_months(d1, months + 1) > d0 {
            return months;
        }
        months += 1;
    }
}

/// Spark has no `TIME`; its fields are `INT`.
fn spark_field(unit: &str, arguments: &[String], types: &[DataType]) -> Result<String, String> {
    let (Some(point), Some(ty)) = (arguments.last(), types.last()) else {
        return Err("a field needs a point in time".to_owned());
    };
    if matches!(ty.kind, TypeKind::Time(_)) {
        return Err("Structured Streaming has no TIME type".to_owned());
    }
    let name = match unit {
        "YEAR" => "year",
        "QUARTER" => "quarter",
        "MONTH" => "month",
        "WEEK" => "weekofyear",
        "DAY" => "dayofmonth",
        "DOY" => "dayofyear",
        "DOW" => "dayofweek",
        "HOUR" => "hour",
        "MINUTE" => "minute",
        "SECOND" => "second",
        "ISODOW" => return Ok(format!("CAST(extract(DAYOFWEEK_ISO FROM {point}) AS BIGINT)")),
        "ISOYEAR" => return Ok(format!("CAST(extract(YEAROFWEEK FROM {point}) AS BIGINT)")),
        "EPOCH" => return Ok(format!("unix_seconds(CAST({point} AS TIMESTAMP))")),
        "MILLISECOND" => return Ok(format!("pmod(unix_millis(CAST({point} AS TIMESTAMP)), 1000L)")),
        "MICROSECOND" => return Ok(format!("pmod(unix_micros(CAST({point} AS TIMESTAMP)), 1000000L)")),
        _ => return Err(format!("Spark has no field {unit}")),
    };
    Ok(format!("CAST({name}({point}) AS BIGINT)"))
}

pub(super) fn spark_unit(call: SparkCall<'_>) -> Result<&str, String> {
    call.arguments.first().map(|u| u.trim_matches('\'')).ok_or_else(|| "a unit is missing".to_owned())
}

fn spark_extract(call: SparkCall<'_>) -> Result<String, String> {
    spark_field(spark_unit(call)?, call.arguments, call.types)
}

pub(super) fn spark_kind(kind: &TypeKind) -> Result<&'static str, String> {
    Ok(match kind {
        TypeKind::Date => "DATE",
        TypeKind::Timestamp(_) => "TIMESTAMP_NTZ",
        TypeKind::TimestampLtz(_) => "TIMESTAMP",
        _ => return Err("Structured Streaming has no TIME type".to_owned()),
    })
}

fn spark_add(call: SparkCall<'_>) -> Result<String, String> {
    let unit = spark_unit(call)?;
    let [_, count, point] = call.arguments else {
        return Err("three arguments are needed".to_owned());
    };
    let kind = spark_kind(&call.result.kind)?;
    if LONG_UNITS.contains(&unit) {
        return Err(format!("Spark adds no {unit}"));
    }
    Ok(format!("CAST(timestampadd({unit}, CAST({count} AS INT), {point}) AS {kind})"))
}

fn spark_difference(call: SparkCall<'_>) -> Result<String, String> {
    let unit = spark_unit(call)?;
    let ([_, from, to], [_, kind, _]) = (call.arguments, call.types) else {
        return Err("three arguments are needed".to_owned());
    };
    spark_kind(&kind.kind)?;
    if months_of(unit).is_some() {
        return Err("Spark counts months otherwise: from 31 January to 29 February it finds none, Flink one"
            .to_owned());
    }
    Ok(format!("CAST(timestampdiff({unit}, {from}, {to}) AS INT)"))
}
