-- One statement, so one commit: the sessions of a chunk are gone, what is to be told of that is
-- written down, and the ledger knows. A chunk that another process has at hand is left to it.
WITH chunk AS (
  SELECT chunk.*
    FROM backfill_chunks AS chunk
    JOIN backfill_jobs AS job ON job.id = chunk.job_id
   WHERE chunk.job_id = :jobId
     AND chunk.chunk_no = :chunkNo
     AND chunk.state = 'loaded'
     AND chunk.rolled_back_at IS NULL
     AND job.status = 'rolling_back'
     FOR UPDATE OF chunk SKIP LOCKED),
main AS (
  DELETE FROM kintell_sessions AS session
   USING chunk
   WHERE NOT chunk.tail
     AND session.job_id = chunk.job_id
     AND session.source_row BETWEEN chunk.first_row AND chunk.first_row + chunk.row_span - 1
     AND session.source_row <> ALL (chunk.aside_rows)
  RETURNING session.id, session.external_session_id),
tail AS (
  DELETE FROM kintell_sessions AS session
   USING chunk, unnest(chunk.aside_rows) AS aside (source_row)
   WHERE chunk.tail
     AND session.job_id = chunk.job_id
     AND session.source_row = aside.source_row
  RETURNING session.id, session.external_session_id),
gone AS (
  SELECT * FROM main UNION ALL SELECT * FROM tail),
-- The chunks whose events tell of the session: the one that created it, from the first attempt to
-- publish it on, and those that gave it new values, which may be published from memory any moment.
told AS (
  INSERT INTO backfill_retractions (job_id, session_id, external_session_id, not_before)
  SELECT chunk.job_id, gone.id, gone.external_session_id,
         now() + CASE WHEN bool_and(teller.published_at IS NOT NULL) THEN interval '0' ELSE interval '15 seconds' END
    FROM gone
    CROSS JOIN chunk
    CROSS JOIN LATERAL (
      SELECT chunk.published_at WHERE chunk.publisher IS NOT NULL
       UNION ALL
      SELECT updated.published_at
        FROM backfill_updates AS change
        JOIN backfill_chunks AS updated ON updated.job_id = change.job_id AND updated.chunk_no = change.chunk_no
       WHERE change.session_id = gone.id) AS teller
   GROUP BY chunk.job_id, gone.id, gone.external_session_id
  RETURNING session_id)
UPDATE backfill_chunks AS ledger
   SET removed        = (SELECT count(*) FROM gone),
       retracted      = (SELECT count(*) FROM told),
       rolled_back_at = now()
  FROM chunk
 WHERE ledger.job_id = chunk.job_id AND ledger.chunk_no = chunk.chunk_no
