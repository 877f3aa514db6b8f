//! Stateful operators: what each keeps, by what, and for how long.

use super::{Definitions, place};
use crate::BuildOptions;
use serde_json::{Map, Value, json};
use streamc_plan::{
    AggregateCall, Component, ComponentKind, Expr, JoinStrategy, OptionValue, Plan, RankKind, Relation,
    RelationKind, StateLife, WindowSpec, print_expr,
};

/// Those of every stream, inputs first.
pub(super) fn all<'p>(
    plan: &'p Plan,
    definitions: &mut Definitions<'p>,
    options: &BuildOptions<'_>,
) -> Vec<Value> {
    let mut out = Vec::new();
    for component in &plan.components {
        let ComponentKind::Stream(stream) = &component.kind else { continue };
        let mut relations = Vec::new();
        stream.relation.walk(&mut |relation| relations.push(relation));
        for relation in relations.into_iter().filter(|r| r.props.state.is_some()) {
            out.push(operator(plan, component, relation, definitions, options));
        }
    }
    out
}

fn operator<'p>(
    plan: &'p Plan,
    component: &Component,
    relation: &'p Relation,
    definitions: &mut Definitions<'p>,
    options: &BuildOptions<'_>,
) -> Value {
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("id", json!(relation.id));
    put("component", json!(component.name));
    put("kind", json!(relation.kind_name()));
    put("at", place(relation.origin.span, options));
    if let Some(state) = &relation.props.state {
        put("keeps", json!(state.what));
        put("life", life(plan, &state.life));
    }
    let changelogs = relation.inputs().iter().map(|i| json!(i.props.changelog.kinds())).collect();
    put("input_changelog", changelogs);
    match &relation.kind {
        RelationKind::Aggregate { input, keys, aggregates, .. } => {
            put("keys", columns(definitions, input, keys));
            put("aggregates", aggregates.iter().map(|a| aggregate(definitions, a, input)).collect());
            put("window", window(plan, definitions, input));
        }
        RelationKind::Distinct { input, .. } => {
            let all: Vec<usize> = (0..input.props.schema.len()).collect();
            put("keys", columns(definitions, input, &all));
            put("window", window(plan, definitions, input));
        }
        RelationKind::Rank { input, partition, order, limit, kind, row_number, .. } => {
            let kind = match kind {
                RankKind::TopN => "top-n",
                RankKind::FirstRow => "first-row",
                RankKind::LastRow => "last-row",
            };
            put("keys", columns(definitions, input, partition));
            let order = order.iter().map(|k| {
                let mut key = column(definitions, input, k.column);
                key["descending"] = json!(k.direction.descending);
                if !k.direction.nulls().is_empty() {
                    key["nulls_last"] = json!(k.direction.nulls_last);
                }
                key
            });
            put("order", order.collect());
            put("rank", json!(kind));
            put("limit", json!(limit));
            put("numbered", json!(row_number.is_some()));
            put("window", window(plan, definitions, input));
            put("rows", rows(definitions, &[input]));
        }
        RelationKind::Join { left, right, kind, strategy, equal, condition } => {
            put("join", json!(format!("{kind:?}").to_lowercase()));
            let pairs = equal.iter();
            let pairs = pairs
                .map(|(l, r)| json!([column(definitions, left, *l), column(definitions, right, *r)]))
                .collect();
            put("equal", pairs);
            put("condition", expression(definitions, condition, &[left, right]));
            if let JoinStrategy::Interval { left_time, right_time, lower, upper } = strategy {
                put(
                    "bounds",
                    json!({
                        "left": column(definitions, left, *left_time),
                        "right": column(definitions, right, *right_time),
                        "lower_millis": lower,
                        "upper_millis": upper,
                    }),
                );
            }
            if let JoinStrategy::Lookup { left_time } = strategy {
                put("looked_up_at", column(definitions, left, *left_time));
            }
            put("rows", rows(definitions, &[left, right]));
        }
        RelationKind::Limit { input, offset, count } => {
            put("limit", json!(count));
            if *offset > 0 {
                put("offset", json!(offset));
            }
            put("rows", rows(definitions, &[input]));
        }
        _ => put("rows", rows(definitions, &relation.inputs())),
    }
    Value::Object(out)
}

