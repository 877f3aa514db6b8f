//! Queries and their plans.

use crate::fixture::{Tables, bind, table};

fn plans(name: &str, texts: &str) {
    let bank = Tables::bank();
    insta::assert_snapshot!(name, table(texts, |sql| bind(sql, &bank)));
}

#[test]
fn projections_and_filters() {
    plans(
        "projections",
        "SELECT * FROM swipes ;;
         SELECT id, amount * 2 AS twice, n + 1, 'x' FROM swipes WHERE amount > 10 AND country <> 'DE' ;;
         SELECT s.*, n FROM swipes AS s ;;
         SELECT place.city, s.place.geo.lat, tags[1], attrs['k'], items[1].sku FROM swipes s ;;
         SELECT id, id, id FROM swipes ;;
         SELECT CASE WHEN ok THEN 'yes' WHEN n > 3 THEN 'perhaps' END, CASE n WHEN 1 THEN 1 ELSE 2.5 END FROM swipes ;;
         SELECT id IN (1, 2, 3), n NOT BETWEEN 1 AND 5, country LIKE 'D%' ESCAPE '\\', country NOT LIKE 'x' FROM swipes ;;
         SELECT n IS NULL, ok IS NOT TRUE, n IS DISTINCT FROM 3, NOT ok, -n, -1 FROM swipes ;;
         SELECT CAST(n AS STRING), TRY_CAST(country AS INT), CAST(NULL AS ARRAY<ROW<a INT, b TIMESTAMP_LTZ(3)>>) FROM swipes ;;
         SELECT INTERVAL '1:30' MINUTE TO SECOND, INTERVAL '2-6' YEAR TO MONTH, INTERVAL -'1' DAY, swiped_at + INTERVAL '1' HOUR FROM swipes ;;
         SELECT DATE '2026-01-02', TIME '10:00:00', TIMESTAMP '2026-01-02 03:04:05.678', X'45F0' FROM swipes ;;
         SELECT EXTRACT(DAY FROM swiped_at), FLOOR(swiped_at TO HOUR), CEIL(d), TIMESTAMPDIFF(MINUTE, swiped_at, swiped_at) FROM swipes ;;
         SELECT TRIM(LEADING 'x' FROM country), TRIM(country), SUBSTRING(country FROM 2 FOR 1), POSITION('a' IN country), OVERLAY(country PLACING 'b' FROM 1) FROM swipes ;;
         SELECT ARRAY[1, n], MAP['a', 1], ROW(1, country) FROM swipes ;;
         SELECT `id`, `größe`.`straße` FROM swipes, `größe` WHERE `größe`.id = n ;;
         SELECT CURRENT_TIMESTAMP, CURRENT_DATE, PROCTIME() AS p FROM swipes ;;
         SELECT a FROM (SELECT id AS a, n FROM swipes WHERE ok) WHERE n > 1 ;;
         WITH big AS (SELECT id, amount FROM swipes WHERE amount > 100), bigger (i, a) AS (SELECT * FROM big WHERE amount > 1000) SELECT i FROM bigger",
    );
}

