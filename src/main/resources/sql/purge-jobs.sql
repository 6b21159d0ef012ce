-- What of old jobs can go, at once; jobs that another process is at are left to it. Nothing else can
-- change these jobs until the caller has removed their files, and commits.
WITH old AS (
  SELECT id
    FROM backfill_jobs
   WHERE purged_at IS NULL
     AND status IN ('completed', 'cancelled', 'rolled_back')
     AND coalesce(completed_at, updated_at) < now() - make_interval(days => :days)
   LIMIT 100
     FOR UPDATE SKIP LOCKED),
rejects AS (
  DELETE FROM backfill_rejects AS reject
   USING old
   WHERE reject.job_id = old.id)
UPDATE backfill_jobs AS job
   SET purged_at = now()
  FROM old
 WHERE job.id = old.id
RETURNING job.id
