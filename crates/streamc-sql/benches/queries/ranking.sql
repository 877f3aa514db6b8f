SELECT auction, bidder, price, `dateTime`
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY auction
      ORDER BY price DESC
    ) AS place
  FROM bid
  WHERE price > @) WHERE place <= 10
