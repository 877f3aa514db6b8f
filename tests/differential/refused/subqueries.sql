SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND t.k IN (SELECT k FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND u.k NOT IN (SELECT k FROM v)
SELECT t.id, u.l FROM t LEFT JOIN u ON t.id = u.id AND u.id IN (SELECT id FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND (u.n > 3 OR t.id IN (SELECT id FROM v))
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND t.n = ANY (SELECT n FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND t.n > ANY (SELECT n FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND u.n > ALL (SELECT n FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND NOT EXISTS (SELECT 1 FROM v)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND EXISTS (SELECT 1 FROM v WHERE v.id = u.id)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND u.n > (SELECT MAX(n) FROM v WHERE v.id = u.id)
SELECT t.id, u.l FROM t JOIN u ON t.id = u.id AND EXISTS (SELECT 1 FROM v WHERE v.id = t.id)
SELECT k, SUM((SELECT MAX(n) FROM u WHERE u.id = t.id)) AS s FROM t GROUP BY k
SELECT k, COUNT(*) FILTER (WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)) AS s FROM t GROUP BY k
SELECT COUNT(*) FROM t GROUP BY (SELECT MAX(n) FROM u WHERE u.id = t.id)
SELECT k, COUNT(*) FROM t GROUP BY k HAVING EXISTS (SELECT 1 FROM v)
SELECT k, COUNT(*) FROM t GROUP BY k HAVING NOT (EXISTS (SELECT 1 FROM v))
SELECT SUM((SELECT MAX(n) FROM u)) OVER (PARTITION BY k ORDER BY ts) AS s FROM t
SELECT id FROM t WHERE EXISTS (SELECT COUNT(*) FROM u WHERE u.id = t.id)
SELECT id FROM t WHERE n NOT IN (SELECT MAX(n) FROM u WHERE u.id = t.id)
SELECT id, (SELECT n FROM u WHERE u.id = t.id ORDER BY l DESC LIMIT 1) AS m FROM t
SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id UNION ALL SELECT 1 FROM v WHERE v.id = t.id)
SELECT id FROM t WHERE id IN (SELECT id FROM u WHERE k IN (SELECT k FROM v WHERE v.id = t.id))
SELECT k, COUNT(*), (SELECT MAX(l) FROM u WHERE u.k = t.k) AS m FROM t GROUP BY k
SELECT t.id, x.n FROM t, LATERAL (SELECT n FROM u WHERE u.id = t.id ORDER BY n DESC LIMIT 2) AS x
SELECT t.id, x.n FROM t LEFT JOIN LATERAL (SELECT n FROM u WHERE u.id = t.id ORDER BY n LIMIT 1) AS x ON TRUE
SELECT k, SUM(COUNT(*)) OVER (ORDER BY k DESC) AS s FROM t GROUP BY k
SELECT k, COUNT(*) AS c, LAG(COUNT(*)) OVER (ORDER BY PROCTIME()) AS s FROM t GROUP BY k
SELECT k, SUM(COUNT(*)) OVER (ORDER BY ts) AS s FROM t GROUP BY k
SELECT id, n IN (SELECT n FROM u WHERE u.l > t.l) AS b FROM t
SELECT id, (n, l) IN (SELECT n, l FROM u) AS b FROM t
SELECT id, (SELECT MAX(n) FROM u WHERE u.id = t.id AND t.n > 3) AS m FROM t
SELECT id FROM t WHERE n > 2 OR n <> ANY (SELECT n FROM u)
SELECT id FROM t WHERE l > ANY (SELECT l FROM u WHERE u.id = t.id)
SELECT /*+ MULTI_JOIN(t, z) */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ MULTI_JOIN() */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ MULTI_JOIN(t, u), STATE_TTL('t' = '1d') */ t.id FROM t JOIN u ON t.id = u.id
SELECT t.id, x.n FROM t, latest FOR SYSTEM_TIME AS OF t.ts AS x WHERE t.id = x.id
SELECT t.id, x.n FROM t CROSS JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x WHERE t.id = x.id
SELECT t.id, x.n FROM t RIGHT JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x USING (id)
SELECT t.ts, x.k FROM t JOIN latest FOR SYSTEM_TIME AS OF t.ts AS x USING (k)
SELECT id FROM v WHERE n <> ANY (SELECT n FROM u)
SELECT id FROM t WHERE n <> ANY (SELECT n FROM u) AND k <> ANY (SELECT k FROM v)
SELECT id FROM t WHERE k > ANY (SELECT k FROM v) AND n = ALL (SELECT n FROM u)
SELECT id FROM t WHERE (n, l) > ANY (SELECT n, l FROM u)
SELECT t.id, x.m FROM t, LATERAL (SELECT u.n + t.n AS m FROM u WHERE u.n > t.n) AS x
SELECT t.id, x.m FROM t, LATERAL (SELECT u.l + t.id AS m FROM u WHERE u.id = t.id) AS x
SELECT id, (SELECT MAX(u.n + t.n) FROM u WHERE u.n < t.n) AS m FROM t
SELECT t.id, x.n FROM t LEFT JOIN LATERAL (SELECT n FROM u WHERE u.id = t.id) AS x ON x.n > t.id
SELECT t.id, x.n FROM t JOIN LATERAL (SELECT n FROM u WHERE u.n > t.n) AS x ON x.n < t.n + 3
SELECT t.id, x.m FROM t LEFT JOIN LATERAL (SELECT COALESCE(SUM(n), 0) AS m FROM u WHERE u.id = t.id) AS x ON TRUE
SELECT t.id, x.m FROM t, LATERAL (SELECT SUM(n) AS m FROM u WHERE u.id = t.id GROUP BY t.n) AS x
SELECT t.id, x.m FROM t, LATERAL (SELECT SUM(n) AS m FROM u WHERE u.id = t.id HAVING SUM(n) > t.n) AS x
SELECT t.id, x.m FROM t, LATERAL (SELECT n AS m FROM u WHERE u.id = t.id UNION ALL SELECT n FROM v WHERE v.id = t.id) AS x
SELECT t.id, x.m FROM t, LATERAL (SELECT n AS m FROM u WHERE u.id = t.id AND u.n IN (SELECT n FROM v)) AS x
SELECT id, EXISTS (SELECT 1 FROM u WHERE t.n > 3) AS b FROM t
SELECT id, (n, l) NOT IN (SELECT n, l FROM u) AS b FROM t
SELECT id FROM t WHERE id > 3 OR (n, l) NOT IN (SELECT n, l FROM u)
SELECT id FROM t WHERE n > ANY (SELECT n FROM u WHERE u.id = t.id UNION ALL SELECT 3)
SELECT id FROM t WHERE n IN (SELECT u.n + t.n FROM u WHERE u.id = t.id)
SELECT id FROM t WHERE n IN (SELECT MAX(n) FROM u WHERE u.l > t.l GROUP BY k)
SELECT id, (SELECT MAX(n) FROM u WHERE u.l > t.l GROUP BY k) AS m FROM t
SELECT id, (SELECT MAX(n) + t.n FROM u WHERE u.id = t.id) AS m FROM t