#[test]
fn grouping() {
    plans(
        "grouping",
        "SELECT country, COUNT(*) AS n FROM swipes GROUP BY country ;;
         SELECT COUNT(*) AS n, country AS c FROM swipes GROUP BY country ;;
         SELECT COUNT(*), SUM(n), AVG(amount), MIN(country), MAX(swiped_at), SUM(d) FROM swipes ;;
         SELECT UPPER(country) AS c, SUM(amount) / COUNT(*) AS mean FROM swipes GROUP BY UPPER(country) HAVING COUNT(*) > 3 ;;
         SELECT country, COUNT(DISTINCT card_id) FILTER (WHERE amount > 10) AS cards, COUNT(*) FROM swipes GROUP BY country, n ;;
         SELECT country, SUM(total) AS t FROM (SELECT country, n, COUNT(*) AS total FROM swipes GROUP BY country, n) GROUP BY country ;;
         SELECT DISTINCT country, n FROM swipes ;;
         SELECT country FROM swipes GROUP BY country HAVING SUM(n) > 0 ;;
         SELECT window_start, card_id, COUNT(*) AS swipes, SUM(amount) AS spent
           FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE))
           GROUP BY window_start, window_end, card_id ;;
         SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE)) GROUP BY window_start ;;
         SELECT window_time, MAX(amount) AS m FROM HOP(DATA => TABLE swipes, TIMECOL => DESCRIPTOR(swiped_at), SLIDE => INTERVAL '5' SECOND, SIZE => INTERVAL '1' MINUTE, `OFFSET` => INTERVAL '1' SECOND) GROUP BY window_start, window_end, window_time ;;
         SELECT window_end, COUNT(*) FROM TABLE(CUMULATE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE, INTERVAL '1' HOUR)) GROUP BY window_start, window_end ;;
         SELECT card_id, window_end, COUNT(*) FROM TABLE(SESSION(TABLE swipes PARTITION BY card_id, DESCRIPTOR(swiped_at), INTERVAL '30' SECOND)) GROUP BY card_id, window_start, window_end ;;
         SELECT * FROM TABLE(TUMBLE((SELECT id, swiped_at FROM swipes WHERE ok), DESCRIPTOR(swiped_at), INTERVAL '1' HOUR)) ;;
         SELECT card_id, SUM(total) FROM totals GROUP BY card_id",
    );
}

#[test]
fn joins() {
    plans(
        "joins",
        "SELECT s.id, a.owner FROM swipes s JOIN accounts a ON s.card_id = a.card_id ;;
         SELECT * FROM (SELECT id, card_id FROM swipes) s LEFT JOIN (SELECT card_id, owner FROM accounts) a ON s.card_id = a.card_id ;;
         SELECT s.id, a.id, owner FROM swipes s FULL OUTER JOIN accounts a ON s.card_id = a.card_id AND s.amount > 10 ;;
         SELECT s.id FROM swipes s RIGHT JOIN accounts a ON s.id = a.id ;;
         SELECT s.id, a.owner, s.swiped_at FROM swipes s JOIN accounts a ON s.card_id = a.card_id
           AND a.opened_at BETWEEN s.swiped_at - INTERVAL '10' MINUTE AND s.swiped_at + INTERVAL '5' SECOND ;;
         SELECT s.id, a.owner FROM swipes s, accounts a WHERE s.card_id = a.card_id AND s.amount > 10
           AND s.swiped_at >= a.opened_at AND s.swiped_at < a.opened_at + INTERVAL '1' HOUR ;;
         SELECT s.id FROM swipes s LEFT JOIN accounts a ON s.id = a.id WHERE a.owner IS NULL AND s.n > 1 ;;
         SELECT s.id FROM swipes s CROSS JOIN accounts a ;;
         SELECT s.id, a.owner, b.owner FROM swipes s, accounts a, accounts b WHERE s.id = a.id AND a.card_id = b.card_id AND s.n = b.id ;;
         SELECT id, t FROM swipes CROSS JOIN UNNEST(tags) AS u (t) ;;
         SELECT id, tag FROM swipes, UNNEST(tags) AS tag ;;
         SELECT id, i.sku, qty FROM swipes LEFT JOIN UNNEST(items) AS i ON TRUE ;;
         SELECT id, k, v FROM swipes AS s CROSS JOIN UNNEST(s.attrs) AS a (k, v) ;;
         SELECT a.owner, t.total FROM accounts a LEFT JOIN totals t ON a.card_id = t.card_id",
    );
}

#[test]
fn lookups() {
    plans(
        "lookups",
        "SELECT s.id, s.swiped_at, c.name FROM (SELECT *, PROCTIME() AS now FROM swipes) AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = c.card_id ;;
         SELECT s.id, s.now, c.* FROM (SELECT *, PROCTIME() AS now FROM swipes) AS s LEFT JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON UPPER(s.card_id) = c.card_id AND c.name <> s.country ;;
         SELECT t.total, c.name FROM (SELECT *, PROCTIME() AS now FROM totals) AS t LEFT JOIN customers FOR SYSTEM_TIME AS OF t.now AS c ON t.card_id = c.card_id",
    );
}

