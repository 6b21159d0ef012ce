-- A dry run ends with its process, because its client got no answer.
UPDATE backfill_jobs
   SET owner = :owner, updated_at = now()
 WHERE status IN ('pending', 'running')
   AND queued_at IS NOT NULL
   AND (owner = :owner OR NOT dry_run)
   AND CASE WHEN owner = :owner THEN id <> ALL (CAST(:known AS uuid[]))
            ELSE NOT backfill_is_alive(owner)
       END
RETURNING id
