-- A job that waits already keeps its place. A spent budget has paused the job once; it continues without one.
-- Each chunk may be tried again as often as at first.
WITH queued AS (
  UPDATE backfill_jobs
     SET status = 'pending', queued_at = now(), owner = :owner, message = NULL, completed_at = NULL,
         max_errors     = CASE WHEN NOT budget_spent THEN max_errors END,
         max_error_rate = CASE WHEN NOT budget_spent THEN max_error_rate END,
         updated_at     = now()
   WHERE id = :id
     AND (status IN ('paused', 'failed') OR (status = 'pending' AND queued_at IS NULL))
  RETURNING id),
anew AS (
  UPDATE backfill_chunks AS chunk
     SET attempts = 0, tried_by = '{}'
    FROM queued
   WHERE chunk.job_id = queued.id
     AND chunk.state = 'pending'
     AND chunk.loader IS NULL
     AND chunk.attempts > 0)
SELECT id FROM queued
