DELETE FROM backfill_jobs WHERE id = :id AND dry_run
