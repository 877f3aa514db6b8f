//! Mistakes and what is said about them.

use crate::fixture::{Tables, bind, table};

fn errors(name: &str, texts: &str) {
    let bank = Tables::bank();
    insta::assert_snapshot!(name, table(texts, |sql| bind(sql, &bank)));
}

#[test]
fn names_that_do_not_exist() {
    errors(
        "names",
        "SELECT amout FROM swipes ;;
         SELECT s.amout, t.id FROM swipes s ;;
         SELECT whatever FROM swipes WHERE cuntry = 'DE' AND amount > nothing ;;
         SELECT id FROM swips ;;
         SELECT id FROM broken WHERE x > 1 AND UPER(y) = 'a' ;;
         SELECT card_id FROM swipes s JOIN accounts a ON s.id = a.id ;;
         SELECT id FROM swipes JOIN accounts ON swipes.id = accounts.id ;;
         SELECT UPER(country), NOSUCHTHING(1) FROM swipes ;;
         SELECT place.cty, place.geo.alt, n.x FROM swipes ;;
         SELECT x.*, place.* FROM swipes ;;
         SELECT id FROM (SELECT a.id, s.id FROM swipes s JOIN accounts a ON a.id = s.id) ;;
         SELECT ID FROM swipes ;;
         SELECT s.id FROM swipes s, accounts s ;;
         SELECT a FROM (SELECT amout AS a, id FROM swipes) WHERE b > 1 ;;
         WITH t (a, b) AS (SELECT id FROM swipes) SELECT a FROM t ;;
         SELECT value, id AS day FROM swipes t ;;
         SELECT s.select FROM `größe` s ;;
         SELECT id AS 'name' FROM swipes",
    );
}

#[test]
fn types_that_do_not_fit() {
    errors(
        "types",
        "SELECT id FROM swipes WHERE n = '5' ;;
         SELECT id FROM swipes WHERE n IN ('5', 6) OR ok = 'true' OR country BETWEEN 1 AND 2 ;;
         SELECT country + 1, -country, NOT n, ok AND n FROM swipes ;;
         SELECT id FROM swipes WHERE n ;;
         SELECT CASE WHEN n THEN 1 ELSE 2 END, CASE WHEN ok THEN 1 ELSE 'a' END FROM swipes ;;
         SELECT UPPER(n), UPPER(), UPPER(country, country), SUBSTRING(country, 'a') FROM swipes ;;
         SELECT CAST(n AS STRNG), CAST(n AS INT NOT NULL), CAST(tags AS INT), CAST(n AS DECIMAL(99, 2)) FROM swipes ;;
         SELECT NULL, n + NULL FROM swipes ;;
         SELECT tags['a'], n[1], attrs[1] FROM swipes ;;
         SELECT INTERVAL '100' DAY, INTERVAL '1' MILLISECOND, INTERVAL 'x' HOUR, INTERVAL '1' SECOND TO DAY FROM swipes ;;
         SELECT DATE '2026-13-01', TIMESTAMP '2026-01-01T00:00:00', 99999999999999999999999999999999999999999 FROM swipes ;;
         SELECT id FROM swipes UNION ALL SELECT country FROM swipes UNION ALL SELECT id, n FROM swipes ;;
         SELECT id FROM swipes CROSS JOIN UNNEST(n) AS t (x) ;;
         SELECT id FROM swipes CROSS JOIN UNNEST(tags) AS t (x, y)",
    );
}

#[test]
fn json_and_its_clauses() {
    errors(
        "json",
        "SELECT JSON_VALUE(country) FROM swipes ;;
         SELECT JSON_VALUE(n, '$.a'), JSON_VALUE(country, country) FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a[?(@.b)]'), JSON_EXISTS(country, '$.a b'), JSON_QUERY(country, '$.length()') FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a' RETURNING DECIMAL(10, 2)), JSON_QUERY(country, '$.a' RETURNING STRNG) FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a' RETURNING INT DEFAULT 'x' ON EMPTY) FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a' RETURNING DOUBLE DEFAULT 0.5 ON ERROR) FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a' DEFAULT country ON EMPTY) FROM swipes ;;
         SELECT JSON_VALUE(country, '$.a' NULL ON EMPTY ERROR ON EMPTY) FROM swipes ;;
         SELECT JSON_QUERY(country, '$.a' RETURNING ARRAY<STRING> EMPTY OBJECT ON ERROR) FROM swipes ;;
         SELECT JSON_OBJECT(country VALUE 1), JSON_OBJECT('a' VALUE NULL) FROM swipes ;;
         SELECT JSON_OBJECT('a', 1) FROM swipes ;;
         SELECT JSON(country), JSON_STRING(DATE '2026-01-01') FROM swipes ;;
         SELECT n IS JSON, country IS NOT JSON ARRAY, country IS JSON WITH UNIQUE KEYS FROM swipes",
    );
}

