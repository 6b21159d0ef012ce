-- Completes a job whose chunks are all loaded. A requested pause comes too late, unless its error budget
-- requested it: then a person has to look first.
UPDATE backfill_jobs AS job
   SET status             = 'completed',
       processed_rows     = ledger.successful + ledger.failed + ledger.skipped + ledger.updated,
       successful_rows    = ledger.successful,
       failed_rows        = ledger.failed,
       skipped_rows       = ledger.skipped,
       updated_rows       = ledger.updated,
       last_processed_row = job.total_rows,
       error_file_path    = :errorFilePath,
       message            = :message,
       causes             = CAST(:causes AS jsonb),
       queued_at          = NULL,
       completed_at       = now(),
       updated_at         = now()
  FROM (SELECT sum(successful) AS successful, sum(failed) AS failed, sum(skipped) AS skipped,
               sum(updated) AS updated, bool_and(state = 'loaded') AS loaded
          FROM backfill_chunks
         WHERE job_id = :id) AS ledger
 WHERE job.id = :id
   AND job.owner = :owner
   AND job.status = 'running'
   AND (job.requested IS DISTINCT FROM 'pause'
        OR NOT job.budget_spent
        OR num_nonnulls(job.max_errors, job.max_error_rate) = 0)
   AND ledger.loaded
