//! SQL text to the typed plan: sqlparser with Flink's dialect, and the binder.
//!
//! Pipes and queries share it. [`bind_expression`], [`bind_select_list`] and [`bind_aggregate`] bind the expressions of
//! pipes; [`bind_query`] binds a `sql """…"""` block; [`query_tables`] lists what a block reads without binding it.
//! Spans are bytes of the `.stream` file throughout. Which SQL is understood is written in `docs/sql.md`.

mod bind;
mod dialect;
mod extent;
mod group;
mod hints;
mod mistakes;
mod parse;
mod pipe;
mod prefixed;
mod query;
mod scope;
mod tokens;
mod unreduced;
mod words;

pub use group::{BoundAggregate, lower_group};
pub use pipe::{bind_aggregate, bind_condition, bind_expression, bind_select_list, parse_watermark};
pub use query::{Catalog, Lookup, bind_query, query_tables, version_diagnostic, window_diagnostic};
pub use scope::{Scope, ScopeTable};
