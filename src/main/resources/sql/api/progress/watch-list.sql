-- The jobs that clients of the list watch, the newest first, and counts of all jobs: the newest, those
-- that run, those next in the queue, those that the clients saw so last time, and those that ended since. Without jobs there is
-- one row, of the counts. As in list-jobs.sql, a name is cut and the headers of the files stay where they are.
WITH watched AS (
  (SELECT id FROM backfill_jobs WHERE NOT dry_run ORDER BY created_at DESC, id DESC LIMIT :newest)
   UNION
  SELECT id FROM backfill_jobs WHERE NOT dry_run AND status IN ('running', 'rolling_back')
   UNION
  (SELECT id FROM backfill_jobs WHERE NOT dry_run AND status = 'pending' AND queued_at IS NOT NULL
    ORDER BY queued_at LIMIT :waiting)
   UNION
  (SELECT id FROM backfill_jobs
    WHERE NOT dry_run AND purged_at IS NULL AND coalesce(completed_at, updated_at) > now() - interval '3 seconds'
    LIMIT :waiting)
   UNION
  SELECT id FROM backfill_jobs WHERE NOT dry_run AND id = ANY (:followed)),
total AS (
  SELECT (SELECT count(*) FROM backfill_jobs WHERE NOT dry_run AND status = 'running') AS running,
         (SELECT count(*) FROM backfill_jobs
           WHERE NOT dry_run AND status = 'pending' AND queued_at IS NOT NULL) AS waiting,
         (SELECT coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END), 0)
            FROM backfill_chunks
           WHERE state = 'loaded' AND published_at IS NULL) AS all_events_pending)
SELECT total.*,
       job.id, left(job.file_name, 255) AS file_name, job.status, job.queued_at, job.requested, job.total_rows,
       job.processed_rows, job.successful_rows, job.failed_rows, job.skipped_rows, job.updated_rows,
       job.last_processed_row, job.message, job.error_file_path, job.on_duplicate, job.max_errors,
       job.max_error_rate, job.dry_run, job.parent_job_id, job.sha256, job.charset, job.timezone,
       job.purged_at,
       job.created_at, job.started_at, job.completed_at,
       events.*, now() AS as_of,
       EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id) AS corrected,
       extract(epoch FROM job.ran + CASE WHEN job.status = 'running' THEN now() - job.phase_at
                                         ELSE interval '0' END) AS seconds_run
  FROM total
  LEFT JOIN watched ON true
  LEFT JOIN backfill_jobs AS job ON job.id = watched.id,
       LATERAL (SELECT coalesce(sum(successful + updated) FILTER (WHERE published_at IS NOT NULL), 0) AS events_published,
                       coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END)
                                FILTER (WHERE published_at IS NULL), 0) AS events_pending,
                       coalesce(sum(removed), 0) AS sessions_removed,
                       max(loaded_at) AS last_loaded_at
                  FROM backfill_chunks
                 WHERE job_id = job.id) AS events
 ORDER BY job.created_at DESC, job.id DESC
