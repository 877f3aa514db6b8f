//! The reference page, and what every entry must have.

use std::collections::BTreeSet;
use std::path::Path;
use streamc_functions::{FunctionKind, all, find, operator, reference};

#[test]
fn the_reference_page_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/functions.md");
    let page = reference();
    if std::env::var_os("STREAMC_BLESS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "docs/functions.md is stale: run `STREAMC_BLESS=1 cargo test -p streamc-functions reference`"
    );
}

#[test]
fn every_name_is_there_once_and_leads_to_its_entry() {
    let mut seen = BTreeSet::new();
    for function in all() {
        for name in std::iter::once(&function.name).chain(function.aliases) {
            assert!(seen.insert(*name), "{name} is there twice");
            assert_eq!(operator(name), Some(function));
            if function.is_called_by_name() {
                assert_eq!(find(&name.to_lowercase()), Some(function));
            }
        }
        assert!(function.doc.ends_with('.'), "{} has no documentation", function.name);
        assert!(!function.example.0.is_empty(), "{} has no example", function.name);
        let moving = !function.deterministic || matches!(function.kind, FunctionKind::Aggregate(_));
        assert!(moving || !function.example.1.is_empty(), "the example of {} has no value", function.name);
    }
    assert!(seen.len() > 150, "only {} names", seen.len());
}
