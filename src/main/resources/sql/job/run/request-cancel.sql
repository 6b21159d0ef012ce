-- Cancels a job that does not run at once. For a running one the cancellation is requested, and replaces a pause.
UPDATE backfill_jobs
   SET status       = CASE status WHEN 'running' THEN status ELSE 'cancelled' END,
       message      = CASE status WHEN 'running' THEN message
                        ELSE 'Cancelled. What it imported stays, unless you call rollback.' END,
       queued_at    = CASE status WHEN 'running' THEN queued_at END,
       completed_at = CASE status WHEN 'running' THEN completed_at ELSE now() END,
       requested    = 'cancel',
       requested_at = now(),
       updated_at   = now()
 WHERE id = :id
   AND (status IN ('pending', 'paused', 'failed')
        OR (status = 'running' AND requested IS DISTINCT FROM 'cancel'))
