//! How long state lives.

use streamc_plan::{Properties, StateLife};

/// Processing time that follows event time, before the first record that has one.
pub(crate) const NOT_BEGUN: i64 = i64::MIN;

/// `state_ttl`: an entry that was not written for so many milliseconds of processing time is gone, as with Flink's
/// `table.exec.state.ttl` (updated on write, never returned once expired).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ttl(Option<i64>);

impl Ttl {
    /// What the plan says, or else what the run says.
    pub(crate) fn of(props: &Properties, of_run: Option<i64>) -> Self {
        match props.state.as_ref().map(|s| &s.life) {
            Some(StateLife::Ttl(millis)) => Self(Some(*millis)),
            Some(StateLife::Hinted { left, .. }) => Self(left.or(of_run)),
            Some(StateLife::Unbounded) => Self(of_run),
            _ => Self(None),
        }
    }

    /// The same of the two sides of a join.
    pub(crate) fn of_sides(props: &Properties, of_run: Option<i64>) -> [Self; 2] {
        match props.state.as_ref().map(|s| &s.life) {
            Some(StateLife::Hinted { left, right }) => [Self(left.or(of_run)), Self(right.or(of_run))],
            _ => [Self::of(props, of_run); 2],
        }
    }

    /// Whether entries can expire at all.
    pub(crate) fn is_set(self) -> bool {
        self.0.is_some()
    }

    /// Whether an entry written at `written` is gone at `now`. Before processing time has begun ([`NOT_BEGUN`]) nothing
    /// grows old.
    pub(crate) fn expired(self, written: i64, now: i64) -> bool {
        written != NOT_BEGUN && self.0.is_some_and(|ttl| now.saturating_sub(written) >= ttl)
    }
}