#[test]
fn joins_that_flink_does_not_plan() {
    errors(
        "joins",
        "SELECT * FROM swipes s JOIN accounts a USING (id) ;;
         SELECT id + 1 FROM swipes s JOIN accounts a USING (id) ;;
         SELECT id AS k FROM swipes s NATURAL JOIN accounts a WHERE id > 1 ;;
         SELECT s.id FROM swipes s JOIN accounts a USING (ido) ;;
         SELECT s.id FROM swipes s JOIN (SELECT owner, id AS country FROM accounts) a USING (country) ;;
         SELECT s.id FROM swipes s, LATERAL (SELECT owner FROM accounts WHERE id = s.id ORDER BY owner LIMIT 1) a ;;
         SELECT s.id FROM swipes s, LATERAL (SELECT owner, s.id + 1 AS n FROM accounts WHERE id = s.id) a ;;
         SELECT s.id FROM swipes s, LATERAL (SELECT COUNT(*) AS c FROM accounts WHERE id = s.id GROUP BY s.n) a ;;
         SELECT s.id FROM swipes s LEFT JOIN LATERAL (SELECT COALESCE(MAX(id), 0) AS c FROM accounts WHERE id = s.id) a ON TRUE ;;
         SELECT s.id FROM swipes s, LATERAL (SELECT ownr FROM accounts WHERE id = s.id) a ;;
         SELECT s.id FROM swipes s RIGHT JOIN LATERAL (SELECT owner FROM accounts WHERE id = s.id) a ON TRUE",
    );
}

#[test]
fn joins_with_versions() {
    let last = "(SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY swiped_at DESC) AS rn FROM swipes) WHERE rn = 1)";
    let texts = "WITH v AS LAST SELECT s.id FROM swipes s JOIN v FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.n = x.n ;;
         WITH v AS LAST SELECT s.id FROM swipes s JOIN v FOR SYSTEM_TIME AS OF s.n AS x ON s.card_id = x.card_id ;;
         WITH v AS LAST SELECT s.id FROM swipes s JOIN v FOR SYSTEM_TIME AS OF s.swiped_at + INTERVAL '1' DAY AS x ON s.card_id = x.card_id ;;
         WITH v AS LAST SELECT s.id FROM swipes s RIGHT JOIN v FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.card_id = x.card_id ;;
         WITH v AS LAST SELECT s.id FROM swipes s, v FOR SYSTEM_TIME AS OF s.swiped_at AS x WHERE s.card_id = x.card_id ;;
         WITH v AS LAST, p AS (SELECT card_id, PROCTIME() AS now FROM swipes) SELECT p.card_id FROM p JOIN v FOR SYSTEM_TIME AS OF p.now AS x ON p.card_id = x.card_id ;;
         WITH v AS LAST SELECT s.id FROM swipes s JOIN v FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.card_id = x.card_id AND s.country = x.country ;;
         WITH v AS LAST SELECT s.id FROM v AS s JOIN v FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.card_id = x.card_id ;;
         SELECT s.id FROM swipes s JOIN swipes FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.card_id = x.card_id ;;
         WITH c AS (SELECT card_id, COUNT(*) AS n FROM swipes GROUP BY card_id) SELECT s.id FROM swipes s JOIN c FOR SYSTEM_TIME AS OF s.swiped_at AS x ON s.card_id = x.card_id";
    errors("versions", &texts.replace("LAST", last));
}

#[test]
fn joins_with_tables_that_are_looked_up() {
    let now = "(SELECT *, PROCTIME() AS now FROM swipes)";
    let texts = "SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id < c.card_id ;;
         SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON c.card_id = 'x' ;;
         SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = UPPER(c.card_id) ;;
         SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.id = c.n ;;
         SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON TRUE ;;
         SELECT s.id, c.name FROM NOW AS s, customers FOR SYSTEM_TIME AS OF s.now AS c ;;
         SELECT s.id, c.name FROM NOW AS s CROSS JOIN customers FOR SYSTEM_TIME AS OF s.now AS c WHERE s.card_id > c.card_id ;;
         SELECT s.id, c.name FROM NOW AS s, customers FOR SYSTEM_TIME AS OF s.now AS c WHERE s.id = c.n OR s.id = 1 ;;
         SELECT s.id, c.name FROM NOW AS s LEFT JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON TRUE WHERE s.card_id = c.card_id ;;
         SELECT s.id, c.name FROM NOW AS s, customers FOR SYSTEM_TIME AS OF s.swiped_at AS c WHERE s.card_id = c.card_id ;;
         SELECT s.id, c.name FROM NOW AS s, customers FOR SYSTEM_TIME AS OF s.now AS c JOIN swipes AS t ON t.id = s.id WHERE s.card_id = c.nmae ;;
         SELECT s.id, c.name FROM NOW AS s FULL JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = c.card_id ;;
         SELECT s.id, c.name FROM NOW AS s JOIN customers FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = c.nmae ;;
         SELECT s.id FROM NOW AS s JOIN accounts FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = c.card_id ;;
         SELECT s.id FROM swipes AS s JOIN customers FOR SYSTEM_TIME AS OF s.swiped_at AS c ON s.card_id = c.card_id ;;
         SELECT s.id FROM swipes AS s JOIN customers FOR SYSTEM_TIME AS OF PROCTIME() AS c ON s.card_id = c.card_id ;;
         WITH v AS (SELECT card_id FROM customers WHERE n > 1) SELECT s.id FROM NOW AS s JOIN v FOR SYSTEM_TIME AS OF s.now AS c ON s.card_id = c.card_id";
    errors("lookups", &texts.replace("NOW", now));
}

