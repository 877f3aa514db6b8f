//! Random applications: tables with rows, and queries over them, well-typed and nearly so. Everything comes from a seed.

pub mod calls;
pub mod dice;
pub mod expressions;
pub mod literals;
pub mod mutations;
pub mod queries;
pub mod tree;
pub mod values;
pub mod world;
