//! The plan as text, for snapshots and for people.

use crate::component::{Component, ComponentKind, OptionValue, Plan};
use crate::expr::{AggregateCall, Expr, ExprKind};
use crate::pattern::{MatchExpr, MatchOperand, RowPattern, SkipAfterMatch};
use crate::properties::{Properties, StateLife};
use crate::relation::{ChangeForm, JoinStrategy, OverFrame, RankKind, Relation, RelationKind, SortKey};
use crate::window::WindowSpec;
use std::fmt::Write;
use streamc_functions::FlinkForm;
use streamc_types::{Column, RowSchema, Value};

/// The plan: each component with its relations, inputs indented below, properties in brackets.
pub fn print(plan: &Plan) -> String {
    let mut out = format!("app {} engine={}", plan.app.name, plan.app.engine.as_str());
    if let Some(delivery) = plan.app.delivery {
        let _ = write!(out, " delivery={}", delivery.as_str());
    }
    out.push('\n');
    for component in &plan.components {
        out.push('\n');
        print_component(&mut out, component);
    }
    out
}

fn print_component(out: &mut String, component: &Component) {
    let _ = write!(out, "{} {}", component.kind_name(), component.name);
    match &component.kind {
        ComponentKind::Source(source) => {
            let _ = write!(out, " = {}", source.connector.connector);
            print_options(out, &source.connector.options);
            out.push('\n');
        }
        ComponentKind::Sink(sink) => {
            let _ = write!(out, " = {}", sink.connector.connector);
            print_options(out, &sink.connector.options);
            let _ = writeln!(out, " from {}", sink.input);
        }
        ComponentKind::Stream(_) => out.push('\n'),
    }
    let _ = writeln!(out, "  {}", properties(&component.props));
    if let ComponentKind::Stream(stream) = &component.kind {
        relation_lines(out, &stream.relation, 1);
    }
}

fn print_options(out: &mut String, options: &indexmap::IndexMap<smol_str::SmolStr, OptionValue>) {
    out.push_str(" {");
    for (i, (name, value)) in options.iter().enumerate() {
        let comma = if i > 0 { "," } else { "" };
        let value = match value {
            OptionValue::Str(text) => text.to_string(),
            OptionValue::Int(n) => n.to_string(),
            OptionValue::Bool(b) => b.to_string(),
            OptionValue::Duration(ms) => format!("{ms}ms"),
            OptionValue::Size(bytes) => format!("{bytes}b"),
            OptionValue::List(items) => format!("[{}]", items.join(", ")),
            OptionValue::Env { name, default } => match default {
                Some(default) => format!("env({name}, {default})"),
                None => format!("env({name})"),
            },
            OptionValue::Secret { name } => format!("secret({name})"),
        };
        let _ = write!(out, "{comma} {name}: {value}");
    }
    out.push_str(" }");
}

/// One relation with everything below it.
pub fn print_relation(relation: &Relation) -> String {
    let mut out = String::new();
    relation_lines(&mut out, relation, 0);
    out
}

fn relation_lines(out: &mut String, relation: &Relation, depth: usize) {
    let indent = "  ".repeat(depth);
    let _ = writeln!(out, "{indent}{}", describe(relation));
    let _ = writeln!(out, "{indent}  · {}", properties(&relation.props));
    for input in relation.inputs() {
        relation_lines(out, input, depth + 1);
    }
}

