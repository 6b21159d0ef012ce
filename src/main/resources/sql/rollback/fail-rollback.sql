UPDATE backfill_jobs
   SET status = 'failed', message = :message, updated_at = now()
 WHERE id = :id AND status = 'rolling_back'
