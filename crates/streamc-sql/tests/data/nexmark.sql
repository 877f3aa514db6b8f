-- Queries in the manner of the Nexmark benchmark, with the columns and kinds of rows that Flink 2.3's planner gives them
-- (`TableEnvironment.sqlQuery` and `EXPLAIN CHANGELOG_MODE`). A block is `## name | kinds | columns`, then the query.

## q0 | +I | auction BIGINT, bidder BIGINT, price BIGINT, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING
SELECT auction, bidder, price, `dateTime`, extra FROM bid

## q1 | +I | auction BIGINT, bidder BIGINT, price DECIMAL(24, 3), dateTime TIMESTAMP(3) *ROWTIME*, extra STRING
SELECT auction, bidder, 0.908 * price AS price, `dateTime`, extra FROM bid

## q2 | +I | auction BIGINT, price BIGINT
SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0

## q3 | +I | name STRING, city STRING, state STRING, id BIGINT
SELECT P.name, P.city, P.state, A.id
FROM auction AS A INNER JOIN person AS P ON A.seller = P.id
WHERE A.category = 10 AND (P.state = 'OR' OR P.state = 'ID' OR P.state = 'CA')

## q4 | +I,+U,-D | category BIGINT, EXPR$1 BIGINT
SELECT Q.category, AVG(Q.final)
FROM (
  SELECT MAX(B.price) AS final, A.category FROM auction A, bid B
  WHERE A.id = B.auction AND B.`dateTime` BETWEEN A.`dateTime` AND A.expires
  GROUP BY A.id, A.category
) Q
GROUP BY Q.category

