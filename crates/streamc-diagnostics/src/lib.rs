//! Diagnostics as values: codes, spans, labels and fixes.
//!
//! Every phase of the compiler returns [`Diagnostic`]s; nothing prints. A code is declared once, in
//! [`codes`], together with its page under `docs/diagnostics/`: a code without a page does not compile.

pub mod codes;
mod diagnostic;
mod span;
mod suggest;

pub use codes::{Code, CodeInfo};
pub use diagnostic::{Diagnostic, Fix, Label, Severity};
pub use span::{FileId, Span};
pub use suggest::did_you_mean;
