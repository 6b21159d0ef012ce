-- The sessions of a chunk. Waits for jobs that are just giving some of them new values.
WITH chunk AS (
  SELECT * FROM backfill_chunks WHERE job_id = :jobId AND chunk_no = :chunkNo),
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
  RETURNING session.id, session.external_session_id)
SELECT id, external_session_id FROM main UNION ALL SELECT id, external_session_id FROM tail
