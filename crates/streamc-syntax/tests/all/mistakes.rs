//! What people get wrong, and what they are told.

use super::findings;

/// A title and the text with the mistake.
const MISTAKES: &[(&str, &str)] = &[
    ("comma missing between fields", "source a = kafka {\n  topic: \"x\"\n  format: json\n}\n"),
    ("comma missing on one line", "source a = kafka { topic: \"x\" format: json }\n"),
    ("comma missing before options", "source a = kafka {\n  format: json\n  options { \"a\": 1 }\n}\n"),
    (
        "comma missing between columns",
        "source a = kafka { schema: {\n  id BIGINT NOT NULL\n  name STRING\n} }\n",
    ),
    ("colon in a schema", "source a = kafka { schema: { id: BIGINT } }\n"),
    ("equals sign for a colon", "source a = kafka { topic = \"x\" }\n"),
    ("value missing", "source a = kafka { topic: , format: json }\n"),
    ("brace never closed", "source a = kafka {\n  topic: \"x\",\n\nstream b = a | limit 1\n"),
    ("brace too many", "source a = kafka { topic: \"x\" } }\nstream b = a\n"),
    ("brace missing", "source a = kafka topic: \"x\" }\nstream b = a\n"),
    ("parenthesis never closed", "stream b = a\n  | filter (x > 1 AND (y\n  | limit 5\n"),
    ("parenthesis too many", "stream b = a | filter x > 1) | limit 5\n"),
    ("string never closed", "source a = kafka {\n  topic: \"x,\n  format: json,\n}\n"),
    (
        "SQL block never closed",
        "stream a = sql \"\"\"\n  SELECT 1\n\n/// Next.\nstream b = a\nstream c = b\n",
    ),
    ("comment never closed", "/* about\nstream b = a\n"),
    ("name missing", "stream = a | limit 5\nsink = print from a\nsource\n"),
    ("equals sign missing", "stream b a | limit 5\n"),
    ("body missing", "stream b =\nstream c = b\n"),
    ("trailing comma behind from", "sink s = print from a,\nsink t = print from a\n"),
    ("from missing", "sink s = kafka { topic: \"x\" }\nsink t = print from\nstream b = a\n"),
    ("pipe missing", "stream b = a\n  filter x > 1\n  | limit 5\n  select x\n"),
    ("pipe doubled and pipe at the end", "stream b = a | | limit 5 |\nstream c = b\n"),
    (
        "operator without its argument",
        "stream b = a\n  | filter\n  | select\n  | limit\n  | drop\n  | derive\n",
    ),
    ("operator with too much", "stream b = a | limit 5 6 | distinct x | filter y\n"),
    (
        "trailing comma in lists",
        "stream b = a\n  | drop x,\n  | select x, y,\n  | derive z = 1,\n  | rename a AS b,\n",
    ),
    ("window misspelt", "stream b = a | window tumbel(1min) on ts | limit 5\n"),
    ("window without unit", "stream b = a | window tumble(60) on ts\n"),
    ("window with too few sizes", "stream b = a | window hop(1min) on ts\n"),
    ("on missing", "stream b = a | window tumble(1min) ts | join c x.id = c.id | dedupe k\n"),
    (
        "alias without AS and top without direction",
        "stream b = a | join c x on x.id = id | top 3 by n per k\n",
    ),
    ("group without by or block", "stream b = a | group k { n: COUNT(*) } | group by k | limit 1\n"),
    ("aggregate with equals sign", "stream b = a | group by k { n = COUNT(*) }\n"),
    ("derive with AS", "stream b = a | derive x * 2 AS y\n"),
    ("declaration misspelt", "strem b = a | limit 5\nSource c = kafka { topic: \"x\" }\ntable d = e\n"),
    ("connector in a stream", "stream b = kafka { topic: \"x\" }\nstream c = b\n"),
    ("SQL without the word", "stream b = \"\"\"SELECT 1\"\"\"\n"),
    ("comment of another language", "# about\n-- about\nstream b = a;\n"),
    ("curly quotes", "use “shared.stream”\n"),
    (
        "unknown units and escapes",
        "source a = kafka { every: 5sec, size: 4GiB, path: \"C:\\data\", n: 1.5h }\n",
    ),
    ("field given twice", "source a = kafka { topic: \"x\", format: json, topic: \"y\" }\n"),
    (
        "doc comments that document nothing",
        "stream b = a // fine\n  /// nothing\n  | limit 5\n//! late\n/// end\n",
    ),
    ("test without rows", "test \"t\" {\n  given a\n  expct b \"\"\"\n  \"\"\"\n}\ntest {}\n"),
    ("file of another kind", "SELECT * FROM swipes WHERE amount > 10\n"),
    ("minutes as m", "stream b = a | window tumble(1m) on ts | watermark ts - 5sec\n"),
    ("a duration in two words", "stream b = a | window hop(5 minutes, 1 min) on ts\n"),
    ("and of other languages", "stream b = a | filter x > 1 && y > 2\n"),
    ("SQL without a block", "stream b = SELECT id\nFROM a\nstream c = b\n"),
    ("SQL in one quote", "stream b = sql \"SELECT 'x' FROM a\"\n"),
    ("one letter", "x"),
    ("nothing but a word", "stream"),
];

#[test]
fn each_mistake_is_told_once_where_it_is_with_its_mending() {
    let mut all = String::new();
    for (title, text) in MISTAKES {
        all.push_str(&format!("── {title}\n"));
        for line in text.lines() {
            all.push_str(&format!("   │ {line}\n"));
        }
        for line in findings(text).lines() {
            all.push_str(&format!("   {line}\n"));
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn every_mistake_is_found() {
    for (title, text) in MISTAKES {
        assert!(!findings(text).is_empty(), "{title}");
    }
}

#[test]
fn mending_by_the_first_fix_makes_the_finding_go_away() {
    for (title, text) in MISTAKES {
        let before = super::parse(text).diagnostics;
        let Some((place, fix)) = before.iter().enumerate().find_map(|(n, d)| Some((n, d.fixes.first()?)))
        else {
            continue;
        };
        let mut mended = (*text).to_owned();
        let mut edits = fix.edits.clone();
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        for (span, with) in edits {
            mended.replace_range(span.range(), &with);
        }
        let after = super::parse(&mended).diagnostics;
        let same = after.iter().filter(|d| d.message == before[place].message).count();
        let was = before.iter().filter(|d| d.message == before[place].message).count();
        assert!(same < was && after.len() <= before.len(), "{title}: {mended}\n{}", findings(&mended));
    }
}
