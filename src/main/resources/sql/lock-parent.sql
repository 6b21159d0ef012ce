-- Whoever else takes rejects of this job waits here, and then sees which are taken.
SELECT FROM backfill_jobs WHERE id = :parentJobId FOR NO KEY UPDATE
