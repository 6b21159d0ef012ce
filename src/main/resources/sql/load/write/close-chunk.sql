-- A chunk that imported and updated nothing has no events to publish. The fence is asked once more: the
-- job may have been told to be paused or over while the rows were written.
UPDATE backfill_chunks AS chunk
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, foreign_keys = :foreignKeys, loaded_at = now(),
       published_at = CASE WHEN :successful + :updated = 0 THEN now() END
  FROM backfill_jobs AS job
 WHERE job.id = :jobId
   AND job.status = 'running'
   AND job.owner = :owner
   AND chunk.job_id = job.id
   AND chunk.chunk_no = :chunkNo
RETURNING chunk.loaded_at
