//! What can be written on the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A typed language for streaming pipelines: checks, runs and tests them in process, compiles them to Flink and Spark.
#[derive(Parser)]
#[command(name = "streamc", version, about, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args)]
pub(crate) struct Global {
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Say more (twice: much more)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say only errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// What is logged to standard error, as `level` or `target=level,…`; overrides -v and -q
    #[arg(long, global = true, env = "STREAMC_LOG", value_name = "FILTER", hide_env_values = true)]
    pub log: Option<String>,
    /// Form of the log
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a project that checks, tests and runs at once
    New(New),
    /// Say everything that is wrong: syntax, names, types, what the engine cannot do, lints
    Check(Check),
    /// Write the job files of an engine
    Build(Build),
    /// Run a pipeline on its samples or files, on the embedded engine
    Run(Run),
    /// Run the `test` blocks
    Test(Test),
    /// Show the schema of every component
    Describe(Describe),
    /// Show who reads whom
    Graph(Graph),
    /// Format files
    Fmt(Fmt),
    /// Infer a schema from sample records
    Infer(Infer),
    /// Show the page of a diagnostic code
    Explain(Explain),
    /// Print a completion script for a shell
    Completions(Completions),
}

#[derive(Args)]
pub(crate) struct New {
    /// Folder to make; its last part is the application's name
    pub name: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the source, for people
    Full,
    /// One line a finding: `path:line:column: severity[code] message`
    Concise,
    /// One object, for machines
    Json,
}

#[derive(Args)]
pub(crate) struct Check {
    /// Files or folders; `-` is standard input
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Form of the findings
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub format: Format,
    /// Check against this engine in place of the one that the file names
    #[arg(long, value_enum)]
    pub engine: Option<Target>,
    /// Guarantee of the sinks, in place of the one that the file names
    #[arg(long, value_enum)]
    pub delivery: Option<Delivery>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Delivery {
    AtLeastOnce,
    ExactlyOnce,
}

impl From<Delivery> for streamc_plan::Delivery {
    fn from(delivery: Delivery) -> Self {
        match delivery {
            Delivery::AtLeastOnce => Self::AtLeastOnce,
            Delivery::ExactlyOnce => Self::ExactlyOnce,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    Flink,
    Spark,
    Local,
    All,
}

#[derive(Args)]
pub(crate) struct Build {
    /// Files or folders
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Build for this engine in place of the one that the file names
    #[arg(long, value_enum)]
    pub engine: Option<Target>,
    /// Guarantee of the sinks, in place of the one that the file names
    #[arg(long, value_enum)]
    pub delivery: Option<Delivery>,
    /// Folder to write to, `out` unless `streamc.toml` says otherwise; each application gets a folder of its own below it
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Form of the findings
    #[arg(long, value_enum, default_value_t = Format::Full)]
    pub format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RowFormat {
    /// Aligned columns, for people
    Table,
    /// One JSON object a row, with its kind
    Json,
}

#[derive(Args)]
pub(crate) struct Run {
    /// The file
    pub file: PathBuf,
    /// The engine to run on
    #[arg(long, value_enum, default_value_t = Target::Local)]
    pub engine: Target,
    /// Show the rows of this stream (or source) in place of the sinks
    #[arg(long, value_name = "NAME")]
    pub stream: Option<String>,
    /// Stop after so many rows
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Read a source from a file: `--input swipes=data/swipes.jsonl`
    #[arg(long = "input", value_name = "SOURCE=FILE")]
    pub inputs: Vec<String>,
    /// Form of the rows
    #[arg(long, value_enum, default_value_t = RowFormat::Table)]
    pub format: RowFormat,
    /// Write file sinks (`part-0.jsonl` or `part-0.csv` in their folders) in place of showing their rows
    #[arg(long)]
    pub write: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people
    Text,
    /// One object, for machines
    Json,
    /// JUnit XML
    Junit,
}

#[derive(Args)]
pub(crate) struct Test {
    /// Files or folders
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// The engine to test on
    #[arg(long, value_enum, default_value_t = Target::Local)]
    pub engine: Target,
    /// Only tests whose name contains this
    #[arg(long, value_name = "S")]
    pub filter: Option<String>,
    /// Write what came out into the files as what is expected
    #[arg(long)]
    pub update: bool,
    /// Form of the results
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub format: TestFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    Text,
    Json,
}

#[derive(Args)]
pub(crate) struct Describe {
    /// The file
    pub file: PathBuf,
    /// Only this component
    pub name: Option<String>,
    /// Form of the description
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    Text,
    Mermaid,
    Dot,
    Json,
}

#[derive(Args)]
pub(crate) struct Graph {
    /// The file
    pub file: PathBuf,
    /// Form of the graph
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
}

#[derive(Args)]
pub(crate) struct Fmt {
    /// Files or folders; `-` formats standard input to standard output
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; exit 1 if a file is not formatted
    #[arg(long)]
    pub check: bool,
    /// Change nothing; show what would change
    #[arg(long)]
    pub diff: bool,
}

#[derive(Args)]
pub(crate) struct Infer {
    /// Sample records: JSON lines, a JSON array or CSV, also `.gz`; `-` is standard input
    pub file: String,
    /// Form of the report
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    pub format: TextOrJson,
    /// Print only the schema, as it would be declared
    #[arg(long)]
    pub schema: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    /// A code, such as ST2001; without one, all codes are listed
    pub code: Option<String>,
}

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}
