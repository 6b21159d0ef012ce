-- The objects whose job is over and whose process is this one or lost; from now on this one's.
UPDATE backfill_inbox_objects AS taken
   SET node = :node
  FROM backfill_jobs AS job
 WHERE job.id = taken.job_id
   AND job.status IN ('completed', 'failed', 'cancelled', 'rolled_back')
   AND (taken.node = :node OR NOT EXISTS (SELECT FROM backfill_nodes WHERE number = taken.node))
RETURNING taken.address, taken.etag, taken.job_id
