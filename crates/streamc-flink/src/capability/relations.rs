//! Relations that Flink's planner takes otherwise than the plan means them.

use smol_str::SmolStr;
use std::collections::BTreeSet;
use streamc_diagnostics::codes::engines::{IGNORED_ON_FLINK, NOT_ON_FLINK, WRONG_TOP_ONE};
use streamc_diagnostics::{Diagnostic, Span};
use streamc_plan::{
    AggregateCall, Component, ComponentKind, Expr, ExprKind, JoinStrategy, Plan, Properties, RankKind,
    Relation, RelationKind, SortKey, WindowColumns, WindowSpec, relations,
};
use streamc_types::{DataType, TimeAttribute, TypeKind};

/// The relations of one stream. `verbatim`: its text is SQL and goes to Flink as it is.
pub(super) fn check(component: &Component, root: &Relation, verbatim: bool, out: &mut Vec<Diagnostic>) {
    root.walk(&mut |relation| {
        let span = relation.origin.span.or(component.span);
        out.extend(super::grouping_sets::check(relation, span));
        match &relation.kind {
            RelationKind::Join { left, condition, .. } => out.extend(unlike_sides(left, condition, span)),
            RelationKind::Aggregate { input, aggregates, .. } => {
                out.extend(narrow_averages(aggregates, span));
                out.extend(aggregates.iter().filter_map(|call| key_as_value(input, call, span)));
            }
            RelationKind::Project { .. } => out.extend(super::variants::check(relation, span)),
            _ => {}
        }
        match &relation.kind {
            RelationKind::Aggregate { input, keys, windowed: true, aggregates } => {
                out.extend(session_keys(relation, input, keys).map(|d| Diagnostic { span, ..d }));
                if let Some(window) = &input.props.window {
                    out.extend(aggregates.iter().filter_map(|call| unmerged(call, aggregates, &window.spec, span)));
                }
            }
            RelationKind::Aggregate { input, keys, windowed: false, .. } if padded_window(input, keys) => {
                // Measured on 2.3.0: the planner fails with an internal error.
                let message = "Flink cannot group by the window of rows that an outer join may have left without one";
                let help = "group by the window of the side whose rows are all kept";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            RelationKind::Rank { input, partition, .. }
                if input.props.window.as_ref().is_some_and(|w| ranks_changing_window(w, partition)) =>
            {
                // Measured on 2.3.0: "doesn't support consuming update and delete changes".
                let message = "Flink cannot rank the rows of a window that change";
                let help = "rank them before the window is made, or leave its bounds out of the partition";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            RelationKind::Join { left, right, strategy: JoinStrategy::Regular, equal, .. }
                if joins_changing_windows(&left.props, &right.props, equal) =>
            {
                let message = "Flink cannot join the rows of windows that change";
                let help = "group them first, or join before the windows are made";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            RelationKind::Distinct { input, windowed: true } => {
                let keys: Vec<usize> = (0..input.props.schema.len()).collect();
                out.extend(session_keys(relation, input, &keys).map(|d| Diagnostic { span, ..d }));
            }
            RelationKind::Join { left, right, strategy: JoinStrategy::Interval { left_time, right_time, .. }, .. } => {
                let kind = |r: &Relation, c: usize| r.props.schema.columns.get(c).map(|c| c.ty.kind.clone());
                if let (Some(a), Some(b)) = (kind(left, *left_time), kind(right, *right_time))
                    && std::mem::discriminant(&a) != std::mem::discriminant(&b)
                {
                    let message = format!("event time is {a} on the left side of the join and {b} on the right");
                    let help = "Flink joins by an interval only where both are of one type: declare the columns alike";
                    out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
                }
            }
            RelationKind::Join { left, right, strategy: JoinStrategy::Regular, kind, condition, .. }
                if kind.has_right_columns() =>
            {
                let found = updating_interval(left, right, condition).or_else(|| plain_interval(left, right, condition));
                out.extend(found.map(|d| Diagnostic { span, ..d }));
            }
            // The group windows of `GROUP BY` keep sessions apart by any number of columns.
            RelationKind::Window { input, spec: WindowSpec::Session { partition, .. }, .. }
                if partition.len() > 1 && relation.origin.step != "GROUP BY" =>
            {
                // Measured on 2.3.0: a view loses all columns of `PARTITION BY` but the first.
                let names: Vec<&str> = partition
                    .iter()
                    .filter_map(|c| input.props.schema.columns.get(*c).map(|c| c.name.as_str()))
                    .collect();
                let message = "Flink keeps sessions apart by one column at most";
                let help = format!("make one of them: `derive together = ROW({})`", names.join(", "));
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            RelationKind::Unnest { collection, outer: true, .. } if has_not_null_fields(&collection.ty.kind) => {
                // Measured on 2.3.0: "Cannot add expression of different type to set".
                let message = "Flink cannot plan `LEFT JOIN UNNEST` of rows with `NOT NULL` fields";
                let help = "declare the fields of the elements without `NOT NULL`, or write `CROSS JOIN UNNEST`";
                out.push(Diagnostic::new(NOT_ON_FLINK, span, message).help(help));
            }
            RelationKind::Repartition { .. } if !verbatim => {
                let message =
                    "`repartition` has no effect on Flink: SQL cannot set the parallelism of one step";
                let help = "set `parallelism` in `app`; Flink distributes rows by key where a step needs it";
                out.push(Diagnostic::new(IGNORED_ON_FLINK, span, message).help(help));
            }
            _ => {}
        }
    });
}

/// Whether rows are ranked within a window whose rows change.
fn ranks_changing_window(window: &WindowColumns, partition: &[usize]) -> bool {
    let has = |bound: Option<usize>| bound.is_some_and(|column| partition.contains(&column));
    window.changing && has(window.start) && has(window.end)
}

/// Whether the bounds of both sides' windows are compared, and rows of one of them change.
fn joins_changing_windows(left: &Properties, right: &Properties, equal: &[(usize, usize)]) -> bool {
    let (Some(l), Some(r)) = (&left.window, &right.window) else { return false };
    let meet = |a: Option<usize>, b: Option<usize>| a.zip(b).is_some_and(|pair| equal.contains(&pair));
    (l.changing || r.changing) && meet(l.start, r.start) && meet(l.end, r.end)
}

/// Averages of integers beside a deviation or variance. Flink 2.3 then computes both from sums
/// (`AggregateReduceFunctionsRule`), those of the averages in the type of the column, where they overflow: measured, the
/// average of three times 2000000000 is 568344234.
fn narrow_averages(calls: &[AggregateCall], span: Option<Span>) -> impl Iterator<Item = Diagnostic> {
    let spread = |call: &&AggregateCall| {
        matches!(call.function.name, "STDDEV_POP" | "STDDEV_SAMP" | "VAR_POP" | "VAR_SAMP")
    };
    let beside = calls.iter().find(spread).map(|call| call.function.name);
    calls.iter().filter(|call| call.function.name == "AVG").filter_map(move |call| {
        let (beside, ty) = (beside?, &call.arguments.first()?.ty);
        if !matches!(ty.kind, TypeKind::TinyInt | TypeKind::SmallInt | TypeKind::Int) {
            return None;
        }
        let kind = &ty.kind;
        let message =
            format!("Flink 2.3 gives a wrong `AVG` of {kind} beside `{beside}`: its sum overflows {kind}");
        let help = "write `AVG(CAST(… AS BIGINT))`, or compute one of them in a query of its own";
        Some(Diagnostic::new(NOT_ON_FLINK, call.span.or(span), message).help(help))
    })
}

/// `JSON_OBJECTAGG(KEY x VALUE x)`. Measured on 2.3.0: `{"\"a\"":"a"}`, for Flink makes a JSON text of the value and takes that
/// for the key, too.
fn key_as_value(input: &Relation, call: &AggregateCall, span: Option<Span>) -> Option<Diagnostic> {
    let [_, key, value, ..] = call.arguments.as_slice() else { return None };
    let computed = |expr| {
        let column = column_of(expr)?;
        match &input.kind {
            RelationKind::Project { expressions, .. } => expressions.get(column).cloned(),
            _ => Some(Expr::column(column, DataType::unknown())),
        }
    };
    let same = match (computed(key), computed(value)) {
        (Some(key), Some(value)) => key.is_same(&value),
        _ => key.is_same(value),
    };
    if !call.function.name.starts_with("JSON_OBJECTAGG") || !same {
        return None;
    }
    let message = "Flink writes the key as JSON where it is the value, too: with quotes around it";
    let help = "change one of them: `VALUE x || ''`";
    Some(Diagnostic::new(NOT_ON_FLINK, call.span.or(span), message).help(help))
}

/// An `a IS NOT DISTINCT FROM b` between values of both sides that have different types. Measured on 2.3.0: "Equality join
/// predicate on incompatible types".
fn unlike_sides(left: &Relation, condition: &Expr, span: Option<Span>) -> Option<Diagnostic> {
    let width = left.props.schema.len();
    condition.conjuncts().into_iter().find_map(|part| {
        let ExprKind::Call { function, arguments } = &part.kind else { return None };
        let ("IS NOT DISTINCT FROM", [a, b]) = (function.name, arguments.as_slice()) else { return None };
        let (a, b) = (written(a), written(b));
        let of_left = |e: &Expr| {
            let sides: BTreeSet<bool> = e.columns().into_iter().map(|column| column < width).collect();
            (sides.len() == 1).then(|| sides.contains(&true))
        };
        let sides = matches!((of_left(a), of_left(b)), (Some(x), Some(y)) if x != y);
        if !sides || a.ty.kind == b.ty.kind || a.ty.is_string() && b.ty.is_string() {
            return None;
        }
        let (a, b) = (&a.ty.kind, &b.ty.kind);
        let message = format!("Flink cannot join by `IS NOT DISTINCT FROM` between {a} and {b}");
        let help = "cast one side to the type of the other";
        Some(Diagnostic::new(NOT_ON_FLINK, part.span.or(span), message).help(help))
    })
}

/// The expression without the casts that the compiler put in.
fn written(expr: &Expr) -> &Expr {
    match &expr.kind {
        ExprKind::Cast { input, implicit: true, .. } => written(input),
        _ => expr,
    }
}

/// Whether the elements are rows with a field that is never `NULL`.
fn has_not_null_fields(collection: &TypeKind) -> bool {
    let (TypeKind::Array(element) | TypeKind::Multiset(element)) = collection else { return false };
    let (TypeKind::Row(fields) | TypeKind::Structured(_, fields)) = &element.kind else { return false };
    fields.iter().any(|field| !field.ty.nullable)
}

/// Whether both bounds of the window are keys, and may be `NULL`.
fn padded_window(input: &Relation, keys: &[usize]) -> bool {
    let padded = |c: usize| input.props.schema.columns.get(c).is_some_and(|c| c.ty.nullable);
    let is_key = |column: Option<usize>| column.is_some_and(|c| keys.contains(&c) && padded(c));
    input
        .props
        .window
        .as_ref()
        .is_some_and(|w| is_key(w.start) && is_key(w.end) || is_key(w.twin.0) && is_key(w.twin.1))
}

/// An aggregate whose code Flink 2.3 lacks for the window (measured): it puts together what it kept of smaller pieces of
/// time or sessions, and of `HOP` takes pieces back.
fn unmerged(
    call: &AggregateCall,
    beside: &[AggregateCall],
    window: &WindowSpec,
    span: Option<Span>,
) -> Option<Diagnostic> {
    // Next to a variance the planner makes sums and counts of averages, too (`AggregateReduceFunctionsRule`).
    let is_variance = |call: &AggregateCall| {
        call.function.name.starts_with("VAR") || call.function.name.starts_with("STDDEV")
    };
    let averages = call.function.name == "AVG" && beside.iter().any(is_variance);
    let (name, window) = (call.function.name, window_name(window)?);
    let what = match name {
        "FIRST_VALUE" | "LAST_VALUE" => format!("`{name}`"),
        _ if call.distinct
            && window == "HOP"
            && (averages || matches!(name, "SUM" | "LISTAGG") || name.starts_with("BITMAP_")) =>
        {
            format!("`{name}(DISTINCT …)`")
        }
        "JSON_ARRAYAGG_NULL_ON_NULL" | "JSON_ARRAYAGG_ABSENT_ON_NULL" => "`JSON_ARRAYAGG`".to_owned(),
        // Measured: `HOP` puts the newer piece before the older one, `CUMULATE` what came late behind its piece.
        "LISTAGG" | "ARRAY_AGG" => format!("`{name}` in the order of arrival"),
        _ => return None,
    };
    let message = format!("Flink cannot compute {what} over windows of `{window}`");
    let help = match name {
        "LISTAGG" | "ARRAY_AGG" | "JSON_ARRAYAGG_NULL_ON_NULL" | "JSON_ARRAYAGG_ABSENT_ON_NULL" => {
            "take a `tumble` window"
        }
        _ if call.distinct => "take a `tumble` or `cumulate` window",
        _ => "take `MIN` or `MAX`, or a `tumble` window",
    };
    Some(Diagnostic::new(NOT_ON_FLINK, call.span.or(span), message).help(help))
}

/// The window's name if it is made of pieces.
fn window_name(window: &WindowSpec) -> Option<&'static str> {
    match window {
        WindowSpec::Tumble { .. } => None,
        WindowSpec::Hop { .. } => Some("HOP"),
        WindowSpec::Cumulate { .. } => Some("CUMULATE"),
        WindowSpec::Session { .. } => Some("SESSION"),
    }
}

/// A join that bounds the distance of event times, over rows that change: Flink plans it as an interval join, which takes
/// rows that are only added.
fn updating_interval(left: &Relation, right: &Relation, condition: &Expr) -> Option<Diagnostic> {
    let width = left.props.schema.len();
    let is_time = |i: usize| {
        let column = left
            .props
            .schema
            .columns
            .get(i)
            .or_else(|| right.props.schema.columns.get(i.checked_sub(width)?));
        column.is_some_and(|c| c.time == Some(TimeAttribute::Rowtime))
    };
    relations::interval_bounds(condition, width, is_time)?;
    let message = "Flink joins rows by the distance of their event times only if they never change";
    let help = "join before the grouping or ranking that makes rows change, or take the time through a cast: \
                `derive at = CAST(ts AS TIMESTAMP(3))`";
    Some(Diagnostic::new(NOT_ON_FLINK, None, message).help(help))
}

/// The column that an expression is, perhaps cast.
fn column_of(expr: &Expr) -> Option<usize> {
    match &expr.kind {
        ExprKind::Cast { input, implicit: true, .. } => column_of(input),
        _ => expr.as_column(),
    }
}

/// A join by `ts = at` of event time and an ordinary timestamp. Calcite gives the second side of an equality the type of the
/// first, and so Flink takes it for event time, too (measured on 2.3): rows that come late are left out.
fn plain_interval(left: &Relation, right: &Relation, condition: &Expr) -> Option<Diagnostic> {
    let width = left.props.schema.len();
    let column = |i: usize| match i.checked_sub(width) {
        None => left.props.schema.columns.get(i),
        Some(at) => right.props.schema.columns.get(at),
    };
    let is_time = |i: usize| column(i).is_some_and(|c| c.time == Some(TimeAttribute::Rowtime));
    // An ordinary one has no type of event time left, either.
    let is_plain = |i: usize| {
        let typed = match i.checked_sub(width) {
            None => left.props.time_type(i),
            Some(at) => right.props.time_type(at),
        };
        let ty = column(i).map(|c| &c.ty.kind);
        typed.is_none() && matches!(ty, Some(TypeKind::Timestamp(3) | TypeKind::TimestampLtz(3)))
    };
    let cast = |part: &&Expr| match &part.kind {
        ExprKind::Call { function, arguments } => match arguments.as_slice() {
            [a, b] if function.name == "=" => {
                column_of(a).is_some_and(is_time) && matches!(b.columns().as_slice(), [b] if is_plain(*b))
            }
            _ => false,
        },
        _ => false,
    };
    let parts = condition.conjuncts();
    let casts: BTreeSet<usize> = parts.iter().copied().filter(|p| cast(p)).flat_map(Expr::columns).collect();
    if casts.is_empty() {
        return None;
    }
    relations::interval_bounds(condition, width, |i| is_time(i) || casts.contains(&i))?;
    let message = "Flink takes the timestamp that is compared with event time here for event time, and leaves late rows out";
    let help = "write the event time behind it: `a.at = b.ts` instead of `b.ts = a.at`";
    Some(Diagnostic::new(NOT_ON_FLINK, None, message).help(help))
}

/// A group of a session window gives final rows only if the group's keys are the columns that keep sessions apart
/// (measured: with others Flink plans an ordinary aggregation, which emits updates).
fn session_keys(relation: &Relation, input: &Relation, keys: &[usize]) -> Option<Diagnostic> {
    let window = input.props.window.as_ref()?;
    let WindowSpec::Session { .. } = &window.spec else { return None };
    let bounds = [window.start, window.end, window.time];
    let names = |r: &Relation, columns: &mut dyn Iterator<Item = usize>| -> BTreeSet<SmolStr> {
        columns.filter_map(|c| r.props.schema.columns.get(c)).map(|c| c.name.clone()).collect()
    };
    let grouped = names(input, &mut keys.iter().copied().filter(|k| !bounds.contains(&Some(*k))));
    let apart = partition_names(input)?;
    if grouped == apart {
        return None;
    }
    let list = |set: &BTreeSet<SmolStr>| {
        if set.is_empty() {
            "nothing".to_owned()
        } else {
            set.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
        }
    };
    let message = format!(
        "grouped by {} while sessions are kept apart by {}, Flink never closes the groups",
        list(&grouped),
        list(&apart)
    );
    let by: Vec<&str> = grouped.iter().map(SmolStr::as_str).collect();
    let help = match by.as_slice() {
        [] => "group by the same columns as the sessions".to_owned(),
        [one] => format!("write `session(gap) by {one}`"),
        many => format!(
            "make one column of them, `derive together = ROW({})`, and take it in both places",
            many.join(", ")
        ),
    };
    Some(Diagnostic::new(NOT_ON_FLINK, relation.origin.span, message).help(help))
}

/// Names of the columns that keep sessions apart, as they are called where the rows are grouped.
fn partition_names(relation: &Relation) -> Option<BTreeSet<SmolStr>> {
    let column = |r: &Relation, c: usize| r.props.schema.columns.get(c).map(|c| c.name.clone());
    match &relation.kind {
        RelationKind::Window { input, spec: WindowSpec::Session { partition, .. }, .. } => {
            partition.iter().map(|c| column(input, *c)).collect()
        }
        RelationKind::Project { input, expressions } => {
            let below = partition_names(input)?;
            let renamed = |name: &SmolStr| {
                let at = expressions
                    .iter()
                    .position(|e| e.as_column().and_then(|c| column(input, c)).as_ref() == Some(name));
                at.and_then(|at| column(relation, at)).unwrap_or_else(|| name.clone())
            };
            Some(below.iter().map(renamed).collect())
        }
        _ => match relation.inputs().as_slice() {
            [input] => partition_names(input),
            // Sessions of another stream: its own check has said what is to be said, and Flink sees through views.
            _ => None,
        },
    }
}

/// Flink 2.3 plans `ROW_NUMBER() … = 1` over rows that are only added as rows that are only added, unless the order is
/// one descending column or a time attribute (FLINK-40368). The replaced rows are not taken back: a sink that replaces
/// by key is right, whatever else reads them is wrong.
pub(super) fn unstable_top_one(plan: &Plan, out: &mut Vec<Diagnostic>) {
    for (component, stream) in plan.streams() {
        let mut found = Vec::new();
        stream.relation.walk(&mut |relation| {
            if is_unstable(relation) {
                found.push(relation);
            }
        });
        for rank in found {
            let within = misread_above(&stream.relation, rank).unwrap_or(false);
            if within || read_further(plan, &component.name) || appended(plan, &component.name) {
                let message = "Flink 2.3 forgets to take back the rows that a better first row replaces";
                let help = "its planner takes a top 1 in this order for rows that never change (FLINK-40368), so whatever \
                            comes behind it counts replaced rows too; order by one descending column or by event time, or \
                            write the rows to a sink that replaces them by key";
                out.push(
                    Diagnostic::new(WRONG_TOP_ONE, rank.origin.span.or(component.span), message).help(help),
                );
            }
        }
    }
}

fn is_unstable(relation: &Relation) -> bool {
    let RelationKind::Rank { input, order, limit: 1, kind: RankKind::TopN, windowed: false, .. } =
        &relation.kind
    else {
        return false;
    };
    // `ORDER BY ts LIMIT 1` is no ranking to Flink's planner.
    let by_time =
        |key: &SortKey| input.props.schema.columns.get(key.column).is_some_and(|c| c.time.is_some());
    let stable = matches!(order.as_slice(), [key] if key.direction.descending || by_time(key));
    input.props.changelog.is_insert_only() && !stable
}

/// Whether something that minds stands above `rank` in the tree; `None` if `rank` is not in it.
fn misread_above(root: &Relation, rank: &Relation) -> Option<bool> {
    if std::ptr::eq(root, rank) {
        return Some(false);
    }
    let below = root.inputs().iter().find_map(|input| misread_above(input, rank))?;
    Some(below || minds(root))
}

fn minds(relation: &Relation) -> bool {
    !matches!(
        relation.kind,
        RelationKind::Project { .. } | RelationKind::Repartition { .. } | RelationKind::Union { .. }
    )
}

/// Whether the rows of `name` come to a sink that does not replace rows by key.
fn appended(plan: &Plan, name: &str) -> bool {
    plan.sinks().any(|(_, sink)| sink.input == name && sink.connector.connector != "upsert_kafka")
        || plan.streams().any(|(component, stream)| {
            let mut reads = false;
            stream.relation.walk(&mut |r| {
                reads |= matches!(&r.kind, RelationKind::Scan { component } if component == name);
            });
            reads && appended(plan, &component.name)
        })
}

/// Whether a stream that reads `name`, directly or through others, does more than hand its rows on.
fn read_further(plan: &Plan, name: &str) -> bool {
    plan.components.iter().any(|component| {
        let ComponentKind::Stream(stream) = &component.kind else { return false };
        let mut scans = Vec::new();
        stream.relation.walk(&mut |r| {
            if matches!(&r.kind, RelationKind::Scan { component } if component == name) {
                scans.push(r);
            }
        });
        !scans.is_empty()
            && (scans.iter().any(|scan| misread_above(&stream.relation, scan).unwrap_or(false))
                || read_further(plan, &component.name))
    })
}
