//! From what was seen at a path to a type: the lattice of `docs/inference.md`.

use crate::classify::{Group, Kind};
use crate::options::SampleFormat;
use crate::problem::{Problem, ProblemKind};
use crate::report::{PathReport, TypeCount};
use crate::schema_block::quoted;
use crate::tree::{MAX_COLUMNS, Node, NodeId, ROOT, Stat, Tree};
use crate::{Options, TimestampStandard};
use indexmap::IndexMap;
use streamc_types::{Column, DataType, Field, MAX_DECIMAL_PRECISION, TypeKind};

/// What the tree amounts to.
pub(crate) struct Resolved {
    pub(crate) columns: Vec<Column>,
    pub(crate) paths: Vec<PathReport>,
    pub(crate) problems: Vec<Problem>,
    /// The standard of the timestamp columns, if there are any.
    pub(crate) standard: Option<TimestampStandard>,
}

/// Types all paths.
pub(crate) fn resolve(tree: &Tree, format: SampleFormat, options: &Options) -> Resolved {
    let votes = votes(tree, ROOT);
    let standard = match (format, options.timestamp_standard) {
        (SampleFormat::Csv, _) => TimestampStandard::Sql,
        (_, Some(wanted)) => wanted,
        (_, None) if votes[1] > votes[0] => TimestampStandard::Iso8601,
        (_, None) => TimestampStandard::Sql,
    };
    let mut resolver = Resolver {
        tree,
        csv: format == SampleFormat::Csv,
        standard,
        used: false,
        paths: Vec::new(),
        problems: Vec::new(),
    };
    let fields = resolver.fields(ROOT, "");
    if tree.dropped_columns > 0 {
        resolver.problems.push(
            Problem::new(
                ProblemKind::TooManyColumns,
                None,
                format!("the records have more than {MAX_COLUMNS} different fields; the rest is left out"),
            )
            .help("fields whose names are data belong into a nested object, which becomes a MAP"),
        );
    }
    Resolved {
        columns: fields.into_iter().map(|f| Column::new(f.name, f.ty)).collect(),
        paths: resolver.paths,
        problems: resolver.problems,
        standard: resolver.used.then_some(standard),
    }
}

/// How many paths hold nothing but timestamps of one form, by standard.
fn votes(tree: &Tree, id: NodeId) -> [u32; 2] {
    let node = tree.node(id);
    let mut votes = [0, 0];
    if let [stat] = node.stats.as_slice() {
        match stat.kind {
            Kind::TimestampSql | Kind::TimestampSqlZ => votes[0] += 1,
            Kind::TimestampIso | Kind::TimestampIsoZ => votes[1] += 1,
            _ => {}
        }
    }
    for inner in node.children.iter().copied().chain(node.element).chain(node.entry) {
        let [sql, iso] = self::votes(tree, inner);
        votes = [votes[0] + sql, votes[1] + iso];
    }
    votes
}

struct Resolver<'a> {
    tree: &'a Tree,
    csv: bool,
    standard: TimestampStandard,
    /// Whether a column is a timestamp.
    used: bool,
    paths: Vec<PathReport>,
    problems: Vec<Problem>,
}

