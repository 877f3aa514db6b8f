//! `lookup join s on e`: each row with what a table of another system has for it.

use super::{Context, column_of, join, scope::unique_names};
use smol_str::SmolStr;
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_functions::operator;
use streamc_plan::{Expr, ExprKind, JoinKind, Origin, Relation, relations};
use streamc_sql::Catalog as _;
use streamc_syntax::ast::Join;
use streamc_types::{DataType, TimeAttribute, TypeKind};

/// The column with the moment of the look-up, which no later step sees.
const MOMENT: &str = "looked_up_at";

pub(super) fn lower(cx: &mut Context<'_>, join: &Join, input: Relation, origin: Origin) -> Relation {
    let Some((right, name)) = join::other_side(cx, join) else { return input };
    if let Some(span) = join.as_of.as_ref().map(|c| c.span).or(join.within.map(|(first, _)| first.span)) {
        let message = "`lookup join` asks for the rows that are there now: it takes no time";
        let d = Diagnostic::new(types::OPERATOR_ARGUMENT, span, message);
        cx.out.push(d.help("leave out `as of` and `within`"));
    }
    if !cx.catalog.is_looked_up(&join.right.text) {
        let message = format!("`{}` cannot be looked up", join.right.text);
        cx.out.push(Diagnostic::new(types::TEMPORAL_JOIN, join.right.span, message).help(
            "only a source that can be asked for rows while the job runs is, such as `jdbc`; `join` keeps the rows of both \
             sides instead",
        ));
        return input;
    }
    let width = input.props.schema.len();
    cx.columns.push(name, right.props.schema.columns.clone());
    let Some(on) = join.on else { return input };
    let condition = cx.condition(on, "lookup join … on");
    if condition.ty.is_unknown() {
        return input;
    }
    if !relations::can_look_up(&condition, width) {
        let message = "the condition does not say what to look up";
        cx.out.push(Diagnostic::new(types::TEMPORAL_JOIN, on.span, message).help(format!(
            "compare a column of `{}`, as it is, by `=` with a value of the row",
            join.right.text
        )));
        return input;
    }
    let proctime = |c: &streamc_types::Column| c.time == Some(TimeAttribute::Proctime);
    let own = input.props.schema.columns.iter().position(proctime);
    let (left, time) = match own {
        Some(time) => (input, time),
        None => (with_moment(input, origin.clone()), width),
    };
    let added = left.props.schema.len() - width;
    let condition = condition.map_columns(&|c| if c < width { c } else { c + added });
    let joined = relations::lookup_join(left, right, JoinKind::Inner, time, condition, origin.clone());
    if added == 0 {
        return join::with_own_names(joined, origin);
    }
    let kept: Vec<usize> = (0..joined.props.schema.len()).filter(|c| *c != time).collect();
    let names =
        unique_names(kept.iter().filter_map(|c| joined.props.schema.columns.get(*c)).map(|c| &c.name));
    let columns = names.into_iter().zip(kept).map(|(n, c)| (n, column_of(&joined, c))).collect();
    relations::project(joined, columns, origin)
}

/// The rows with the clock of the machine as their last column.
fn with_moment(input: Relation, origin: Origin) -> Relation {
    let mut names: Vec<SmolStr> = input.props.schema.names().map(SmolStr::from).collect();
    names.push(MOMENT.into());
    let clock = match operator("PROCTIME") {
        Some(function) => Expr::new(
            ExprKind::Call { function, arguments: Vec::new() },
            DataType::not_null(TypeKind::TimestampLtz(3)),
        ),
        None => Expr::error(None),
    };
    let cells =
        (0..input.props.schema.len()).map(|c| column_of(&input, c)).chain([clock]).collect::<Vec<_>>();
    let columns = unique_names(names.iter()).into_iter().zip(cells).collect();
    relations::project(input, columns, origin)
}
