-- The fence. If this process was treated as lost and another one has claimed the chunk since, the row has
-- another loader or another attempt.
SELECT (chunk.loader, chunk.attempts) IS DISTINCT FROM (:loader, :attempt) AS fenced,
       job.status = 'running' AND chunk.state = 'pending' AS wanted
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.job_id = :jobId AND chunk.chunk_no = :chunkNo
   FOR UPDATE OF chunk
