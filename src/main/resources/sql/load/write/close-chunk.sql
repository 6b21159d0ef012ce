-- A chunk that imported and updated nothing has no events to publish. The job is asked once more: it may
-- have been paused or ended while the rows were written.
UPDATE backfill_chunks AS chunk
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, foreign_keys = :foreignKeys, duplicates = :duplicates,
       loaded_at = now(),
       published_at = CASE WHEN :successful + :updated = 0 THEN now() END
  FROM backfill_jobs AS job
 WHERE job.id = :jobId
   AND job.status = 'running'
   AND chunk.job_id = job.id
   AND chunk.chunk_no = :chunkNo
RETURNING chunk.loaded_at
