//! Dates and times from text and numbers, and back (Flink documentation, "Temporal Functions").

use super::temporal::{from_local, offset_millis, to_local, zoned_millis};
use crate::arguments::{double, int, strict, text, timestamp, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, CallTypes, EvalContext, EvalError, Family, Function, Typed};
use crate::pattern::{Pattern, last_day};
use crate::rules::{STRING, Takes, fixed, literal_int, literal_text, maybe, refuse};
use crate::spark::{SparkCall, SparkForm};
use crate::spark_cast::{DATE_FORM, date_text, shaped};
use std::cell::RefCell;
use std::collections::HashMap;
use streamc_types::{DataType, Timestamp, TypeKind, Value, days_from_civil};

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    scalar(Family::Temporal, "DATE_FORMAT", (2, 2), format_rule, strict!(|c, t, a| {
        let at = match t.arguments.first().map(|t| &t.kind) {
            Some(TypeKind::TimestampLtz(_)) => to_local(c, timestamp(a, 0)?),
            _ => timestamp(a, 0)?,
        };
        Ok(Value::str(pattern(text(a, 1)?)?.format(at)))
    }))
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [at, form] => {
            spark_letters(form, "yMLdDEHhKkmsSaQ")?;
            Ok(format!("date_format({at}, {form})"))
        }
        _ => Err("`DATE_FORMAT` needs two arguments".to_owned()),
    }))
    .doc(
        "A timestamp as text, by a pattern such as `yyyy-MM-dd HH:mm:ss.SSS`.",
        "DATE_FORMAT(TIMESTAMP '2026-01-02 03:04:05', 'dd.MM.yyyy HH:mm')",
        "02.01.2026 03:04",
    ),
    scalar(Family::Temporal, "TO_DATE", (1, 2), |f, a| read_rule(f, a, TypeKind::Date), strict!(|_, _, a| {
        let subject = text(a, 0)?;
        if a.len() > 1 {
            let at = pattern(text(a, 1)?)?.read_leniently(subject).ok_or_else(|| {
                EvalError::new(format!("`{subject}` is no date of the pattern `{}`", text(a, 1).unwrap_or("")))
            })?;
            return Ok(Value::Date(at.date()));
        }
        Ok(parse_sql_date(subject).map_or(Value::Null, Value::Date))
    }))
    .spark(SparkForm::Rewrite(spark_to_date))
    .doc(
        "The date in a text such as `2026-01-02`, `NULL` if there is none; or, with a pattern, the date of that form, where another text is an error.",
        "TO_DATE('2026-01-02')",
        "2026-01-02",
    ),
    scalar(Family::Temporal, "TO_TIMESTAMP", (1, 2), |f, a| read_rule(f, a, TypeKind::Timestamp(3)), strict!(|_, _, a| {
        let subject = text(a, 0)?;
        let at = if a.len() > 1 {
            let pattern = pattern(text(a, 1)?)?;
            pattern.read(subject).or_else(|| parse_sql_timestamp(subject.trim(), false))
        } else {
            parse_sql_timestamp(subject, true)
        };
        Ok(at.map_or(Value::Null, |at| Value::Timestamp(at.truncate(3))))
    }))
    .spark(SparkForm::Rewrite(spark_to_timestamp))
    .doc(
        "The timestamp in a text such as `2026-01-02 03:04:05.123`, or of the form of a pattern; `NULL` if there is none.",
        "TO_TIMESTAMP('2026-01-02 03:04:05')",
        "2026-01-02 03:04:05",
    ),
    scalar(Family::Temporal, "TO_TIMESTAMP_LTZ", (1, 3), ltz_rule, strict!(to_ltz))
        .spark(SparkForm::Rewrite(spark_to_ltz))
        .doc(
            "The moment of a number of seconds (precision 0) or milliseconds (3, the default) since 1970, or of a text in UTC or a given time zone.",
            "TO_TIMESTAMP_LTZ(1767323045, 0)",
            "2026-01-02 03:04:05",
        ),
    scalar(Family::Temporal, "UNIX_TIMESTAMP", (0, 2), |f, a| {
        simple_pattern(checked(fixed(f, a, &[Takes::Text], TypeKind::BigInt)?, a, 1)?, a)
    }, strict!(unix_timestamp))
        .changing()
        .spark(SparkForm::Rewrite(|call| match call.arguments {
            [] => Ok("unix_timestamp()".to_owned()),
            _ => Err("Spark reads the text more strictly; write `UNIX_TIMESTAMP()` or use TO_TIMESTAMP".to_owned()),
        }))
        .doc(
            "The seconds since 1970 of now, or of a text in the session time zone (form `yyyy-MM-dd HH:mm:ss` unless a pattern is given); the least `BIGINT` if the text is unreadable.",
            "UNIX_TIMESTAMP('2026-01-02 03:04:05')",
            "1767323045",
        ),
    scalar(Family::Temporal, "FROM_UNIXTIME", (1, 2), |f, a| {
        simple_pattern(checked(maybe(f, a, &[Takes::BigInt, Takes::Text], STRING)?, a, 1)?, a)
    }, strict!(|c, _, a| {
        let seconds = int(a, 0)?;
        let at = to_local(c, Timestamp::from_millis(seconds.wrapping_mul(1000)));
        let form = if a.len() > 1 { text(a, 1)? } else { DEFAULT };
        Ok(Value::str(pattern(form)?.format(at)))
    }))
    .spark(SparkForm::Template("from_unixtime({0})~from_unixtime({0}, {1})"))
    .doc(
        "The seconds since 1970 as a text in the session time zone, of the form `yyyy-MM-dd HH:mm:ss` unless a pattern is given.",
        "FROM_UNIXTIME(1767323045)",
        "2026-01-02 03:04:05",
    ),
    scalar(Family::Temporal, "CONVERT_TZ", (3, 3), convert_rule, strict!(|_, _, a| {
        let (from, to) = (zone(text(a, 1)?)?, zone(text(a, 2)?)?);
        Ok(match pattern(DEFAULT)?.read_leniently(text(a, 0)?) {
            Some(at) => {
                let instant = zoned_millis(&from, at.millis);
                let local = Timestamp::from_millis(instant + offset_millis(&to, instant));
                Value::str(pattern(DEFAULT)?.format(local))
            }
            None => Value::Null,
        })
    }))
    .spark(SparkForm::Rewrite(|call| match call.arguments {
        [subject, from, to] => Ok(format!(
            "date_format(convert_timezone({from}, {to}, {}), 'yyyy-MM-dd HH:mm:ss')",
            guarded(subject, "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2} [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}", "TIMESTAMP_NTZ")
        )),
        _ => Err("`CONVERT_TZ` needs three arguments".to_owned()),
    }))
    .doc(
        "A text of the form `yyyy-MM-dd HH:mm:ss` moved from one time zone to another.",
        "CONVERT_TZ('2026-01-02 03:04:05', 'UTC', 'Asia/Tokyo')",
        "2026-01-02 12:04:05",
    ),
];

