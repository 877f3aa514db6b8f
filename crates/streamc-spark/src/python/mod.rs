//! Python text: literals, identifiers, and calls laid out as `black` lays them out.

mod identifier;
mod layout;
mod literal;

pub(crate) use identifier::Names;
pub(crate) use layout::{Argument, Py, statement};
pub(crate) use literal::{comment, docstring, string};
