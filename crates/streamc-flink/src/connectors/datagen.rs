//! `datagen`.

use super::Options;
use streamc_connectors::Role;
use streamc_plan::Source;

pub(super) fn source(source: &Source, out: &mut Options) {
    out.set("connector", "datagen");
    // Rows per second come from our default: Flink's own is 10,000.
    out.mapped(&source.connector, Role::Source);
}
