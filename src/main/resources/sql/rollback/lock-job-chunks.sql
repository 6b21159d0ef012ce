-- Waits for whoever is still writing a chunk of a job that was stopped a moment ago.
SELECT count(*) FROM (SELECT FROM backfill_chunks WHERE job_id = :id FOR UPDATE) AS locked
