//! JSON paths: the part of Jayway JsonPath whose meaning is plain.
//!
//! Steps are `.name`, `['name']`, `[n]`, `[n, m]`, `[n:m]`, `.*`, `[*]` and `..name` behind `$`; a path that starts
//! otherwise is read behind `$.`, as Jayway does. Filters, functions, several names at once and everything that Jayway reads
//! by accident (`$.a[` is `$.a`) are refused.

use super::Json;

/// How a path goes on where there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// What is missing is empty.
    Lax,
    /// What is missing is an error. The default.
    Strict,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(i64),
    Indices(Vec<i64>),
    From(i64),
    To(i64),
    Between(i64, i64),
    All,
    /// `..name`
    Deep(String),
}

/// A path with its mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) mode: Mode,
    steps: Vec<Step>,
}

/// What a path leads to; `Err` is what Jayway throws.
pub(crate) type Found = Result<Option<Json>, String>;

impl Path {
    /// Reads a path; the error says what is not supported.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let refused = |why: &str| format!("the JSON path `{text}` {why}");
        let (mode, spec) = split_mode(text);
        if spec.starts_with(|c: char| c <= ' ') {
            return Err(refused("starts with a blank"));
        }
        let spec = spec.trim_end_matches(|c: char| c <= ' ');
        if spec.is_empty() {
            return Err(refused("is empty"));
        }
        let spec = match spec.strip_prefix(['$', '@']) {
            Some(rest) if rest.is_empty() || rest.starts_with(['.', '[']) => rest.to_owned(),
            Some(_) => return Err(refused("needs `.` or `[` behind its first character")),
            None => format!(".{spec}"),
        };
        let mut steps = Vec::new();
        let mut rest = spec.as_str();
        while !rest.is_empty() {
            let (step, behind) = step(rest).map_err(|why| refused(&why))?;
            steps.push(step);
            rest = behind;
        }
        Ok(Self { mode, steps })
    }

    /// Whether it leads to one place at most.
    fn is_definite(&self) -> bool {
        self.steps.iter().all(|s| matches!(s, Step::Name(_) | Step::Index(_)))
    }

    /// Follows the path. A definite path gives what is there, the others an array of what they meet.
    pub(crate) fn follow(&self, root: &Json) -> Found {
        // Jayway takes no document that is `null`.
        if *root == Json::Null {
            return Err("the document is null".to_owned());
        }
        let mut met = Vec::new();
        let walked = self.walk(&self.steps, root, true, &mut met);
        if self.mode == Mode::Strict {
            walked?;
        }
        if !self.is_definite() {
            return Ok(Some(Json::Array(met.into_iter().cloned().collect())));
        }
        match (met.first(), self.mode) {
            (Some(Json::Null), Mode::Lax) | (None, Mode::Lax) => Ok(None),
            (Some(Json::Null), Mode::Strict) => Err("the path leads to null".to_owned()),
            (None, Mode::Strict) => Err("the path leads nowhere".to_owned()),
            (Some(found), _) => Ok(Some((*found).clone())),
        }
    }

    fn walk<'j>(
        &self,
        steps: &[Step],
        at: &'j Json,
        definite: bool,
        met: &mut Vec<&'j Json>,
    ) -> Result<(), String> {
        let Some((step, rest)) = steps.split_first() else {
            met.push(at);
            return Ok(());
        };
        // Behind a step that may meet several things, and in lax mode, what does not fit is left out.
        let lenient = !definite || self.mode == Mode::Lax;
        let misfit = |wanted: &str| {
            if lenient { Ok(()) } else { Err(format!("the path needs {wanted}")) }
        };
        let each = |items: &mut dyn Iterator<Item = &'j Json>, met: &mut Vec<&'j Json>| {
            for item in items {
                self.walk(rest, item, false, met)?;
            }
            Ok(())
        };
        let place = |index: i64, length: usize| {
            let index = if index < 0 { length as i64 + index } else { index };
            usize::try_from(index).ok()
        };
        match (step, at) {
            (Step::Name(name), Json::Object(fields)) => match fields.get(name) {
                Some(found) => self.walk(rest, found, definite, met),
                None if rest.is_empty() => misfit("a field that is there"),
                None => misfit("fields that are there"),
            },
            (Step::Name(_), _) => misfit("an object"),
            (Step::Index(index), Json::Array(items)) => {
                match place(*index, items.len()).and_then(|at| items.get(at)) {
                    Some(found) => self.walk(rest, found, definite, met),
                    None => Ok(()),
                }
            }
            (Step::Indices(indices), Json::Array(items)) => each(
                &mut indices.iter().filter_map(|i| place(*i, items.len()).and_then(|at| items.get(at))),
                met,
            ),
            (Step::From(from), Json::Array(items)) => {
                let from = if *from < 0 { items.len() as i64 + from } else { *from };
                each(&mut items.iter().skip(usize::try_from(from).unwrap_or(0)), met)
            }
            (Step::To(to), Json::Array(items)) => {
                let to = if *to < 0 { items.len() as i64 + to } else { *to };
                each(&mut items.iter().take(usize::try_from(to).unwrap_or(0)), met)
            }
            (Step::Between(from, to), Json::Array(items)) => each(
                &mut items
                    .iter()
                    .take(usize::try_from(*to).unwrap_or(0))
                    .skip(usize::try_from(*from).unwrap_or(0)),
                met,
            ),
            (Step::Index(_) | Step::Indices(_) | Step::From(_) | Step::To(_) | Step::Between(..), _) => {
                misfit("an array")
            }
            (Step::All, Json::Object(fields)) => each(&mut fields.values(), met),
            (Step::All, Json::Array(items)) => each(&mut items.iter(), met),
            (Step::All, _) => Ok(()),
            (Step::Deep(name), _) => {
                let mut found = Vec::new();
                deep(at, name, &mut found);
                each(&mut found.into_iter(), met)
            }
        }
    }
}

