//! The connectors, one a file.

pub mod datagen;
pub mod file;
pub mod hive;
pub mod jdbc;
pub mod kafka;
pub mod print;
mod shared;
pub mod upsert_kafka;
