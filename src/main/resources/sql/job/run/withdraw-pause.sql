-- If an error budget requested the pause, it is spent, and the job continues without one.
UPDATE backfill_jobs
   SET requested = NULL, requested_at = NULL, message = NULL,
       max_errors     = CASE WHEN NOT budget_spent THEN max_errors END,
       max_error_rate = CASE WHEN NOT budget_spent THEN max_error_rate END,
       updated_at     = now()
 WHERE id = :id AND status = 'running' AND requested = 'pause'