#[test]
fn group_windows_and_orders() {
    errors(
        "group_windows",
        "SELECT TUMBLE(swiped_at, INTERVAL '1' MINUTE) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT TUMBLE_START(swiped_at, INTERVAL '2' MINUTE) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT TUMBLE_START(swiped_at, INTERVAL '2' MINUTE) FROM swipes ;;
         SELECT COUNT(*) FROM swipes GROUP BY TUMBLE(n, INTERVAL '1' MINUTE) ;;
         SELECT COUNT(*) FROM swipes GROUP BY TUMBLE(CAST(swiped_at AS TIMESTAMP(3)), INTERVAL '1' MINUTE) ;;
         SELECT COUNT(*) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MONTH) ;;
         SELECT COUNT(*) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE, TIME '00:00:05') ;;
         SELECT COUNT(*) FROM swipes GROUP BY HOP(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT COUNT(*) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE), HOP(swiped_at, INTERVAL '1' MINUTE, INTERVAL '2' MINUTE) ;;
         SELECT COUNT(*) FROM swipes GROUP BY LOWER(country), SESSION(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT TUMBLE_PROCTIME(swiped_at, INTERVAL '1' MINUTE) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT id, swiped_at FROM swipes ORDER BY swiped_at DESC ;;
         SELECT id FROM swipes ORDER BY id ;;
         SELECT id FROM swipes ORDER BY (SELECT MAX(id) FROM swipes) - id LIMIT 3 OFFSET 1 ;;
         SELECT id FROM swipes UNION ALL SELECT id FROM swipes ORDER BY id + 1 LIMIT 3 ;;
         SELECT card_id, COUNT(*) AS c FROM swipes GROUP BY card_id ORDER BY c ;;
         SELECT id FROM swipes OFFSET 3 ;;
         SELECT card_id, COUNT(*) AS c FROM swipes GROUP BY card_id LIMIT 2 OFFSET 1 ;;
         SELECT id FROM swipes FETCH FIRST ROW ONLY",
    );
}

#[test]
fn sub_queries_as_conditions() {
    errors(
        "subqueries",
        "SELECT id FROM swipes WHERE id IN (SELECT nope FROM accounts) ;;
         SELECT nope FROM swipes WHERE id IN (SELECT id FROM acounts) AND amount > zilch ;;
         SELECT id FROM swipes WHERE id IN (SELECT id, card_id FROM accounts) ;;
         SELECT id FROM swipes WHERE (id, n) IN (SELECT id FROM accounts) ;;
         SELECT id FROM swipes WHERE country IN (SELECT id FROM accounts) ;;
         SELECT id FROM swipes s WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.card_id = s.card_id AND a.ownr = s.country) ;;
         SELECT id FROM swipes s WHERE EXISTS (SELECT 1 FROM accounts a WHERE a.card_id = s.nope) ;;
         SELECT id FROM swipes s WHERE n IN (SELECT MAX(a.id) FROM accounts a WHERE a.card_id = s.card_id) ;;
         SELECT id FROM swipes s WHERE n > 1 OR id IN (SELECT id FROM accounts) ;;
         SELECT id, id IN (SELECT id FROM accounts) FROM swipes ;;
         SELECT country FROM swipes GROUP BY country HAVING country IN (SELECT owner FROM accounts) ;;
         SELECT id FROM swipes INTERSECT SELECT id, owner FROM accounts ;;
         SELECT country FROM swipes EXCEPT SELECT id FROM accounts ;;
         SELECT id FROM swipes EXCEPT ALL SELECT id FROM accounts",
    );
}

#[test]
fn windows_over_the_rows_before() {
    errors(
        "over",
        "SELECT SUM(n) OVER (PARTITION BY country ORDER BY swiped_at DESC) FROM swipes ;;
         SELECT SUM(n) OVER (PARTITION BY country ORDER BY 1) FROM swipes ;;
         SELECT SUM(n) OVER (PARTITION BY country) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY swiped_at, n) FROM swipes ;;
         SELECT SUM(total) OVER (ORDER BY card_id) FROM totals ;;
         SELECT SUM(n) OVER (ORDER BY swiped_at), MAX(n) OVER (PARTITION BY country ORDER BY swiped_at) FROM swipes ;;
         SELECT COUNT(DISTINCT n) OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT LAG(n) OVER (ORDER BY swiped_at), SUM(n) OVER w FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY swiped_at ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY swiped_at ROWS BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY swiped_at RANGE 5 PRECEDING) FROM swipes ;;
         SELECT id FROM swipes WHERE SUM(n) OVER (ORDER BY swiped_at) > 1 ;;
         SELECT country, COUNT(*), SUM(n) OVER (ORDER BY swiped_at) FROM swipes GROUP BY country ;;
         SELECT SUM(nope) OVER (PARTITION BY zilch ORDER BY swiped_at) FROM swipes",
    );
}

#[test]
fn grouping_sets() {
    errors(
        "sets",
        "SELECT country, n, COUNT(*) FROM swipes GROUP BY GROUPING SETS ((country), (nope)) ;;
         SELECT country, SUM(n) FROM swipes GROUP BY ROLLUP (n) ;;
         SELECT UPPER(country), COUNT(*) FROM swipes GROUP BY CUBE (UPPER(country)) ;;
         SELECT COUNT(*) FROM swipes GROUP BY GROUPING SETS ((country), (country)) ;;
         SELECT COUNT(*) FROM swipes GROUP BY GROUPING SETS (()) ;;
         SELECT id, card_id, country, COUNT(*) FROM swipes GROUP BY CUBE (id, card_id, country, n, d, ok, amount)",
    );
}

#[test]
fn aggregates_in_the_wrong_place() {
    errors(
        "aggregates",
        "SELECT id FROM swipes WHERE COUNT(*) > 1 ;;
         SELECT n, COUNT(*) FROM swipes GROUP BY country ;;
         SELECT n + 1, UPPER(country), COUNT(*) FROM swipes GROUP BY UPPER(country), id HAVING amount > 1 ;;
         SELECT id, COUNT(*) FROM swipes ;;
         SELECT SUM(COUNT(*)) FROM swipes ;;
         SELECT country AS c, COUNT(*) FROM swipes GROUP BY c ;;
         SELECT country, COUNT(*) FROM swipes GROUP BY 1 ;;
         SELECT COUNT(*) FROM swipes GROUP BY COUNT(*) ;;
         SELECT SUM(*), COUNT(), SUM(country), UPPER(DISTINCT country), UPPER(country) FILTER (WHERE ok) FROM swipes ;;
         SELECT COUNT(*) FILTER (WHERE n) FROM swipes ;;
         SELECT s.n FROM swipes s GROUP BY s.country",
    );
}

