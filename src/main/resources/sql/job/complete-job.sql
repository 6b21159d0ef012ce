-- Completes a job whose chunks are all loaded; a trigger writes its counts. A requested pause comes too late,
-- unless its error budget requested it: then a person has to look first.
UPDATE backfill_jobs AS job
   SET status          = 'completed',
       error_file_path = :errorFilePath,
       message         = :message,
       causes          = CAST(:causes AS jsonb),
       queued_at       = NULL,
       completed_at    = now(),
       updated_at      = now()
 WHERE job.id = :id
   AND job.owner = :owner
   AND job.status = 'running'
   AND (job.requested IS DISTINCT FROM 'pause'
        OR NOT job.budget_spent
        OR num_nonnulls(job.max_errors, job.max_error_rate) = 0)
   AND EXISTS (SELECT FROM backfill_chunks WHERE job_id = :id)
   AND NOT EXISTS (SELECT FROM backfill_chunks WHERE job_id = :id AND state = 'pending')
