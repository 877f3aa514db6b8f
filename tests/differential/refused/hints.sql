SELECT /*+ STATE_TTL('t' = '1d') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('x' = '1d') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t' = '1d') */ k, COUNT(*) AS c FROM t AS x GROUP BY k
SELECT /*+ STATE_TTL('T' = '1d') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t' = '1 month') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t' = '-1s') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t') */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL() */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t' = 1) */ k, COUNT(*) AS c FROM t GROUP BY k
SELECT /*+ STATE_TTL('t' = '1d', 'z' = '1d') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ STATE_TTL('t' = '1d', 'u' = '1d') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ STATE_TTL('t' = '1d') STATE_TTL('u' = '1d') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ */ t.id FROM t
SELECT t.id /*+ STATE_TTL('t' = '1d') */ FROM t
SELECT DISTINCT /*+ STATE_TTL('t' = '1d') */ id FROM t
SELECT id FROM t WHERE /*+ STATE_TTL('t' = '1d') */ id > 3
SELECT id FROM t AS x /*+ OPTIONS('a' = 'b') */
SELECT id FROM totals /*+ OPTIONS('a' = 'b') */
SELECT /*+ BROADCAST(t) */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ BROADCAST(z) */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ BROADCAST() */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ SHUFFLE_HASH(t = 'a') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ NO_SUCH(t) */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ EARLY_FIRE('delay' = '1min', 'time_mode' = 'proctime') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP('table' = 'u', 'async' = 'true') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP('table' = 'z') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP('async' = 'true') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP('table' = 'u', 'async' = 'maybe') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP('table' = 'u', 'retry-predicate' = 'lookup_miss') */ t.id FROM t JOIN u ON t.id = u.id
SELECT /*+ LOOKUP(u) */ t.id FROM t JOIN u ON t.id = u.id