#[test]
fn conditions_over_windows_that_do_not_fit() {
    errors(
        "qualify",
        "SELECT id FROM swipes QUALIFY id > 3 ;;
         SELECT id AS x FROM swipes QUALIFY x > 3 ;;
         SELECT id, n, LAG(n) OVER (PARTITION BY country ORDER BY swiped_at) AS p FROM swipes QUALIFY p IS NULL OR p < n ;;
         SELECT id, n + 1 AS x FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) > n ;;
         SELECT country, COUNT(*) AS c FROM swipes GROUP BY country QUALIFY ROW_NUMBER() OVER (ORDER BY COUNT(*) DESC) <= 3 ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY cuntry ORDER BY swiped_at) > 1 ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) > nosuch ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) IN (SELECT id FROM accounts AS a WHERE a.card_id = swipes.card_id) ;;
         SELECT id FROM swipes QUALIFY ROW_NUMBER() OVER (PARTITION BY country ORDER BY swiped_at) = 1 AND id IN (SELECT id FROM accounts) ;;
         SELECT id FROM swipes QUALIFY ROW_NUMBER() OVER (PARTITION BY country ORDER BY n) > 1 ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER w > 1 WINDOW w AS (PARTITION BY country ORDER BY swiped_at) ;;
         SELECT id FROM swipes QUALIFY ROW_NUMBER() OVER (PARTITION BY country ORDER BY n) = 1 AND COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) > 1 ;;
         SELECT id FROM swipes QUALIFY COUNT(*) OVER (PARTITION BY country ORDER BY swiped_at) > 1 ORDER BY swiped_at",
    );
}

#[test]
fn hints_that_do_not_fit() {
    errors(
        "hints",
        "SELECT /*+ STATE_TTL('swips' = '1d') */ country, COUNT(*) AS c FROM swipes GROUP BY country ;;
         SELECT /*+ STATE_TTL('swipes' = '1d') */ s.country, COUNT(*) AS c FROM swipes AS s GROUP BY s.country ;;
         SELECT /*+ STATE_TTL('s' = '1 month') */ s.country, COUNT(*) AS c FROM swipes AS s GROUP BY s.country ;;
         SELECT /*+ STATE_TTL('s' = 'PT1H'), STATE_TTL('s' = '0s') */ s.country, COUNT(*) AS c FROM swipes AS s GROUP BY s.country ;;
         SELECT /*+ STATE_TTL(s) */ s.country, COUNT(*) AS c FROM swipes AS s GROUP BY s.country ;;
         SELECT /*+ STATE_TTL() */ id FROM swipes ;;
         SELECT /*+ STATE_TTL */ id FROM swipes ;;
         SELECT /*+ STATE_TTL('s' = 1) */ id FROM swipes AS s ;;
         SELECT /*+ STATE_TTL('s' = '1d' */ id FROM swipes AS s ;;
         SELECT /*+ STATE_TTL('s' = '1d') BROADCAST(s) */ id FROM swipes AS s ;;
         SELECT /*+ */ id FROM swipes ;;
         SELECT /*+ BROADCST(swipes), INDEX(a) */ id FROM swipes ;;
         SELECT /*+ BROADCAST, SHUFFLE_HASH(swipes = '1') */ id FROM swipes ;;
         SELECT /*+ LOOKUP('tabel' = 'swipes', 'async' = 'maybe') */ id FROM swipes ;;
         SELECT /*+ LOOKUP('table' = 'swips', 'retry-strategy' = 'never', 'max-attempts' = 'many') */ id FROM swipes ;;
         SELECT /*+ LOOKUP(swipes) */ id FROM swipes ;;
         SELECT /*+ MULTI_JOIN(s, a) */ s.id FROM swipes s JOIN accounts a ON s.id = a.id ;;
         SELECT /*+ OPTIONS('a' = 'b') */ id FROM swipes ;;
         SELECT id FROM swipes /*+ OPTIONS('a' = 'b') */ AS s ;;
         SELECT id FROM swipes WHERE /*+ BROADCAST(swipes) */ id > 3 ;;
         SELECT /*+ STATE_TTL('swipes' = '1d') */ v.c FROM (SELECT COUNT(*) AS c FROM swipes GROUP BY country) AS v",
    );
}

#[test]
fn hints_that_are_heeded() {
    errors(
        "hints_heeded",
        "SELECT /*+ STATE_TTL('s' = '1d', 'a' = '2 hours') */ s.id FROM swipes s JOIN accounts a ON s.id = a.id ;;
         SELECT /*+ STATE_TTL('s' = '1d'), STATE_TTL('s' = '2d') */ s.country, COUNT(*) AS c FROM swipes s GROUP BY s.country ;;
         SELECT /*+ state_ttl(swipes = '10s'), broadcast('swipes') */ DISTINCT country FROM swipes ;;
         SELECT /*+ LOOKUP('table' = 'a', 'async' = 'true'), BROADCAST(a, s) */ s.id FROM swipes s JOIN accounts a ON s.id = a.id",
    );
}

