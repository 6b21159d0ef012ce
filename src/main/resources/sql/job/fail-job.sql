-- Only the process that runs the job or loads one of its chunks may fail it, not one that was treated as lost.
UPDATE backfill_jobs AS job
   SET status             = 'failed',
       message            = :message,
       processed_rows     = ledger.successful + ledger.failed + ledger.skipped + ledger.updated,
       successful_rows    = ledger.successful,
       failed_rows        = ledger.failed,
       skipped_rows       = ledger.skipped,
       updated_rows       = ledger.updated,
       last_processed_row = coalesce(ledger.last_row, job.last_processed_row),
       queued_at          = NULL,
       updated_at         = now()
  FROM (SELECT coalesce(sum(successful), 0) AS successful, coalesce(sum(failed), 0) AS failed,
               coalesce(sum(skipped), 0) AS skipped, coalesce(sum(updated), 0) AS updated,
               coalesce(min(first_row - 1) FILTER (WHERE state = 'pending' AND NOT tail),
                        max(first_row + row_span - 1) FILTER (WHERE NOT tail)) AS last_row
          FROM backfill_chunks
         WHERE job_id = :id) AS ledger
 WHERE job.id = :id
   AND (job.status = 'pending'
        OR job.owner = :owner
        OR EXISTS (SELECT FROM backfill_chunks
                    WHERE job_id = :id AND state = 'pending' AND loader = :owner))
   AND job.status IN ('pending', 'running')
