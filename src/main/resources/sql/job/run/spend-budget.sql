-- The rate counts once there are 100 rows, or the whole of a shorter file, so that one bad row at the
-- top is not everything.
UPDATE backfill_jobs AS job
   SET requested    = 'pause',
       requested_at = coalesce(job.requested_at, now()),
       budget_spent = true,
       message      = format(
         'Paused by its error budget: %s of %s rows so far were rejected, more than %s allows.'
         ' See what is wrong with GET /import/backfill/%s/errors.'
         ' Then call resume to go on without a budget, or with a new maxErrors or maxErrorRate; or cancel or rollback.',
         ledger.failed, ledger.processed,
         CASE WHEN ledger.failed > job.max_errors THEN 'maxErrors=' || job.max_errors
              ELSE 'maxErrorRate=' || job.max_error_rate END,
         job.id),
       updated_at   = now()
  FROM (SELECT coalesce(sum(failed), 0) AS failed,
               coalesce(sum(row_count) FILTER (WHERE state = 'loaded'), 0) AS processed
          FROM backfill_chunks
         WHERE job_id = :id) AS ledger
 WHERE job.id = :id
   AND job.status = 'running'
   AND job.requested IS DISTINCT FROM 'cancel'
   AND NOT job.budget_spent
   AND (ledger.failed > job.max_errors
        OR (ledger.failed > job.max_error_rate * ledger.processed
            AND ledger.processed >= least(100, job.total_rows)))
