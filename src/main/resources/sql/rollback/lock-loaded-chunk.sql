-- Locks the chunk for this rollback; skips it if another process has locked it.
SELECT chunk.chunk_no
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.job_id = :jobId
   AND chunk.chunk_no = :chunkNo
   AND chunk.state = 'loaded'
   AND chunk.rolled_back_at IS NULL
   AND job.status = 'rolling_back'
   FOR UPDATE OF chunk SKIP LOCKED
