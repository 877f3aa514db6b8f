//! From the plan's expressions to compiled ones.

use super::Evaluator;
use super::{Call, Comparison, Compiled, List};
use streamc_functions::{Argument, FunctionKind};
use streamc_plan::{Expr, ExprKind};
use streamc_types::{DataType, TypeKind, Value};

/// Compiles an expression. `Err` says what of it this engine cannot compute.
pub(crate) fn compile(expr: &Expr) -> Result<Compiled, String> {
    Ok(match &expr.kind {
        ExprKind::Literal(value) => Compiled::Literal(value.clone()),
        ExprKind::Column(index) => Compiled::Column(*index),
        ExprKind::Field { base, index, .. } => {
            Compiled::Field { base: Box::new(compile(base)?), index: *index }
        }
        ExprKind::Call { function, arguments } => {
            let FunctionKind::Scalar { eval, lazy } = function.kind else {
                return Err(format!("`{}` is an aggregate function where a value is wanted", function.name));
            };
            if let Some(reason) = function.typed_only {
                return Err(format!("`{}` is not computed in process: {reason}", function.name));
            }
            if function.name == "NULLIF" {
                return null_if(arguments);
            }
            if let [a, b] = arguments.as_slice()
                && let Some(holds) = of_itself(function.name)
                && is_itself(a, b)
            {
                return with_itself(function.name, holds, a, expr);
            }
            let compiled = arguments.iter().map(compile).collect::<Result<Box<[_]>, _>>()?;
            if lazy {
                return lazy_call(function.name, compiled);
            }
            match (comparison(function.name), arguments.as_slice()) {
                (Some(comparison), [a, b]) if comparable(&a.ty, &b.ty) => {
                    let [left, right]: [Compiled; 2] = compiled
                        .into_vec()
                        .try_into()
                        .map_err(|_| "a comparison has two sides".to_owned())?;
                    Compiled::Compare { comparison, sides: Box::new((left, right)) }
                }
                _ => Compiled::Call(Box::new(Call {
                    eval,
                    argument_types: arguments.iter().map(|a| a.ty.clone()).collect(),
                    result: expr.ty.clone(),
                    arguments: compiled,
                    span: expr.span,
                })),
            }
        }
        ExprKind::Cast { input, lenient, .. } => {
            let compiled = compile(input)?;
            if input.ty.kind == expr.ty.kind || input.ty.kind == TypeKind::Null {
                return Ok(compiled);
            }
            Compiled::Cast {
                input: Box::new(compiled),
                types: Box::new((input.ty.clone(), expr.ty.clone())),
                lenient: *lenient,
                span: expr.span,
            }
        }
        ExprKind::Case { branches, otherwise } => Compiled::Case {
            branches: branches
                .iter()
                .map(|(condition, result)| Ok((compile(condition)?, compile(result)?)))
                .collect::<Result<Box<[_]>, String>>()?,
            otherwise: Box::new(compile(otherwise)?),
        },
        ExprKind::InList { value, list, negated } if list.iter().any(|item| is_itself(value, item)) => {
            return with_itself("=", !negated, value, expr);
        }
        ExprKind::InList { value, list, negated } => Compiled::In {
            value: Box::new(compile(value)?),
            list: Box::new(in_list(list)?),
            negated: *negated,
        },
        ExprKind::Error => return Err("the expression has an error".to_owned()),
    })
}

/// Whether two sides of a comparison are one floating-point value. Flink's planner knows the answer then, and it is that of
/// numbers: `NaN = NaN` is true where both are the same expression (Calcite's `RexSimplify`).
fn is_itself(a: &Expr, b: &Expr) -> bool {
    a.ty.is_approximate() && a.is_same(b) && a.is_deterministic()
}

/// What a comparison says of a value and itself.
fn of_itself(name: &str) -> Option<bool> {
    Some(match name {
        "=" | "<=" | ">=" | "IS NOT DISTINCT FROM" => true,
        "<>" | "<" | ">" | "IS DISTINCT FROM" => false,
        _ => return None,
    })
}

