-- How many jobs wait for their turn; no more are counted than matter.
SELECT count(*)
  FROM (SELECT 1 FROM backfill_jobs WHERE status = 'pending' AND queued_at IS NOT NULL LIMIT :most) waiting
