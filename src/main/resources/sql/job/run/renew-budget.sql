UPDATE backfill_jobs
   SET max_errors = :maxErrors, max_error_rate = :maxErrorRate, budget_spent = false, updated_at = now()
 WHERE id = :id
   AND (status IN ('paused', 'failed') OR (status = 'pending' AND queued_at IS NULL))