const DEFAULT: &str = "yyyy-MM-dd HH:mm:ss";

thread_local! {
    static PATTERNS: RefCell<HashMap<String, Pattern>> = RefCell::new(HashMap::new());
}

/// The pattern of that text; the last thousand are kept.
fn pattern(form: &str) -> Result<Pattern, EvalError> {
    PATTERNS.with_borrow_mut(|cache| {
        if let Some(known) = cache.get(form) {
            return Ok(known.clone());
        }
        let parsed = Pattern::parse(form)?;
        if cache.len() >= 1000 {
            cache.clear();
        }
        cache.insert(form.to_owned(), parsed.clone());
        Ok(parsed)
    })
}

/// The call, if its literal pattern is supported.
fn checked(typed: Typed, arguments: &[Argument<'_>], index: usize) -> Result<Typed, CallError> {
    if let Some(form) = literal_text(arguments, index) {
        Pattern::parse(form).map_err(|error| CallError {
            argument: Some(index),
            message: error.message,
            help: Some("letters are y M d H h m s S a E D Q, other text stands in single quotes".to_owned()),
        })?;
    }
    Ok(typed)
}

fn format_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    match arguments.first().map(|a| a.ty) {
        Some(ty) if ty.is_string() => Err(CallError {
            argument: Some(0),
            message: "`DATE_FORMAT` takes a timestamp here, not a string".to_owned(),
            help: Some("write `DATE_FORMAT(TO_TIMESTAMP(…), …)`".to_owned()),
        }),
        Some(ty) if ty.kind == TypeKind::Date => Err(CallError {
            argument: Some(0),
            message: "`DATE_FORMAT` takes a timestamp here, not a `DATE`".to_owned(),
            help: Some("write `DATE_FORMAT(CAST(… AS TIMESTAMP(3)), …)`".to_owned()),
        }),
        _ => checked(maybe(function, arguments, &[Takes::Timestamp, Takes::Text], STRING)?, arguments, 1),
    }
}

