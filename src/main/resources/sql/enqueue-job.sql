-- A job that waits already keeps its place, unless the process it waited in is another one.
UPDATE backfill_jobs
   SET status = 'pending', queued_at = now(), owner = :owner, message = NULL, completed_at = NULL,
       updated_at = now()
 WHERE id = :id
   AND (status IN ('paused', 'failed') OR (status = 'pending' AND queued_at IS NULL))
