SELECT id FROM backfill_jobs WHERE status = 'running' AND requested IS NOT NULL
