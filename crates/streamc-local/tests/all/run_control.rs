//! Targets, limits, cancelling, progress, reports, outputs that fail.

use crate::kit::*;
use std::cell::RefCell;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use streamc_local::{
    Clock, Collected, Input, Inputs, Output, Progress, RunErrorKind, RunOptions, fold_changelog, run,
};
use streamc_plan::{Component, Plan};
use streamc_types::{RowKind, Value};

/// Two streams over one source, each with a sink.
fn fixture() -> (Component, Plan) {
    let s = source("s", "k STRING, n BIGINT", None);
    let counts = {
        let input = scan(&s);
        stream("counts", group(input, "k", vec![agg("COUNT", vec![])]))
    };
    let big = {
        let input = scan(&s);
        let predicate = call(">", vec![col(&input, "n"), int(1)]);
        stream("big", filter(input, predicate))
    };
    let sinks = [sink("to_counts", &counts), sink("to_big", &big)];
    let [a, b] = sinks;
    (s.clone(), plan(vec![s, counts, big, a, b]))
}

#[test]
fn every_sink_gets_its_rows_unless_targets_are_named() {
    let (s, plan) = fixture();
    let mut output = Collected::default();
    let inputs = || Inputs::new().with("s", rows(&s, "a 1\n b 2\n a 3"));
    let report = run(&plan, inputs(), &RunOptions::default(), &mut output).unwrap();
    assert_eq!(output.targets.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["to_counts", "to_big"]);
    assert_eq!((output.of("to_counts").len(), output.of("to_big").len()), (4, 2));
    let through: Vec<_> =
        report.components.iter().map(|c| (c.name.as_str(), c.kind, c.rows_in, c.rows_out)).collect();
    assert_eq!(
        through,
        [
            ("s", "source", 3, 3),
            ("counts", "stream", 3, 4),
            ("big", "stream", 3, 2),
            ("to_counts", "sink", 4, 4),
            ("to_big", "sink", 2, 2),
        ]
    );

    let options = RunOptions { targets: vec!["big".into()], ..RunOptions::default() };
    let report = run(&plan, inputs(), &options, &mut output).unwrap();
    assert_eq!(output.of("big").len(), 2);
    assert_eq!(report.components.len(), 2, "the other stream is not run");

    let options = RunOptions { targets: vec!["nothing".into()], ..RunOptions::default() };
    let error = run(&plan, inputs(), &options, &mut output).unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (RunErrorKind::Input, "there is no component `nothing`")
    );
}

#[test]
fn a_source_can_be_a_target() {
    let (s, plan) = fixture();
    let mut output = Collected::default();
    let options = RunOptions { targets: vec!["s".into()], ..RunOptions::default() };
    run(&plan, Inputs::new().with("s", rows(&s, "a 1\n b 2")), &options, &mut output).unwrap();
    assert_eq!(output.of("s").len(), 2);
}

#[test]
fn the_limit_counts_rows_of_the_output() {
    let (s, plan) = fixture();
    for limit in [0, 1, 3] {
        let mut output = Collected::default();
        let options =
            RunOptions { targets: vec!["counts".into()], limit: Some(limit), ..RunOptions::default() };
        let report =
            run(&plan, Inputs::new().with("s", rows(&s, "a 1\n a 2\n a 3")), &options, &mut output).unwrap();
        assert_eq!(output.of("counts").len() as u64, limit);
        assert!(report.limited);
    }
}

#[test]
fn cancelling_stops_between_two_records_and_closes_no_window() {
    let s = source("s", "k STRING, ts TIMESTAMP(3)", Some(("ts", 0)));
    let flag = AtomicBool::new(false);
    struct StopAfter<'a>(&'a AtomicBool, usize);
    impl Output for StopAfter<'_> {
        fn row(&mut self, _: usize, _: RowKind, _: &[Value]) -> io::Result<()> {
            self.1 += 1;
            if self.1 == 1 {
                self.0.store(true, Ordering::Relaxed);
            }
            Ok(())
        }
    }
    let windows = window(scan(&s), tumble(10), "ts");
    let out = stream("out", group(windows, "window_start window_end", vec![agg("COUNT", vec![])]));
    let plan = plan(vec![s.clone(), out.clone(), sink("sink", &out)]);
    let options = RunOptions { cancelled: Some(&flag), ..RunOptions::default() };
    let inputs = Inputs::new().with("s", rows(&s, "a 1\n a 11\n a 21\n a 31"));
    let mut output = StopAfter(&flag, 0);
    let report = run(&plan, inputs, &options, &mut output).unwrap();
    assert!(report.cancelled);
    assert_eq!(output.1, 1);
    assert_eq!(report.sources[0].rows, 2);
}

#[test]
fn an_output_that_takes_no_more_rows_stops_the_run() {
    struct Full;
    impl Output for Full {
        fn row(&mut self, _: usize, _: RowKind, _: &[Value]) -> io::Result<()> {
            Err(io::Error::other("no space left on device"))
        }
    }
    let (s, plan) = fixture();
    let error =
        run(&plan, Inputs::new().with("s", rows(&s, "a 1")), &RunOptions::default(), &mut Full).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (RunErrorKind::Output, "no space left on device"));
}

#[test]
fn progress_is_told_on_long_inputs() {
    let (_, plan) = fixture();
    let lines: Vec<String> = (0..20_000).map(|i| format!("{{\"k\":\"a\",\"n\":{i}}}")).collect();
    let told: RefCell<Vec<Progress>> = RefCell::default();
    let progress = |p: &Progress| told.borrow_mut().push(*p);
    let options = RunOptions { progress: Some(&progress), clock: Clock::Still, ..RunOptions::default() };
    let mut output = Collected::default();
    run(&plan, Inputs::new().with("s", Input::bytes("s.jsonl", lines.join("\n"))), &options, &mut output)
        .unwrap();
    let told = told.borrow();
    assert_eq!(told.iter().map(|p| p.records).collect::<Vec<_>>(), [8192, 16384]);
    assert!(told[1].bytes > told[0].bytes && told[1].rows_out > told[0].rows_out);
}

#[test]
fn two_runs_give_the_same_rows() {
    let (s, plan) = fixture();
    let go = || {
        let mut output = Collected::default();
        let inputs = Inputs::new().with("s", rows(&s, "a 1\n b 2\n a 3\n c 4"));
        run(&plan, inputs, &RunOptions::default(), &mut output).unwrap();
        output.rows
    };
    assert_eq!(go(), go());
}

#[test]
fn a_changelog_folds_to_the_rows_that_remain() {
    let row = |n: i64| -> streamc_types::Row { Box::new([Value::Int(n)]) };
    let changes = vec![
        (RowKind::Insert, row(1)),
        (RowKind::Insert, row(3)),
        (RowKind::UpdateBefore, row(1)),
        (RowKind::UpdateAfter, row(2)),
        (RowKind::Insert, row(3)),
        (RowKind::Delete, row(9)),
    ];
    assert_eq!(fold_changelog(&changes), (vec![row(2), row(3), row(3)], vec![row(9)]));
}
