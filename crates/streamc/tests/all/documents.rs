//! What the README and the reference of the language show is what the binary does.

use crate::Folder;

const README: &str = include_str!("../../../../README.md");
const LANGUAGE: &str = include_str!("../../../../docs/language.md");
const SWIPES: &str = include_str!("../../../../examples/card_fraud/samples/swipes.jsonl");

/// What the examples of the reference read and do not declare, each by its kind and name.
const READ: &[(&str, &str)] = &[
    ("app demo", "app demo"),
    (
        "source swipes ",
        "source swipes = kafka {\n  brokers: \"b:9092\",\n  topic: \"swipes\",\n  schema: { swipe_id BIGINT NOT NULL, \
         card_id BIGINT NOT NULL, account_id BIGINT, customer_id BIGINT, card_number STRING, currency STRING, \
         amount DECIMAL(10, 2), country STRING, home_country STRING, tags ARRAY<STRING>, \
         place ROW<city STRING, country STRING>, swiped_at TIMESTAMP(3) },\n  watermark: swiped_at - 5s,\n}",
    ),
    (
        "source logins ",
        "source logins = kafka {\n  brokers: \"b:9092\",\n  topic: \"logins\",\n  schema: { card_id BIGINT NOT NULL, \
         device STRING, logged_in_at TIMESTAMP(3) },\n  watermark: logged_in_at - 5s,\n}",
    ),
    (
        "source raw ",
        "source raw = kafka { brokers: \"b:9092\", topic: \"raw\", schema: { swipe_id STRING, amount STRING, tags STRING, \
         swiped_at TIMESTAMP(3) } }",
    ),
    (
        "source `swipes of today` ",
        "source `swipes of today` = kafka { brokers: \"b:9092\", topic: \"t\", schema: { `order` BIGINT, `a``b` STRING } }",
    ),
    (
        "source accounts ",
        "source accounts = kafka { brokers: \"b:9092\", topic: \"a\", schema: { id BIGINT, owner STRING } }",
    ),
    (
        "source customers ",
        "source customers = jdbc { url: \"jdbc:postgresql://d/d\", table: \"c\", schema: { id BIGINT, name STRING } }",
    ),
    (
        "source rates ",
        "source rates = kafka { brokers: \"b:9092\", topic: \"r\", schema: { code STRING, rate DOUBLE, changed_at TIMESTAMP(3) }, \
         watermark: changed_at - 5s }",
    ),
    ("stream replayed ", "stream replayed = swipes"),
    ("stream imported ", "stream imported = swipes"),
    ("stream risky ", "stream risky = swipes | filter amount > 1000 | derive fee = amount * 0.015"),
    (
        "stream totals",
        "stream totals = swipes | group by card_id, place.city AS city { n: COUNT(*), spent: SUM(amount) }",
    ),
];

/// The ```` ```stream ```` blocks of a page, each with the paragraphs between it and what is before.
fn examples(page: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((prose, behind)) = rest.split_once("```stream\n") {
        let (example, next) = behind.split_once("```").expect("a block ends");
        let section = prose.rfind("\n#").map_or(prose, |at| &prose[at..]);
        found.push((section, example));
        rest = next;
    }
    found
}