#[test]
fn written_rows_that_do_not_fit() {
    errors(
        "constants",
        "SELECT * ;;
         SELECT s.*, 1 ;;
         SELECT 1 WHERE 1 = 1 ;;
         SELECT 1 GROUP BY 1 ;;
         SELECT COUNT(*) HAVING COUNT(*) > 1 ;;
         SELECT id ;;
         SELECT NULL AS x ;;
         VALUES (1, NULL), (2, 'a') ;;
         VALUES (1, 2), (3) ;;
         VALUES (1, 'a'), ('b', 2) ;;
         VALUES (id), (COUNT(*)) ;;
         VALUES () ;;
         VALUES ;;
         SELECT a FROM (VALUES (1, 2)) AS v (a) ;;
         SELECT v.EXPR$0 FROM (VALUES (1), (2)) AS v ;;
         SELECT COUNT(*) FROM (VALUES 1, 2 LIMIT 1) ;;
         SELECT * FROM VALUES (1, 2) ;;
         SELECT s.id, v.x FROM swipes s, LATERAL (SELECT s.id + 1 AS x) AS v ;;
         SELECT s.id, v.x FROM swipes s, LATERAL (VALUES (s.id)) AS v (x) ;;
         TABLE swipes",
    );
}

#[test]
fn what_is_not_supported_is_refused_by_name() {
    errors(
        "unsupported",
        "SELECT id FROM swipes WHERE id IN (SELECT id FROM accounts) ;;
         SELECT id FROM swipes WHERE EXISTS (SELECT id FROM accounts) AND NOT EXISTS (SELECT id FROM accounts) ;;
         SELECT (SELECT MAX(id) FROM accounts), id > ALL (SELECT 1) FROM swipes ;;
         SELECT SUM(amount) OVER (PARTITION BY id ORDER BY swiped_at), RANK() OVER (ORDER BY id) FROM swipes ;;
         SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY amount DESC) AS rn FROM swipes ;;
         SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY amount) AS rn FROM swipes) WHERE rn > 3 ;;
         SELECT r.id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY amount) AS rn FROM swipes) r JOIN accounts a ON r.id = a.id WHERE rn <= 3 ;;
         SELECT ROW_NUMBER() OVER (PARTITION BY id) AS rn FROM swipes ;;
         SELECT id FROM swipes ORDER BY swiped_at ;;
         SELECT id FROM swipes ORDER BY amount NULLS LAST LIMIT 3 ;;
         SELECT id FROM swipes LIMIT 10 OFFSET 5 ;;
         SELECT id FROM swipes INTERSECT SELECT id FROM accounts ;;
         SELECT id FROM swipes EXCEPT SELECT id FROM accounts ;;
         SELECT country, COUNT(*) FROM swipes GROUP BY GROUPING SETS ((country), ()) ;;
         SELECT country, COUNT(*) FROM swipes GROUP BY ROLLUP (country) ;;
         SELECT TUMBLE_START(swiped_at, INTERVAL '1' MINUTE), COUNT(*) FROM swipes GROUP BY TUMBLE(swiped_at, INTERVAL '1' MINUTE) ;;
         SELECT s.id FROM swipes s JOIN accounts FOR SYSTEM_TIME AS OF s.swiped_at AS a ON s.id = a.id ;;
         SELECT id FROM swipes s JOIN accounts a USING (card_id) ;;
         SELECT id FROM swipes s NATURAL JOIN accounts ;;
         SELECT id FROM swipes s JOIN accounts a ;;
         SELECT s.id FROM swipes s, LATERAL TABLE(f(id)) ;;
         WITH RECURSIVE t AS (SELECT id FROM swipes) SELECT id FROM t ;;
         SELECT id FROM swipes ORDER BY id LIMIT ALL ;;
         SELECT id FROM swipes WITH (NOLOCK) ;;
         SELECT id FROM swipes AS t (a INT) ;;
         SELECT {fn UPPER(country)}, id::INT, country:a FROM swipes ;;
         SELECT * EXCEPT (id) FROM swipes ;;
         SELECT * EXCLUDE (id) FROM swipes ;;
         SELECT id FROM swipes TABLESAMPLE (10) ;;
         SELECT id FROM (SELECT id FROM swipes) TABLESAMPLE (10) ;;
         SELECT s.id FROM swipes s CROSS APPLY accounts a ;;
         SELECT s.id FROM swipes s SEMI JOIN accounts a ON s.id = a.id ;;
         SELECT UPPER(country) IGNORE NULLS, COUNT(id) WITHIN GROUP (ORDER BY id), U&'a' FROM swipes ;;
         SELECT TOP 5 id FROM swipes ;;
         SELECT id INTO x FROM swipes ;;
         SELECT id FROM swipes FOR UPDATE ;;
         SELECT id FROM swipes WINDOW w AS (ORDER BY id) ;;
         SELECT COUNT(*) FROM swipes GROUP BY ALL ;;
         SELECT id FROM db.swipes ;;
         SELECT LAG(id) OVER w, country SIMILAR TO 'a' FROM swipes ;;
         SELECT id FROM swipes UNION DISTINCT SELECT id FROM accounts MINUS SELECT id FROM accounts ;;
         INSERT INTO x SELECT id FROM swipes ;;
         SELECT id FROM swipes ; ;;
         SELECT (1, 2), swiped_at AT TIME ZONE 'UTC', country ILIKE 'a', JSON_VALUE(country, '$.a' RETURNING INT) FROM swipes",
    );
}

