//! `job.sql`, `job.json` and `config.yaml`.

use crate::layout::{Line, Piece, Text};
use crate::quote::{comment_lines, string, yaml};
use crate::settings;
use crate::statements::{Kind, Section, Statement};
use indexmap::IndexMap;
use serde::Serialize;
use smol_str::SmolStr;
use streamc_backend::{BuildOptions, OutputFile, SourceMapEntry};
use streamc_plan::{OptionValue, Plan};

/// What is filled in when the job starts: names with their defaults, in order of use.
fn variables(
    statements: &[Statement],
    settings: &IndexMap<&'static str, Text>,
) -> IndexMap<SmolStr, Option<SmolStr>> {
    let mut out = IndexMap::new();
    let texts = settings.values().chain(statements.iter().flat_map(|s| s.lines.iter().map(|l| &l.text)));
    for piece in texts.flat_map(|t| &t.0) {
        if let Piece::Variable { name, default } = piece {
            let known: &mut Option<SmolStr> = out.entry(name.clone()).or_default();
            if known.is_none() {
                known.clone_from(default);
            }
        }
    }
    out
}

/// A file that grows line by line, with its source map.
struct Script {
    text: String,
    line: u32,
    map: Vec<SourceMapEntry>,
}

impl Script {
    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
        self.line += 1 + line.matches('\n').count() as u32;
    }

    fn push_line(&mut self, line: &Line, indent: &str) {
        if let Some((id, span)) = &line.from {
            self.map.push(SourceMapEntry { line: self.line, id: id.to_string(), span: *span });
        }
        let text = line.text.resolved(true);
        self.push(&if text.is_empty() { text } else { format!("{indent}{text}") });
    }

    fn comment(&mut self, text: &str) {
        for line in comment_lines(text) {
            self.push(format!("-- {line}").trim_end());
        }
    }
}

/// The script for Flink's SQL client.
pub(crate) fn sql(plan: &Plan, statements: &[Statement], options: &BuildOptions<'_>) -> OutputFile {
    let settings = settings::job(plan);
    let mut out = Script { text: String::new(), line: 1, map: Vec::new() };
    out.comment(&format!("{}: a job for Flink SQL 2.3", plan.app.name));
    if let Some(doc) = &plan.app.doc {
        out.comment("");
        out.comment(doc.trim());
    }
    out.comment("");
    out.comment(&format!("Made by streamc {}. Change the .stream file, not this one.", options.version));
    for table in statements.iter().filter(|s| s.section == Section::Sources || s.section == Section::Sinks) {
        let parquet = |l: &Line| l.text.resolved(true).trim_end_matches(',') == "  'format' = 'parquet'";
        if table.lines.iter().any(parquet) {
            out.comment(&format!(
                "`{}` needs the jar flink-sql-parquet in the cluster's lib/, and Hadoop's classes.",
                table.name
            ));
        }
    }
    let variables = variables(statements, &settings);
    if !variables.is_empty() {
        out.comment("");
        out.comment("Depends on the environment:");
        for (name, default) in &variables {
            out.comment(&match default {
                Some(value) => format!("  {name}: the default {} is written below", string(value)),
                None => format!("  {name}: REPLACE ${{{name}}} below before running this file"),
            });
        }
    }
    out.push("");
    for (key, value) in &settings {
        out.push(&format!("SET {} = '{}';", string(key), value.clone().escaped().resolved(true)));
    }
    let mut section = None;
    for statement in statements.iter().filter(|s| s.kind != Kind::Insert) {
        if section != Some(statement.section) {
            section = Some(statement.section);
            out.push("");
            out.comment(&format!("---- {} ----", title(statement.section)));
        }
        out.push("");
        place(&mut out, statement, options, "");
        // A comment at the end of a user's query would swallow the semicolon.
        let apart = statement.lines.last().is_some_and(|l| l.text.resolved(true).contains("--"));
        push_statement(&mut out, statement, "", if apart { "\n;" } else { ";" });
    }
    out.push("");
    out.comment(&format!("---- {} ----", title(Section::Job)));
    out.push("");
    out.push("EXECUTE STATEMENT SET");
    out.push("BEGIN");
    for (n, statement) in statements.iter().filter(|s| s.kind == Kind::Insert).enumerate() {
        if n > 0 {
            out.push("");
        }
        place(&mut out, statement, options, "  ");
        push_statement(&mut out, statement, "  ", ";");
    }
    out.push("END;");
    OutputFile { path: "flink/job.sql".to_owned(), contents: out.text, source_map: out.map }
}

