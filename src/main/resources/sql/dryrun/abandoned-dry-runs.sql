-- Dry runs whose process died, or failed to remove or queue them, or whose retention is over. A kept one
-- needs its process only until its end.
SELECT id
  FROM backfill_jobs
 WHERE dry_run
   AND CASE WHEN kept_until IS NOT NULL AND status NOT IN ('pending', 'running') THEN kept_until < now()
            WHEN owner = :owner THEN (queued_at IS NULL OR status NOT IN ('pending', 'running'))
                                     AND updated_at < now() - interval '10 minutes'
            ELSE NOT EXISTS (SELECT FROM backfill_nodes WHERE number = backfill_jobs.owner)
       END
