//! `cargo xtask diff`: random queries, on this compiler and on the engines.

pub mod compare;
pub mod flink;
pub mod judge;
pub mod known;
pub mod ours;
pub mod paste;
pub mod run;
pub mod shrink;
pub mod spark;
pub mod tally;
