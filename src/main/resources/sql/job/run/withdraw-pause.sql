-- A budget that asked for the pause is spent; the job goes on without.
UPDATE backfill_jobs
   SET requested = NULL, requested_at = NULL, message = NULL,
       max_errors     = CASE WHEN NOT budget_spent THEN max_errors END,
       max_error_rate = CASE WHEN NOT budget_spent THEN max_error_rate END,
       updated_at     = now()
 WHERE id = :id AND status = 'running' AND requested = 'pause'
