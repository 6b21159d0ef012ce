-- A chunk that imported and updated nothing has no events to publish. The job is asked once more: it may
-- have been paused or ended while the rows were written. Its row is locked until the commit, so that a
-- process that stops the job counts this chunk. Where it is being stopped already, or removed, nobody waits: the chunk is
-- given back. With an error budget the job's row counts the chunk at once, so that nobody has to sum the
-- ledger up to judge the budget; commits of such a job follow one another.
WITH counted AS (
  UPDATE backfill_jobs
     SET processed_rows  = processed_rows + :successful + :failed + :skipped + :updated,
         successful_rows = successful_rows + :successful,
         failed_rows     = failed_rows + :failed,
         skipped_rows    = skipped_rows + :skipped,
         updated_rows    = updated_rows + :updated,
         updated_at      = now()
   WHERE id = :jobId AND status = 'running' AND num_nonnulls(max_errors, max_error_rate) > 0
  RETURNING id),
uncounted AS (
  SELECT id
    FROM backfill_jobs
   WHERE id = :jobId AND status = 'running' AND num_nonnulls(max_errors, max_error_rate) = 0
     FOR KEY SHARE SKIP LOCKED)
UPDATE backfill_chunks AS chunk
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, foreign_keys = :foreignKeys, duplicates = :duplicates,
       loaded_at = now(),
       published_at = CASE WHEN :successful + :updated = 0 THEN now() END
  FROM (SELECT id FROM counted UNION ALL SELECT id FROM uncounted) AS job
 WHERE chunk.job_id = job.id
   AND chunk.chunk_no = :chunkNo
RETURNING chunk.loaded_at
