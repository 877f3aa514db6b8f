SELECT
  window_start,
  window_end,
  channel,
  COUNT(*) AS bids,
  COUNT(DISTINCT bidder) AS bidders,
  MAX(price) AS highest,
  AVG(price) AS average
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
WHERE price > @
GROUP BY window_start, window_end, channel
