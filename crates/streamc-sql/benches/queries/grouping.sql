SELECT
  channel,
  DATE_FORMAT(`dateTime`, 'yyyy-MM-dd') AS `day`,
  COUNT(*) AS bids,
  COUNT(*) FILTER (WHERE price < 10000) AS low,
  COUNT(*) FILTER (WHERE price >= 10000) AS high,
  MIN(price) AS least,
  MAX(price) AS most
FROM bid
WHERE auction <> @
GROUP BY channel, DATE_FORMAT(`dateTime`, 'yyyy-MM-dd')
