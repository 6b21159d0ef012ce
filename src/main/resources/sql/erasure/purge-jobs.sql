-- Marks old jobs as purged and removes their rejects, except for jobs that another process is purging. The
-- jobs stay locked until the caller has removed their files, and commits. A job that was never started is
-- cancelled: without its file it could not run.
WITH old AS (
  SELECT id
    FROM backfill_jobs
   WHERE purged_at IS NULL
     AND (status IN ('completed', 'cancelled', 'rolled_back')
          OR (status = 'pending' AND queued_at IS NULL AND NOT dry_run))
     AND coalesce(completed_at, updated_at) < now() - make_interval(days => :days)
   LIMIT 100
     FOR UPDATE SKIP LOCKED),
rejects AS (
  DELETE FROM backfill_rejects AS reject
   USING old
   WHERE reject.job_id = old.id)
UPDATE backfill_jobs AS job
   SET purged_at    = now(),
       status       = CASE job.status WHEN 'pending' THEN 'cancelled' ELSE job.status END,
       message      = CASE job.status
                        WHEN 'pending' THEN 'Cancelled: nobody started it, and its file was removed. Import the file as a new job.'
                        ELSE job.message END,
       completed_at = CASE job.status WHEN 'pending' THEN now() ELSE job.completed_at END
  FROM old
 WHERE job.id = old.id
RETURNING job.id
