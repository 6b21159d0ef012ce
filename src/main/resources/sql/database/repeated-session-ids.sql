-- Ids that stand in the table more than once, where no unique index keeps them from it.
SELECT count(*)
  FROM (SELECT external_session_id
          FROM kintell_sessions
         GROUP BY external_session_id
        HAVING count(*) > 1) AS repeated
 WHERE external_session_id IS NOT NULL
