//! Files as a whole.

use crate::kit::{SOURCES, emit, python};
use streamc_spark::SUPPORT_MODULE;

const BODY: &str = "
stream counts = swipes | window tumble(1min) on ts | group by card { n: COUNT(*) }
sink console = print {} from counts
";

#[test]
fn the_same_program_gives_the_same_bytes() {
    let text = format!("app test {{ engine: spark }}\n{SOURCES}{BODY}");
    let first = emit(&text);
    let others: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn({
                let text = text.clone();
                move || emit(&text)
            })
        })
        .collect();
    for other in others {
        assert_eq!(other.join().unwrap(), first);
    }
}

#[test]
fn the_support_module_is_python_and_documents_every_public_function() {
    let undocumented = python(
        "
import ast, sys
tree = ast.parse(sys.stdin.read())
for node in tree.body:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith('_'):
        if ast.get_docstring(node) is None:
            print(node.name)
        if isinstance(node, ast.FunctionDef):
            assert node.returns is not None, node.name
            assert all(a.annotation for a in node.args.args + node.args.kwonlyargs), node.name
",
        SUPPORT_MODULE,
    );
    assert_eq!(undocumented, "");
}

#[test]
fn jobs_call_only_what_the_support_module_has() {
    let job = crate::kit::job(&format!(
        "app test {{ engine: spark }}\n{SOURCES}
source f = file {{ path: \"/a\", format: csv, schema: {{ id BIGINT }} }}
source g = file {{ path: \"/a\", format: parquet, schema: {{ id BIGINT }} }}
stream both = sql \"\"\" SELECT id FROM f UNION ALL SELECT id FROM g \"\"\"
stream lines = swipes | select country
stream sums = swipes | window cumulate(1h, 15min) on ts | group by card {{ n: COUNT(*) }}
sink a = file {{ path: \"/o\", format: csv }} from both
sink b = file {{ path: \"/p\", format: parquet }} from both
sink c = kafka {{ brokers: \"b:1\", topic: \"t\", format: raw }} from lines
sink d = kafka {{ brokers: \"b:1\", topic: \"t\", format: csv }} from both
sink e = print {{}} from sums\n"
    ));
    let check = format!(
        "
import ast, sys
support = ast.parse({SUPPORT_MODULE:?})
have = {{n.name for n in support.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}}
job = ast.parse(sys.stdin.read())
for n in ast.walk(job):
    if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == 'streamc':
        assert n.attr in have, n.attr
"
    )
    .replace("\\u{", "\\x{");
    python(&check, &job);
}
