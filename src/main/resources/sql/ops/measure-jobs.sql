-- All values of the gauges in one statement. Pending and unpublished chunks are found by their indexes, and
-- come first, as in a transaction that loads one: so a session that locks whole tables meets no deadlock.
SELECT 'chunks', CAST(count(*) AS double precision)
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.state = 'pending' AND job.status IN ('pending', 'running') AND job.queued_at IS NOT NULL
UNION ALL
SELECT 'events', sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END)
  FROM backfill_chunks
 WHERE state = 'loaded' AND published_at IS NULL
UNION ALL
SELECT 'oldest', extract(epoch FROM clock_timestamp() - min(loaded_at))
  FROM backfill_chunks
 WHERE state = 'loaded' AND published_at IS NULL
   AND (rolled_back_at IS NULL OR updated > 0)
UNION ALL
-- How long ago the running job that has stood still longest loaded a chunk, or began to run.
SELECT 'still', extract(epoch FROM clock_timestamp() - min(greatest(job.phase_at, (
         SELECT max(loaded_at) FROM backfill_chunks WHERE job_id = job.id))))
  FROM backfill_jobs AS job
 WHERE job.status = 'running' AND NOT job.dry_run
UNION ALL
SELECT 'writable', CASE WHEN CAST(current_setting('transaction_read_only') AS boolean) THEN 0 ELSE 1 END
UNION ALL
SELECT 'waiting', count(*) FROM backfill_jobs WHERE status = 'pending' AND queued_at IS NOT NULL
UNION ALL
SELECT status, count(*) FROM backfill_jobs WHERE NOT dry_run GROUP BY status
UNION ALL
SELECT 'flight', count(*) FROM backfill_chunks WHERE state = 'pending' AND loader IS NOT NULL
UNION ALL
SELECT 'nodes', count(*) FROM backfill_nodes
