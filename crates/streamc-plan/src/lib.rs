//! The typed plan: what every part of the compiler agrees on.
//!
//! A [`Plan`] holds an application's components in the order of the data. A stream is a tree of [`Relation`]s; each
//! relation carries its [`Properties`]: row type, time attributes, watermark, changelog kinds, keys, state and
//! lineage. Pipes and SQL make relations with the same constructors ([`relations`]), so that a property has one rule
//! in one place. [`print()`](print()) shows a plan as text, for snapshots and for people.

mod changelog;
mod component;
mod constant;
mod expr;
mod ids;
mod lineage;
mod pattern;
mod printer;
mod properties;
mod relation;
pub mod relations;
mod time_types;
mod window;

pub use changelog::Changelog;
pub use component::{
    App, Component, ComponentKind, ConnectorConfig, Delivery, Engine, OptionValue, Plan, Sink, Source,
    Stream, StreamText, WatermarkDef,
};
pub use constant::{compares_itself, constant_columns, constant_value};
pub use expr::{AggregateCall, Expr, ExprKind};
pub use ids::assign_ids;
pub use lineage::{ColumnRef, Lineage};
pub use pattern::{MatchExpr, MatchOperand, Measure, PatternVariable, RowPattern, SkipAfterMatch};
pub use printer::{print, print_expr, print_relation};
pub use properties::{Key, Properties, StateKind, StateLife, Watermark};
pub use relation::{
    ChangeForm, Direction, JoinKind, JoinStrategy, Origin, OverFrame, RankKind, Relation, RelationKind,
    SortKey,
};
pub use time_types::TimeType;
pub use window::{WindowColumns, WindowSpec};
