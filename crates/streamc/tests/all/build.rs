//! `streamc build`: whole or nothing, and the same bytes everywhere.

use crate::{Folder, GOOD, SWIPES, command, project};
use std::collections::BTreeMap;
use std::path::Path;

fn good() -> Folder {
    let folder = Folder::new();
    folder.file("a.stream", GOOD);
    folder.file("swipes.jsonl", SWIPES);
    folder
}

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path.strip_prefix(root).expect("it is below").to_string_lossy().into_owned();
                out.insert(name, std::fs::read(&path).expect("the file can be read"));
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, folder, &mut out);
    out
}

#[test]
fn the_files_of_the_contract_are_written() {
    let folder = good();
    let ran = folder.run(&["build", "a.stream", "--engine", "all", "--out", "jobs"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let names: Vec<String> = files(&folder.path().join("jobs/a")).into_keys().collect();
    for wanted in [
        "flink/config.yaml",
        "flink/job.json",
        "flink/job.sql",
        "manifest.json",
        "spark/job.py",
        "spark/spark-defaults.conf",
        "spark/streamc_support.py",
    ] {
        assert!(names.iter().any(|n| n == wanted), "{wanted} is missing in {names:?}");
    }
}

#[test]
fn output_is_the_same_in_every_folder_locale_and_thread() {
    let build = |locale: &str| {
        let folder = Folder::new();
        for example in ["card_fraud", "dashboard"] {
            let from = project().join("examples").join(example);
            for (name, bytes) in files(&from) {
                folder.file(&format!("{example}/{name}"), bytes);
            }
        }
        let output =
            command(&["build", "card_fraud", "dashboard", "--engine", "all", "--delivery", "at_least_once"])
                .current_dir(folder.path())
                .env("LC_ALL", locale)
                .env("TZ", "Asia/Tokyo")
                .output()
                .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        files(&folder.path().join("out"))
    };
    let first = build("C");
    let others: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> =
            ["C", "de_DE.UTF-8", "tr_TR.UTF-8"].map(|locale| scope.spawn(move || build(locale))).into();
        handles.into_iter().map(|h| h.join().expect("the thread ends")).collect()
    });
    assert!(!first.is_empty());
    for other in others {
        assert!(first == other, "the builds differ");
    }
}

#[test]
fn a_second_build_replaces_the_first_as_a_whole() {
    let folder = good();
    assert_eq!(folder.run(&["build", "a.stream", "--engine", "all"]).code, Some(0));
    folder.file("out/a/flink/stale.txt", "from an older version");
    let ran = folder.run(&["build", "a.stream", "--engine", "flink"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(folder.list("out/a"), ["flink", "manifest.json"]);
    assert!(!folder.list("out/a/flink").contains(&"stale.txt".to_owned()));
    assert_eq!(folder.list("out"), ["a"], "nothing temporary stays");
}

#[test]
fn a_folder_that_is_no_build_is_not_replaced() {
    let folder = good();
    folder.file("out/a/precious.txt", "mine");
    let ran = folder.run(&["build", "a.stream", "--engine", "flink"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(folder.list("out/a"), ["precious.txt"]);
}

#[test]
fn errors_write_nothing() {
    let folder = good();
    folder.file("a.stream", GOOD.replace("amount > 10", "amont > 10"));
    let ran = folder.run(&["build", "a.stream", "--engine", "flink"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(folder.list("out").is_empty());
}

#[test]
fn a_file_where_the_output_folder_should_be_is_said() {
    let folder = good();
    folder.file("out", "a file");
    let ran = folder.run(&["build", "a.stream", "--engine", "flink"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(std::fs::read(folder.path().join("out")).expect("it is there"), b"a file");
}

/// A file system of 8 kB, and one that cannot be written, in a mount namespace of the test's own.
fn in_own_mounts(folder: &Folder, options: &str) -> std::process::Output {
    let binary = env!("CARGO_BIN_EXE_streamc");
    let script = format!(
        "mkdir -p small && mount -t tmpfs -o {options} none small && '{binary}' build a.stream --engine all --out small/out; \
         code=$?; ls -A small small/out 2>/dev/null; exit $code"
    );
    std::process::Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .current_dir(folder.path())
        .output()
        .expect("unshare (util-linux) is there")
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = good();
    let output = in_own_mounts(&folder, "size=8k");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{out}{err}");
    assert!(err.contains("the disk is full"), "{err}");
    assert!(!out.contains("manifest") && !out.lines().any(|l| l == "a"), "something was left: {out}");
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_folder_that_cannot_be_written_is_said() {
    let folder = good();
    let output = in_own_mounts(&folder, "ro");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("cannot create") && err.contains("small/out"), "{err}");
}

#[test]
fn exactly_once_to_kafka_is_refused_on_spark_and_can_be_given_up() {
    let folder = good();
    folder.file(
        "b.stream",
        format!(
            "app b {{\n  delivery: exactly_once,\n}}\n\n{}",
            GOOD.replace("print {}", "kafka { brokers: \"localhost:9092\", topic: \"large\" }")
        ),
    );
    let ran = folder.run(&["build", "b.stream", "--engine", "spark"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let ran = folder.run(&["build", "b.stream", "--engine", "spark", "--delivery", "at_least_once"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = folder.run(&["build", "b.stream", "--engine", "flink"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn a_left_join_unnest_of_rows_with_not_null_fields_is_refused_for_flink_and_runs_in_process() {
    let folder = Folder::new();
    let query = |join: &str| {
        format!(
            "source orders = kafka {{ brokers: \"b:1\", topic: \"t\", schema: {{ id INT, items ARRAY<ROW<n INT NOT NULL>> }} }}\n\
             stream big = sql \"\"\"SELECT id, n FROM orders {join} WHERE n > 1\"\"\"\nsink out = print {{}} from big\n"
        )
    };
    folder.file("left.stream", query("LEFT JOIN UNNEST(items) AS t (n) ON TRUE"));
    let ran = folder.run(&["check", "left.stream", "--engine", "flink", "--format", "concise"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.out.contains("ST5001") && ran.out.contains("LEFT JOIN UNNEST"), "{ran:?}");
    assert_eq!(folder.run(&["check", "left.stream", "--engine", "local"]).code, Some(0));
    folder.file("cross.stream", query("CROSS JOIN UNNEST(items) AS t (n)"));
    assert_eq!(folder.run(&["check", "cross.stream", "--engine", "flink"]).code, Some(0));
}