#[test]
fn ranks_limits_and_unions() {
    plans(
        "ranks",
        "SELECT id, amount, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY amount DESC) AS rn FROM swipes) WHERE rn <= 3 ;;
         SELECT id FROM (SELECT id, card_id, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY swiped_at DESC) AS rn FROM swipes) WHERE rn = 1 AND id > 5 ;;
         SELECT id, swiped_at FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY swiped_at) AS rn FROM swipes) WHERE 1 >= rn ;;
         SELECT * FROM (SELECT ROW_NUMBER() OVER (ORDER BY n + 1, id DESC) AS r, id FROM swipes) WHERE r < 11 ;;
         WITH r AS (SELECT country, COUNT(*) AS n, ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC) AS place FROM swipes GROUP BY country) SELECT country, n FROM r WHERE place <= 5 ;;
         SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY spent DESC) AS rn FROM
           (SELECT window_start, window_end, card_id, SUM(amount) AS spent FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, card_id)) WHERE rn <= 3 ;;
         SELECT country, COUNT(*) FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY swiped_at) AS rn FROM swipes) WHERE rn = 1 GROUP BY country ;;
         SELECT id FROM swipes LIMIT 10 ;;
         SELECT id FROM swipes FETCH FIRST 3 ROWS ONLY ;;
         SELECT id FROM swipes ORDER BY amount DESC, id LIMIT 3 ;;
         SELECT id, amount AS a FROM swipes ORDER BY 2, a DESC LIMIT 3 ;;
         SELECT country, COUNT(*) FROM swipes GROUP BY country ORDER BY COUNT(*) DESC LIMIT 3 ;;
         SELECT id FROM swipes UNION ALL SELECT id FROM accounts UNION ALL SELECT n FROM swipes ;;
         SELECT id, country FROM swipes UNION SELECT id, 'x' FROM accounts ;;
         SELECT id FROM swipes UNION SELECT id FROM accounts UNION ALL SELECT n FROM swipes ;;
         (SELECT id FROM swipes) UNION ALL (SELECT id FROM accounts LIMIT 2) LIMIT 5",
    );
}

#[test]
fn operators_bind_as_in_calcite() {
    plans(
        "precedence",
        "SELECT NOT n = 1 AND ok OR n + 2 * n = 3 FROM swipes ;;
         SELECT country = country LIKE 'a' FROM swipes WHERE ok = country LIKE 'b' ;;
         SELECT n = 1 IS NULL, n + 1 IS DISTINCT FROM n * 2 AND ok, ok = n IN (1, 2) FROM swipes ;;
         SELECT country || 'a' || 'b' = 'c', -n * 2, NOT ok IS NULL FROM swipes ;;
         SELECT n BETWEEN 1 AND 2 AND ok, n - 1 - 1 FROM swipes",
    );
}

#[test]
fn a_window_join_is_grouped_by_the_window_of_either_side() {
    let bank = Tables::bank();
    let swipes = "(SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' HOUR))) AS l";
    let accounts =
        "(SELECT * FROM TABLE(TUMBLE(TABLE accounts, DESCRIPTOR(opened_at), INTERVAL '1' HOUR))) AS r";
    let on = "ON l.window_start = r.window_start AND l.window_end = r.window_end AND l.id = r.id";
    let kinds = |join: &str, side: &str| {
        let sql = format!(
            "SELECT {side}.window_start, {side}.window_end, COUNT(*) AS n FROM {swipes} {join} {accounts} {on} \
             GROUP BY {side}.window_start, {side}.window_end"
        );
        bind(&sql, &bank).lines().nth(1).unwrap_or_default().contains("[+I] ")
    };
    assert!(kinds("JOIN", "l") && kinds("JOIN", "r") && kinds("LEFT JOIN", "l") && kinds("RIGHT JOIN", "r"));
    assert!(!kinds("LEFT JOIN", "r") && !kinds("RIGHT JOIN", "l") && !kinds("FULL JOIN", "l"));
}
