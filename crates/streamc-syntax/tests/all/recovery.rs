use super::{findings, parse};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use streamc_diagnostics::codes::syntax;
use streamc_syntax::ast::{File, Item, dump};

/// Declarations of all sorts, with `@` for a number.
const UNIT: &str = r#"
/// Every authorised swipe, größer als vorher.
source swipes_@ = kafka {
  brokers: env("KAFKA_BROKERS", "localhost:9092"),
  topic: "swipes", // ünïcode
  schema: { id BIGINT NOT NULL, tags ARRAY<STRING> },
  options { retries: 5, nested: { deeper: 1 } },
  watermark: swiped_at - 5s,
}
stream risky_@ = swipes_@
  | filter amount > 1000 AND country <> 'DE' OR name = 'Ärger'
  | derive fee = amount * 0.015, hour = HOUR(swiped_at)
  | group by card_id {
      swipes: COUNT(*),
      spent: SUM(amount),
    }
stream per_minute_@ = sql """
  SELECT window_start, card_id, COUNT(*) AS swipes, SUM(amount) AS spent
  FROM TABLE(TUMBLE(TABLE swipes_@, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE))
  GROUP BY window_start, window_end, card_id
"""
sink alerts_@ = kafka { topic: "alerts", key: card_id } from risky_@, per_minute_@
"#;

fn units(n: usize) -> String {
    (0..n).map(|number| UNIT.replace('@', &number.to_string())).collect()
}

/// The tree of each declaration, by its name.
fn declarations(file: &File, text: &str) -> BTreeMap<String, String> {
    let one = |item: &Item| {
        let name = item.name()?.text.to_string();
        Some((name, dump(&File { docs: Vec::new(), items: vec![item.clone()] }, text)))
    };
    file.items.iter().filter_map(one).collect()
}

/// What is done to a line.
type Damage = fn(&str) -> String;

const DAMAGES: &[(&str, Damage)] = &[
    ("cut in half, brackets and a pipe behind it", |line| {
        let half = line.chars().take(line.chars().count() / 2).collect::<String>();
        format!("{half} ) }} |")
    }),
    ("last character lost", |line| line.chars().take(line.chars().count().saturating_sub(1)).collect()),
    ("brackets opened", |line| format!("{line} {{ (")),
    ("block of quotes opened", |line| format!("{line} \"\"\"")),
    ("string opened", |line| format!("{line} \"")),
    ("nonsense behind it", |line| format!("{line} 42 = = § ,")),
];

#[test]
fn declarations_without_a_broken_line_survive_whatever_the_others_suffer() {
    let clean = units(20);
    let whole = declarations(&parse(&clean).file, &clean);
    assert_eq!(findings(&clean), "");
    assert_eq!(whole.len(), 80);
    let lines: Vec<&str> = clean.lines().collect();
    for (what, damage) in DAMAGES {
        for shift in 0..10 {
            let hit = |n: usize| n % 10 == shift && !lines[n].is_empty() && !lines[n].starts_with("///");
            let broken: String = (0..lines.len())
                .map(|n| if hit(n) { damage(lines[n]) + "\n" } else { lines[n].to_owned() + "\n" })
                .collect();
            let parsed = parse(&broken);
            assert!(!parsed.diagnostics.is_empty());
            let left = declarations(&parsed.file, &broken);
            let mut name = String::new();
            let mut healthy: BTreeMap<String, bool> = BTreeMap::new();
            for (n, line) in lines.iter().enumerate() {
                if let Some(head) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                    head.0.rsplit(' ').next().unwrap_or_default().clone_into(&mut name);
                }
                if !line.is_empty() && !line.starts_with("///") {
                    *healthy.entry(name.clone()).or_insert(true) &= !hit(n);
                }
            }
            for (name, _) in healthy.iter().filter(|(_, healthy)| **healthy) {
                assert_eq!(left.get(name), whole.get(name), "{what}, shift {shift}: {name}");
            }
            let lost = healthy.keys().filter(|name| !left.contains_key(*name)).count();
            assert!(lost <= 8, "{what}, shift {shift}: {lost} of 80 declarations have lost their names");
        }
    }
}

#[test]
fn one_broken_line_gives_at_most_three_findings() {
    let clean = units(1);
    let lines: Vec<&str> = clean.lines().collect();
    let mut most = 0;
    for n in 0..lines.len() {
        for (what, damage) in DAMAGES {
            let broken: String = lines
                .iter()
                .enumerate()
                .map(|(m, l)| if m == n { damage(l) + "\n" } else { (*l).to_owned() + "\n" })
                .collect();
            let found = parse(&broken).diagnostics.len();
            assert!(found <= 3, "{what}: {}\n{}", lines[n], findings(&broken));
            most = most.max(found);
        }
    }
    assert!(most >= 2, "the damage has to hurt");
}

/// Runs on a thread with a small stack.
#[expect(clippy::unwrap_used, reason = "a panic on the thread is the test's failure")]
fn on_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap()
}

#[test]
fn a_million_nested_brackets_give_one_finding_at_once_and_spare_the_next_declaration() {
    let n = 1_000_000;
    for (open, close) in
        [("(", ")"), ("{ k: ", "}"), ("[", "]"), ("f(", ")"), ("(", ""), ("{ k: ", ""), ("ROW<", ">")]
    {
        let text = format!(
            "source a = kafka {{\n  x: {}1{}\n}}\nstream b = a | limit 1\n",
            open.repeat(n),
            close.repeat(n)
        );
        let started = Instant::now();
        let (codes, names) = on_small_stack(move || {
            let parsed = parse(&text);
            let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
            let names: Vec<_> =
                parsed.file.items.iter().filter_map(|i| Some(i.name()?.text.to_string())).collect();
            (codes, names)
        });
        if open == "ROW<" {
            // Angle brackets are only counted, not nested.
            assert_eq!(codes, []);
        } else {
            assert_eq!(codes, [syntax::NESTING_LIMIT], "{open}");
        }
        assert_eq!(names, ["a", "b"]);
        assert!(started.elapsed() < Duration::from_secs(20), "{open}: {:?}", started.elapsed());
    }
}

#[test]
fn the_deepest_allowed_nesting_is_read_on_a_small_stack() {
    let depth = 120;
    for (open, close) in [("{ k: ", "}"), ("[", "]"), ("f(", ")")] {
        let text = format!("source a = kafka {{ x: {}1{} }}", open.repeat(depth), close.repeat(depth));
        assert_eq!(on_small_stack(move || findings(&text)), "", "{open}");
    }
}

#[test]
fn a_file_of_nothing_but_errors_reports_the_first_two_hundred() {
    let parsed = parse(&"stream = \n".repeat(10_000));
    assert_eq!(parsed.diagnostics.len(), 201);
    assert_eq!(parsed.file.items.len(), 10_000);
}