#[test]
fn the_examples_of_the_language_reference_have_no_errors_but_those_that_it_says() {
    let mut faults = String::new();
    let mut refused = 0;
    let examples = examples(LANGUAGE);
    assert!(examples.len() > 30, "{}", examples.len());
    for (prose, example) in examples {
        // A test is one of the README's program, and runs below.
        if example.starts_with("test ") {
            continue;
        }
        let folder = Folder::new();
        folder.file("samples/swipes.jsonl", SWIPES);
        folder.file("shared/sources.stream", "");
        let mut text = String::from(example);
        // Those behind come first: they read the ones before.
        for (head, declaration) in READ.iter().rev() {
            let name = head.split_once(' ').expect("a head has words").1;
            let declared = head.starts_with("app") && example.contains("app ")
                || ["source", "stream"].iter().any(|kind| example.contains(&format!("{kind} {name}")));
            let read = head.starts_with("app") || text.contains(name.trim());
            if read && !declared {
                text.push_str(&format!("\n{declaration}\n"));
            }
        }
        folder.file("example.stream", &text);
        let ran = folder.run(&["check", "example.stream", "--format", "concise"]);
        let errors: Vec<&str> = ran.out.lines().filter(|line| line.contains(": error[")).collect();
        let expected = prose.split_once("**Not supported yet ([").map(|(_, behind)| &behind[..6]);
        let fine = match expected {
            Some(code) => {
                refused += 1;
                // Each stream has its error, be it that it reads one that has.
                let has_error = |lines: std::ops::Range<usize>| {
                    lines
                        .into_iter()
                        .any(|n| errors.iter().any(|e| e.contains(&format!(".stream:{}:", n + 1))))
                };
                let starts =
                    example.lines().enumerate().filter(|(_, l)| l.starts_with("stream ")).map(|(n, _)| n);
                let mut bounds: Vec<usize> = starts.collect();
                bounds.push(example.lines().count());
                errors.iter().all(|line| line.contains(code) || line.contains("no component `routed.big`"))
                    && bounds.windows(2).all(|pair| has_error(pair[0]..pair[1]))
            }
            None => errors.is_empty() && ran.code == Some(0),
        };
        if !fine {
            faults.push_str(&format!("{example}\n{}\n", errors.join("\n")));
        }
    }
    assert!(refused >= 4, "only {refused} examples are marked as not supported yet");
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn the_program_of_the_readme_gives_the_output_of_the_readme() {
    let program = examples(README)[0].1;
    let shown = README.split_once("    $ streamc run ").expect("the README runs its program").1;
    let shown: Vec<&str> =
        shown.lines().skip(1).map_while(|line| line.strip_prefix("    ")).map(str::trim_end).collect();
    let folder = Folder::new();
    folder.file("samples/swipes.jsonl", SWIPES);
    folder.file("alerts.stream", program);
    let ran = folder.run(&["run", "alerts.stream"]);
    let given: Vec<&str> = ran.out.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown, given);
    assert_eq!(folder.run(&["fmt", "--check", "alerts.stream"]).code, Some(0));
}

#[test]
fn the_test_of_the_language_reference_passes_with_the_program_of_the_readme() {
    let test = examples(LANGUAGE).into_iter().find(|(_, example)| example.starts_with("test "));
    let folder = Folder::new();
    folder.file("samples/swipes.jsonl", SWIPES);
    folder.file("alerts.stream", format!("{}\n{}", examples(README)[0].1, test.expect("there is one").1));
    let ran = folder.run(&["test", "alerts.stream"]);
    assert_eq!(ran.code, Some(0), "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("1 passed, 0 failed"), "{}", ran.out);
}

#[test]
fn the_words_that_need_back_quotes_in_expressions_are_those_of_the_language_reference() {
    let (_, list) = LANGUAGE.split_once("In either case of letters these are\n\n").expect("there is a list");
    let list = list.split("\n\n").next().expect("the list ends");
    let mut words: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert!(words.len() > 50, "{words:?}");
    // Words that may stand bare, the ones that the text names among them.
    let free = [
        "value", "date", "day", "time", "count", "values", "left", "right", "key", "user_id", "rows", "start",
    ];
    let bare = words.len();
    words.extend(free);
    let columns: Vec<String> = words.iter().map(|word| format!("`{word}` BIGINT")).collect();
    let mut text = String::new();
    for word in &words {
        text.push_str(&format!("stream `bare {word}` = s | map x = {word} + 1\n"));
    }
    for word in &words {
        text.push_str(&format!("stream `quoted {word}` = s | map x = `{word}` + 1\n"));
    }
    text.push_str(&format!(
        "source s = kafka {{ brokers: \"b:9092\", topic: \"s\", schema: {{ {} }} }}\n",
        columns.join(", ")
    ));
    let folder = Folder::new();
    folder.file("words.stream", text);
    let ran = folder.run(&["check", "words.stream", "--format", "concise"]);
    for n in 1..=2 * words.len() {
        let refused = ran
            .out
            .lines()
            .any(|line| line.starts_with(&format!("words.stream:{n}:")) && line.contains(": error["));
        assert_eq!(refused, n <= bare, "{}: {}", words[(n - 1) % words.len()], ran.out);
    }
}
