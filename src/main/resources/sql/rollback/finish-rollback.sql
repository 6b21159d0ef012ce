UPDATE backfill_jobs
   SET status = 'rolled_back', message = :message, updated_at = now()
 WHERE id = :id
   AND status = 'rolling_back'
   AND NOT EXISTS (SELECT FROM backfill_chunks
                    WHERE job_id = :id AND state = 'loaded' AND rolled_back_at IS NULL)