impl Resolver<'_> {
    /// The fields of the objects at a path.
    fn fields(&mut self, id: NodeId, path: &str) -> Vec<Field> {
        let tree = self.tree;
        let node = tree.node(id);
        let objects = node.count(Kind::Object);
        self.case_collisions(node, path);
        let mut fields = Vec::with_capacity(node.children.len());
        for child in &node.children {
            let name = tree.name(*child);
            let dot = if path.is_empty() { "" } else { "." };
            let inner = format!("{path}{dot}{}", quoted(name));
            let ty = self.value(*child, &inner, objects);
            fields.push(Field { name: name.clone(), ty, doc: None });
        }
        fields
    }

    /// The type at a path; `parents` is how many values could have had one there.
    fn value(&mut self, id: NodeId, path: &str, parents: u64) -> DataType {
        let node = self.tree.node(id);
        // The report lists a path before those inside of it.
        let at = self.paths.len();
        self.paths.push(PathReport::default());
        let ty = self.type_of(id, node, path);
        let twice = if self.csv { 0 } else { node.duplicates.min(node.seen) };
        let given = node.seen - twice - u64::from(node.blank_column);
        let missing = parents.saturating_sub(given);
        self.paths[at] = report(node, self.tree.name(id), path, &ty, missing);
        if node.duplicates > 0 {
            let place = node.first_duplicate;
            let (message, help) = if self.csv {
                (format!("the header gives column {path} twice"), "the first column of that name is taken")
            } else {
                let records = records(node.duplicates);
                (
                    format!(
                        "{records} field {path} twice, first in record {}, line {}",
                        place.record, place.line
                    ),
                    "engines take the last value; the sample's other value is lost there",
                )
            };
            let problem = Problem::new(ProblemKind::DuplicateKey, Some(path), message).help(help);
            self.problems.push(problem.at(place.record, place.line));
        }
        if self.csv && missing > 0 && !ty.is_string() {
            let message = format!("column {path} has empty cells ({missing}), and an empty cell is no {ty}");
            let problem = Problem::new(ProblemKind::EmptyCells, Some(path), message);
            self.problems.push(problem.help(
                "with `on_error: skip` it is read as NULL; or declare STRING, and `try_cast` the column",
            ));
        }
        ty
    }

    fn type_of(&mut self, id: NodeId, node: &Node, path: &str) -> DataType {
        match node.groups().as_slice() {
            [] => {
                let what = if self.csv { "is always empty" } else { "is always null" };
                self.unknown(path, what, "STRING");
                DataType::string()
            }
            [Group::Boolean] => DataType::boolean(),
            [Group::Number] => self.number(node, path),
            [Group::String] => self.string(node, path),
            [Group::Array] => {
                let element = match node.element {
                    None => {
                        self.unknown(path, "holds only empty arrays", "ARRAY<STRING>");
                        DataType::string()
                    }
                    Some(element) => self.value(element, &format!("{path}[]"), 0),
                };
                DataType::new(TypeKind::Array(Box::new(element)))
            }
            [Group::Object] => match node.entry {
                Some(entry) => {
                    let value = self.value(entry, &format!("{path}{{}}"), 0);
                    DataType::new(TypeKind::Map(Box::new(DataType::string()), Box::new(value)))
                }
                None if node.children.is_empty() => {
                    self.unknown(path, "holds only empty objects", "MAP<STRING, STRING>");
                    DataType::new(TypeKind::Map(Box::new(DataType::string()), Box::new(DataType::string())))
                }
                None => DataType::new(TypeKind::Row(self.fields(id, path))),
            },
            groups => {
                self.mixed(node, path, groups);
                DataType::string()
            }
        }
    }

    fn unknown(&mut self, path: &str, what: &str, ty: &str) {
        let problem =
            Problem::new(ProblemKind::UnknownType, Some(path), format!("{path} {what}; it becomes {ty}"));
        self.problems.push(problem.help("declare the column's type, or give a sample that shows one"));
    }

    fn mixed(&mut self, node: &Node, path: &str, groups: &[Group]) {
        // Each JSON type with its count and its first value.
        let mut sides: Vec<(Group, u64, &Stat)> = Vec::new();
        for group in groups {
            let stats = || node.stats.iter().filter(|stat| stat.kind.group() == *group);
            if let Some(first) = stats().min_by_key(|stat| stat.first) {
                sides.push((*group, stats().map(|stat| stat.count).sum(), first));
            }
        }
        sides.sort_by_key(|(_, _, first)| first.first);
        let described: Vec<String> = sides
            .iter()
            .map(|(group, count, first)| format!("{} ({})", group.counted(*count), shown(first)))
            .collect();
        let message = format!("{path} holds {}; it becomes STRING", described.join(" and "));
        let mut problem = Problem::new(ProblemKind::MixedTypes, Some(path), message)
            .help("declare the column's type, or mend the producer: a STRING column takes every value as its JSON text");
        if let Some((_, _, later)) = sides.get(1) {
            problem = problem.at(later.first.record, later.first.line);
        }
        self.problems.push(problem);
    }

    fn number(&mut self, node: &Node, path: &str) -> DataType {
        let big = node.count(Kind::BigInteger) + node.count(Kind::Decimal);
        let digits = node.whole_digits + node.scale;
        if node.count(Kind::Exponent) > 0 {
            if digits > DOUBLE_DIGITS {
                self.lost(node, path, digits, Kind::Exponent, "numbers with an exponent make it");
            }
            return DataType::double();
        }
        if big == 0 {
            let int = i64::from(i32::MIN)..=i64::from(i32::MAX);
            let fits = int.contains(&node.min) && int.contains(&node.max);
            return if fits { DataType::int() } else { DataType::bigint() };
        }
        let Some((precision, scale)) = decimal_type(node.whole_digits, node.scale) else {
            self.lost(node, path, digits, Kind::Decimal, "they make it");
            return DataType::double();
        };
        DataType::decimal(precision, scale)
    }

    fn lost(&mut self, node: &Node, path: &str, digits: u32, kind: Kind, why: &str) {
        let message =
            format!("{path} holds numbers of up to {digits} digits; {why} DOUBLE, which keeps about 15");
        let mut problem = Problem::new(ProblemKind::PrecisionLost, Some(path), message)
            .help("declare the column as STRING or as a DECIMAL that is large enough");
        if let Some(stat) = node.stat(kind).or_else(|| node.stats.first()) {
            problem = problem.at(stat.first.record, stat.first.line);
        }
        self.problems.push(problem);
    }

    fn string(&mut self, node: &Node, path: &str) -> DataType {
        let is_moment = |stat: &&Stat| {
            matches!(
                stat.kind,
                Kind::Date
                    | Kind::Time
                    | Kind::TimestampSql
                    | Kind::TimestampSqlZ
                    | Kind::TimestampIso
                    | Kind::TimestampIsoZ
                    | Kind::TimestampOffset
            )
        };
        if let [stat] = node.stats.as_slice() {
            return self.uniform(node, stat, path);
        }
        let moments: u64 = node.stats.iter().filter(is_moment).map(|stat| stat.count).sum();
        let all: u64 = node.stats.iter().map(|stat| stat.count).sum();
        if moments * 2 >= all {
            let mut stats: Vec<&Stat> = node.stats.iter().collect();
            stats.sort_by_key(|stat| stat.first);
            let described: Vec<String> = stats
                .iter()
                .map(|stat| format!("{} of the form {} ({})", stat.count, stat.kind.name(), shown(stat)))
                .collect();
            let message = format!("{path} stays STRING: {}", described.join(", "));
            let problem = Problem::new(ProblemKind::UnreadableTimestamp, Some(path), message).help(
                "the engines read one form in a column; mend the producer, or convert with TO_TIMESTAMP",
            );
            let place = stats.get(1).map_or_else(Default::default, |stat| stat.first);
            self.problems.push(problem.at(place.record, place.line));
        }
        DataType::string()
    }

    /// A path whose strings all have one form.
    fn uniform(&mut self, node: &Node, stat: &Stat, path: &str) -> DataType {
        let precision = node.fraction.clamp(3, 9);
        let (standard, ty) = match stat.kind {
            Kind::Date => return DataType::new(TypeKind::Date),
            Kind::Time if node.fraction == 0 => return DataType::new(TypeKind::Time(0)),
            Kind::Time if node.fraction <= 3 => return DataType::new(TypeKind::Time(3)),
            Kind::Time => {
                self.stays(stat, path, "a TIME keeps milliseconds, and these have more digits");
                return DataType::string();
            }
            Kind::TimestampSql => (TimestampStandard::Sql, DataType::timestamp(precision)),
            Kind::TimestampIso => (TimestampStandard::Iso8601, DataType::timestamp(precision)),
            Kind::TimestampSqlZ => (TimestampStandard::Sql, DataType::timestamp_ltz(precision)),
            Kind::TimestampIsoZ => (TimestampStandard::Iso8601, DataType::timestamp_ltz(precision)),
            Kind::TimestampOffset => {
                self.stays(
                    stat,
                    path,
                    "the engines' JSON format reads a timestamp without a zone or with `Z`, no offsets",
                );
                return DataType::string();
            }
            _ => return DataType::string(),
        };
        if standard == self.standard {
            self.used = true;
            return ty;
        }
        let why = if self.csv {
            "the CSV format reads timestamps with a blank between date and time only".to_owned()
        } else {
            format!("a table has one timestamp standard, here {}, and these are {standard}", self.standard)
        };
        self.stays(stat, path, &why);
        DataType::string()
    }

    fn stays(&mut self, stat: &Stat, path: &str, why: &str) {
        let message = format!("{path} stays STRING: {why} ({})", shown(stat));
        let problem = Problem::new(ProblemKind::UnreadableTimestamp, Some(path), message)
            .help("mend the producer, or convert the column with TO_TIMESTAMP after reading");
        self.problems.push(problem.at(stat.first.record, stat.first.line));
    }

    fn case_collisions(&mut self, node: &Node, path: &str) {
        let mut names: IndexMap<String, Vec<&str>> = IndexMap::new();
        for child in &node.children {
            let name = self.tree.name(*child).as_str();
            names.entry(name.to_lowercase()).or_default().push(name);
        }
        for names in names.values().filter(|names| names.len() > 1) {
            let list: Vec<String> = names.iter().map(|name| quoted(name)).collect();
            let inside = if path.is_empty() { String::new() } else { format!(" in {path}") };
            let message =
                format!("fields {}{inside} differ only in upper and lower case", list.join(" and "));
            self.problems.push(
                Problem::new(ProblemKind::CaseCollision, Some(path).filter(|p| !p.is_empty()), message).help(
                    "Flink tells them apart; Spark and Hive do not, and will refuse the table or mix the fields up",
                ),
            );
        }
    }
}