#[test]
fn windows_that_cannot_be() {
    errors(
        "windows",
        "SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(amount), INTERVAL '1' MINUTE)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE totals, DESCRIPTOR(total), INTERVAL '1' MINUTE)) ;;
         SELECT * FROM TABLE(TUMBLE(swipes, swiped_at, INTERVAL '1' MINUTE)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped), INTERVAL '1' MINUTE)) ;;
         SELECT * FROM TABLE(HOP(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '7' SECOND, INTERVAL '1' MINUTE)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at))) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), 5)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MONTH)) ;;
         SELECT * FROM TABLE(TUMBLE(DATA => TABLE swipes, TIMECOL => DESCRIPTOR(swiped_at), LENGTH => INTERVAL '1' DAY)) ;;
         SELECT * FROM TABLE(TUMBLE((SELECT * FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE))), DESCRIPTOR(window_time), INTERVAL '1' HOUR)) ;;
         SELECT * FROM TABLE(TUMBLE(data => TABLE swipes, TIMECOL => DESCRIPTOR(swiped_at), SIZE => INTERVAL '1' DAY)) ;;
         SELECT * FROM TABLE(TUMBLE(DATA => TABLE swipes, TIMECOL => DESCRIPTOR(swiped_at), SIZE => INTERVAL '1' DAY, OFFSET => INTERVAL '1' HOUR)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE swipes PARTITION BY n, DESCRIPTOR(swiped_at), INTERVAL '1' DAY)) ;;
         SELECT * FROM TABLE(TUMBLE(TABLE (SELECT * FROM swipes), DESCRIPTOR(swiped_at), INTERVAL '1' DAY)) ;;
         SELECT * FROM TABLE(NTILES(TABLE swipes)) ;;
         SELECT id FROM TABLE(TUMBLE(TABLE swips, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) WHERE idd > 1",
    );
}

