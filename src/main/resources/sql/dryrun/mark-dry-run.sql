UPDATE backfill_jobs SET dry_run = true, owner = :owner WHERE id = :id
