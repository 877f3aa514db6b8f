SELECT
  P.name,
  P.city,
  P.state,
  A.id,
  A.itemName,
  A.reserve - A.initialBid AS margin
FROM auction AS A
INNER JOIN person AS P ON A.seller = P.id
WHERE A.category = @
  AND P.state IN ('OR', 'ID', 'CA')
