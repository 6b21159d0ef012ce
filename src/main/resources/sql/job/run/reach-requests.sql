-- Pauses or cancels a job as requested, once none of its chunks is being loaded, or after 1.5 seconds; the fence
-- then refuses the late chunks. The caller has locked the job's row before, so that no chunk is in its commit:
-- the counts, which a trigger writes, would lack it.
UPDATE backfill_jobs AS job
   SET status          = CASE job.requested WHEN 'pause' THEN 'paused' ELSE 'cancelled' END,
       message         = CASE job.requested
                           WHEN 'pause' THEN coalesce(job.message, 'Paused on request. Call resume to go on.')
                           ELSE 'Cancelled on request. What it imported stays, unless you call rollback.' END,
       queued_at       = NULL,
       completed_at    = CASE job.requested WHEN 'cancel' THEN now() END,
       updated_at      = now()
 WHERE job.id = :id
   AND job.status = 'running'
   AND job.requested IS NOT NULL
   AND (job.requested_at < now() - interval '1.5 seconds'
        OR NOT EXISTS (SELECT FROM backfill_chunks
                        WHERE job_id = :id AND state = 'pending' AND loader IS NOT NULL))
RETURNING job.id, job.status, job.message
