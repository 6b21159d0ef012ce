-- The objects that are no arrivals any more: another process is about to make a job of them, or the job is queued.
SELECT taken.address, taken.etag
  FROM backfill_inbox_objects AS taken
  LEFT JOIN backfill_jobs AS job ON job.id = taken.job_id
 WHERE job.queued_at IS NOT NULL
    OR job.status <> 'pending'
    OR EXISTS (SELECT FROM backfill_nodes WHERE number = taken.node AND number <> :node)
