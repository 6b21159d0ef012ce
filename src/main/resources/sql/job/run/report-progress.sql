-- Sums of one snapshot of the ledger: they may lag, but always add up. The status is not touched. A
-- completed job has its last ones. The row of a job with an error budget may be ahead of the snapshot.
UPDATE backfill_jobs AS job
   SET processed_rows     = ledger.processed,
       successful_rows    = ledger.successful,
       failed_rows        = ledger.failed,
       skipped_rows       = ledger.skipped,
       updated_rows       = ledger.updated,
       last_processed_row = ledger.last_row,
       updated_at         = now()
  FROM (SELECT coalesce(sum(successful + failed + skipped + updated), 0) AS processed,
               coalesce(sum(successful), 0) AS successful,
               coalesce(sum(failed), 0) AS failed,
               coalesce(sum(skipped), 0) AS skipped,
               coalesce(sum(updated), 0) AS updated,
               coalesce(min(first_row - 1) FILTER (WHERE state = 'pending' AND NOT tail),
                        max(first_row + row_span - 1) FILTER (WHERE NOT tail)) AS last_row
          FROM backfill_chunks
         WHERE job_id = CAST(:?jobId AS uuid)) AS ledger
 WHERE job.id = CAST(:?jobId AS uuid)
   AND job.status <> 'completed'
   AND job.processed_rows <= ledger.processed
   AND (job.processed_rows, job.last_processed_row) <> (ledger.processed, ledger.last_row)
