SELECT * FROM backfill_jobs WHERE id = :id
