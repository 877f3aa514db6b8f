//! The entries, one family a file.

pub mod comparison;
