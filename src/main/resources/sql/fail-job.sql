UPDATE backfill_jobs
   SET status = 'failed', message = :message, queued_at = NULL, updated_at = now()
 WHERE id = :id AND owner = :owner AND status IN ('pending', 'running')