fn read_rule(function: &Function, arguments: &[Argument<'_>], kind: TypeKind) -> Result<Typed, CallError> {
    let simple = kind == TypeKind::Date;
    let typed = checked(maybe(function, arguments, &[Takes::Text], kind)?, arguments, 1)?;
    if simple { simple_pattern(typed, arguments) } else { Ok(typed) }
}

/// `TO_DATE`, `UNIX_TIMESTAMP` and `FROM_UNIXTIME` go through `SimpleDateFormat`, where some letters mean something else.
fn simple_pattern(typed: Typed, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let form = literal_text(arguments, 1).and_then(|form| Pattern::parse(form).ok());
    match form.and_then(|form| form.letters().find(|c| !"yMdHhkKmsSaED".contains(*c))) {
        Some(letter) => Err(CallError {
            argument: Some(1),
            message: format!("`{letter}` is not supported in a pattern of this function"),
            help: None,
        }),
        None => Ok(typed),
    }
}

fn ltz_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some(first) = arguments.first().map(|a| a.ty) else {
        return Err(refuse(function, arguments, 0, "a number or a string", None));
    };
    if first.is_string() {
        let kind = TypeKind::TimestampLtz(3);
        if let Some(Value::Str(name)) = arguments.get(2).and_then(|a| a.literal)
            && zone(name).is_err()
        {
            return Err(CallError {
                argument: Some(2),
                message: format!("there is no time zone `{name}`"),
                help: Some("a name like `Europe/Berlin`, or a distance like `GMT+02:00`".to_owned()),
            });
        }
        return checked(maybe(function, arguments, &[Takes::Text], kind)?, arguments, 1);
    }
    if first.kind == TypeKind::Null && arguments.len() == 1 {
        let result = DataType::new(TypeKind::TimestampLtz(3));
        return Ok(Typed { result, arguments: vec![DataType::new(TypeKind::BigInt)] });
    }
    if !first.is_numeric() {
        return Err(refuse(function, arguments, 0, "a number or a string", Some("BIGINT")));
    }
    if arguments.len() > 2 {
        return Err(refuse(function, arguments, 0, "a string", Some("STRING")));
    }
    let precision = match arguments.len() {
        1 => 3,
        _ => match literal_int(arguments, 1) {
            Some(precision @ 0..=9) => precision as u8,
            _ => {
                return Err(CallError {
                    argument: Some(1),
                    message: "the precision is a constant: 0 for seconds, 3 for milliseconds, up to 9"
                        .to_owned(),
                    help: None,
                });
            }
        },
    };
    let places = [if first.is_integer() { Takes::BigInt } else { Takes::Number }, Takes::Int];
    maybe(function, arguments, &places, TypeKind::TimestampLtz(precision.max(3)))
}

fn to_ltz(_: &EvalContext, _: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    if let Value::Str(subject) = value(arguments, 0)? {
        let zone = match arguments.len() {
            3 => zone(text(arguments, 2)?)?,
            // Not the session's: Flink reads texts here as UTC unless told otherwise.
            _ => jiff::tz::TimeZone::UTC,
        };
        let local = if arguments.len() > 1 {
            let form = pattern(text(arguments, 1)?)?;
            match form.read(subject).or_else(|| parse_sql_timestamp(subject.trim(), false)) {
                Some(at) => at,
                None => return Ok(Value::Null),
            }
        } else {
            parse_sql_timestamp(subject, true)
                .ok_or_else(|| EvalError::new(format!("`{subject}` is no timestamp")))?
        };
        let local = local.truncate(3);
        return Ok(Value::Timestamp(Timestamp { millis: zoned_millis(&zone, local.millis), ..local }));
    }
    let mut precision = if arguments.len() > 1 { int(arguments, 1)? } else { 3 };
    let number = match value(arguments, 0)? {
        Value::Int(n) => *n,
        Value::Decimal(d) => i64::try_from(d.trunc()).unwrap_or(i64::MAX),
        // A fraction of a second is kept, to the millisecond.
        _ if precision < 3 => {
            let millis = double(arguments, 0)? * 10f64.powi(3 - precision as i32);
            precision = 3;
            millis as i64
        }
        _ if precision == 3 => double(arguments, 0)?.floor() as i64,
        _ => double(arguments, 0)? as i64,
    };
    let (millis, nanos) = match precision {
        0..=3 => (number.checked_mul(10i64.pow(3 - precision as u32)), 0),
        _ => {
            let unit = 10i64.pow(precision as u32 - 3);
            (Some(number.div_euclid(unit)), (number.rem_euclid(unit) * (1_000_000 / unit)) as u32)
        }
    };
    // Years 0 to 9999, as Flink bounds it.
    let bounds = days_from_civil(0, 1, 1) * 86_400_000..days_from_civil(10_000, 1, 1) * 86_400_000;
    Ok(millis
        .filter(|m| bounds.contains(m))
        .map_or(Value::Null, |millis| Value::Timestamp(Timestamp { millis, nanos })))
}

