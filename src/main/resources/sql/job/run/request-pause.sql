-- Pauses a waiting job at once. For a running one the pause is requested, unless a stop is requested already.
UPDATE backfill_jobs
   SET status       = CASE status WHEN 'pending' THEN 'paused' ELSE status END,
       message      = CASE status WHEN 'pending' THEN 'Paused before it ran. Call resume to go on.' ELSE message END,
       queued_at    = CASE status WHEN 'pending' THEN NULL ELSE queued_at END,
       requested    = 'pause',
       requested_at = now(),
       updated_at   = now()
 WHERE id = :id
   AND (status = 'pending' OR (status = 'running' AND requested IS NULL))
