DELETE FROM backfill_dry_run_faults WHERE job_id = :id
