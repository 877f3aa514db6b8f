//! Random expressions, from the leaves up: arguments are what lies at hand, and the catalogue's own type rule says whether a
//! call of them has a type.

use streamc_functions::{Argument, FunctionRef, all, cast, print};
use streamc_types::{DataType, TimeAttribute, TypeKind, Value, case_type, parse_type};

use super::dice::Dice;
use super::literals;
use super::tree::{Node, Part, Sort};

/// An expression.
#[derive(Clone, Debug)]
pub struct Expression {
    /// Its text.
    pub node: Node,
    /// Its type, as far as it is known.
    pub ty: DataType,
    /// Its value, where it is a literal.
    pub value: Option<Value>,
    /// Whether it stands by itself without parentheses.
    pub atom: bool,
    /// Whether every evaluation gives another value.
    pub volatile: bool,
}

/// A column in scope.
#[derive(Clone, Debug)]
pub struct Column {
    /// How the query names it.
    pub text: String,
    /// Its type.
    pub ty: DataType,
    /// Whether it is a time attribute.
    pub time: Option<TimeAttribute>,
}

/// What casts aim at.
const TARGETS: [&str; 16] = [
    "INT",
    "BIGINT",
    "STRING",
    "DOUBLE",
    "DECIMAL(10, 2)",
    "BOOLEAN",
    "TIMESTAMP(3)",
    "DATE",
    "TINYINT",
    "SMALLINT",
    "FLOAT",
    "VARCHAR(3)",
    "CHAR(5)",
    "BYTES",
    "TIMESTAMP_LTZ(3)",
    "TIME(0)",
];

/// How often a call is tried before another is.
const TRIES: usize = 10;

/// A column as an expression.
pub fn column(column: &Column) -> Expression {
    Expression {
        node: Node::leaf(&column.text),
        ty: column.ty.clone(),
        value: None,
        atom: true,
        volatile: false,
    }
}

/// A literal as an expression.
pub fn literal(dice: &mut Dice) -> Expression {
    given(literals::any(dice))
}

/// A given literal as an expression.
pub fn given(literal: literals::Literal) -> Expression {
    let literals::Literal { text, ty, value } = literal;
    Expression { node: Node::leaf(text), ty, value, atom: true, volatile: false }
}

/// Some expression over these columns, of at most so many calls.
pub fn any(dice: &mut Dice, columns: &[Column], calls: usize) -> Expression {
    let mut pool: Vec<Expression> = Vec::new();
    for _ in 0..4 {
        match dice.pick(columns) {
            Some(found) if dice.percent(90) => pool.push(column(found)),
            _ => pool.push(literal(dice)),
        }
    }
    for found in columns {
        if let (TypeKind::Row(fields), true) = (&found.ty.kind, dice.percent(40))
            && let Some(field) = dice.pick(fields)
        {
            let nullable = found.ty.nullable || field.ty.nullable;
            let ty = field.ty.clone().with_nullable(nullable);
            pool.push(column(&Column { text: format!("{}.{}", found.text, field.name), ty, time: None }));
        }
    }
    for _ in 0..dice.below(calls + 1) {
        let made = step(dice, &pool);
        pool.extend(made);
    }
    pool.pop().unwrap_or_else(|| literal(dice))
}

/// An expression whose type the test takes; the last resort is what `otherwise` makes of one that it does not.
pub fn of_type(
    dice: &mut Dice,
    columns: &[Column],
    calls: usize,
    fits: impl Fn(&DataType) -> bool,
) -> Option<Expression> {
    (0..TRIES).map(|_| any(dice, columns, calls)).find(|found| fits(&found.ty))
}

/// A condition.
pub fn condition(dice: &mut Dice, columns: &[Column]) -> Expression {
    let is_boolean = |ty: &DataType| ty.kind == TypeKind::Boolean;
    if let Some(found) = of_type(dice, columns, 3, is_boolean)
        && found.value.is_none()
    {
        return found;
    }
    let symbols = ["=", "<", "IS DISTINCT FROM", "IS NOT NULL"];
    for _ in 0..TRIES {
        let left = any(dice, columns, 1);
        let right = if dice.percent(50) { literal(dice) } else { any(dice, columns, 1) };
        let Some(function) = streamc_functions::operator(dice.word(&symbols)) else { continue };
        let arguments = if function.arity.min == 1 { vec![left] } else { vec![left, right] };
        if let Some(found) = call(function, &arguments) {
            return found;
        }
    }
    Expression { node: Node::leaf("TRUE"), ty: DataType::boolean(), value: None, atom: true, volatile: false }
}

/// One more expression made of those at hand.
fn step(dice: &mut Dice, pool: &[Expression]) -> Option<Expression> {
    match dice.below(20) {
        0 | 1 => casted(dice, pool),
        2 => case(dice, pool),
        3 => list(dice, pool),
        _ => function_call(dice, pool),
    }
}

fn function_call(dice: &mut Dice, pool: &[Expression]) -> Option<Expression> {
    for _ in 0..TRIES {
        let function =
            dice.named(all().filter(|f| !f.is_aggregate() && f.typed_only.is_none()).map(|f| (f.0.name, f)))?;
        for _ in 0..TRIES {
            let arguments = arguments(dice, function, pool);
            if let Some(found) = call(function, &arguments) {
                return Some(found);
            }
        }
    }
    None
}

