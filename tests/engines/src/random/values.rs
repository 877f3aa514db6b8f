//! Random values of every type as JSON records carry them, most of them at an edge of the type.

use streamc_types::{DataType, TypeKind, format_date};

use super::dice::Dice;

/// Texts: empty, blank, numbers, dates, wildcards, letters beyond ASCII and beyond the Basic Multilingual Plane.
pub const TEXTS: [&str; 22] = [
    "",
    " ",
    "a",
    "b",
    "abc",
    "ABC",
    "hello world",
    "  padded  ",
    "Žlutý kůň 🐎",
    "straße",
    "A_b%C",
    "it's",
    "12",
    "-3.5",
    "007",
    "1e3",
    "true",
    "2024-02-29",
    "2026-01-02 03:04:05",
    "x,y,,z",
    "{\"a\": [1, \"b\"]}",
    "aGVsbG8=",
];

/// Days: epoch, leap days, ends of years, far away.
const DAYS: [&str; 9] = [
    "1970-01-01",
    "2024-02-29",
    "2026-01-31",
    "2026-03-29",
    "2026-10-25",
    "2000-12-31",
    "2099-12-31",
    "2100-02-28",
    "1970-01-02",
];

const CLOCKS: [&str; 6] = ["00:00:00", "23:59:59", "02:30:00", "12:00:00", "03:04:05", "00:00:01"];

/// A value as JSON text; `null` now and then where the type allows it.
pub fn json(dice: &mut Dice, ty: &DataType) -> String {
    if ty.nullable && dice.percent(15) {
        return "null".to_owned();
    }
    let small = dice.percent(50);
    let number = |dice: &mut Dice, edges: &[i64]| {
        if small {
            dice.between(0, 9).to_string()
        } else {
            dice.pick(edges).copied().unwrap_or_default().to_string()
        }
    };
    match &ty.kind {
        TypeKind::Boolean => dice.word(&["true", "false"]).to_owned(),
        TypeKind::TinyInt => number(dice, &[-128, -1, 0, 127, 64]),
        TypeKind::SmallInt => number(dice, &[-32768, -1, 0, 32767, 300]),
        TypeKind::Int => number(dice, &[-2147483648, -1, 0, 2147483647, 100, 65536]),
        TypeKind::BigInt => number(dice, &[i64::MIN, -1, 0, i64::MAX, 4294967296, 1767225600]),
        TypeKind::Float => dice
            .word(&["0.0", "-0.0", "1.5", "-2.5", "0.1", "16777216.0", "3.4028235E38", "\"NaN\"", "2.0"])
            .to_owned(),
        TypeKind::Double => dice
            .word(&[
                "0.0",
                "-0.0",
                "0.1",
                "-2.5",
                "1.0E15",
                "1.7976931348623157E308",
                "4.9E-324",
                "\"NaN\"",
                "3.0",
                "0.5",
                "1.0",
            ])
            .to_owned(),
        TypeKind::Decimal { precision, scale } => decimal(dice, *precision, *scale),
        TypeKind::Char(length) => {
            let text: String = dice
                .word(&["abcdefghij", "xyžwvutsrq", "ABC DEF GH", "1234567890"])
                .chars()
                .take(*length as usize)
                .collect();
            quoted(&text)
        }
        TypeKind::Varchar(length) => {
            let text: String = dice.word(&TEXTS).chars().take(*length as usize).collect();
            quoted(&text)
        }
        TypeKind::Binary(length) => {
            quoted(dice.word(if *length == 3 { &["AAEC", "/wD/", "YWJj"] } else { &["AA=="] }))
        }
        TypeKind::Varbinary(_) => quoted(dice.word(&["", "aGVsbG8=", "/wA=", "AAECAwQ=", "YWJj"])),
        TypeKind::Date => quoted(dice.word(&DAYS)),
        TypeKind::Time(_) => quoted(dice.word(&CLOCKS)),
        TypeKind::Timestamp(digits) => quoted(&moment(dice, *digits)),
        TypeKind::TimestampLtz(digits) => quoted(&(moment(dice, *digits) + "Z")),
        TypeKind::Array(item) => {
            let items: Vec<String> = (0..dice.below(4)).map(|_| json(dice, item)).collect();
            format!("[{}]", items.join(", "))
        }
        TypeKind::Map(_, value) => {
            let keys = ["a", "b", "", "ž"];
            let pairs: Vec<String> = keys
                .iter()
                .take(dice.below(4))
                .map(|key| format!("{}: {}", quoted(key), json(dice, value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
        TypeKind::Row(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{}: {}", quoted(&field.name), json(dice, &field.ty)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        _ => "null".to_owned(),
    }
}

fn decimal(dice: &mut Dice, precision: u8, scale: u8) -> String {
    let (whole, scale) = (usize::from(precision - scale), usize::from(scale));
    let point = |whole: String, part: String| if part.is_empty() { whole } else { format!("{whole}.{part}") };
    match dice.below(6) {
        0 => point("0".into(), "0".repeat(scale)),
        1 => point(if whole == 0 { "0".into() } else { "9".repeat(whole) }, "9".repeat(scale)),
        2 => point(
            if whole == 0 { "-0".into() } else { "-".to_owned() + &"9".repeat(whole) },
            "9".repeat(scale),
        ),
        3 if scale > 0 => point("-0".into(), "0".repeat(scale - 1) + "5"),
        _ if whole > 0 => point(
            dice.between(0, 9).to_string(),
            "25000000000000000000000000000000000000"[..scale].to_owned(),
        ),
        _ => point("0".into(), "5".repeat(scale)),
    }
}

fn moment(dice: &mut Dice, digits: u8) -> String {
    let fraction = &"123456789"[..usize::from(digits)];
    let point = if digits == 0 || dice.percent(30) { String::new() } else { format!(".{fraction}") };
    format!("{} {}{point}", dice.word(&DAYS), dice.word(&CLOCKS))
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A moment of event time, in milliseconds since the epoch, as JSON.
pub fn event_time(millis: i64, zoned: bool) -> String {
    let (day, rest) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (seconds, part) = (rest / 1000, rest % 1000);
    let clock = format!("{:02}:{:02}:{:02}.{part:03}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    quoted(&format!("{} {clock}{}", format_date(day as i32), if zoned { "Z" } else { "" }))
}
