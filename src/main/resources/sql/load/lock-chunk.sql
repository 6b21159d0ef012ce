-- The ownership check: another process that still claims this chunk waits here, and then finds it loaded.
SELECT job.status = 'running' AND job.owner = :owner AND chunk.state = 'pending'
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.job_id = :jobId AND chunk.chunk_no = :chunkNo
   FOR UPDATE OF chunk
