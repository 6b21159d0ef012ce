-- Waits for loaders that are still writing chunks of the job.
SELECT count(*) FROM (SELECT FROM backfill_chunks WHERE job_id = :id FOR UPDATE) AS locked
