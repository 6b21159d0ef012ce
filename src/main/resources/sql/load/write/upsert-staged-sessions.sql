-- Of several rows with one id, the last gives the session its values; a new session belongs to the first. Stores
-- in the order of ids, so that two jobs never wait for each other.
WITH latest AS (
  SELECT DISTINCT ON (external_session_id) staged.*,
         first_value(id) OVER in_file AS first_id,
         first_value(source_row) OVER in_file AS first_row
    FROM staged_sessions AS staged
   WHERE source_row BETWEEN :first AND :last
  WINDOW in_file AS (PARTITION BY external_session_id ORDER BY source_row)
   ORDER BY external_session_id, source_row DESC),
stored AS (
INSERT INTO kintell_sessions AS session (id, external_session_id, job_id, source_row, ${updated})
SELECT first_id, external_session_id, job_id, first_row, ${updated}
  FROM latest
 ORDER BY external_session_id
    ON CONFLICT (external_session_id) DO UPDATE SET (${updated}) = ROW (${excluded})
RETURNING session.external_session_id, session.id)
-- By row, since the ids may come back as the column's type writes them: padded, or in another case.
SELECT staged.source_row, stored.id
  FROM stored
  JOIN staged_sessions AS staged USING (external_session_id)
 WHERE staged.source_row BETWEEN :first AND :last
