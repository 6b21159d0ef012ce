-- Marks a chunk as loaded, with its counts, if its job still runs: it may have been stopped while the rows were
-- written. The job's row stays locked until the commit, so that a process that stops the job counts this chunk.
-- If that row is locked already, because the job is being stopped or removed, no row comes back and the chunk
-- is given back. A job with an error budget counts the chunk in its own row at once, so that the budget can be
-- checked without summing the ledger; commits of such a job follow one another. A chunk without sessions has no
-- events, and so counts as published.
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
