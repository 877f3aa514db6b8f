//! Expressions of pipes.

use crate::fixture::{Tables, properties, show, span, table};
use streamc_diagnostics::{FileId, Span};
use streamc_plan::{Origin, print_expr, relations};
use streamc_sql::Scope;
use streamc_types::RowSchema;

fn swipes() -> RowSchema {
    Tables::bank().0[0].1.schema.clone()
}

#[test]
fn expressions() {
    let schema = swipes();
    let answer = |text: &str| {
        let mut diagnostics = Vec::new();
        let scope = Scope::single("swipes", &schema);
        let bound = streamc_sql::bind_expression(text, span(text), &scope, &mut diagnostics);
        if diagnostics.is_empty() {
            assert_eq!(bound.span, Some(span(text.trim_end_matches("// the end").trim_end())), "{text}");
            format!("  {} : {}", print_expr(&bound, &[&schema]), bound.ty)
        } else {
            show(text, &diagnostics)
        }
    };
    insta::assert_snapshot!(table(
        "amount > 1_000 AND country <> 'it''s' ;;
         swiped_at - 5s ;;
         swiped_at + 250ms + 1min ;;
         10_000.5 * 1e3 ;;
         (n + 1) * 2 // the end ;;
         swipes.place.geo.lat ;;
         tags[1] || `country` ;;
         CASE WHEN n > 1 THEN 'a' ELSE 'b' END ;;
         EXTRACT(HOUR FROM swiped_at) ;;
         n != 3 ;;
         n = 'x' ;;
         COUNT(*) > 1 ;;
         country = \"DE\" ;;
         amout + 1 ;;
         n | 1 ;;
         n + ;;
         n 1 ;;
         99999999999999999999d ;;
         1.5s ;;
         value",
        answer
    ));
}

#[test]
fn select_lists() {
    let schema = swipes();
    let other = properties("id BIGINT NOT NULL; owner STRING", None).schema;
    let answer = |text: &str| {
        let mut diagnostics = Vec::new();
        let scope = Scope::join("s", &schema, "a", &other);
        let columns = streamc_sql::bind_select_list(text, span(text), &scope, &mut diagnostics);
        let mut out = String::new();
        for (name, e) in columns {
            out += &format!("  {name} = {} : {}\n", print_expr(&e, &[&schema, &other]), e.ty);
        }
        out + &show(text, &diagnostics)
    };
    insta::assert_snapshot!(table(
        "n, s.id AS i, UPPER(owner) AS o, n + 1 ;;
         a.*, country ;;
         s.id, a.id ;;
         id ;;
         *, b.* ;;
         n, , d",
        answer
    ));
}

#[test]
fn groups() {
    let source = "card_id { swipes: COUNT(*), mean: SUM(amount) / COUNT(*), twice: SUM(amount) * 2, odd: SUM(n) + id }";
    let bank = Tables::bank();
    let input = relations::scan("swipes".into(), &bank.0[0].1, Origin::new("from", None));
    let schema = input.props.schema.clone();
    let scope = Scope::single("swipes", &schema);
    let mut diagnostics = Vec::new();
    let mut aggregates = Vec::new();
    for (name, text) in [
        ("swipes", "COUNT(*)"),
        ("mean", "SUM(amount) / COUNT(*)"),
        ("twice", "SUM(amount) * 2"),
        ("odd", "SUM(n) + id"),
    ] {
        let start = source.find(&format!("{name}: {text}")).unwrap() + name.len() + 2;
        let at = Span::new(FileId(0), start, start + text.len());
        aggregates.extend(streamc_sql::bind_aggregate(source, at, name, &scope, true, &mut diagnostics));
    }
    assert!(diagnostics.is_empty(), "{}", show(source, &diagnostics));
    let key = streamc_plan::Expr::column(1, schema.columns[1].ty.clone());
    let odd = aggregates.pop().unwrap();
    let origin = Origin::new("group by", None);
    let keys = vec![("card_id".into(), key)];
    let good = streamc_sql::lower_group(
        input.clone(),
        keys.clone(),
        aggregates.clone(),
        origin.clone(),
        &mut diagnostics,
    );
    assert!(diagnostics.is_empty());
    aggregates.truncate(1);
    let plain =
        streamc_sql::lower_group(input.clone(), keys.clone(), aggregates, origin.clone(), &mut diagnostics);
    streamc_sql::lower_group(input, keys, vec![odd], origin, &mut diagnostics);
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}",
        streamc_plan::print_relation(&good),
        streamc_plan::print_relation(&plain),
        show(source, &diagnostics)
    ));
}

#[test]
fn watermarks() {
    let answer = |text: &str| {
        let mut diagnostics = Vec::new();
        match streamc_sql::parse_watermark(text, span(text), &mut diagnostics) {
            Some((name, at, delay)) => format!("  {name} at {}..{} - {delay}ms", at.start, at.end),
            None => show(text, &diagnostics),
        }
    };
    insta::assert_snapshot!(table(
        "swiped_at - 5s ;; swiped_at ;; `the time` - INTERVAL '1' MINUTE ;; swiped_at + 5s ;; swiped_at - 5 ;; a.b - 1s ;; UPPER(x) ;; - 5s",
        answer
    ));
}
