//! `print`.

use super::Options;
use streamc_connectors::Role;
use streamc_plan::Sink;

pub(super) fn sink(sink: &Sink, out: &mut Options) {
    out.set("connector", "print");
    out.mapped(&sink.connector, Role::Sink);
}
