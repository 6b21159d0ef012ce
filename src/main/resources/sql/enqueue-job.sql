-- A job that waits already keeps its place, unless the process it waited in is another one. A budget
-- that is spent has paused the job once; it goes on without.
UPDATE backfill_jobs
   SET status = 'pending', queued_at = now(), owner = :owner, message = NULL, completed_at = NULL,
       max_errors     = CASE WHEN NOT budget_spent THEN max_errors END,
       max_error_rate = CASE WHEN NOT budget_spent THEN max_error_rate END,
       updated_at     = now()
 WHERE id = :id
   AND (status IN ('paused', 'failed') OR (status = 'pending' AND queued_at IS NULL))