fn unix_timestamp(context: &EvalContext, _: CallTypes<'_>, arguments: &[Value]) -> Result<Value, EvalError> {
    if arguments.is_empty() {
        return Ok(Value::Int(context.now_millis.div_euclid(1000)));
    }
    let subject = text(arguments, 0)?;
    let local = if arguments.len() > 1 {
        pattern(text(arguments, 1)?)?.read_leniently(subject)
    } else {
        pattern(DEFAULT)?.read_leniently(subject)
    };
    Ok(Value::Int(match local {
        Some(at) => from_local(context, at).millis.div_euclid(1000),
        None => i64::MIN,
    }))
}

/// Flink's `DateTimeUtils.parseDate`: year, month and day with any number of digits, month and day optional, anything
/// behind a blank ignored.
pub(crate) fn parse_sql_date(text: &str) -> Option<i32> {
    let text = match text.find(' ') {
        Some(at) if at > 0 => &text[..at],
        _ => text,
    };
    let mut parts = text.splitn(3, '-').map(|part| {
        let part = part.trim();
        let digits = !part.is_empty() && part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<i64>().ok()).flatten()
    });
    let year = parts.next()??;
    let month = parts.next().unwrap_or(Some(1))?;
    let day = parts.next().unwrap_or(Some(1))?;
    let valid =
        (0..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= last_day(year, month);
    valid.then(|| days_from_civil(year, month, day) as i32)
}

/// `2026-1-2 3:4:5.123`: Flink's default form of timestamps. A day beyond the end of its month is the last one
/// (`clamps`), or runs into the next month.
pub(crate) fn parse_sql_timestamp(text: &str, clamps: bool) -> Option<Timestamp> {
    let (date, time) = match text.split_once(' ') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let number = |text: &str, widest: usize| -> Option<i64> {
        let digits = !text.is_empty() && text.len() <= widest && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let day = if clamps { day.min(last_day(year, month)) } else { day };
    let days = days_from_civil(year, month, 1) + day - 1;
    let Some(time) = time else {
        return Some(Timestamp::from_millis(days * 86_400_000));
    };
    let (clock, fraction) = match time.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (time, None),
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) =
        (number(parts.next()?, 2)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    // Midnight may be written as the end of the day before.
    let end_of_day = (hour, minute, second) == (24, 0, 0) && fraction.is_none() && clamps;
    if parts.next().is_some() || (hour > 23 && !end_of_day) || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match fraction {
        None | Some("") => 0,
        Some(digits) => number(digits, 9)? * 10i64.pow(9 - digits.len() as u32),
    };
    Some(Timestamp::from_parts(days * 86_400 + (hour * 60 + minute) * 60 + second, nanos))
}

fn convert_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    for index in [1, 2] {
        if let Some(name) = literal_text(arguments, index) {
            zone(name).map_err(|error| CallError {
                argument: Some(index),
                message: error.message,
                help: None,
            })?;
        }
    }
    maybe(function, arguments, &[Takes::Text], STRING)
}

/// A time zone by its name (`Europe/Berlin`) or its distance from UTC (`GMT+08:00`, `+08:00`).
fn zone(name: &str) -> Result<jiff::tz::TimeZone, EvalError> {
    let offset = name.strip_prefix("GMT").or_else(|| name.strip_prefix("UTC")).unwrap_or(name);
    if name == "Z" || offset.is_empty() && !name.is_empty() {
        return Ok(jiff::tz::TimeZone::UTC);
    }
    let fixed = || -> Option<jiff::tz::TimeZone> {
        let sign = match offset.as_bytes().first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let (hours, minutes) = offset[1..].split_once(':').unwrap_or((&offset[1..], "0"));
        let seconds = sign * (hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60);
        Some(jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(seconds).ok()?))
    };
    fixed()
        .or_else(|| jiff::tz::TimeZone::get(name).ok())
        .ok_or_else(|| EvalError::new(format!("there is no time zone `{name}`")))
}

/// A cast that gives `NULL` for what is not of the form; Spark reads more forms than Flink.
fn guarded(subject: &str, form: &str, kind: &str) -> String {
    format!("(CASE WHEN {subject} RLIKE '{form}' THEN try_cast({subject} AS {kind}) END)")
}

fn spark_pattern(form: &str) -> Result<(), String> {
    spark_letters(form, "yMdHhmsSa")
}