/// Digits that every double keeps.
const DOUBLE_DIGITS: u32 = 15;

/// `DECIMAL(p, s)` with room to spare, so that the next records still fit: an even number of digits behind the point, at
/// least two; two digits more before it than seen; then the next of 10, 20, 30, 38. `None` beyond 38 digits.
fn decimal_type(whole: u32, scale: u32) -> Option<(u8, u8)> {
    let max = u32::from(MAX_DECIMAL_PRECISION);
    if whole + scale > max {
        return None;
    }
    let roomy = if scale == 0 { 0 } else { scale.next_multiple_of(2) };
    let scale = if whole + roomy <= max { roomy } else { scale };
    let needed = whole + scale + if scale == 0 { 0 } else { 2 };
    let precision = [10, 20, 30].into_iter().find(|p| *p >= needed).unwrap_or(max);
    Some((precision as u8, scale as u8))
}

fn records(count: u64) -> String {
    if count == 1 { "1 record gives".to_owned() } else { format!("{count} records give") }
}

/// `first record 7, line 7: "abc"`.
fn shown(stat: &Stat) -> String {
    let quote = if stat.kind.group() == Group::String { "\"" } else { "" };
    format!("first record {}, line {}: {quote}{}{quote}", stat.first.record, stat.first.line, stat.example)
}

