//! The parser's own error type.
//!
//! The grammar never fails as a whole: where something is missing it says so and goes on. So an error is either
//! a ready diagnostic, emitted on the way, or the mute "this alternative is not the one" inside a `choice`.

use chumsky::error::{Error, LabelError};
use chumsky::util::MaybeRef;
use streamc_diagnostics::Diagnostic;

use super::input::{Input, Lexeme};

/// What went wrong in one place.
#[derive(Clone, Debug)]
pub(crate) enum SyntaxError {
    /// An alternative does not apply. Never reaches the user.
    NoMatch,
    /// A finding, and the offset of the token at which it was noticed: of several findings at one token only the
    /// first is news.
    Found {
        /// Offset of the token.
        at: u32,
        /// The finding.
        diagnostic: Box<Diagnostic>,
    },
}

impl<'t> Error<'t, Input<'t>> for SyntaxError {}

impl<'t, L> LabelError<'t, Input<'t>, L> for SyntaxError {
    fn expected_found<E: IntoIterator<Item = L>>(
        _: E,
        _: Option<MaybeRef<'t, Lexeme>>,
        _: <Input<'t> as chumsky::input::Input<'t>>::Span,
    ) -> Self {
        Self::NoMatch
    }
}
