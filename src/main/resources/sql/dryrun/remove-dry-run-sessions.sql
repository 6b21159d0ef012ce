DELETE FROM backfill_dry_run_sessions WHERE job_id = :id
