//! The documentation: the table of constructs, and the pages of this backend's codes.

use crate::kit::compile;
use std::path::PathBuf;
use streamc_backend::Backend as _;
use streamc_diagnostics::codes::Code;
use streamc_spark::{SparkBackend, capability_table};

fn docs(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(path)
}

#[test]
fn the_table_of_constructs_in_the_documentation_is_the_one_in_the_code() {
    let path = docs("spark.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- constructs -->\n", "<!-- /constructs -->");
    let from = text.find(start).expect("the mark") + start.len();
    let to = text.find(end).expect("the end mark");
    let table = format!("\n{}\n", capability_table());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{}{table}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert!(
        text[from..to] == table,
        "docs/spark.md is stale: run `UPDATE_DOCS=1 cargo test -p streamc-spark the_table_of_constructs`"
    );
}

#[test]
fn pages_show_a_program_with_the_finding_and_one_without() {
    for code in ["ST5002", "ST5101", "ST5102", "ST5103", "ST5104", "ST5105", "ST5106", "ST5107", "ST5108"] {
        let code = Code::find(code).unwrap();
        let fences: Vec<&str> = code
            .info()
            .page
            .split("```stream\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        let [wrong, right] = fences.as_slice() else { panic!("{code}: a wrong and a right program") };
        let codes = |text: &str| -> Vec<Code> {
            let (plan, findings) = compile(text);
            assert!(!findings.iter().any(|d| d.is_error()), "{code}: {findings:#?}");
            SparkBackend.capabilities(&plan).into_iter().map(|d| d.code).collect()
        };
        assert_eq!(codes(wrong), [code], "the wrong program of {code}");
        assert_eq!(codes(right), [], "the right program of {code}");
    }
}