/// Arguments for a call: the newest expressions are the likeliest.
pub fn arguments(dice: &mut Dice, function: FunctionRef, pool: &[Expression]) -> Vec<Expression> {
    let most = function.arity.max.unwrap_or(function.arity.min + 2).min(6);
    let count = function.arity.min + dice.below(most + 1 - function.arity.min.min(most));
    (0..count)
        .map(|index| {
            if dice.percent(85)
                && let Some(found) = literals::of_argument(dice, function.name, index)
            {
                return given(found);
            }
            let newest = dice.percent(40).then(|| pool.last()).flatten();
            match newest.or_else(|| dice.pick(pool)) {
                Some(found) if dice.percent(85) => found.clone(),
                _ => literal(dice),
            }
        })
        .collect()
}

/// A call, if it has a type.
pub fn call(function: FunctionRef, arguments: &[Expression]) -> Option<Expression> {
    let typed: Vec<Argument<'_>> =
        arguments.iter().map(|a| Argument { ty: &a.ty, literal: a.value.as_ref() }).collect();
    let ty = function.type_call(&typed).ok()?.result;
    Some(written(function, arguments, ty))
}

/// A call, whether it has a type or not.
pub fn written(function: FunctionRef, arguments: &[Expression], ty: DataType) -> Expression {
    // The printer sets parentheses by itself around what is no atom; holes are put back as nodes.
    let holes: Vec<print::Operand> = arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| match &argument.value {
            // Templates take the quotes off a unit.
            Some(Value::Str(_)) if index == 0 => print::Operand::atom(argument.node.to_string()),
            _ => print::Operand {
                text: format!("\u{1}{index}\u{1}"),
                strength: if argument.atom { print::Operand::ATOM } else { 1 },
            },
        })
        .collect();
    let text = print::flink(&function, &holes).text;
    let parts = text
        .split('\u{1}')
        .enumerate()
        .filter(|(_, text)| !text.is_empty())
        .map(|(at, text)| match (at % 2, text.parse::<usize>()) {
            (1, Ok(index)) => Part::Node(arguments[index].node.clone()),
            _ => Part::from(text),
        })
        .collect();
    Expression {
        node: Node { sort: Sort::Expression, parts },
        ty,
        value: None,
        atom: matches!(
            function.flink,
            streamc_functions::FlinkForm::Call | streamc_functions::FlinkForm::Word
        ),
        volatile: !function.deterministic || arguments.iter().any(|a| a.volatile),
    }
}

fn casted(dice: &mut Dice, pool: &[Expression]) -> Option<Expression> {
    let argument = dice.pick(pool)?.clone();
    let target = dice.word(&TARGETS);
    let ty = parse_type(target).ok()?;
    if !cast::is_explicit(&argument.ty, &ty) {
        return None;
    }
    let lenient = dice.percent(60);
    let word = if lenient { "TRY_CAST" } else { "CAST" };
    let nullable = argument.ty.nullable || lenient;
    Some(Expression {
        node: Node::of(Sort::Expression, &format!("{word}({{}} AS {target})"), [Part::Node(argument.node)]),
        ty: ty.with_nullable(nullable),
        value: None,
        atom: true,
        volatile: argument.volatile,
    })
}

fn case(dice: &mut Dice, pool: &[Expression]) -> Option<Expression> {
    let conditions: Vec<&Expression> = pool.iter().filter(|e| e.ty.kind == TypeKind::Boolean).collect();
    let when = (*dice.pick(&conditions)?).clone();
    let then = dice.pick(pool)?.clone();
    let last = if dice.percent(30) { literal(dice) } else { dice.pick(pool)?.clone() };
    let volatile = when.volatile || then.volatile || last.volatile;
    let (pattern, types) = if dice.percent(70) {
        ("CASE WHEN {} THEN {} ELSE {} END", vec![&then.ty, &last.ty])
    } else {
        ("CASE WHEN {} THEN {} END", vec![&then.ty])
    };
    let ty = case_type(types)?;
    let parts = [when.node, then.node, last.node].map(Part::Node);
    Some(Expression {
        node: Node::of(Sort::Expression, pattern, parts),
        ty,
        value: None,
        atom: true,
        volatile,
    })
}

/// `x IN (…)`, `x BETWEEN … AND …`.
fn list(dice: &mut Dice, pool: &[Expression]) -> Option<Expression> {
    let first = dice.pick(pool)?.clone();
    let same: Vec<&Expression> = pool
        .iter()
        .filter(|e| e.ty.kind == first.ty.kind || (e.ty.is_numeric() && first.ty.is_numeric()))
        .collect();
    let (low, high) = ((*dice.pick(&same)?).clone(), (*dice.pick(&same)?).clone());
    let volatile = first.volatile || low.volatile || high.volatile;
    let pattern = dice.word(&["({} IN ({}, {}))", "({} NOT IN ({}, {}))", "({} BETWEEN {} AND {})"]);
    let parts = [first.node, low.node, high.node].map(Part::Node);
    Some(Expression {
        node: Node::of(Sort::Expression, pattern, parts),
        ty: DataType::boolean(),
        value: None,
        atom: true,
        volatile,
    })
}