fn with_itself(name: &str, holds: bool, value: &Expr, whole: &Expr) -> Result<Compiled, String> {
    if name.starts_with("IS ") {
        return Ok(Compiled::Literal(Value::Boolean(holds)));
    }
    let yes: Evaluator = |_, _, values| Ok(unless_null(values, true));
    let no: Evaluator = |_, _, values| Ok(unless_null(values, false));
    Ok(Compiled::Call(Box::new(Call {
        eval: if holds { yes } else { no },
        argument_types: Box::new([value.ty.clone()]),
        result: whole.ty.clone(),
        arguments: Box::new([compile(value)?]),
        span: whole.span,
    })))
}

fn unless_null(values: &[Value], holds: bool) -> Value {
    match values.first() {
        None | Some(Value::Null) => Value::Null,
        Some(_) => Value::Boolean(holds),
    }
}

/// `NULLIF(a, b)`: `CASE WHEN a = b THEN NULL ELSE a END`, where only the comparison casts.
fn null_if(arguments: &[Expr]) -> Result<Compiled, String> {
    let (Some(equal), [a, _]) = (streamc_functions::operator("="), arguments) else {
        return Err("`NULLIF` takes two arguments".to_owned());
    };
    let typed: Vec<_> = arguments.iter().map(|e| Argument { ty: &e.ty, literal: None }).collect();
    let typed = equal.type_call(&typed).map_err(|error| error.message)?;
    let sides = arguments.iter().zip(typed.arguments).map(|(argument, ty)| {
        let span = argument.span;
        let cast = ExprKind::Cast { input: Box::new(argument.clone()), lenient: false, implicit: true };
        if argument.ty.kind == ty.kind { argument.clone() } else { Expr::new(cast, ty).at(span) }
    });
    let condition = Expr::new(ExprKind::Call { function: equal, arguments: sides.collect() }, typed.result);
    Ok(Compiled::Case {
        branches: Box::new([(compile(&condition)?, Compiled::Literal(Value::Null))]),
        otherwise: Box::new(compile(a)?),
    })
}

fn lazy_call(name: &str, arguments: Box<[Compiled]>) -> Result<Compiled, String> {
    Ok(match name {
        "AND" => Compiled::And(arguments),
        "OR" => Compiled::Or(arguments),
        "COALESCE" | "IFNULL" => Compiled::Coalesce(arguments),
        "IF" => {
            let [condition, result, otherwise]: [Compiled; 3] =
                arguments.into_vec().try_into().map_err(|_| "`IF` takes three arguments".to_owned())?;
            Compiled::Case { branches: Box::new([(condition, result)]), otherwise: Box::new(otherwise) }
        }
        other => return Err(format!("the function `{other}` is not evaluated by the embedded engine")),
    })
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        "=" => Comparison::Equal,
        "<>" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

/// Whether the order of values is SQL's order for these types. Not for floating-point numbers, because of NaN, and not
/// where the types differ: the function decides that.
fn comparable(a: &DataType, b: &DataType) -> bool {
    let alike = match (&a.kind, &b.kind) {
        (TypeKind::Varchar(_), TypeKind::Varchar(_)) => true,
        (TypeKind::Decimal { .. }, TypeKind::Decimal { .. }) => true,
        (a, b) => a == b,
    };
    alike
        && matches!(
            a.kind,
            TypeKind::TinyInt
                | TypeKind::SmallInt
                | TypeKind::Int
                | TypeKind::BigInt
                | TypeKind::Decimal { .. }
                | TypeKind::Varchar(_)
                | TypeKind::Date
                | TypeKind::Time(_)
                | TypeKind::Timestamp(_)
                | TypeKind::TimestampLtz(_)
        )
}

fn in_list(list: &[Expr]) -> Result<List, String> {
    let literal = |e: &Expr| match &e.kind {
        ExprKind::Literal(value) => Some(value.clone()),
        _ => None,
    };
    match list.iter().map(literal).collect::<Option<Vec<Value>>>() {
        Some(values) => {
            let has_null = values.iter().any(Value::is_null);
            Ok(List::Constant(values.into_iter().filter(|v| !v.is_null()).collect(), has_null))
        }
        None => Ok(List::Computed(list.iter().map(compile).collect::<Result<_, _>>()?)),
    }
}