## q5 | +I | auction BIGINT, num BIGINT NOT NULL
SELECT hot.auction, hot.num
FROM (
  SELECT auction, COUNT(*) AS num, window_start AS s, window_end AS e
  FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end
) AS hot
JOIN (
  SELECT MAX(counts.num) AS most, counts.s, counts.e
  FROM (
    SELECT COUNT(*) AS num, window_start AS s, window_end AS e
    FROM TABLE(HOP(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
    GROUP BY auction, window_start, window_end
  ) AS counts
  GROUP BY counts.s, counts.e
) AS best
ON hot.s = best.s AND hot.e = best.e AND hot.num >= best.most

## q7 | +I | auction BIGINT, price BIGINT, bidder BIGINT, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING
SELECT B.auction, B.price, B.bidder, B.`dateTime`, B.extra
FROM bid B
JOIN (
  SELECT MAX(price) AS highest, window_end AS `dateTime`
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY window_start, window_end
) W
ON B.price = W.highest
WHERE B.`dateTime` BETWEEN W.`dateTime` - INTERVAL '10' SECOND AND W.`dateTime`

## q8 | +I | id BIGINT, name STRING, s TIMESTAMP(3) NOT NULL
SELECT P.id, P.name, P.s
FROM (
  SELECT id, name, window_start AS s, window_end AS e
  FROM TABLE(TUMBLE(TABLE person, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY id, name, window_start, window_end
) P
JOIN (
  SELECT seller, window_start AS s, window_end AS e
  FROM TABLE(TUMBLE(TABLE auction, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  GROUP BY seller, window_start, window_end
) A
ON P.id = A.seller AND P.s = A.s AND P.e = A.e

## q10 | +I | auction BIGINT, bidder BIGINT, price BIGINT, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING, EXPR$5 STRING, EXPR$6 STRING
SELECT auction, bidder, price, `dateTime`, extra, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd'), DATE_FORMAT(`dateTime`, 'HH:mm')
FROM bid

## q12 | +I | bidder BIGINT, n BIGINT NOT NULL, s TIMESTAMP(3) NOT NULL, e TIMESTAMP(3) NOT NULL
SELECT bidder, COUNT(*) AS n, window_start AS s, window_end AS e
FROM TABLE(TUMBLE(TABLE bid_now, DESCRIPTOR(p_time), INTERVAL '10' SECOND))
GROUP BY bidder, window_start, window_end

## q14 | +I | auction BIGINT, bidder BIGINT, price DECIMAL(24, 3), bidTimeType VARCHAR(9) NOT NULL, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING
SELECT auction, bidder, 0.908 * price AS price,
  CASE
    WHEN HOUR(`dateTime`) >= 8 AND HOUR(`dateTime`) <= 18 THEN 'dayTime'
    WHEN HOUR(`dateTime`) <= 6 OR HOUR(`dateTime`) >= 20 THEN 'nightTime'
    ELSE 'otherTime'
  END AS bidTimeType,
  `dateTime`, extra
FROM bid
WHERE 0.908 * price > 1000000 AND 0.908 * price < 50000000

## q15 | +I,+U | day STRING, total_bids BIGINT NOT NULL, low BIGINT NOT NULL, middle BIGINT NOT NULL, bidders BIGINT NOT NULL, low_bidders BIGINT NOT NULL
SELECT DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS `day`, COUNT(*) AS total_bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low,
  COUNT(*) FILTER (WHERE price >= 10000 AND price < 1000000) AS middle,
  COUNT(DISTINCT bidder) AS bidders,
  COUNT(DISTINCT bidder) FILTER (WHERE price < 10000) AS low_bidders
FROM bid
GROUP BY DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')

## q16 | +I,+U | channel STRING, day STRING, minute STRING, n BIGINT NOT NULL
SELECT channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS `day`, MAX(DATE_FORMAT(`dateTime`, 'HH:mm')) AS `minute`, COUNT(*) AS n
FROM bid
GROUP BY channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')

## q17 | +I,+U | auction BIGINT, day STRING, n BIGINT NOT NULL, low BIGINT, high BIGINT, mean BIGINT, total BIGINT
SELECT auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS `day`, COUNT(*) AS n,
  MIN(price) AS low, MAX(price) AS high, AVG(price) AS mean, SUM(price) AS total
FROM bid
GROUP BY auction, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')

## q18 | +I,+U,-D | auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING
SELECT auction, bidder, price, channel, url, `dateTime`, extra
FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY `dateTime` DESC) AS rank_number FROM bid)
WHERE rank_number <= 1

## q19 | +I,+U,-D | auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING, rank_number BIGINT NOT NULL
SELECT * FROM
(SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rank_number FROM bid)
WHERE rank_number <= 10

## q20 | +I | auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, dateTime TIMESTAMP(3) *ROWTIME*, extra STRING, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT, dateTime0 TIMESTAMP(3) *ROWTIME*, expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra0 STRING
SELECT auction, bidder, price, channel, url, B.`dateTime`, B.extra,
  itemName, description, initialBid, reserve, A.`dateTime`, expires, seller, category, A.extra
FROM bid AS B INNER JOIN auction AS A ON B.auction = A.id
WHERE A.category = 10

## q21 | +I | auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, channel_id STRING
SELECT auction, bidder, price, channel,
  CASE
    WHEN LOWER(channel) = 'apple' THEN '0'
    WHEN LOWER(channel) = 'google' THEN '1'
    ELSE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2)
  END AS channel_id
FROM bid
WHERE REGEXP_EXTRACT(url, '(&|^)channel_id=([^&]*)', 2) IS NOT NULL OR LOWER(channel) IN ('apple', 'google')

## q22 | +I | auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, dir1 STRING, dir2 STRING, dir3 STRING
SELECT auction, bidder, price, channel, SPLIT_INDEX(url, '/', 3) AS dir1, SPLIT_INDEX(url, '/', 4) AS dir2, SPLIT_INDEX(url, '/', 5) AS dir3
FROM bid

## q23 | +I | bidder BIGINT, price BIGINT, bid_extra STRING, person_id BIGINT, name STRING, auction_dateTime TIMESTAMP(3) *ROWTIME*
SELECT bidder, price, B.extra AS bid_extra, P.id AS person_id, name, A.`dateTime` AS auction_dateTime
FROM bid B JOIN person P ON P.id = B.bidder JOIN auction A ON A.seller = B.bidder