/// Whether Spark knows every letter of a constant pattern.
fn spark_letters(form: &str, known: &str) -> Result<(), String> {
    let bare = super::string::spark_bare(form);
    if !super::string::spark_full_literal(&bare.replace("\\'", "")) {
        return Err("Spark needs a constant pattern".to_owned());
    }
    let form = bare[1..bare.len() - 1].replace("\\'", "'");
    let parsed = Pattern::parse(&form).map_err(|error| error.message)?;
    match parsed.letters().find(|c| !known.contains(*c)) {
        Some(letter) => Err(format!("Spark knows no `{letter}` in a pattern here")),
        None => Ok(()),
    }
}

fn spark_to_date(call: SparkCall<'_>) -> Result<String, String> {
    match call.arguments {
        [subject] => Ok(shaped(subject, DATE_FORM, &date_text(subject), "DATE", true)),
        [subject, form] => {
            spark_pattern(form)?;
            Ok(format!("to_date({subject}, {form})"))
        }
        _ => Err("`TO_DATE` needs one or two arguments".to_owned()),
    }
}

/// The texts that Flink reads as timestamps.
pub(crate) const TIMESTAMP_FORM: &str =
    "^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}( [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}([.][0-9]{0,9})?)?$";

fn spark_to_timestamp(call: SparkCall<'_>) -> Result<String, String> {
    let at = match call.arguments {
        [subject] => guarded(subject, TIMESTAMP_FORM, "TIMESTAMP_NTZ"),
        [subject, form] => {
            spark_pattern(form)?;
            // Flink tries its own form where the pattern does not fit.
            format!(
                "coalesce(try_to_timestamp({subject}, {form}), {})",
                guarded(subject, TIMESTAMP_FORM, "TIMESTAMP")
            )
        }
        _ => return Err("`TO_TIMESTAMP` needs one or two arguments".to_owned()),
    };
    Ok(format!("CAST(date_trunc('MILLISECOND', {at}) AS TIMESTAMP_NTZ)"))
}

/// The instant at which the clock shows `wall` in UTC, whatever the session time zone.
fn spark_utc(wall: &str) -> String {
    let epoch = "TIMESTAMP_NTZ '1970-01-01 00:00:00'";
    format!("timestamp_millis(timestampdiff(MILLISECOND, {epoch}, {wall}))")
}

fn spark_to_ltz(call: SparkCall<'_>) -> Result<String, String> {
    let numeric = call.types.first().is_some_and(DataType::is_numeric);
    match call.arguments {
        [number] if call.types.first().is_some_and(DataType::is_approximate) => {
            Ok(format!("timestamp_millis(CAST(floor({number}) AS BIGINT))"))
        }
        [number] if numeric => Ok(format!("timestamp_millis(CAST({number} AS BIGINT))")),
        // A fraction of a second is kept, to the millisecond.
        [number, precision] if call.types.first().is_some_and(DataType::is_approximate) => {
            match super::string::spark_int(precision) {
                Some(0) => Ok(format!("timestamp_millis(CAST({number} * 1000D AS BIGINT))")),
                Some(3) => Ok(format!("timestamp_millis(CAST(floor({number}) AS BIGINT))")),
                _ => Err("of floating-point numbers, Spark knows precisions 0 and 3 only".to_owned()),
            }
        }
        [number, precision] if numeric => Ok(match super::string::spark_int(precision) {
            Some(0) => format!("timestamp_seconds(CAST({number} AS BIGINT))"),
            Some(3) => format!("timestamp_millis(CAST({number} AS BIGINT))"),
            Some(6) => format!("timestamp_micros(CAST({number} AS BIGINT))"),
            _ => return Err("Spark knows precisions 0, 3 and 6 only".to_owned()),
        }),
        [subject] => {
            let wall = shaped(subject, TIMESTAMP_FORM, subject, "TIMESTAMP_NTZ", false);
            Ok(spark_utc(&wall))
        }
        [subject, form] => {
            spark_pattern(form)?;
            let fallback = guarded(subject, TIMESTAMP_FORM, "TIMESTAMP");
            let wall = format!("coalesce(try_to_timestamp({subject}, {form}), {fallback})");
            Ok(spark_utc(&format!("CAST({wall} AS TIMESTAMP_NTZ)")))
        }
        [subject, form, zone] => {
            spark_pattern(form)?;
            let wall = format!("CAST(try_to_timestamp({subject}, {form}) AS TIMESTAMP_NTZ)");
            Ok(format!("to_utc_timestamp({}, {zone})", spark_utc(&wall)))
        }
        _ => Err("`TO_TIMESTAMP_LTZ` needs one to three arguments".to_owned()),
    }
}
