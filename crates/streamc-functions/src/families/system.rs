//! What depends on more than the values of a row: random values, the watermark, the catalog; and structured types (Flink
//! documentation, "System (Built-in) Functions").

use crate::arguments::{text, value};
use crate::entry::scalar;
use crate::function::{Argument, CallError, EvalError, Family, Function, Typed};
use crate::rules::{STRING, Takes, check, fixed, impossible, literal_text, nullable, refuse};
use crate::spark::SparkForm;
use streamc_types::{DataType, Field, TypeKind, Value};

const RANDOM: &str = "another value every time, so no test could repeat it";
const RANDOM_SPARK: SparkForm = SparkForm::None("random values cannot be repeated");
const NO_OBJECTS: SparkForm = SparkForm::None("Spark has no STRUCTURED types");

/// The functions.
pub const FUNCTIONS: &[Function] = &[
    only("RAND", (0, 1), |f, a| fixed(f, a, &[Takes::Int], TypeKind::Double), RANDOM)
        .spark(RANDOM_SPARK)
        .doc("A random number from 0 up to 1, 1 not included; with a seed the same numbers in each run of a task.", "RAND()", ""),
    only("RAND_INTEGER", (1, 2), |f, a| fixed(f, a, &[Takes::Int], TypeKind::Int), RANDOM)
        .spark(RANDOM_SPARK)
        .doc("A random integer from 0 up to a bound, the bound not included; of two arguments the first is a seed.", "RAND_INTEGER(10)", ""),
    only("UUID", (0, 0), |_, _| Ok(typed(TypeKind::Char(36))), RANDOM)
        .spark(RANDOM_SPARK)
        .doc("A random UUID (version 4) as text.", "UUID()", ""),
    only("CURRENT_WATERMARK", (1, 1), watermark_rule, "the watermark that a row meets depends on how rows are spread over tasks")
        .spark(SparkForm::None("Spark does not show its watermark to expressions"))
        .doc("The watermark as the row meets it, of the type of the event time that is the argument; `NULL` before the first.", "CURRENT_WATERMARK(swiped_at)", ""),
    only("CURRENT_DATABASE", (0, 0), |_, _| Ok(typed(STRING)), "it is the database of the catalog that the job is submitted to")
        .spark(SparkForm::None("the databases of two catalogs have different names"))
        .doc("The name of the current database.", "CURRENT_DATABASE()", ""),
    only("PRINT", (2, 2), print_rule, "it writes to the log of a task")
        .spark(SparkForm::None("Spark has no such function"))
        .doc("The second argument; writes the first one and it to the output of the task.", "PRINT('seen ', 1)", ""),
    scalar(Family::System, "OBJECT_OF", (1, usize::MAX), object_rule, |_, _, a| {
        Ok(Value::Row(a.iter().skip(2).step_by(2).cloned().collect()))
    })
    .spark(NO_OBJECTS)
    .doc("A value of a structured type: the name of its class, then names and values of its fields.", "OBJECT_OF('shop.Item', 'price', 3).price", "3"),
    scalar(Family::System, "OBJECT_UPDATE", (3, usize::MAX), update_rule, |_, types, a| update(types.arguments, a))
        .spark(NO_OBJECTS)
        .doc("A value of a structured type with other values in some fields.", "OBJECT_UPDATE(OBJECT_OF('shop.Item', 'price', 3), 'price', 4).price", "4"),
];

const fn only(
    name: &'static str,
    arity: (usize, usize),
    rule: crate::function::TypeRule,
    reason: &'static str,
) -> Function {
    scalar(Family::System, name, arity, rule, crate::arguments::never).changing().typed_only(reason)
}

fn typed(kind: TypeKind) -> Typed {
    Typed { result: DataType::not_null(kind), arguments: Vec::new() }
}

/// The binder has looked that the argument is a column of event time.
fn watermark_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let types = check(function, arguments, &[Takes::Timestamp])?;
    let kind = arguments.first().map_or(TypeKind::Null, |a| a.ty.kind.clone());
    Ok(Typed { result: DataType::new(kind), arguments: types })
}

fn print_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    check(function, arguments, &[Takes::Text, Takes::Any])?;
    match arguments.get(1) {
        Some(a) if a.ty.kind != TypeKind::Null => {
            // Calcite takes the nullability of a row away on its way.
            let nullable = nullable(arguments) || matches!(a.ty.kind, TypeKind::Row(_));
            Ok(Typed::as_is(arguments, a.ty.clone().with_nullable(nullable)))
        }
        _ => Err(crate::rules::untyped_null(function, 1)),
    }
}

