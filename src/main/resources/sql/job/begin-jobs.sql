-- Begins jobs whose turn it is, and takes over running ones whose process is gone, as many as this process may
-- run. A dry run belongs to the process where its client waits; a job, to the processes with its data folder. A
-- process that was treated as lost begins nothing until it has shown itself again. A job that is taken over keeps
-- its message on a requested pause.
WITH next AS (
  SELECT id, status = 'running' AS taken_over
    FROM backfill_jobs
   WHERE EXISTS (SELECT FROM backfill_nodes AS me
                  WHERE me.number = :owner
                    AND NOT EXISTS (SELECT FROM backfill_nodes AS other
                                     WHERE other.number = backfill_jobs.owner AND other.folder <> me.folder))
     AND ((status = 'pending' AND queued_at IS NOT NULL AND (owner = :owner OR NOT dry_run))
          OR (status = 'running' AND owner IS NULL AND NOT dry_run))
     AND NOT :closing
   ORDER BY queued_at
   LIMIT greatest(0, :most - (SELECT count(*) FROM backfill_jobs WHERE status = 'running' AND owner = :owner))
     FOR NO KEY UPDATE SKIP LOCKED)
UPDATE backfill_jobs AS job
   SET status = 'running', owner = :owner, started_at = coalesce(started_at, now()),
       message = CASE WHEN requested IS NOT NULL THEN message END, updated_at = now()
  FROM next
 WHERE job.id = next.id
RETURNING job.id, job.total_rows, next.taken_over
