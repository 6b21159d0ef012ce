SELECT id FROM backfill_jobs WHERE status = 'rolling_back' ORDER BY updated_at
