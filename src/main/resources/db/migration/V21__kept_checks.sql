-- A dry run whose client does not wait is kept for a day, with what it found, so that its report can be
-- asked for. It knows the job whose file, or whose corrected rejects, it checks.
ALTER TABLE backfill_jobs
  ADD COLUMN IF NOT EXISTS kept_until      timestamptz,
  ADD COLUMN IF NOT EXISTS checked_job_id  uuid,
  ADD COLUMN IF NOT EXISTS checked_rejects boolean NOT NULL DEFAULT false;
CREATE INDEX IF NOT EXISTS backfill_jobs_checked_idx ON backfill_jobs (checked_job_id, created_at DESC)
  WHERE checked_job_id IS NOT NULL;