fn report(node: &Node, name: &str, path: &str, ty: &DataType, missing: u64) -> PathReport {
    let mut stats: Vec<&Stat> = node.stats.iter().collect();
    stats.sort_by(|a, b| b.count.cmp(&a.count).then(a.kind.cmp(&b.kind)));
    PathReport {
        path: path.to_owned(),
        ty: ty.to_string(),
        seen: node.seen - u64::from(node.blank_column),
        missing,
        null: node.null,
        types: stats
            .iter()
            .map(|stat| TypeCount {
                name: stat.kind.name(),
                count: stat.count,
                first_record: stat.first.record,
                first_line: stat.first.line,
                last_record: stat.last.record,
                last_line: stat.last.line,
                example: stat.example.to_string(),
            })
            .collect(),
        candidates: candidates(node, name),
    }
}

/// What the values might be beyond their type.
fn candidates(node: &Node, name: &str) -> Vec<&'static str> {
    let [stat] = node.stats.as_slice() else { return Vec::new() };
    match stat.kind {
        Kind::Uuid => vec!["uuid"],
        Kind::NumberText => vec!["number"],
        Kind::TimestampOffset => vec!["timestamp with offset"],
        Kind::Integer => epoch(name, node.min, node.max).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The unit of an epoch time, judged by the name of the field and by its values lying between 2000 and 2100.
fn epoch(name: &str, min: i64, max: i64) -> Option<&'static str> {
    const START: i64 = 946_684_800;
    const END: i64 = 4_102_444_800;
    let name = name.to_ascii_lowercase();
    let named = ["ts", "_at", "time", "timestamp", "date", "epoch"].iter().any(|end| name.ends_with(end));
    [
        (1, "epoch seconds"),
        (1_000, "epoch milliseconds"),
        (1_000_000, "epoch microseconds"),
        (1_000_000_000, "epoch nanoseconds"),
    ]
    .into_iter()
    .find(|(unit, _)| named && min / unit >= START && max / unit < END)
    .map(|(_, text)| text)
}
