//! What is described and drawn.

use crate::{SOURCES, open};
use insta::assert_snapshot;
use streamc_core::{GraphFormat, describe_json, describe_text, plan, render_graph};

const APP: &str = r#"
/// Swipes that are large.
stream large = swipes | filter amount > 100 | derive twice = amount * 2
stream spent = large | group by card_id { spent: SUM(twice) }
sink totals = upsert_kafka { brokers: "b", topic: "t", key: card_id } from spent
"#;

#[test]
fn a_description_traces_columns_back_to_their_sources() {
    let (db, root) = open(&[("app.stream", &format!("{SOURCES}{APP}"))]);
    let plan = plan(&db, root).expect("the file has no errors");
    assert_snapshot!("describe_text", describe_text(&plan, None));
    let json = describe_json(&plan, Some("spent"));
    assert_snapshot!("describe_json", serde_json::to_string_pretty(&json).expect("it is JSON"));
}

#[test]
fn a_graph_is_written_in_every_format() {
    let (db, root) = open(&[("app.stream", &format!("{SOURCES}{APP}"))]);
    let plan = plan(&db, root).expect("the file has no errors");
    for (name, format) in [
        ("graph_text", GraphFormat::Text),
        ("graph_mermaid", GraphFormat::Mermaid),
        ("graph_dot", GraphFormat::Dot),
        ("graph_json", GraphFormat::Json),
    ] {
        assert_snapshot!(name, render_graph(&plan, format));
    }
}
