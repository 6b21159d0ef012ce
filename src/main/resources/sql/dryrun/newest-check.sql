SELECT id FROM backfill_jobs
 WHERE checked_job_id = :jobId AND dry_run AND kept_until IS NOT NULL
 ORDER BY created_at DESC
 LIMIT 1
