-- The running jobs, and what each needs next. Only the process that runs a job finishes it and reports its
-- progress; any may stop it. Where that process is gone and none has room to take the job over, all report.
SELECT job.id,
       CASE WHEN job.requested IS NOT NULL THEN 'stop'
            WHEN job.owner IS DISTINCT FROM :owner THEN 'help'
            WHEN pending.any THEN 'load'
            ELSE 'finish'
       END AS step,
       pending.free,
       job.owner IS NULL OR job.owner = :owner AS reported,
       NOT job.budget_spent AND num_nonnulls(job.max_errors, job.max_error_rate) > 0 AS budgeted
  FROM backfill_jobs AS job,
       LATERAL (SELECT EXISTS (SELECT FROM backfill_chunks WHERE job_id = job.id AND state = 'pending') AS any,
                       EXISTS (SELECT FROM backfill_chunks
                                WHERE job_id = job.id AND state = 'pending' AND loader IS NULL) AS free) AS pending
 WHERE job.status = 'running'
 ORDER BY job.queued_at
