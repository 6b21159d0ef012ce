-- Sums of one snapshot of the ledger: they may lag, but always add up. The status is not touched, and a job that
-- does not run any more has its last ones. The row of a job with an error budget, or of two processes that both
-- report, may be ahead of the snapshot.
UPDATE backfill_jobs AS job
   SET processed_rows     = ledger.processed,
       successful_rows    = ledger.successful,
       failed_rows        = ledger.failed,
       skipped_rows       = ledger.skipped,
       updated_rows       = ledger.updated,
       last_processed_row = ledger.last_row,
       events             = ledger.events,
       events_published   = ledger.events_published,
       last_loaded_at     = greatest(job.last_loaded_at, ledger.last_loaded_at),
       summed             = ledger.summed,
       updated_at         = now()
  FROM backfill_sums(CAST(:?jobId AS uuid), false) AS ledger
 WHERE job.id = CAST(:?jobId AS uuid)
   AND job.status = 'running'
   AND (job.processed_rows <= ledger.processed OR ledger.is_whole)
   AND (job.processed_rows, job.last_processed_row, job.events, job.events_published, job.summed)
       IS DISTINCT FROM (ledger.processed, ledger.last_row, ledger.events, ledger.events_published, ledger.summed)
