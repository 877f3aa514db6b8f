//! Tests of the table of connectors.

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads and, when asked to, writes the page")]
fn the_reference_page_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/connectors.md");
    let wanted = streamc_connectors::reference();
    if std::env::var_os("INSTA_UPDATE").is_some_and(|v| v == "always") {
        std::fs::write(path, &wanted).expect("the page can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/connectors.md is stale: INSTA_UPDATE=always cargo test -p streamc-connectors"
    );
}

#[test]
fn no_connector_declares_an_option_twice() {
    for connector in streamc_connectors::table() {
        let mut names: Vec<&str> = connector.options.iter().map(|o| o.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), connector.options.len(), "{}", connector.name);
    }
}
