//! Names and texts that try to leave their place.

use crate::kit::{job, python};
use proptest::prelude::*;
use streamc_spark::spark_expression;

const TEXTS: &[&str] = &[
    "it's",
    "\"\"\"",
    "'); import os; os.system('true') #",
    "a`b",
    "x\\",
    "\\'",
    "{0} {1!} %s ${x} f\"{x}\"",
    "größe → 漢字 \u{1f600}",
    "two\nlines\r\t",
    "\u{202e}txt\u{2066}\u{0}",
    "-- comment /* */ ;",
];

/// A text between double quotes of the language.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out + "\""
}

/// Every constant, name and comment of a job, in order, as Python sees them.
const SHAPE: &str = "
import ast, sys
tree = ast.parse(sys.stdin.read())
calls = sorted({ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)})
print('\\n'.join(c for c in calls if '(' not in c))
print('imports', sum(isinstance(n, (ast.Import, ast.ImportFrom)) for n in ast.walk(tree)))
";

const CONSTANTS: &str = "
import ast, sys, json
tree = ast.parse(sys.stdin.read())
print(json.dumps(sorted({n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)})))
";

fn program(text: &str) -> String {
    let q = quoted(text);
    let doc: String = text.lines().map(|l| format!("/// {l}\n")).collect();
    format!(
        "app test {{ engine: spark, checkpoint_dir: {q} }}
{doc}source a = kafka {{ brokers: env({q}, {q}), topic: {q}, group: {q}, schema: {{ id BIGINT, name STRING }}, options {{ {q}: {q} }} }}
{doc}stream b = a | filter name <> '{}' | derive c = name || '{0}'
sink d = kafka {{ brokers: {q}, topic: {q}, options {{ {q}: secret({q}) }} }} from b
sink e = file {{ path: {q}, format: json }} from b
sink f = print {{ label: {q} }} from b
",
        text.lines().next().unwrap_or("").replace('\'', "''")
    )
}

#[test]
fn texts_stay_texts() {
    let plain = python(SHAPE, &job(&program("plain")));
    for text in TEXTS {
        let job = job(&program(text));
        assert_eq!(python(SHAPE, &job), plain, "{text:?} changes what the job does:\n{job}");
        let constants = python(CONSTANTS, &job);
        let constants: Vec<String> = serde_json::from_str(&constants).unwrap();
        assert!(constants.iter().any(|c| c == text), "{text:?} is not among {constants:#?}");
        assert!(!job.chars().any(|c| c.is_control() && c != '\n'), "{text:?} stands unescaped in\n{job}");
    }
}

#[test]
fn names_stay_names() {
    let names = [
        "a`b",
        "it's \"x\"",
        "select",
        "F",
        "rows",
        "größe",
        "a.b",
        "x\\y",
        "0",
        "__window",
        "window_start",
        "l",
        "); import os",
    ];
    for name in names {
        let id = format!("`{}`", name.replace('`', "``"));
        let text = format!(
            "app test {{ engine: spark }}
source {id} = kafka {{ brokers: \"b:1\", topic: \"t\", schema: {{ {id} BIGINT, k INT, ts TIMESTAMP(3) }}, watermark: ts - 1s }}
stream s1 = {id} | filter {id} > 1 | derive x1 = {id} + 1
stream s2 = sql \"\"\" SELECT a.{id}, b.{id} AS other FROM s1 AS a JOIN {id} AS b ON a.{id} = b.{id} AND b.ts BETWEEN a.ts AND a.ts + INTERVAL '1' SECOND \"\"\"
stream s3 = s1 | group by {id} {{ n1: COUNT(*), m1: MAX({id}) }}
sink s4 = print {{}} from s2
sink s5 = upsert_kafka {{ brokers: \"b:1\", topic: \"t\", key: {id} }} from s3
"
        );
        let job = job(&text);
        let constants: Vec<String> = serde_json::from_str(&python(CONSTANTS, &job)).unwrap();
        assert!(constants.iter().any(|c| c == name), "{name:?} is not among {constants:#?}");
    }
}

#[test]
fn components_whose_names_differ_only_where_python_cannot_see_it_stay_apart() {
    let text = "app test { engine: spark }
source `a-b` = kafka { brokers: \"b:1\", topic: \"t\", schema: { id BIGINT } }
source `a b` = kafka { brokers: \"b:1\", topic: \"u\", schema: { id BIGINT } }
source job = kafka { brokers: \"b:1\", topic: \"v\", schema: { id BIGINT } }
stream rows = sql \"\"\" SELECT id FROM `a-b` UNION ALL SELECT id FROM `a b` UNION ALL SELECT id FROM job \"\"\"
stream F = rows | filter id > 1
sink main = print {} from F\n";
    insta::assert_snapshot!(job(text));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back_from_python_and_from_sql(texts in prop::collection::vec(any::<String>(), 1..40)) {
        use streamc_plan::Expr;
        use streamc_types::{DataType, Value};
        // What Spark's parser does with the escapes that are written, in Python.
        let program = "
import sys, json, re
def unescape(t):
    assert t[0] == t[-1] == chr(39)
    table = {'n': chr(10), 'r': chr(13), 't': chr(9)}
    def one(m):
        return chr(int(m[1], 16)) if m[1] else table.get(m[2], m[2])
    body = t[1:-1]
    assert not re.search(r\"(?<!\\\\)(\\\\\\\\)*'\", body), body
    return re.sub(r'\\\\(?:u([0-9a-f]{4})|(.))', one, body, flags=re.S)
print(json.dumps([unescape(t) for t in json.load(sys.stdin)]))
";
        let literals: Vec<String> = texts
            .iter()
            .map(|t| spark_expression(&Expr::literal(Value::str(t.as_str()), DataType::string()), &[]).unwrap())
            .collect();
        let back: Vec<String> = serde_json::from_str(&python(program, &serde_json::to_string(&literals).unwrap())).unwrap();
        prop_assert_eq!(back, texts);
    }
}
