-- A page of jobs, the newest first. Sums the ledger for the jobs on the page only, and leaves out the
-- headers of the files (up to a megabyte each) and what of a name is longer than a file name may be.
SELECT job.id, left(job.file_name, 255) AS file_name, job.status, job.queued_at, job.requested, job.total_rows,
       job.processed_rows, job.successful_rows, job.failed_rows, job.skipped_rows, job.updated_rows,
       job.last_processed_row, job.message, job.error_file_path, job.on_duplicate, job.max_errors,
       job.max_error_rate, job.dry_run, job.parent_job_id, job.sha256, job.charset, job.timezone,
       job.purged_at,
       job.created_at, job.started_at, job.completed_at,
       events.*, now() AS as_of,
       EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id) AS corrected,
       extract(epoch FROM job.ran + CASE WHEN job.status = 'running' THEN now() - job.phase_at
                                         ELSE interval '0' END) AS seconds_run
  FROM (SELECT *
          FROM backfill_jobs
         WHERE NOT dry_run
           AND status = ANY (CAST(:statuses AS text[]))
           AND strpos(lower(file_name), lower(:name)) > 0
           AND (created_at, id) < (CAST(:createdBefore AS timestamptz), CAST(:idBefore AS uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT :limit) AS job,
       LATERAL (SELECT coalesce(sum(successful + updated) FILTER (WHERE published_at IS NOT NULL), 0) AS events_published,
                       coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END)
                                FILTER (WHERE published_at IS NULL), 0) AS events_pending,
                       coalesce(sum(removed), 0) AS sessions_removed,
                       max(loaded_at) AS last_loaded_at
                  FROM backfill_chunks
                 WHERE job_id = job.id) AS events
 ORDER BY job.created_at DESC, job.id DESC
