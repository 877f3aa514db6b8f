//! Windows, lateness and what is emitted when.

use crate::kit::*;
use jiff::tz::TimeZone;
use streamc_functions::EvalContext;
use streamc_local::RunOptions;
use streamc_plan::{Component, Relation, WindowSpec, relations};

fn clicks() -> Component {
    source("clicks", "k STRING, v BIGINT, ts TIMESTAMP(3)", Some(("ts", 2)))
}

fn counted(input: &Component, spec: WindowSpec) -> Relation {
    let windows = window(scan(input), spec, "ts");
    let sum = agg("SUM", vec![col(&windows, "v")]);
    group(windows, "window_start window_end k", vec![agg("COUNT", vec![]), sum])
}

#[test]
fn a_tumbling_window_counts_and_sums_per_key_and_closes_at_the_end() {
    let clicks = clicks();
    let report = expect(
        &[(&clicks, "b 1 1\n a 2 3\n a 3 9\n b 4 10\n a 5 25")],
        counted(&clicks, tumble(10)),
        "+I 0 10 b 1 1
         +I 0 10 a 2 5
         +I 10 20 b 1 4
         +I 20 30 a 1 5",
    );
    assert_eq!(report.late_rows(), 0);
    assert_eq!(report.sources[0].watermark, Some(23));
}

#[test]
fn a_row_is_late_exactly_when_its_window_has_closed() {
    let clicks = clicks();
    // The window [0, 10) closes at watermark 9, which is the row of time 11.
    let cases = [
        ("a 1 5\n a 1 10\n a 1 0", "+I 0 10 a 2 2\n+I 10 20 a 1 1", 0),
        ("a 1 5\n a 1 11\n a 1 9", "+I 0 10 a 1 1\n+I 10 20 a 1 1", 1),
        ("a 1 5\n a 1 11\n a 1 10", "+I 0 10 a 1 1\n+I 10 20 a 2 2", 0),
        ("a 1 5\n a 1 31\n a 1 9\n a 1 19\n b 1 29", "+I 0 10 a 1 1\n+I 30 40 a 1 1", 3),
        // The watermark never goes back.
        ("a 1 12\n a 1 3\n a 1 4\n a 1 11", "+I 10 20 a 2 2", 2),
    ];
    for (rows, expected, late) in cases {
        let report = expect(&[(&clicks, rows)], counted(&clicks, tumble(10)), expected);
        assert_eq!(report.late_rows(), late, "{rows}");
    }
    let report = expect(&[(&clicks, "a 1 50\n a 1 3")], counted(&clicks, tumble(10)), "+I 50 60 a 1 1");
    assert_eq!(report.late[0].step, "out/window-aggregate-1");
    assert_eq!(report.late[0].component, "out");
}

#[test]
fn windows_before_1970_and_with_an_offset_hold_the_right_rows() {
    let clicks = clicks();
    expect(
        &[(&clicks, "a 1 -11\n a 1 -10\n a 1 -1\n a 1 0")],
        counted(&clicks, tumble(10)),
        "+I -20 -10 a 1 1
         +I -10 0 a 2 2
         +I 0 10 a 1 1",
    );
    expect(
        &[(&clicks, "a 1 2\n a 1 3\n a 1 12\n a 1 13")],
        counted(&clicks, WindowSpec::Tumble { size: 10, offset: 3 }),
        "+I -7 3 a 1 1
         +I 3 13 a 2 2
         +I 13 23 a 1 1",
    );
}

#[test]
fn a_row_counts_in_each_hopping_window_that_has_not_closed() {
    let clicks = clicks();
    let hop = WindowSpec::Hop { size: 10, slide: 5, offset: 0 };
    // Time 13 moves the watermark to 11: [0, 10) has closed, [5, 15) has not; the row of time 7 still counts there.
    let report = expect(
        &[(&clicks, "a 1 7\n a 1 13\n a 1 7")],
        counted(&clicks, hop),
        "+I 0 10 a 1 1
         +I 5 15 a 3 3
         +I 10 20 a 1 1",
    );
    assert_eq!(report.late_rows(), 1);
}

#[test]
fn cumulating_windows_grow() {
    let clicks = clicks();
    expect(
        &[(&clicks, "a 1 1\n a 2 11\n a 4 21\n a 8 31")],
        counted(&clicks, WindowSpec::Cumulate { max: 30, step: 10, offset: 0 }),
        "+I 0 10 a 1 1
         +I 0 20 a 2 3
         +I 0 30 a 3 7
         +I 30 40 a 1 8
         +I 30 50 a 1 8
         +I 30 60 a 1 8",
    );
}

