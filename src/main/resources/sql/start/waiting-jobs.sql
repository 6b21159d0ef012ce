-- Number of queued jobs, counted up to the limit.
SELECT count(*)
  FROM (SELECT 1 FROM backfill_jobs WHERE status = 'pending' AND queued_at IS NOT NULL LIMIT :most) waiting
