-- All users whose address matches in any case, and whether it does so exactly.
SELECT asked.email, users.id, users.email = asked.email AS exact
  FROM unnest(?::text[]) AS asked (email)
  JOIN users ON lower(users.email) = lower(asked.email)
