UPDATE backfill_jobs
   SET requested = NULL, requested_at = NULL, message = NULL, updated_at = now()
 WHERE id = :id AND status = 'running' AND requested = 'pause'