#[test]
fn text_that_does_not_parse() {
    errors(
        "syntax",
        "SELECT FROM swipes ;;
         SELECT id, FROM swipes ;;
         SELECT id FROM ;;
         SELECT id FROM swipes WHERE ;;
         SELECT id FROM swipes WHERE n = 1 AND AND ok ;;
         SELECT id FROM swipes WHERE (n = 1 ;;
         SELECT id FROM (SELECT id FROM swipes WHERE n = = 1) WHERE id > 1 ;;
         SELECT id FROM (SELECT a b c FROM swipes) x ;;
         SELECT CASE WHEN ok THEN 1 FROM swipes ;;
         SELECT CAST(n INT) FROM swipes ;;
         SELECT CAST(n AS ) FROM swipes ;;
         SELECT EXTRACT(DAY, swiped_at) FROM swipes ;;
         SELECT 1.0D, 12abc, 5L FROM swipes ;;
         SELECT r'x', 'a' 'b' FROM swipes ;;
         SELECT \"id\" FROM swipes WHERE country = \"DE\" AND n != 1 ;;
         SELECT 'abc FROM swipes ;;
         SELECT id FROM swipes 'x' ;;
         SELECT id FROM swipes GROUP country ;;
         SELECT id id2 id3 FROM swipes ;;
         SELECT id FROM swipes; SELECT n FROM swipes ;;
         SELECT 'it''s \\' FROM swipes WHERE bad ;;
         FROM swipes SELECT id ;;
         SELECT id FORM swipes ;;
         SELCT id FROM swipes ;;
         SELECT id FROM swipes WHER n = 1 ;;
         SELECT id FROM swipes GRUOP BY id ;;
         SELECT id n amount FROM swipes ;;
         SELECT id, n 5 FROM swipes ;;
         SELECT UPPER(country) n country FROM swipes ;;
         SELECT id, n, FROM swipes ;;
         SELECT CONCAT(country, ) FROM swipes ;;
         SELECT order, group FROM swipes ;;
         SELECT id FROM swipes WHERE (n = 1 AND (ok) ;;
         SELECT id FROM swipes WHERE n = 1) ;;
         SELECT UPPER(country FROM swipes ;;
         SELECT id FROM (SELECT id, FROM swipes) ;;
         SELECT id FROM (SELECT id FROM swipes WHERE n = 1 ;;
         SELECT id FROM swipes ORDER id LIMIT 3 ;;
         SELECT `id FROM swipes ;;
         SELECT id /* all FROM swipes ;;
         SELECT id FROM swipes WHERE country = 'it's' ;;
         SELECT * EXCEPT (id) FROM swipes ;;
         SELECT id FROM swipes HAVING ;;
         SELECT id AS FROM swipes ;;
         SELECT DISTINCT FROM swipes ;;
         SELECT id FROM swipes JOIN ON id = id ;;
         SELECT id FROM swipes, ;;
         SELECT id FROM swipes WHERE n BETWEEN 1, 2 ;;
         SELECT id FROM swipes WHERE n IN 1 ;;
         SELECT CASE WHEN ok 1 END FROM swipes ;;
         SELECT n == 1 FROM swipes ;;
         SELECT id FROM swipes WHERE n => 1 ;;
         SELECT id FROM swipes LIMIT ;;
         SELECT id FROM swipes UNION",
    );
}

#[test]
fn what_flink_refuses_is_refused() {
    errors(
        "views",
        "SELECT n, n FROM swipes ORDER BY n LIMIT 2 ;;
         WITH t AS (SELECT id, n AS id FROM swipes) SELECT 1 AS a FROM t ;;
         SELECT 12345678901234567890, 1.0000000000000000001, -9223372036854775809 FROM swipes ;;
         SELECT 0x1F AS a FROM swipes ;;
         SELECT CASE WHEN ok THEN 1 / 0 ELSE 5e0 / CAST(0 AS DOUBLE) END FROM swipes ;;
         SELECT id FROM swipes LIMIT 2147483648 ;;
         SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE, INTERVAL '60' SECOND)) GROUP BY window_start, window_end ;;
         SELECT COUNT(*) FROM TABLE(TUMBLE(TABLE swipes, DESCRIPTOR(swiped_at), INTERVAL '1' MINUTE, -INTERVAL '6' SECOND)) GROUP BY window_start, window_end",
    );
}

#[test]
fn patterns_that_flink_cannot_search_are_refused() {
    errors(
        "patterns",
        "SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY UPPER(country) ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country, card_id, nope ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY amount MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at DESC, amount NULLS LAST MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES A.amount AS country, A.amount AS p, B.amount p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES A.amout AS p, X.amount AS q, nope AS r AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount + B.amount) AS p, SUM(A.amount * B.amount) AS q AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES SUM(DISTINCT A.amount) AS p, COUNT(*) FILTER (WHERE A.amount > 1) AS q, LISTAGG(A.country) AS r AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES PREV(A.amount) AS p, CLASSIFIER() AS q, MATCH_ROWTIME(swiped_at) AS r, LAST(A.amount, id) AS s, LAST(1) AS t, FIRST() AS u AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p ALL ROWS PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A | B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN ((A B)+ C) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (PERMUTE(A, B)) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN ({- A -} B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (^ A B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A B A) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A*? B*?) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A?? B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B? C) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A{0} B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A{3,2} B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A{,3} B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A{9999999999} B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+?? B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP TO LAST X PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP TO THE END PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) WITHIN INTERVAL '1' MONTH DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) WITHIN amount DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) WITHIN INTERVAL '1' MINUTE 3 DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) WITHIN DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE AA AS TRUE, A AS A.amount > 1, A AS A.amount > 2) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount, B AS MATCH_ROWTIME() IS NULL) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE B AS LAST(B.id, 1) IS NULL) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES B.id AS i AFTER MATCH SKIP PAST LAST ROW PATTERN (A B? C) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) AS m (x, y) ;;
         SELECT * FROM (SELECT country, COUNT(*) AS amount, MAX(swiped_at) AS swiped_at FROM swipes GROUP BY country) MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT * FROM (SELECT nope FROM swipes) MATCH_RECOGNIZE (PARTITION BY country ORDER BY swiped_at MEASURES LAST(A.amount) AS p AFTER MATCH SKIP PAST LAST ROW PATTERN (A+ B) DEFINE A AS A.amount > 1) ;;
         SELECT LAST(amount), CLASSIFIER(), MATCH_ROWTIME() FROM swipes",
    );
}

#[test]
fn sub_queries_as_values() {
    errors(
        "values",
        "SELECT id, (SELECT id, country FROM swipes) FROM swipes ;;
         SELECT id, (SELECT nope FROM accounts) AS x FROM swipes ;;
         SELECT id, (SELECT MAX(a.id) FROM accounts a WHERE a.id > s.id) FROM swipes s ;;
         SELECT country, (SELECT MAX(a.id) FROM accounts a WHERE a.id = s.id) FROM swipes s GROUP BY country ;;
         SELECT SUM((SELECT MAX(id) FROM accounts)) FROM swipes ;;
         SELECT country FROM swipes GROUP BY country, (SELECT MAX(id) FROM accounts) ;;
         SELECT s.id FROM swipes s JOIN accounts a ON s.id = a.id AND s.id IN (SELECT id FROM accounts) ;;
         SELECT id FROM swipes WHERE n = 1 OR id IN (SELECT a.id FROM accounts a WHERE a.id = n) ;;
         SELECT id FROM swipes WHERE id <> ANY (SELECT id FROM accounts) ;;
         SELECT id > ALL (SELECT id FROM accounts) AS b FROM swipes ;;
         SELECT id FROM swipes WHERE EXISTS (SELECT MAX(id) FROM accounts) ;;
         SELECT id, (card_id, country) IN (SELECT card_id, owner FROM accounts) AS b FROM swipes ;;
         SELECT id, (id, n) IN (SELECT id FROM accounts) AS b FROM swipes ;;
         SELECT id FROM swipes WHERE (id, n) > ANY (SELECT id, id FROM accounts) ;;
         SELECT s.id, (SELECT MAX(a.id + s.id) FROM accounts a WHERE a.id < s.id) AS m FROM swipes s ;;
         SELECT s.id, EXISTS (SELECT 1 FROM accounts WHERE s.n > 3) AS b FROM swipes s ;;
         SELECT id FROM (SELECT id FROM swipes) s WHERE id > ANY (SELECT id FROM accounts) AND id <> ANY (SELECT id FROM accounts) ;;
         SELECT id FROM swipes WHERE country > (SELECT MAX(id) FROM accounts) ;;
         SELECT id FROM swipes WHERE id = ANY (1, 'a') ;;
         SELECT id, (SELECT a.id + COUNT(*) FROM accounts a WHERE a.id = s.id) FROM swipes s",
    );
}

#[test]
fn functions_over_rows() {
    errors(
        "over_functions",
        "SELECT id, LEAD(n) OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, RANK() OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, LAG(n, 1, 0) OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, LAG(n, 1, 'x') OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, LAG(n, '1') OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, LAG(n) OVER (ORDER BY swiped_at ROWS 2 PRECEDING) FROM swipes ;;
         SELECT id, LAG(n), ROW_NUMBER() FROM swipes ;;
         SELECT id, SUM(n) FILTER (WHERE ok) OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id, COUNT(n) OVER (w ROWS 2 PRECEDING) FROM swipes WINDOW w AS (ORDER BY swiped_at) ;;
         SELECT id, ROW_NUMBER() OVER (ORDER BY swiped_at) + COUNT(*) OVER (ORDER BY swiped_at) FROM swipes ;;
         SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY swiped_at) AS rn FROM swipes) WHERE rn > 1 ;;
         SELECT id, ROW_NUMBER() OVER (PARTITION BY card_id ORDER BY amount, id) AS rn FROM swipes",
    );
}

#[test]
fn forms_that_say_what_others_say() {
    errors(
        "forms",
        "TABLE swipes LIMIT 3 ;;
         TABLE swipes ORDER BY swiped_at ;;
         TABLE nosuch ;;
         SELECT id FROM swipes UNION ALL TABLE accounts ;;
         SELECT id FROM swipes WHERE id IN (TABLE swipes) ;;
         SELECT CASE n WHEN 1, 'x' THEN 1 END FROM swipes ;;
         SELECT CASE n WHEN 1, 2.5 THEN 1 END FROM swipes ;;
         SELECT CASE n WHEN 1, nope THEN 1 END FROM swipes ;;
         SELECT CASE WHEN n = 1, n = 2 THEN 1 END FROM swipes ;;
         SELECT CASE n WHEN 1, THEN 1 END FROM swipes ;;
         SELECT country, COUNT(*) FROM swipes GROUP BY GROUPING SETS ((country), (country), ()) ;;
         SELECT COUNT(*) FROM swipes GROUP BY GROUPING SETS ((), ()) ;;
         SELECT country, GROUP_ID() FROM swipes GROUP BY GROUPING SETS ((country), (country)) ;;
         SELECT n, COUNT(*) FROM swipes GROUP BY GROUPING SETS ((COALESCE(n, 0)), ())",
    );
}

#[test]
fn windows_in_an_order_other_than_that_of_time() {
    errors(
        "over_any_order",
        "SELECT SUM(n) OVER (ORDER BY d) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY place) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY attrs) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY 1 + 1) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY RAND() + n) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY o) FROM (SELECT n, 'a' AS o FROM swipes) ;;
         SELECT SUM(n) OVER (ORDER BY id NULLS LAST), COUNT(*) OVER (ORDER BY country NULLS LAST) FROM swipes ;;
         SELECT COUNT(*) OVER (ORDER BY country NULLS LAST) FROM swipes ;;
         SELECT SUM(DISTINCT n) OVER (ORDER BY id), COUNT(*) OVER (ORDER BY id) FROM swipes ;;
         SELECT LAG(n) OVER (ORDER BY id) FROM swipes ;;
         SELECT ARRAY_AGG(n) OVER (ORDER BY id) FROM swipes ;;
         SELECT LISTAGG(country) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM swipes ;;
         SELECT LAST_VALUE(n) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM swipes ;;
         SELECT SUM(n) OVER (ORDER BY id ROWS 2 PRECEDING) FROM swipes ;;
         SELECT SUM(n) OVER (PARTITION BY country ORDER BY PROCTIME()) FROM (SELECT country, COUNT(*) AS n FROM swipes GROUP BY country) ;;
         SELECT d, ROW_NUMBER() OVER (ORDER BY d) AS rn FROM swipes",
    );
}

#[test]
fn what_flink_reads_or_plans_otherwise() {
    errors(
        "otherwise",
        "SELECT country LIKE 'a%' IN (TRUE, FALSE) FROM swipes ;;
         SELECT country NOT LIKE 'a%' NOT BETWEEN FALSE AND TRUE FROM swipes ;;
         SELECT ok BETWEEN n IS NULL AND TRUE, ok BETWEEN n = 1 AND NOT ok FROM swipes ;;
         SELECT ok BETWEEN n BETWEEN 1 AND 2 AND TRUE FROM swipes ;;
         SELECT id FROM swipes WHERE EXISTS (SELECT 1 FROM accounts WHERE NULL) ;;
         SELECT id FROM swipes WHERE id NOT IN (SELECT id FROM accounts WHERE (NULL)) ;;
         SELECT id FROM (SELECT id FROM swipes WHERE NULL) ;;
         SELECT TO_TIMESTAMP_LTZ(country, 'yyyy', 'Nowhere'), TO_TIMESTAMP_LTZ(country, 'yyyy', country) FROM swipes ;;
         SELECT IFNULL(PROCTIME(), CURRENT_TIMESTAMP), COALESCE(PROCTIME(), CURRENT_TIMESTAMP) FROM swipes ;;
         SELECT TIMESTAMPADD(MILLISECOND, n, CAST(swiped_at AS DATE)), TIMESTAMPADD(MILLISECOND, n, CAST(swiped_at AS TIME)) FROM swipes ;;
         SELECT GROUPING(PI()) FROM swipes GROUP BY PI(), country ;;
         SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY o) AS rn FROM (SELECT id, country IS NOT DISTINCT FROM country AS o FROM swipes)) WHERE rn <= 3 ;;
         SELECT id FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY o) AS rn FROM (SELECT id, first AS o FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY d) AS first FROM swipes) WHERE first = 1)) WHERE rn <= 3 ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (ORDER BY swiped_at MEASURES A.place.city AS c, (A.place).city AS d PATTERN (A B) DEFINE B AS place.city = 'x') ;;
         SELECT * FROM swipes MATCH_RECOGNIZE (ORDER BY swiped_at MEASURES LAST((A.place).city) AS c, (LAST(A.place)).city AS d, COUNT((A.place).city) AS e PATTERN (A B) DEFINE B AS n = 1)",
    );
}
