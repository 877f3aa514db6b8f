//! The entries, one family a file; `catalogue.rs` lists them.

pub mod aggregate;
pub mod arithmetic;
pub mod array;
pub mod collection;
pub mod comparison;
pub mod conditional;
pub mod deviation;
pub mod encoding;
pub mod gather;
pub mod hash;
pub mod json;
pub mod json_make;
pub mod like;
pub mod logical;
pub mod map;
pub mod matches;
pub mod numeric;
pub mod printf;
pub mod regex;
pub mod similar;
pub mod string;
pub mod temporal;
pub mod temporal_text;
pub mod text;
pub mod window;
