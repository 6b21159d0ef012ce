-- When a kept dry run is removed, and which job it checks.
SELECT kept_until, checked_job_id FROM backfill_jobs WHERE id = :id AND dry_run AND kept_until IS NOT NULL
