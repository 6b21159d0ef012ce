-- Takes once for each user the lock that the foreign keys would take for each session. Every transaction locks
-- in the same order, so that no two wait for each other. A deleted user, or one with another id, is not counted.
SELECT count(*)
  FROM (SELECT FROM ONLY users WHERE id = ANY (?) ORDER BY id FOR KEY SHARE) AS locked
