//! `streamc new`.

use crate::Outcome;
use crate::arguments::New;
use crate::console::{Console, Style};
use streamc_core::{OsSystem, System};

/// The files of a new project, with `{name}` for the application's name.
const FILES: &[(&str, &str)] = &[
    ("{name}.stream", include_str!("../../template/pipeline.stream")),
    ("samples/orders.jsonl", include_str!("../../template/orders.jsonl")),
    ("streamc.toml", include_str!("../../template/streamc.toml")),
    ("README.md", include_str!("../../template/README.md")),
    (".github/workflows/streamc.yml", include_str!("../../template/ci.yml")),
    (".gitignore", "out/\n"),
];

pub(crate) fn run(arguments: &New, console: &Console) -> Outcome {
    let folder = &arguments.name;
    let Some(name) = folder.file_name().map(|n| n.to_string_lossy().into_owned()) else {
        console.message("error: the project needs a name");
        return Outcome::Failed;
    };
    let word = name.replace('-', "_");
    let plain = word.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_alphanumeric() || c == '_');
    if !plain {
        console.message(&format!(
            "error: `{name}` is no name for an application: use letters, digits, `-` and `_`"
        ));
        return Outcome::Failed;
    }
    if OsSystem.exists(folder)
        && (!OsSystem.is_dir(folder) || OsSystem.list(folder).is_ok_and(|entries| !entries.is_empty()))
    {
        console.message(&format!("error: `{}` is there already", folder.display()));
        return Outcome::Failed;
    }
    let fill = |text: &str| text.replace("{name}", &word);
    let files: Vec<(String, Vec<u8>)> =
        FILES.iter().map(|(path, text)| (fill(path), fill(text).into_bytes())).collect();
    if let Err(error) = OsSystem.write_folder(folder, &files) {
        console.message(&format!("error: {error}"));
        return Outcome::Failed;
    }
    console.note(&format!("{} {}", console.paint(Style::Good, "made"), folder.display()));
    console.note(&format!(
        "\n  cd {}\n  streamc run {word}.stream\n  streamc test\n  streamc build --engine flink",
        folder.display()
    ));
    Outcome::Fine
}
