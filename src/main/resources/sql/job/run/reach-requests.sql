-- The given job, and every job whose request is older than 1.5 seconds, whichever process runs it: the
-- ownership check then keeps out the chunks that are still being loaded.
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
  FROM (SELECT asked.id, coalesce(sum(successful), 0) AS successful, coalesce(sum(failed), 0) AS failed,
               coalesce(sum(skipped), 0) AS skipped, coalesce(sum(updated), 0) AS updated
          FROM backfill_jobs AS asked
          LEFT JOIN backfill_chunks AS chunk ON chunk.job_id = asked.id
         WHERE asked.status = 'running'
           AND asked.requested IS NOT NULL
         GROUP BY asked.id) AS ledger
 WHERE job.id = ledger.id
   AND job.status = 'running'
   AND job.requested IS NOT NULL
   AND ((job.id = CAST(:id AS uuid) AND job.owner = :owner)
        OR job.requested_at < now() - interval '1.5 seconds')
RETURNING job.id, job.status, job.message
