//! Writes a call as SQL text for an engine, parenthesised where the engine's precedence needs it.

use crate::function::{FlinkForm, Function};
use crate::spark::{SparkCall, SparkForm};
use streamc_types::DataType;

/// SQL text and how strongly its outermost operator binds (see [`FlinkForm::Infix`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operand {
    /// The text.
    pub text: String,
    /// 1 (`OR`) to 7 (unary minus); [`Operand::ATOM`] for what never needs parentheses.
    pub strength: u8,
}

impl Operand {
    /// The strength of a name, a literal, a call.
    pub const ATOM: u8 = 10;

    /// A text that never needs parentheses.
    pub fn atom(text: impl Into<String>) -> Self {
        Self { text: text.into(), strength: Self::ATOM }
    }

    /// The text, in parentheses if it binds less than `least`.
    fn at_least(&self, least: u8) -> String {
        if self.strength < least { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// A call in Flink SQL.
///
/// A [`FlinkForm::Template`] may list one text per number of arguments, separated by `~`; the first one that uses just
/// so many is taken. `{0}` is the first argument, `{0!}` the first argument, a string literal, without its quotes
/// (the type rule has checked that it is one of a list of words); `{*}` is all arguments with commas.
pub fn flink(function: &Function, arguments: &[Operand]) -> Operand {
    let part = |index: usize, least: u8| arguments.get(index).map_or_else(String::new, |a| a.at_least(least));
    let list = || arguments.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join(", ");
    match function.flink {
        FlinkForm::Call if arguments.is_empty() && function.name == "COUNT" => Operand::atom("COUNT(*)"),
        FlinkForm::Call => Operand::atom(format!("{}({})", function.name, list())),
        FlinkForm::Word => Operand::atom(function.name),
        FlinkForm::Infix(symbol, strength) => Operand {
            // Left-associative; comparisons do not chain at all.
            text: format!(
                "{} {symbol} {}",
                part(0, if strength == 4 { 5 } else { strength }),
                part(1, strength + 1)
            ),
            strength,
        },
        FlinkForm::Prefix(symbol, strength) => {
            let space = if symbol.chars().all(char::is_alphabetic) { " " } else { "" };
            // A sign before a sign would read as a comment.
            Operand { text: format!("{symbol}{space}{}", part(0, strength + 1)), strength }
        }
        FlinkForm::Postfix(symbol, strength) => {
            Operand { text: format!("{} {symbol}", part(0, strength + 1)), strength }
        }
        FlinkForm::Written(write) => {
            let texts: Vec<String> = arguments.iter().map(|a| a.text.clone()).collect();
            Operand::atom(write(&texts))
        }
        FlinkForm::Template(template) => {
            let texts: Vec<String> = arguments.iter().map(|a| a.at_least(5)).collect();
            // `x LIKE y ESCAPE z` and `x[i]` are what is left of operators in templates.
            let strength = if template.contains(" LIKE ") { 4 } else { Operand::ATOM };
            Operand { text: fill(template, &texts), strength }
        }
    }
}

/// A call in Spark SQL; `Err` is the reason why Spark has no equal. `arguments` are safe to stand as operands; so is
/// the result.
pub fn spark(
    function: &Function,
    arguments: &[String],
    types: &[DataType],
    result: &DataType,
) -> Result<String, String> {
    match function.spark {
        SparkForm::Same => {
            let operands: Vec<Operand> = arguments.iter().map(Operand::atom).collect();
            let operand = flink(function, &operands);
            Ok(operand.at_least(Operand::ATOM))
        }
        SparkForm::Named(name) => Ok(format!("{name}({})", arguments.join(", "))),
        SparkForm::Template(template) => Ok(fill(template, arguments)),
        SparkForm::Rewrite(rewrite) => rewrite(SparkCall { arguments, types, result }),
        SparkForm::None(reason) => Err(reason.to_owned()),
    }
}

/// Puts the arguments into the alternative of the template for so many of them.
fn fill(template: &str, arguments: &[String]) -> String {
    let uses = |text: &str| {
        (0..10).rev().find(|i| text.contains(&format!("{{{i}"))).map_or(0, |greatest| greatest + 1)
    };
    let chosen = template
        .split('~')
        .find(|text| uses(text) == arguments.len())
        .or_else(|| template.split('~').next_back())
        .unwrap_or(template);
    let mut text = String::with_capacity(chosen.len() + 16);
    let mut rest = chosen;
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let inner = &rest[open + 1..];
        let Some(close) = inner.find('}') else {
            break;
        };
        if &inner[..close] == "*" {
            text.push_str(&arguments.join(", "));
            rest = &inner[close + 1..];
            continue;
        }
        let (name, bare) = match inner[..close].strip_suffix('!') {
            Some(name) => (name, true),
            None => (&inner[..close], false),
        };
        if let Some(argument) = name.parse::<usize>().ok().and_then(|i| arguments.get(i)) {
            text.push_str(if bare { argument.trim_matches('\'') } else { argument });
        }
        rest = &inner[close + 1..];
    }
    text.push_str(rest);
    text
}
