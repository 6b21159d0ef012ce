-- A running job begins again after it was taken over; what it says of why it is to pause stays.
UPDATE backfill_jobs
   SET status = 'running', started_at = coalesce(started_at, now()),
       message = CASE WHEN requested IS NOT NULL THEN message END, updated_at = now()
 WHERE id = :id
   AND owner = :owner
   AND status IN ('pending', 'running')
   AND queued_at IS NOT NULL
