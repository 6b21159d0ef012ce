UPDATE backfill_jobs
   SET owner = :owner, updated_at = now()
 WHERE status IN ('pending', 'running')
   AND queued_at IS NOT NULL
   AND owner IS DISTINCT FROM :owner
   AND NOT backfill_is_alive(owner)
RETURNING id
