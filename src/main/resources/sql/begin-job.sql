-- A running job begins again after it was taken over.
UPDATE backfill_jobs
   SET status = 'running', started_at = coalesce(started_at, now()), message = NULL, updated_at = now()
 WHERE id = :id
   AND owner = :owner
   AND status IN ('pending', 'running')
   AND queued_at IS NOT NULL
