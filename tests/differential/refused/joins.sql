# Joins.
SELECT t.id FROM t JOIN u ON t.id = u.id
SELECT t.id FROM t JOIN u ON t.id = u.k
SELECT t.id FROM t JOIN u ON t.k = u.n
SELECT t.id FROM t JOIN u ON t.m = u.m
SELECT t.id FROM t JOIN u ON t.r = u.r
SELECT t.id FROM t JOIN u ON t.tags = u.tags
SELECT t.id FROM t JOIN u ON t.id > u.id
SELECT t.id FROM t LEFT JOIN u ON t.id > u.id
SELECT t.id FROM t FULL JOIN u ON t.id > u.id
SELECT t.id FROM t FULL JOIN u ON t.id = u.id AND t.n > u.n
SELECT t.id FROM t CROSS JOIN u
SELECT t.id FROM t, u
SELECT t.id FROM t JOIN u ON TRUE
SELECT t.id FROM t LEFT JOIN u ON TRUE
SELECT t.id FROM t JOIN u ON t.id = 1
SELECT t.id FROM t JOIN u ON t.n
SELECT t.id FROM t JOIN u ON t.id = u.nope
SELECT id FROM t JOIN u ON t.id = u.id
SELECT t.id FROM t JOIN u
SELECT t.id FROM t JOIN u USING (id)
SELECT id FROM t JOIN u USING (id)
SELECT id FROM t NATURAL JOIN v
SELECT t.id FROM t AS a JOIN u ON a.id = u.id
SELECT a.id FROM t AS a JOIN t AS a ON a.id = a.id
SELECT a.id FROM t AS a JOIN t AS b ON a.id = b.id AND a.ts BETWEEN b.ts - INTERVAL '5' SECOND AND b.ts
SELECT t.id FROM t JOIN u ON t.id = u.id AND t.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT t.id FROM t JOIN u ON t.id = u.id AND t.ts BETWEEN u.us AND u.us - INTERVAL '5' SECOND
SELECT t.id FROM t JOIN u ON t.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT t.id FROM t LEFT JOIN u ON t.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT t.id FROM t FULL JOIN u ON t.id = u.id AND t.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT t.id FROM t JOIN u ON t.id = u.id AND t.ts > u.us
SELECT t.id FROM t JOIN u ON t.id = u.id AND t.ts = u.us
SELECT t.id FROM t JOIN z ON t.id = z.id AND t.ts BETWEEN z.zs - INTERVAL '5' SECOND AND z.zs
SELECT t.id FROM t JOIN u ON t.id = u.id AND t.ts BETWEEN u.us - INTERVAL '1' MONTH AND u.us
SELECT t.id FROM t JOIN v ON t.id = v.id AND t.ts BETWEEN v.plain - INTERVAL '5' SECOND AND v.plain
SELECT x.id FROM latest AS x JOIN u ON x.id = u.id AND x.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT x.id FROM latest AS x LEFT JOIN u ON x.id = u.id AND x.ts BETWEEN u.us - INTERVAL '5' SECOND AND u.us
SELECT x.id FROM latest AS x JOIN u ON x.id = u.id
SELECT x.k, u.id FROM totals AS x JOIN u ON x.k = u.k
SELECT a.id FROM clocked AS a JOIN clocked AS b ON a.id = b.id AND a.pt BETWEEN b.pt - INTERVAL '5' SECOND AND b.pt
SELECT t.id FROM t JOIN u FOR SYSTEM_TIME AS OF t.ts ON t.id = u.id
SELECT t.id FROM t JOIN u FOR SYSTEM_TIME AS OF t.plain ON t.id = u.id
SELECT t.id FROM t JOIN v FOR SYSTEM_TIME AS OF t.ts ON t.id = v.id
SELECT c.id FROM clocked AS c JOIN u FOR SYSTEM_TIME AS OF c.pt ON c.id = u.id
SELECT t.id FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts ON t.id = latest.id
SELECT t.id FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts ON t.id = latest.id AND t.n > t.n
SELECT t.id, latest.id AS i FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts ON t.l = latest.id
SELECT t.id FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id
SELECT t.id FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.n = x.n
SELECT t.id FROM t RIGHT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id
SELECT t.id FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id > x.id
SELECT t.id FROM t JOIN totals FOR SYSTEM_TIME AS OF t.ts AS x ON t.k = x.k
SELECT id, tag FROM t CROSS JOIN UNNEST(tags) AS q (tag)
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON tag = 'a'
SELECT id, tag FROM t JOIN UNNEST(tags) AS q (tag) ON tag = 'a'
SELECT id, tag FROM t INNER JOIN UNNEST(tags) AS q (tag) ON TRUE
SELECT id, tag FROM t RIGHT JOIN UNNEST(tags) AS q (tag) ON TRUE
SELECT id, tag FROM t CROSS JOIN UNNEST(n) AS q (tag)
SELECT id, a FROM t CROSS JOIN UNNEST(rs) AS q (a, b)
SELECT id, a FROM t CROSS JOIN UNNEST(rs) AS q (a)
SELECT id, a FROM t CROSS JOIN UNNEST(rs) AS q (a, b, c)
SELECT id, x FROM t CROSS JOIN UNNEST(m) AS q (x, y)
SELECT id, x FROM t CROSS JOIN UNNEST(m) AS q (x)
SELECT id, x FROM t CROSS JOIN UNNEST(r) AS q (x)
SELECT id, x FROM t CROSS JOIN UNNEST(tags) WITH ORDINALITY AS q (x, o)
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE tag = 'a'
SELECT x.id FROM t AS x WHERE x.id IN (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.k IN (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.id NOT IN (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.n NOT IN (SELECT n FROM u)
SELECT x.id FROM t AS x WHERE EXISTS (SELECT 1 FROM u WHERE u.id = x.id)
SELECT x.id FROM t AS x WHERE EXISTS (SELECT 1 FROM u WHERE u.id > x.id)
SELECT x.id FROM t AS x WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.id > x.id)
SELECT x.id FROM t AS x WHERE EXISTS (SELECT 1 FROM u)
SELECT x.id FROM t AS x WHERE NOT EXISTS (SELECT 1 FROM u)
SELECT x.id FROM t AS x WHERE x.id IN (SELECT u.id FROM u WHERE u.n > x.n)
SELECT x.id FROM t AS x WHERE x.id NOT IN (SELECT u.id FROM u WHERE u.n > x.n)
SELECT x.id FROM t AS x WHERE x.id NOT IN (SELECT u.id FROM u WHERE u.n = x.n)
SELECT x.id FROM t AS x WHERE x.id IN (SELECT u.id FROM u WHERE u.n = x.n LIMIT 1)
SELECT x.id FROM t AS x WHERE x.id = (SELECT MAX(u.id) FROM u)
SELECT x.id FROM t AS x WHERE x.id = (SELECT u.id FROM u)
SELECT x.id FROM t AS x WHERE x.id = (SELECT MAX(u.id) FROM u WHERE u.k = x.k)
SELECT x.id FROM t AS x WHERE x.id = (SELECT MAX(u.id) FROM u WHERE u.n > x.n)
SELECT x.id, (SELECT COUNT(*) FROM u WHERE u.k = x.k) AS c FROM t AS x
SELECT x.id, (SELECT u.n FROM u WHERE u.k = x.k) AS c FROM t AS x
SELECT x.id, (SELECT u.id, u.n FROM u) AS c FROM t AS x
SELECT x.id FROM t AS x WHERE x.id > ALL (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.id > ANY (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.id = SOME (SELECT id FROM u)
SELECT x.id FROM t AS x WHERE x.n > 1 OR x.id IN (SELECT id FROM u)
SELECT x.id, x.id IN (SELECT id FROM u) AS c FROM t AS x
SELECT x.id FROM t AS x JOIN u ON x.id = u.id AND x.id IN (SELECT id FROM v)
SELECT k, COUNT(*) AS c FROM t GROUP BY k HAVING COUNT(*) > (SELECT COUNT(*) FROM u)
SELECT a.window_start, a.k FROM windowed AS a JOIN windowed AS b ON a.k = b.k AND a.window_start = b.window_start AND a.window_end = b.window_end
SELECT a.window_start, a.k FROM windowed AS a JOIN windowed AS b ON a.k = b.k AND a.window_start = b.window_start
SELECT a.window_start, a.k FROM windowed AS a LEFT JOIN windowed AS b ON a.window_start = b.window_start AND a.window_end = b.window_end
SELECT a.k FROM windowed AS a WHERE a.k IN (SELECT k FROM windowed AS b WHERE b.window_start = a.window_start AND b.window_end = a.window_end)
SELECT t.id FROM t, LATERAL (SELECT id FROM u WHERE u.k = t.k) AS x
SELECT t.id, x.id AS y FROM t, LATERAL (SELECT id FROM u WHERE u.k = t.k ORDER BY n DESC LIMIT 2) AS x
SELECT t.id FROM t LEFT JOIN LATERAL (SELECT id FROM u WHERE u.k = t.k) AS x ON TRUE
SELECT t.id FROM t, LATERAL TABLE(nope(k)) AS x (y)
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE tag IS NULL
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE tag = 'a' OR id = 1
SELECT id, x FROM t LEFT JOIN UNNEST(rs) AS q (x, y) ON TRUE WHERE x > 1
SELECT id, x FROM t LEFT JOIN UNNEST(m) AS q (x, y) ON TRUE WHERE y > 1
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE id = 1
SELECT id FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE tag = 'a'
SELECT id, tag FROM (SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE) WHERE tag = 'a'
SELECT id, tag FROM t LEFT JOIN UNNEST(tags) AS q (tag) ON TRUE WHERE tag <> 'a'
SELECT id, x FROM t LEFT JOIN UNNEST(arr) AS q (x) ON TRUE WHERE x > 1
SELECT id, x FROM t LEFT JOIN UNNEST(arr) AS q (x) ON TRUE WHERE x = 1
lines <- SELECT k, CAST(x AS BIGINT) AS n FROM t LEFT JOIN UNNEST(arr) AS q (x) ON TRUE WHERE x > 1
SELECT id, x FROM u LEFT JOIN UNNEST(tags) AS q (x) ON TRUE WHERE x > 'a'
SELECT id, x FROM t LEFT JOIN UNNEST(whole) AS q (x, y) ON TRUE
SELECT id, x FROM t LEFT JOIN UNNEST(whole) AS q (x, y) ON TRUE WHERE y = 'a'
SELECT id, x FROM t CROSS JOIN UNNEST(whole) AS q (x, y)
SELECT id, x FROM t CROSS JOIN UNNEST(whole) AS q (x, y) WHERE y = 'a'
SELECT t.id FROM t JOIN u ON t.l IS NOT DISTINCT FROM u.n
SELECT t.id FROM t JOIN u ON t.l IS NOT DISTINCT FROM CAST(u.n AS BIGINT)
SELECT t.id FROM t JOIN u ON t.l = u.n
SELECT t.id FROM t LEFT JOIN u ON t.n IS NOT DISTINCT FROM u.l AND t.k = u.k
SELECT t.n FROM t LEFT JOIN TABLE(TUMBLE(TABLE u, DESCRIPTOR(us), INTERVAL '20' SECOND)) AS w ON t.n = w.n AND t.n IN (1, 3)
SELECT t.n FROM t RIGHT JOIN TABLE(TUMBLE(TABLE u, DESCRIPTOR(us), INTERVAL '20' SECOND)) AS w ON t.n = w.n AND t.n IN (1, 3)
SELECT t.n FROM t LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(us), INTERVAL '20' SECOND))) AS w ON t.n = w.n AND t.n IN (1, 3)
SELECT t.id FROM t JOIN u ON t.n + 1 IS NOT DISTINCT FROM u.l
SELECT t.id FROM t JOIN u ON t.n IS NOT DISTINCT FROM u.l + 1
SELECT t.id FROM t JOIN u ON t.n + 1 IS NOT DISTINCT FROM u.n
SELECT a.n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '40' SECOND)) AS a LEFT JOIN TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '40' SECOND)) AS c ON a.n = c.n AND (a.n > 1) IS NOT UNKNOWN
SELECT a.n FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '40' SECOND)) AS a LEFT JOIN TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '40' SECOND)) AS c ON a.n = c.n AND (a.n > 1) IS NOT NULL
SELECT t.id FROM t LEFT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id AND 'a' IS JSON ARRAY
SELECT t.id FROM t LEFT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id AND t.n NOT IN (t.n, t.n)
SELECT t.id FROM t LEFT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id AND 'a' IS NULL
SELECT t.id FROM t LEFT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x ON t.id = x.id AND 'a' IS NOT NULL
