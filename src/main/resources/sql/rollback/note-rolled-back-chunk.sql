-- Stores a retraction for each deleted session whose event may have been published, and marks the chunk.
-- Runs as a separate statement after the delete, so that it sees updates the delete has waited for.
-- A session's event comes from the chunk that created it, once publishing has begun, and from chunks
-- that updated it, which may be published from memory at any moment.
WITH chunk AS (
  SELECT * FROM backfill_chunks WHERE job_id = :jobId AND chunk_no = :chunkNo),
gone AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:externalIds AS text[])) AS gone (id, external_session_id)),
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
UPDATE backfill_chunks
   SET removed        = (SELECT count(*) FROM gone),
       retracted      = (SELECT count(*) FROM told),
       rolled_back_at = now()
 WHERE job_id = :jobId AND chunk_no = :chunkNo
