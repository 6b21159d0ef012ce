-- The jobs that clients of the list watch, the newest first, and counts of all jobs: the newest, those that
-- run, those next in the queue, those that the clients saw so last time, and those that ended since. Without
-- jobs there is one row, of the counts. As in list-jobs.sql, names are cut and file headers omitted.
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
       job.id, left(job.file_name, 255) AS file_name,
       ${job/job-columns}
  FROM total
  LEFT JOIN watched ON true
  LEFT JOIN backfill_jobs AS job ON job.id = watched.id,
       ${job/job-chunks}
 ORDER BY job.created_at DESC, job.id DESC
