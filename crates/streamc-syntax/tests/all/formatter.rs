use super::{FIXTURE, tree};
use streamc_diagnostics::codes::syntax;
use streamc_syntax::format;

#[test]
fn the_fixture_is_laid_out_as_it_should_be() {
    assert_eq!(format(FIXTURE).unwrap(), FIXTURE);
}

#[test]
fn a_file_with_errors_is_left_alone_and_says_why() {
    let errors = format("stream a = b | limit\n").unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].code, syntax::UNEXPECTED_TOKEN);
}

#[test]
fn nothing_stays_nothing() {
    assert_eq!(format("").unwrap(), "");
    assert_eq!(format("\n\n  \n").unwrap(), "");
    assert_eq!(format("  // only a comment").unwrap(), "// only a comment\n");
}

#[test]
fn line_ends_and_byte_order_mark_are_made_uniform() {
    let windows = format!("\u{feff}{}", FIXTURE.replace('\n', "\r\n"));
    assert_eq!(format(&windows).unwrap(), FIXTURE);
}

#[test]
fn comments_in_odd_places_stay_where_they_make_sense() {
    let ugly = include_str!("../fixtures/ugly.stream");
    let pretty = format(ugly).unwrap();
    insta::assert_snapshot!(pretty);
    assert_eq!(format(&pretty).unwrap(), pretty);
    assert_eq!(tree(&pretty), tree(ugly));
}

#[test]
fn the_whole_file_on_as_few_lines_as_possible_gains_its_shape_again() {
    // Declarations and comments need their line ends; all others go.
    let mut squeezed = String::new();
    for line in FIXTURE.lines() {
        let line = line.trim();
        let starts = ["source", "stream", "sink", "app", "use", "test", "//"]
            .iter()
            .any(|word| line.starts_with(word));
        let in_block =
            line.starts_with('{') || line == "\"\"\"" || line.contains("\"\"\"") || line.contains("//");
        let own_line = (starts || in_block) && !squeezed.ends_with('\n');
        squeezed.push_str(if own_line { "\n" } else { " " });
        squeezed.push_str(line);
        if line.contains("//") || line.contains("\"\"\"") {
            squeezed.push('\n');
        }
    }
    let pretty = format(&squeezed).unwrap();
    insta::assert_snapshot!(pretty);
    assert_eq!(format(&pretty).unwrap(), pretty);
}

#[test]
fn long_lines_break_at_the_outermost_place_that_can() {
    let long = "a_rather_long_column_name_";
    let list = |n: usize, one: &str| {
        (0..n).map(|i| one.replace('@', &format!("{long}{i}"))).collect::<Vec<_>>().join(", ")
    };
    let text = format!(
        "stream s = t | select {}\nstream d = t | derive {}\nstream g = t | group by k {{ {} }}\nsource k = kafka {{ a: {{ {} }}, h: [{}] }}\nstream f = t | filter {}\n",
        list(4, "@"),
        list(3, "@ = f(@, 1)"),
        list(4, "@: SUM(@)"),
        list(4, "@: 1"),
        list(5, "\"@\""),
        list(5, "@").replace(", ", " AND "),
    );
    let pretty = format(&text).unwrap();
    insta::assert_snapshot!(pretty);
    assert_eq!(format(&pretty).unwrap(), pretty);
}

#[test]
fn blanks_in_expressions_follow_one_rule() {
    let one = |text: &str| {
        let pretty = format(&format!("stream a = b | filter {text}")).unwrap();
        pretty.trim_end().strip_prefix("stream a = b | filter ").unwrap().to_owned()
    };
    for (from, to) in [
        ("a+b", "a + b"),
        ("- a", "-a"),
        ("a- -1", "a - -1"),
        ("a - - b", "a - -b"),
        ("( - a )", "(-a)"),
        ("f ( x )", "f(x)"),
        ("a in(1,2)", "a in (1, 2)"),
        ("NOT(a)", "NOT (a)"),
        ("count( * )", "count(*)"),
        ("t . *", "t.*"),
        ("a [ 1 ]", "a[1]"),
        (
            "cast(a as array < row<x int,y map<string , int> > >)",
            "cast(a as array<row<x int, y map<string, int>>>)",
        ),
        ("a<b AND c>d", "a < b AND c > d"),
        ("array<5", "array < 5"),
        ("x::int", "x::int"),
        ("a||'x'", "a || 'x'"),
        ("f(x=>1,y=>-1)", "f(x => 1, y => -1)"),
        ("CASE WHEN a THEN-1 ELSE(b)END", "CASE WHEN a THEN -1 ELSE (b) END"),
        ("a BETWEEN-1 AND+1", "a BETWEEN -1 AND +1"),
        ("sum(x)filter(where y)over(partition by z)", "sum(x) filter (where y) over (partition by z)"),
        ("- - a", "- -a"),
        ("'a''b'='c'", "'a''b' = 'c'"),
        ("`a b`.`c`>.5", "`a b`.`c` > .5"),
        ("(a|b)>1", "(a | b) > 1"),
        ("x /* why */>1", "x /* why */ > 1"),
        ("left(x,1)='a'", "left(x, 1) = 'a'"),
    ] {
        assert_eq!(one(from), to, "{from}");
        assert_eq!(one(to), to, "{to} again");
    }
}
