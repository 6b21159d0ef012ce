UPDATE backfill_jobs AS job
   SET requested    = 'pause',
       requested_at = coalesce(job.requested_at, now()),
       budget_spent = true,
       message      = format(
         'Paused by its error budget: %s of %s rows so far were rejected, more than %s allows.'
         ' See what is wrong with GET /import/backfill/%s/errors.'
         ' Then call resume to go on without a budget, or with a new maxErrors or maxErrorRate; or cancel or rollback.',
         job.failed_rows, job.processed_rows,
         CASE WHEN job.failed_rows > job.max_errors THEN 'maxErrors=' || job.max_errors
              ELSE 'maxErrorRate=' || job.max_error_rate END,
         job.id),
       updated_at   = now()
 WHERE job.id = :id
   AND job.status = 'running'
   AND job.requested IS DISTINCT FROM 'cancel'
   AND NOT job.budget_spent
   AND ${job/beyond-budget}