/// Every field of that name, the outer before the inner.
fn deep<'j>(at: &'j Json, name: &str, found: &mut Vec<&'j Json>) {
    match at {
        Json::Object(fields) => {
            found.extend(fields.get(name));
            fields.values().for_each(|inner| deep(inner, name, found));
        }
        Json::Array(items) => items.iter().for_each(|inner| deep(inner, name, found)),
        _ => {}
    }
}

/// `lax $.a`: the mode and the rest; without a mode the path is strict.
fn split_mode(text: &str) -> (Mode, &str) {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r');
    let start = text.trim_start_matches(blank);
    for (word, mode) in [("strict", Mode::Strict), ("lax", Mode::Lax)] {
        if let (Some(head), Some(rest)) = (start.get(..word.len()), start.get(word.len()..))
            && head.eq_ignore_ascii_case(word)
            && rest.starts_with(blank)
            && !rest.trim_start_matches(blank).is_empty()
        {
            return (mode, rest.trim_start_matches(blank));
        }
    }
    (Mode::Strict, text)
}

/// The first step of `text`, and what is behind it.
fn step(text: &str) -> Result<(Step, &str), String> {
    if let Some(rest) = text.strip_prefix("..") {
        let (name, behind) = name(rest)?;
        return Ok((Step::Deep(name), behind));
    }
    if let Some(rest) = text.strip_prefix('.') {
        if let Some(behind) = rest.strip_prefix('*') {
            return Ok((Step::All, behind));
        }
        if rest.starts_with('[') {
            return Err("has `.` before `[`".to_owned());
        }
        let (name, behind) = name(rest)?;
        return Ok((Step::Name(name), behind));
    }
    let Some(inner) = text.strip_prefix('[') else {
        return Err("needs `.` or `[` before the next step".to_owned());
    };
    let inner = inner.trim_start_matches(' ');
    if let Some(quote) = inner.chars().next().filter(|c| matches!(c, '\'' | '"')) {
        let rest = &inner[1..];
        let end = rest.find(quote).ok_or("has an open quote")?;
        let name = &rest[..end];
        if name.contains('\\') {
            return Err("escapes a character in a name, which is not supported".to_owned());
        }
        let behind = rest[end + 1..].trim_start_matches(' ');
        if behind.starts_with(',') {
            return Err("takes several names at once, which is not supported".to_owned());
        }
        let behind = behind.strip_prefix(']').ok_or("needs `]` behind a name")?;
        return Ok((Step::Name(name.to_owned()), behind));
    }
    if inner.starts_with('?') {
        return Err("has a filter, which is not supported".to_owned());
    }
    let end = inner.find(']').ok_or("has no `]`")?;
    let (expression, behind) = (inner[..end].trim_matches(' '), &inner[end + 1..]);
    if expression == "*" {
        return Ok((Step::All, behind));
    }
    let number = |text: &str| -> Result<i64, String> {
        text.parse::<i32>().map(i64::from).map_err(|_| format!("has no place `[{expression}]`"))
    };
    if expression.starts_with('+') {
        return Err(format!("has no place `[{expression}]`"));
    }
    let step = if let Some((from, to)) = expression.split_once(':') {
        match (from, to) {
            ("", "") => return Err("has no bounds in `[:]`".to_owned()),
            (from, "") => Step::From(number(from)?),
            ("", to) => Step::To(number(to)?),
            // Between a place from the end and another one Jayway fails or counts from below zero.
            (from, to) => match (number(from)?, number(to)?) {
                (from, to) if from >= 0 && to >= 0 => Step::Between(from, to),
                _ => return Err(format!("counts from the end in `[{expression}]`, which is not supported")),
            },
        }
    } else if expression.contains(',') {
        Step::Indices(expression.split(',').map(|part| number(part.trim())).collect::<Result<_, _>>()?)
    } else {
        Step::Index(number(expression)?)
    };
    Ok((step, behind))
}

/// A name behind a point.
fn name(text: &str) -> Result<(String, &str), String> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let name = &text[..end];
    if name.is_empty() {
        return Err("has a `.` without a name".to_owned());
    }
    if name.contains('(') {
        return Err("calls a function, which is not supported".to_owned());
    }
    if let Some(odd) =
        name.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':')))
    {
        return Err(format!("has `{odd}` in a name: write `['{name}']`"));
    }
    Ok((name.to_owned(), &text[end..]))
}
