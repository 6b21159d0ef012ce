-- Nobody waits for them any more: their process is gone, or failed to remove them.
SELECT id
  FROM backfill_jobs
 WHERE dry_run
   AND (NOT backfill_is_alive(owner)
        OR (owner = :owner AND status NOT IN ('pending', 'running') AND updated_at < now() - interval '10 minutes'))
