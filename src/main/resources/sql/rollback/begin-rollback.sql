-- A job that never ran has nothing to remove.
UPDATE backfill_jobs
   SET status       = CASE status WHEN 'pending' THEN 'rolled_back' ELSE 'rolling_back' END,
       message      = CASE status WHEN 'pending' THEN 'Rolled back: it had imported nothing.' END,
       queued_at    = NULL,
       completed_at = coalesce(completed_at, now()),
       updated_at   = now()
 WHERE id = :id
   AND (status IN ('paused', 'completed', 'failed', 'cancelled')
        OR (status = 'pending' AND queued_at IS NULL))