fn push_statement(out: &mut Script, statement: &Statement, indent: &str, end: &str) {
    let last = statement.lines.len().saturating_sub(1);
    for (n, line) in statement.lines.iter().enumerate() {
        let line = line.clone();
        out.push_line(&if n == last { line.ending(end) } else { line }, indent);
    }
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Sources => "Sources",
        Section::Streams => "Streams",
        Section::Sinks => "Sinks",
        Section::Job => "The job",
    }
}

/// Where a statement comes from, as a comment and in the source map.
fn place(out: &mut Script, statement: &Statement, options: &BuildOptions<'_>, indent: &str) {
    out.map.push(SourceMapEntry { line: out.line, id: statement.id.to_string(), span: statement.span });
    if let Some(place) = statement.span.and_then(|s| options.places.place(s)) {
        let text = format!("{}, line {}", place.path, place.line);
        for line in comment_lines(&text) {
            out.push(&format!("{indent}-- {line}"));
        }
    }
}

/// `job.json`, version 1; `runtime/flink-runner` reads it.
#[derive(Serialize)]
struct JobFile<'a> {
    version: u32,
    name: &'a str,
    settings: IndexMap<&'static str, String>,
    variables: Vec<Variable>,
    statements: Vec<JobStatement<'a>>,
}

/// `${NAME}` in settings and statements; `$${` there means `${`.
#[derive(Serialize)]
struct Variable {
    name: SmolStr,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<SmolStr>,
}

#[derive(Serialize)]
struct JobStatement<'a> {
    id: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    brokers: Option<Brokers>,
    sql: String,
}

/// What a table that the job uses connects to, so that the runner can tell whether anything is there.
#[derive(Serialize)]
struct Brokers {
    /// A list as in Kafka's `bootstrap.servers`, with variables.
    servers: String,
    /// Whether no message may show it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    secret: bool,
}

/// The same statements as data, for the runner.
pub(crate) fn json(plan: &Plan, statements: &[Statement]) -> OutputFile {
    let settings = settings::job(plan);
    let variables = variables(statements, &settings);
    let used = plan.used();
    let brokers = |s: &Statement| {
        let component =
            plan.component(&s.name).filter(|c| s.kind == Kind::Table && used.contains(&c.name))?;
        let servers = component.connector()?.option("brokers")?;
        let secret = matches!(servers, OptionValue::Secret { .. });
        Some(Brokers { servers: Text::of(servers).template(), secret })
    };
    let statement =
        |s: &'_ Statement| s.lines.iter().map(|l| l.text.template()).collect::<Vec<_>>().join("\n");
    let file = JobFile {
        version: 1,
        name: &plan.app.name,
        settings: settings.iter().map(|(key, text)| (*key, text.template())).collect(),
        variables: variables.into_iter().map(|(name, default)| Variable { name, default }).collect(),
        statements: statements
            .iter()
            .map(|s| JobStatement {
                id: &s.id,
                kind: s.kind.as_str(),
                brokers: brokers(s),
                sql: statement(s),
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&file).unwrap_or_default();
    OutputFile::new("flink/job.json", format!("{text}\n"))
}

/// Settings for the cluster, with flat keys: nested ones cannot hold both `state.backend` and `state.backend.type`.
pub(crate) fn config(plan: &Plan, options: &BuildOptions<'_>) -> OutputFile {
    let mut text = String::new();
    let mut line = |l: &str| {
        text.push_str(l);
        text.push('\n');
    };
    for comment in comment_lines(&format!(
        "Settings for a Flink 2.3 cluster that runs {}: add them to its conf/config.yaml.",
        plan.app.name
    )) {
        line(&format!("# {comment}"));
    }
    line(&format!("# Made by streamc {}.", comment_lines(options.version).join(" ")));
    line("");
    for (key, value) in settings::job(plan) {
        let missing = value.0.iter().any(|p| matches!(p, Piece::Variable { default: None, .. }));
        let hash = if missing { "# depends on the environment: " } else { "" };
        line(&format!("{hash}{key}: {}", yaml(&value.resolved(false))));
    }
    let checkpoints = settings::checkpoint_interval(plan).is_some();
    for (key, value) in settings::CLUSTER {
        if checkpoints || key == "state.backend.type" {
            line(&format!("{key}: {}", yaml(value)));
        }
    }
    OutputFile::new("flink/config.yaml", text)
}
