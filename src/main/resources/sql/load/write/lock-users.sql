-- The lock that the foreign keys take for each session, once for each user. In one order everywhere, so
-- that this waits for nobody who waits for it. A deleted user, or one with another id, is not counted.
SELECT count(*)
  FROM (SELECT FROM ONLY users WHERE id = ANY (?) ORDER BY id FOR KEY SHARE) AS locked