fn describe(relation: &Relation) -> String {
    let below: Vec<&RowSchema> = relation.inputs().iter().map(|r| &r.props.schema).collect();
    let names = Names(below.clone());
    let list = |columns: &[usize]| columns.iter().map(|c| names.column(*c)).collect::<Vec<_>>().join(", ");
    let head = relation.kind_name();
    let text = match &relation.kind {
        RelationKind::Scan { component } => format!("scan {component}"),
        RelationKind::Values { rows } => {
            let rows = rows.iter().map(|row| {
                let cells = row.iter().map(|e| print_expr(e, &[]));
                format!("({})", cells.collect::<Vec<_>>().join(", "))
            });
            format!("values {}", rows.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Project { expressions, .. } => {
            let columns = relation.props.schema.columns.iter().zip(expressions).map(|(c, e)| {
                let text = print_expr(e, &names.0);
                if text == c.name { text } else { format!("{text} AS {}", c.name) }
            });
            format!("project {}", columns.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Filter { predicate, .. } => format!("filter {}", print_expr(predicate, &names.0)),
        RelationKind::Window { spec, time, .. } => {
            format!("window {} on {}", window(spec, &names), names.column(*time))
        }
        RelationKind::Aggregate { keys, aggregates, .. } => {
            let calls = aggregates.iter().map(|a| format!("{} AS {}", aggregate(a, &names), a.name));
            format!("{head} by [{}] {}", list(keys), calls.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Join { kind, strategy, condition, .. } => {
            let bounds = match strategy {
                JoinStrategy::Regular | JoinStrategy::Window { .. } | JoinStrategy::Temporal { .. } => {
                    String::new()
                }
                JoinStrategy::Lookup { .. } => " looked up".to_owned(),
                JoinStrategy::Interval { lower, upper, .. } => format!(" within {lower}ms..{upper}ms"),
            };
            format!(
                "{head} {}{bounds} on {}",
                format!("{kind:?}").to_lowercase(),
                print_expr(condition, &names.0)
            )
        }
        RelationKind::Rank { partition, order, limit, kind, row_number, windowed, .. } => {
            let order = order.iter().map(|k| names.sorted(k));
            let what = match kind {
                RankKind::TopN => format!("top-n {limit}"),
                RankKind::FirstRow => "first row".to_owned(),
                RankKind::LastRow => "last row".to_owned(),
            };
            let number = row_number.as_ref().map_or(String::new(), |n| format!(" numbered {n}"));
            let windowed = if *windowed { " windowed" } else { "" };
            format!(
                "{what}{windowed} per [{}] by {}{number}",
                list(partition),
                order.collect::<Vec<_>>().join(", ")
            )
        }
        RelationKind::Distinct { .. } | RelationKind::Union { .. } | RelationKind::Replicate { .. } => {
            head.to_owned()
        }
        RelationKind::Limit { count, offset: 0, .. } => format!("limit {count}"),
        RelationKind::Limit { count, offset, .. } => format!("limit {count} behind {offset}"),
        RelationKind::Sort { keys, .. } => {
            let keys = keys.iter().map(|k| names.sorted(k));
            format!("sort by {}", keys.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Unnest { collection, outer, ordinality, .. } => {
            let outer = if *outer { " outer" } else { "" };
            let numbered = if *ordinality { " numbered" } else { "" };
            format!("unnest{outer}{numbered} {}", print_expr(collection, &names.0))
        }
        RelationKind::Over { partition, order, frame, calls, .. } => {
            let calls = calls.iter().map(|a| format!("{} AS {}", aggregate(a, &names), a.name));
            let calls = calls.collect::<Vec<_>>().join(", ");
            let frame = match frame {
                OverFrame::Rows(None) => "all rows".to_owned(),
                OverFrame::Rows(Some(rows)) => format!("{rows} rows"),
                OverFrame::Range(None) => "all times".to_owned(),
                OverFrame::Range(Some(millis)) => format!("{millis}ms"),
            };
            format!("over [{}] by {} {frame} before: {calls}", list(partition), names.sorted(order))
        }
        RelationKind::Changes { form: ChangeForm::Written(codes), .. } => {
            let codes = codes.iter().map(|(kind, code)| format!("{} {code}", kind.as_str()));
            format!("{head} {}", codes.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Changes { form: ChangeForm::Read(code, codes), .. } => {
            let codes = codes.iter().map(|(code, kind)| format!("{code} {}", kind.as_str()));
            format!("{head} by {}: {}", names.column(*code), codes.collect::<Vec<_>>().join(", "))
        }
        RelationKind::Expand { keys, sets, .. } => {
            let set = |set: &Vec<usize>| {
                let of_set: Vec<usize> = set.iter().filter_map(|n| keys.get(*n).copied()).collect();
                format!("[{}]", list(&of_set))
            };
            format!("expand {}", sets.iter().map(set).collect::<Vec<_>>().join(" "))
        }
        RelationKind::Recognize { pattern, .. } => recognize(pattern, &names),
        RelationKind::Watermark { column, delay_millis, .. } => {
            format!("watermark {} - {delay_millis}ms", names.column(*column))
        }
        RelationKind::Repartition { parallelism, .. } => format!("repartition {parallelism}"),
    };
    let id = if relation.id.is_empty() { String::new() } else { format!("  #{}", relation.id) };
    format!("{text}{id}")
}

fn window(spec: &WindowSpec, names: &Names<'_>) -> String {
    let shift = |offset: &i64| if *offset == 0 { String::new() } else { format!(", offset {offset}ms") };
    match spec {
        WindowSpec::Tumble { size, offset } => format!("tumble({size}ms{})", shift(offset)),
        WindowSpec::Hop { size, slide, offset } => format!("hop({size}ms, {slide}ms{})", shift(offset)),
        WindowSpec::Cumulate { max, step, offset } => format!("cumulate({max}ms, {step}ms{})", shift(offset)),
        WindowSpec::Session { gap, partition } => {
            let by = partition.iter().map(|c| names.column(*c)).collect::<Vec<_>>().join(", ");
            if by.is_empty() { format!("session({gap}ms)") } else { format!("session({gap}ms) by {by}") }
        }
    }
}

/// `match-recognize [k] by ts (a b+) skip past last row: a = …; first(a.x) AS y`
fn recognize(pattern: &RowPattern, names: &Names<'_>) -> String {
    let list = |columns: &[usize]| columns.iter().map(|c| names.column(*c)).collect::<Vec<_>>().join(", ");
    let name = |v: &Option<usize>| {
        let name = v.and_then(|v| pattern.variables.get(v)).map_or("*", |v| v.name.as_str());
        name.to_owned()
    };
    let operand = |operand: &MatchOperand| match operand {
        MatchOperand::Row { variable, first, offset, value } => {
            let end = if *first { "first" } else { "last" };
            let offset = if *offset == 0 { String::new() } else { format!(", {offset}") };
            format!("{end}({}: {}{offset})", name(variable), print_expr(value, &names.0))
        }
        MatchOperand::Aggregate { variable, call } => {
            format!("({}: {})", name(variable), aggregate(call, names))
        }
        MatchOperand::Rowtime(_) => "rowtime".to_owned(),
        MatchOperand::Proctime(_) => "proctime".to_owned(),
    };
    let value = |value: &MatchExpr| {
        let columns = value.operands.iter().map(|o| Column::new(operand(o), o.ty().clone()));
        print_expr(&value.expr, &[&RowSchema::new(columns.collect())])
    };
    let variables = pattern.variables.iter().map(|v| {
        let most = v.most.map_or(String::new(), |m| m.to_string());
        let count =
            if (v.least, v.most) == (1, Some(1)) { String::new() } else { format!("{{{},{most}}}", v.least) };
        let lazy = if v.greedy || count.is_empty() { "" } else { "?" };
        format!("{}{count}{lazy}", v.name)
    });
    let order = pattern.order.iter().map(|k| format!(", {}", names.sorted(k)));
    let skip = match pattern.skip {
        SkipAfterMatch::PastLastRow => "past last row".to_owned(),
        SkipAfterMatch::ToNextRow => "to next row".to_owned(),
        SkipAfterMatch::ToFirst(v) => format!("to first {}", name(&Some(v))),
        SkipAfterMatch::ToLast(v) => format!("to last {}", name(&Some(v))),
    };
    let within = pattern.within.map_or(String::new(), |ms| format!(" within {ms}ms"));
    let conditions = pattern
        .variables
        .iter()
        .filter_map(|v| v.condition.as_ref().map(|c| format!("{} = {}", v.name, value(c))));
    let measures = pattern.measures.iter().map(|m| format!("{} AS {}", value(&m.value), m.name));
    format!(
        "match-recognize [{}] by {}{} ({}){within} skip {skip}: {}: {}",
        list(&pattern.partition),
        names.column(pattern.time),
        order.collect::<String>(),
        variables.collect::<Vec<_>>().join(" "),
        conditions.collect::<Vec<_>>().join("; "),
        measures.collect::<Vec<_>>().join(", "),
    )
}

fn aggregate(call: &AggregateCall, names: &Names<'_>) -> String {
    let arguments = call.arguments.iter().map(|a| print_expr(a, &names.0)).collect::<Vec<_>>().join(", ");
    let arguments = if call.arguments.is_empty() { "*".to_owned() } else { arguments };
    let distinct = if call.distinct { "DISTINCT " } else { "" };
    let filter =
        call.filter.as_ref().map_or(String::new(), |f| format!(" FILTER {}", print_expr(f, &names.0)));
    format!("{}({distinct}{arguments}){filter}", call.function.name)
}

fn properties(p: &Properties) -> String {
    let columns = p.schema.columns.iter().map(|c| format!("{} {}", c.name, c.type_text()));
    let mut out = format!("({})", columns.collect::<Vec<_>>().join(", "));
    let _ = write!(out, " [{}]", p.changelog.kinds().join(","));
    if !p.keys.is_empty() {
        let key = |k: &Vec<usize>| {
            k.iter()
                .filter_map(|c| p.schema.columns.get(*c))
                .map(|c| c.name.as_str())
                .collect::<Vec<_>>()
                .join(",")
        };
        let _ = write!(out, " key={}", p.keys.iter().map(|k| format!("({})", key(k))).collect::<String>());
    }
    if let Some(w) = &p.watermark {
        let name = p.schema.columns.get(w.column).map_or("?", |c| c.name.as_str());
        let _ = write!(out, " watermark={name}-{}ms", w.delay_millis);
    }
    if let Some(state) = &p.state {
        let life = match state.life {
            StateLife::Window => "until the window closes".to_owned(),
            StateLife::Interval(ms) => format!("for {ms}ms of event time"),
            StateLife::Ttl(ms) => format!("for {ms}ms after its last use"),
            StateLife::Hinted { left, right } => {
                let side = |life: Option<i64>| match life {
                    Some(ms) => format!("for {ms}ms after its last use"),
                    None => "for ever".to_owned(),
                };
                format!("{}, on the right {} (hint)", side(left), side(right))
            }
            StateLife::Unbounded => "for ever".to_owned(),
        };
        let _ = write!(out, " state={} {life}", state.what);
    }
    out
}

/// Names of the columns of the inputs, one after the other.
struct Names<'a>(Vec<&'a RowSchema>);

impl Names<'_> {
    fn sorted(&self, key: &SortKey) -> String {
        let way = if key.direction.descending { " desc" } else { "" };
        format!("{}{way}{}", self.column(key.column), key.direction.nulls().to_lowercase())
    }

    fn column(&self, index: usize) -> String {
        column_name(index, &self.0)
    }
}

fn column_name(index: usize, schemas: &[&RowSchema]) -> String {
    let mut rest = index;
    for (n, schema) in schemas.iter().enumerate() {
        if let Some(column) = schema.columns.get(rest) {
            let side = match (schemas.len(), n) {
                (2, 0) => "left.",
                (2, _) => "right.",
                _ => "",
            };
            return format!("{side}{}", column.name);
        }
        rest -= schema.len();
    }
    format!("${index}")
}

/// An expression over the columns of `schemas` (two for a join), fully parenthesised; implicit casts are shown as
/// `x :: T`.
pub fn print_expr(expr: &Expr, schemas: &[&RowSchema]) -> String {
    let text = |e: &Expr| print_expr(e, schemas);
    match &expr.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Column(index) => column_name(*index, schemas),
        ExprKind::Field { base, name, .. } => format!("{}.{name}", text(base)),
        ExprKind::Call { function, arguments } => {
            let args: Vec<String> = arguments.iter().map(text).collect();
            match (function.flink, args.as_slice()) {
                (FlinkForm::Infix(symbol, _), [a, b]) => format!("({a} {symbol} {b})"),
                (FlinkForm::Infix(symbol, _), _) if args.len() > 2 => {
                    format!("({})", args.join(&format!(" {symbol} ")))
                }
                (FlinkForm::Prefix(symbol, _), [a]) => format!("({symbol} {a})"),
                (FlinkForm::Postfix(symbol, _), [a]) => format!("({a} {symbol})"),
                _ => format!("{}({})", function.name, args.join(", ")),
            }
        }
        ExprKind::Cast { input, implicit: true, .. } => format!("{} :: {}", text(input), expr.ty),
        ExprKind::Cast { input, lenient, .. } => {
            format!("{}CAST({} AS {})", if *lenient { "TRY_" } else { "" }, text(input), expr.ty.kind)
        }
        ExprKind::Case { branches, otherwise } => {
            let mut out = String::from("CASE");
            for (condition, result) in branches {
                let _ = write!(out, " WHEN {} THEN {}", text(condition), text(result));
            }
            let _ = write!(out, " ELSE {} END", text(otherwise));
            out
        }
        ExprKind::InList { value, list, negated } => {
            let list: Vec<String> = list.iter().map(text).collect();
            format!("({} {}IN ({}))", text(value), if *negated { "NOT " } else { "" }, list.join(", "))
        }
        ExprKind::Error => "?".to_owned(),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Boolean(b) => b.to_string().to_uppercase(),
        Value::Int(n) => n.to_string(),
        Value::Float(f) => format!("{f:?}"),
        Value::Double(d) => format!("{d:?}"),
        Value::Decimal(d) => d.to_string(),
        Value::Str(s) => format!("'{}'", s.replace('\'', "''")),
        Value::Bytes(b) => format!("X'{}'", b.iter().map(|b| format!("{b:02X}")).collect::<String>()),
        Value::Date(d) => format!("DATE '{}'", streamc_types::format_date(*d)),
        Value::Time(t) => format!("TIME '{}'", streamc_types::format_time(*t, 0)),
        Value::Timestamp(t) => format!("TIMESTAMP '{t}'"),
        Value::Array(items) => format!("ARRAY[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Row(items) => format!("ROW({})", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Map(items) => {
            let items = items.iter().map(|(k, v)| format!("{}, {}", literal(k), literal(v)));
            format!("MAP[{}]", items.collect::<Vec<_>>().join(", "))
        }
    }
}
