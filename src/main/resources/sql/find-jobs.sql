SELECT * FROM backfill_jobs WHERE id IN (:ids)
