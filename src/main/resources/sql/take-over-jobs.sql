-- A job belongs to a dead process when nobody holds the advisory lock of its owner's number.
UPDATE backfill_jobs AS job
   SET owner = :owner, updated_at = now()
 WHERE status IN ('pending', 'running')
   AND queued_at IS NOT NULL
   AND owner IS DISTINCT FROM :owner
   AND NOT EXISTS (
     SELECT FROM pg_locks AS lock
      WHERE lock.locktype = 'advisory'
        AND lock.granted
        AND lock.objsubid = 1
        AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (lock.classid::bigint << 32 | lock.objid::bigint) = job.owner)
RETURNING id
