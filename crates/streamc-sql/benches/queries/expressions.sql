SELECT
  auction,
  bidder,
  0.908 * price AS euro,
  CASE WHEN HOUR(`dateTime`) >= @ THEN 'late' ELSE 'early' END AS part,
  UPPER(channel) AS channel,
  SPLIT_INDEX(url, '/', 3) AS folder,
  `dateTime`
FROM bid
WHERE price > @ AND channel <> 'Google'
  AND (extra IS NULL OR CHAR_LENGTH(extra) > 3)
