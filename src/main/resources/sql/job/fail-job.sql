-- Only the process that runs the job or loads one of its chunks may fail it, not one that was treated as lost. A
-- trigger writes its counts.
UPDATE backfill_jobs AS job
   SET status = 'failed', message = :message, queued_at = NULL, updated_at = now()
 WHERE job.id = :id
   AND (job.status = 'pending'
        OR job.owner = :owner
        OR EXISTS (SELECT FROM backfill_chunks
                    WHERE job_id = :id AND state = 'pending' AND loader = :owner))
   AND job.status IN ('pending', 'running')
