-- Pauses or cancels a job as requested, once none of its chunks is being loaded, or after 1.5 seconds; the fence
-- then refuses the late chunks. The caller has locked the job's row before, so that no chunk is in its commit:
-- the sums would lack it.
UPDATE backfill_jobs AS job
   SET status          = CASE job.requested WHEN 'pause' THEN 'paused' ELSE 'cancelled' END,
       message         = CASE job.requested
                           WHEN 'pause' THEN coalesce(job.message, 'Paused on request. Call resume to go on.')
                           ELSE 'Cancelled on request. What it imported stays, unless you call rollback.' END,
       processed_rows  = ledger.successful + ledger.failed + ledger.skipped + ledger.updated,
       successful_rows = ledger.successful,
       failed_rows     = ledger.failed,
       skipped_rows    = ledger.skipped,
       updated_rows    = ledger.updated,
       queued_at       = NULL,
       completed_at    = CASE job.requested WHEN 'cancel' THEN now() END,
       updated_at      = now()
  FROM (SELECT coalesce(sum(successful), 0) AS successful, coalesce(sum(failed), 0) AS failed,
               coalesce(sum(skipped), 0) AS skipped, coalesce(sum(updated), 0) AS updated
          FROM backfill_chunks
         WHERE job_id = :id) AS ledger
 WHERE job.id = :id
   AND job.status = 'running'
   AND job.requested IS NOT NULL
   AND (job.requested_at < now() - interval '1.5 seconds'
        OR NOT EXISTS (SELECT FROM backfill_chunks
                        WHERE job_id = :id AND state = 'pending' AND loader IS NOT NULL))
RETURNING job.id, job.status, job.message
