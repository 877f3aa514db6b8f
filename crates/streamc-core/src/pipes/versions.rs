//! `join s as of ts on e`: each row with the version that a row of the other side had at its event time.

use super::{Context, join};
use streamc_diagnostics::Diagnostic;
use streamc_diagnostics::codes::types;
use streamc_plan::{JoinKind, Origin, Relation, relations};
use streamc_sql::version_diagnostic;
use streamc_syntax::ast::{Join, JoinSide};

pub(super) fn lower(cx: &mut Context<'_>, join: &Join, input: Relation, origin: Origin) -> Relation {
    let (Some(as_of), Some((right, name))) = (&join.as_of, join::other_side(cx, join)) else { return input };
    if let Some((first, last)) = join.within {
        let message = "`as of` says the time already";
        let d = Diagnostic::new(types::OPERATOR_ARGUMENT, first.span.cover(last.span), message);
        cx.out.push(d.help("leave out `within`"));
    }
    let Some(time) = cx.column(as_of) else { return input };
    cx.columns.push(name.clone(), right.props.schema.columns.clone());
    let Some(on) = join.on else { return input };
    let condition = cx.condition(on, "join … as of … on");
    if condition.ty.is_unknown() {
        return input;
    }
    let parts: Vec<_> = condition.conjuncts().into_iter().cloned().collect();
    let found = version_diagnostic(&input.props, &right.props, time, &parts, &name, as_of.span);
    let (None, Some(right_time)) = (&found, right.props.rowtime()) else {
        cx.out.extend(found);
        return input;
    };
    let kind = if join.side == JoinSide::Left { JoinKind::Left } else { JoinKind::Inner };
    let joined = relations::temporal_join(input, right, kind, (time, right_time), condition, origin.clone());
    join::with_own_names(joined, origin)
}
