-- Whether any of these users does not exist: what foreign keys would refuse.
SELECT EXISTS (
  SELECT FROM unnest(?::uuid[]) AS needed (id)
   WHERE NOT EXISTS (SELECT FROM users WHERE users.id = needed.id))