fn life(plan: &Plan, life: &StateLife) -> Value {
    match (life, plan.app.settings.get("state_ttl")) {
        (StateLife::Window, _) => json!({"until": "the window closes"}),
        (StateLife::Interval(millis), _) => json!({"until": "the interval passes", "millis": millis}),
        (StateLife::Ttl(millis), _) | (StateLife::Unbounded, Some(OptionValue::Duration(millis))) => {
            json!({"until": "unused", "millis": millis})
        }
        (StateLife::Hinted { left, right }, _) => {
            json!({"until": "unused", "left_millis": left, "right_millis": right})
        }
        (StateLife::Unbounded, _) => json!({"until": "never"}),
    }
}

fn column<'p>(definitions: &mut Definitions<'p>, relation: &'p Relation, index: usize) -> Value {
    let column = relation.props.schema.columns.get(index);
    json!({
        "name": column.map(|c| c.name.as_str()),
        "type": column.map(|c| c.ty.to_string()),
        "hash": definitions.column(relation, index),
    })
}

fn columns<'p>(definitions: &mut Definitions<'p>, relation: &'p Relation, indices: &[usize]) -> Value {
    indices.iter().map(|i| column(definitions, relation, *i)).collect()
}

/// Rows that are kept whole.
fn rows<'p>(definitions: &mut Definitions<'p>, relations: &[&'p Relation]) -> Value {
    let row = |r: &&'p Relation| columns(definitions, r, &(0..r.props.schema.len()).collect::<Vec<_>>());
    relations.iter().map(row).collect()
}

fn expression<'p>(definitions: &mut Definitions<'p>, expr: &Expr, inputs: &[&'p Relation]) -> Value {
    let schemas: Vec<_> = inputs.iter().map(|r| &r.props.schema).collect();
    json!({
        "expression": print_expr(expr, &schemas),
        "type": expr.ty.to_string(),
        "hash": definitions.expression(expr, inputs),
    })
}

fn aggregate<'p>(definitions: &mut Definitions<'p>, call: &AggregateCall, input: &'p Relation) -> Value {
    json!({
        "name": call.name,
        "function": call.function.name,
        "arguments": call.arguments.iter().map(|a| expression(definitions, a, &[input])).collect::<Vec<_>>(),
        "distinct": call.distinct,
        "filter": call.filter.as_ref().map(|f| expression(definitions, f, &[input])),
        "type": call.ty.to_string(),
        "hash": definitions.aggregate(call, input),
    })
}

/// The window function that the rows of `relation` belong to windows of; `null` if they belong to none.
fn window<'p>(plan: &'p Plan, definitions: &mut Definitions<'p>, relation: &'p Relation) -> Value {
    if relation.props.window.is_none() {
        return Value::Null;
    }
    let found = match &relation.kind {
        RelationKind::Window { input, spec, time } => {
            let mut out = json!({"kind": spec.name(), "time": column(definitions, input, *time)});
            match spec {
                WindowSpec::Tumble { size, offset } => {
                    out["size_millis"] = json!(size);
                    out["offset_millis"] = json!(offset);
                }
                WindowSpec::Hop { size, slide, offset } => {
                    out["size_millis"] = json!(size);
                    out["slide_millis"] = json!(slide);
                    out["offset_millis"] = json!(offset);
                }
                WindowSpec::Cumulate { max, step, offset } => {
                    out["size_millis"] = json!(max);
                    out["step_millis"] = json!(step);
                    out["offset_millis"] = json!(offset);
                }
                WindowSpec::Session { gap, partition } => {
                    out["gap_millis"] = json!(gap);
                    out["partition"] = columns(definitions, input, partition);
                }
            }
            return out;
        }
        RelationKind::Scan { component } => {
            plan.streams().find(|(c, _)| c.name == *component).map(|(_, s)| &s.relation)
        }
        _ => relation.inputs().first().copied(),
    };
    found.map_or(Value::Null, |below| window(plan, definitions, below))
}
