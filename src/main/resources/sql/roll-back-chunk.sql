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
told AS (
  INSERT INTO backfill_retractions (job_id, session_id, external_session_id, not_before)
  SELECT chunk.job_id, gone.id, gone.external_session_id,
         CASE WHEN chunk.published_at IS NULL THEN now() + interval '15 seconds' ELSE now() END
    FROM gone, chunk
   WHERE chunk.publisher IS NOT NULL
  RETURNING session_id)
UPDATE backfill_chunks AS ledger
   SET removed        = (SELECT count(*) FROM gone),
       retracted      = (SELECT count(*) FROM told),
       rolled_back_at = now()
  FROM chunk
 WHERE ledger.job_id = chunk.job_id AND ledger.chunk_no = chunk.chunk_no
