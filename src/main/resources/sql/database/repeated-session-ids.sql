-- Ids that occur in the table more than once, if no unique index prevents that.
SELECT count(*)
  FROM (SELECT external_session_id
          FROM kintell_sessions
         GROUP BY external_session_id
        HAVING count(*) > 1) AS repeated
 WHERE external_session_id IS NOT NULL
