//! Spark SQL text: names, literals, types and expressions.

mod expression;
mod keywords;
mod literal;
mod name;
mod types;

pub(crate) use expression::{Refusal, Scope, collectable, equation, expression, whole};
pub(crate) use literal::interval;
pub(crate) use name::{path, quote};
pub(crate) use types::{has_timestamp, is_supported, sql_type};