/// The name of a field: a literal.
fn field_name<'a>(arguments: &[Argument<'a>], index: usize) -> Result<&'a str, CallError> {
    literal_text(arguments, index).ok_or_else(|| CallError {
        argument: Some(index),
        message: "the name of a field is a string literal".to_owned(),
        help: None,
    })
}

fn object_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some(class) = literal_text(arguments, 0).filter(|class| is_class(class)) else {
        return Err(refuse(
            function,
            arguments,
            0,
            "the name of a class of your own as a string literal",
            None,
        ));
    };
    if arguments.len().is_multiple_of(2) {
        return Err(impossible("`OBJECT_OF` takes a class, then a name and a value for each field", None));
    }
    let mut fields: Vec<Field> = Vec::new();
    for at in (1..arguments.len()).step_by(2) {
        let name = field_name(arguments, at)?;
        if fields.iter().any(|f| f.name == name) {
            return Err(repeated(name, at));
        }
        match arguments.get(at + 1) {
            Some(a) if a.ty.kind != TypeKind::Null => {
                fields.push(Field { name: name.into(), ty: a.ty.clone(), doc: None });
            }
            _ => return Err(crate::rules::untyped_null(function, at + 1)),
        }
    }
    Ok(Typed::as_is(arguments, DataType::new(TypeKind::Structured(class.into(), fields))))
}

fn update_rule(function: &Function, arguments: &[Argument<'_>]) -> Result<Typed, CallError> {
    let Some((class, mut fields)) = arguments.first().and_then(|a| match &a.ty.kind {
        TypeKind::Structured(class, fields) => Some((class.clone(), fields.clone())),
        _ => None,
    }) else {
        return Err(refuse(function, arguments, 0, "a value of a structured type", None));
    };
    if arguments.len().is_multiple_of(2) {
        return Err(impossible("`OBJECT_UPDATE` takes an object, then names and values", None));
    }
    let mut seen = Vec::new();
    for at in (1..arguments.len()).step_by(2) {
        let name = field_name(arguments, at)?;
        let names = || fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
        if seen.contains(&name) {
            return Err(repeated(name, at));
        }
        seen.push(name);
        let Some(place) = fields.iter().position(|f| f.name == name) else {
            return Err(CallError {
                argument: Some(at),
                message: format!("the object has no field `{name}`"),
                help: Some(format!("there are {}", names())),
            });
        };
        match (arguments.get(at + 1), fields.get_mut(place)) {
            (Some(a), Some(field)) if a.ty.kind != TypeKind::Null => field.ty = a.ty.clone(),
            _ => return Err(crate::rules::untyped_null(function, at + 1)),
        }
    }
    let nullable = arguments.first().is_some_and(|a| a.ty.nullable);
    Ok(Typed::as_is(arguments, DataType { kind: TypeKind::Structured(class, fields), nullable }))
}

fn repeated(name: &str, at: usize) -> CallError {
    CallError { argument: Some(at), message: format!("the field `{name}` comes twice"), help: None }
}

/// Whether it may be the name of a Java class that Flink does not find: of one that it finds, it looks for the fields.
/// Words that no part of a class's name may be (Java Language Specification 17, §3.9; `true`, `false`, `null` besides).
const JAVA_WORDS: [&str; 54] = [
    "_",
    "abstract",
    "assert",
    "boolean",
    "break",
    "byte",
    "case",
    "catch",
    "char",
    "class",
    "const",
    "continue",
    "default",
    "do",
    "double",
    "else",
    "enum",
    "extends",
    "false",
    "final",
    "finally",
    "float",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "int",
    "interface",
    "long",
    "native",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "short",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "true",
    "try",
    "void",
    "volatile",
    "while",
];

fn is_class(name: &str) -> bool {
    let word = |part: &str| {
        part.chars().next().is_some_and(|c| c.is_alphabetic() || matches!(c, '_' | '$'))
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'))
            && !JAVA_WORDS.contains(&part)
    };
    name.split('.').all(word) && !["java.", "org.apache.flink."].iter().any(|known| name.starts_with(known))
}

fn update(types: &[DataType], arguments: &[Value]) -> Result<Value, EvalError> {
    if value(arguments, 0)?.is_null() {
        return Ok(Value::Null);
    }
    let (Value::Row(values), Some(TypeKind::Structured(_, fields))) =
        (value(arguments, 0)?, types.first().map(|ty| &ty.kind))
    else {
        return Err(EvalError::new("no object to update"));
    };
    let mut values: Vec<Value> = values.to_vec();
    for at in (1..arguments.len()).step_by(2) {
        let name = text(arguments, at)?;
        let place = fields.iter().position(|f| f.name == name).and_then(|n| values.get_mut(n));
        if let Some(place) = place {
            *place = value(arguments, at + 1)?.clone();
        }
    }
    Ok(Value::Row(values.into()))
}