fn session(input: &Component, partition: &str) -> Relation {
    let input = scan(input);
    let partition = indices(&input, partition);
    window(input, WindowSpec::Session { gap: 10, partition }, "ts")
}

#[test]
fn sessions_merge_when_they_overlap_or_touch() {
    let clicks = source("clicks", "k STRING, v BIGINT, ts TIMESTAMP(3)", Some(("ts", 100)));
    let relation = || {
        let windows = session(&clicks, "k");
        let sum = agg("SUM", vec![col(&windows, "v")]);
        group(windows, "k window_start window_end", vec![sum])
    };
    // 0 and 25 are two sessions until 12 comes: [0, 10), [12, 22), [25, 35). 10 touches [0, 10) and reaches [12, 22).
    expect(&[(&clicks, "a 1 0\n a 2 25\n a 4 12")], relation(), "+I a 0 10 1\n+I a 12 22 4\n+I a 25 35 2");
    expect(&[(&clicks, "a 1 0\n a 2 25\n a 4 12\n a 8 10")], relation(), "+I a 0 22 13\n+I a 25 35 2");
    expect(&[(&clicks, "a 1 0\n a 2 25\n a 4 12\n a 8 10\n a 16 20")], relation(), "+I a 0 35 31");
    expect(&[(&clicks, "a 1 0\n b 2 5\n a 4 9")], relation(), "+I b 5 15 2\n+I a 0 19 5");
}

#[test]
fn a_row_that_extends_an_open_session_is_not_late_though_alone_it_would_be() {
    let clicks = clicks();
    let relation = || {
        let windows = session(&clicks, "k");
        group(windows, "k window_start window_end", vec![agg("COUNT", vec![])])
    };
    // The watermark is 28. A session [15, 25) of its own has closed; merged with [20, 40) it has not.
    let report = expect(&[(&clicks, "a 1 20\n a 1 30\n a 1 15")], relation(), "+I a 15 40 3");
    assert_eq!(report.late_rows(), 0);
    let report = expect(&[(&clicks, "a 1 20\n a 1 30\n b 1 15")], relation(), "+I a 20 40 2");
    assert_eq!((report.late_rows(), report.late[0].step.as_str()), (1, "out/window-1"));
}

#[test]
fn sessions_without_partition_are_those_of_all_rows() {
    let clicks = clicks();
    let windows = session(&clicks, "");
    let relation = group(windows, "k window_start window_end", vec![agg("COUNT", vec![])]);
    expect(&[(&clicks, "a 1 0\n b 1 8\n a 1 30")], relation, "+I a 0 18 1\n+I b 0 18 1\n+I a 30 40 1");
}

#[test]
fn rows_of_a_window_function_carry_start_end_and_time_and_pass_though_late() {
    let clicks = clicks();
    expect(
        &[(&clicks, "a 1 5\n a 2 25\n a 3 6")],
        window(scan(&clicks), tumble(10), "ts"),
        "+I a 1 5 0 10 9
         +I a 2 25 20 30 29
         +I a 3 6 0 10 9",
    );
}

#[test]
fn windows_of_instants_follow_the_clock_of_the_session_zone() {
    let clicks = source("clicks", "k STRING, v BIGINT, ts TIMESTAMP_LTZ(3)", Some(("ts", 0)));
    let day = 86_400_000;
    let hour = 3_600_000;
    let relation = || {
        let windows = window(scan(&clicks), tumble(day), "ts");
        group(windows, "window_start window_end window_time k", vec![agg("COUNT", vec![])])
    };
    let zone = TimeZone::fixed(jiff::tz::offset(2));
    let options = RunOptions { context: EvalContext { zone, now_millis: 0 }, ..RunOptions::default() };
    // 22:00 UTC is midnight two hours east: a day begins. The first day has closed there when the last row comes.
    let times = [21 * hour, 22 * hour, 23 * hour, 21 * hour + 1];
    let rows: Vec<String> = times.iter().map(|t| format!("a 1 {t}")).collect();
    let (found, report) = try_execute(&[(&clicks, &rows.join("\n"))], relation(), &options).unwrap();
    let (end, last) = (22 * hour - 1, day + 22 * hour - 1);
    assert_lines(&found, &format!("+I 0 {day} {end} a 1\n+I {day} {} {last} a 2", 2 * day));
    assert_eq!(report.late_rows(), 1);
    let (found, _) = try_execute(&[(&clicks, &rows.join("\n"))], relation(), &RunOptions::default()).unwrap();
    assert_lines(&found, &format!("+I 0 {day} {} a 4", day - 1));
}

