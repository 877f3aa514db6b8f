//! Every page of a diagnostic holds a failing example and its mended form, and both do what the page says.

use crate::{Folder, Ran};
use streamc_diagnostics::Code;
use streamc_diagnostics::codes::all;

/// The fenced block of that language below a heading.
fn block<'a>(page: &'a str, heading: &str, language: &str) -> Option<&'a str> {
    let (_, below) = page.split_once(&format!("\n## {heading}\n"))?;
    let section = below.split("\n## ").next()?;
    let (_, code) = section.split_once(&format!("```{language}\n"))?;
    code.split("\n```").next()
}

/// What examples read that are not about sources.
const SWIPES: &str = "source swipes = kafka {\n  brokers: \"localhost:9092\",\n  topic: \"swipes\",\n  \
    schema: { card_id BIGINT, amount DECIMAL(10, 2), country STRING, swiped_at TIMESTAMP(3) },\n  \
    watermark: swiped_at - 5s,\n}\n";

/// The findings in a text, for every engine. An example without a source reads `swipes`.
fn check(text: &str) -> Ran {
    let folder = Folder::new();
    let source = if text.contains("source ") { "" } else { SWIPES };
    folder.file("example.stream", format!("{text}\n{source}"));
    let mut ran = folder.run(&["check", "example.stream", "--engine", "all", "--format", "concise"]);
    let local = folder.run(&["check", "example.stream", "--engine", "local", "--format", "concise"]);
    ran.out.push_str(&local.out);
    ran.code = ran.code.max(local.code);
    ran
}

fn reports(ran: &Ran, code: Code) -> bool {
    ran.out.contains(&format!("[{code}]"))
}

#[test]
fn the_wrong_example_of_a_page_gives_its_code_and_the_right_one_does_not() {
    let mut faults = String::new();
    let mut compiled = 0;
    for code in all() {
        let page = code.info().page;
        let (Some(wrong), Some(right)) = (block(page, "Wrong", "stream"), block(page, "Right", "stream"))
        else {
            let shown = block(page, "Wrong", "text").is_some() && block(page, "Right", "text").is_some();
            if !shown {
                faults.push_str(&format!("{code}: the page has no example under Wrong and Right\n"));
            }
            continue;
        };
        compiled += 1;
        let ran = check(wrong);
        if !reports(&ran, code) {
            faults.push_str(&format!("{code}: the wrong example gives\n{}{}\n", ran.out, ran.err));
        }
        let ran = check(right);
        // What Spark cannot run may still be right.
        let fails = |line: &str| line.contains(" error[") && !line.contains(" error[ST5002]");
        let failed = ran.code != Some(0) && ran.out.lines().any(fails);
        if reports(&ran, code) || failed && !code.as_str().starts_with("ST5") {
            faults.push_str(&format!("{code}: the right example gives\n{}{}\n", ran.out, ran.err));
        }
    }
    assert!(compiled > 30, "only {compiled} pages have examples");
    assert!(faults.is_empty(), "{faults}");
}
