//! `jdbc`.

use super::{Options, has};
use streamc_connectors::Role;
use streamc_plan::Source;

pub(super) fn source(source: &Source, out: &mut Options) {
    let config = &source.connector;
    out.set("connector", "jdbc");
    out.mapped(config, Role::Source);
    let rows = has(config, "cache_rows", "lookup.partial-cache.max-rows");
    if rows || has(config, "cache_ttl", "lookup.partial-cache.expire-after-write") {
        out.set("lookup.cache", "PARTIAL");
    }
}