#[test]
fn a_window_over_a_window_uses_window_time() {
    let clicks = clicks();
    let per_ten = counted(&clicks, tumble(10));
    let per_ten = {
        let windows = window(scan(&clicks), tumble(10), "ts");
        let sum = agg("SUM", vec![col(&windows, "v")]);
        drop(per_ten);
        group(windows, "window_start window_end window_time k", vec![sum])
    };
    let renamed = project(
        per_ten.clone(),
        vec![("at", col(&per_ten, "window_time")), ("k", col(&per_ten, "k")), ("n", col(&per_ten, "sum"))],
    );
    let outer = window(renamed, tumble(20), "at");
    let sum = agg("SUM", vec![col(&outer, "n")]);
    let relation = group(outer, "window_start window_end k", vec![sum]);
    expect(
        &[(&clicks, "a 1 1\n a 2 11\n a 4 19\n b 8 15\n a 16 21")],
        relation,
        "+I 0 20 a 7
         +I 0 20 b 8
         +I 20 40 a 16",
    );
}

#[test]
fn distinct_rows_of_a_window_come_when_it_closes() {
    let clicks = clicks();
    let windows = window(scan(&clicks), tumble(10), "ts");
    let columns = ["window_start", "window_end", "k"].map(|n| (n, col(&windows, n)));
    let relation = relations::distinct(project(windows, columns.into()), origin());
    let report = expect(
        &[(&clicks, "a 1 1\n b 1 2\n a 1 3\n a 1 30\n a 1 4")],
        relation,
        "+I 0 10 a
         +I 0 10 b
         +I 30 40 a",
    );
    assert_eq!(report.late_rows(), 1);
}

#[test]
fn the_first_rows_of_a_window_come_ranked_when_it_closes() {
    let clicks = clicks();
    let per_key = counted(&clicks, tumble(10));
    let partition = indices(&per_key, "window_start window_end");
    let order = vec![streamc_plan::SortKey::new(index(&per_key, "sum"), true)];
    let relation = relations::rank(per_key, partition, order, 2, Some("n".into()), origin());
    expect(
        &[(&clicks, "a 1 1\n b 7 2\n c 5 3\n b 1 12\n d 3 4\n a 1 40")],
        relation,
        "+I 0 10 b 1 7 1
         +I 0 10 c 1 5 2
         +I 10 20 b 1 1 1
         +I 40 50 a 1 1 1",
    );
}

#[test]
fn a_stream_can_declare_event_time_itself_and_a_null_time_stops_the_run() {
    let plain = source("plain", "k STRING, ts TIMESTAMP(3)", None);
    let timed = || relations::watermark(scan(&plain), 1, 2, origin()).unwrap();
    let relation = || {
        let windows = window(timed(), tumble(10), "ts");
        group(windows, "window_start window_end", vec![agg("COUNT", vec![])])
    };
    expect(&[(&plain, "a 1\n a 12\n a 3\n a 13")], relation(), "+I 0 10 1\n+I 10 20 2");
    let error = try_execute(&[(&plain, "a 1\n b -")], relation(), &RunOptions::default()).unwrap_err();
    assert_eq!(error.kind, streamc_local::RunErrorKind::NullEventTime);
    assert_eq!(error.row.as_deref(), Some("k = b, ts = NULL"));
    assert_eq!(error.record.unwrap().number, 2);
}

#[test]
fn the_watermark_of_a_union_is_the_least_of_its_inputs() {
    let a = source("a", "k STRING, ts TIMESTAMP(3)", Some(("ts", 0)));
    let b = source("b", "k STRING, ts TIMESTAMP(3)", Some(("ts", 0)));
    let both = relations::union(vec![scan(&a), scan(&b)], origin());
    let windows = window(both, tumble(10), "ts");
    let relation = group(windows, "window_start window_end", vec![agg("COUNT", vec![])]);
    // `b` ends early: then only `a` counts. The row of time 3 of `a` is behind its own watermark only after 15.
    let report = expect(
        &[(&a, "a 5\n a 15\n a 3\n a 30"), (&b, "b 7")],
        relation,
        "+I 0 10 2\n+I 10 20 1\n+I 30 40 1",
    );
    assert_eq!(report.late_rows(), 1);
}
