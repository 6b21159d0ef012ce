-- Claims the next chunk of a running job for a loader. All rules of the order are here:
-- Of several jobs, one of those with the fewest chunks in flight, by chance: a small job does not wait for a
-- large one. Only jobs of processes with the same data folder, which has the file. Tail chunks wait for all
-- main chunks, and for those before them in their lane. With an error budget, the first chunk goes alone, and
-- later never more at once than were loaded before, so that a bad file is noticed early.
-- The commit does not wait for the disk: a lost claim is noticed.
WITH flight AS MATERIALIZED (
  SELECT job_id, count(*) AS chunks
    FROM backfill_chunks
   WHERE state = 'pending' AND loader IS NOT NULL
   GROUP BY job_id),
next AS (
  SELECT job.id, free.place
    FROM (SELECT job.*, main.oldest,
                 CASE WHEN NOT job.budget_spent THEN num_nonnulls(job.max_errors, job.max_error_rate) > 0
                      ELSE false END AS budgeted
            FROM backfill_jobs AS job
            LEFT JOIN flight ON flight.job_id = job.id
            LEFT JOIN LATERAL (
              SELECT chunk_no AS oldest
                FROM backfill_chunks
               WHERE job_id = job.id AND state = 'pending' AND NOT tail
               ORDER BY chunk_no
               LIMIT 1) AS main ON true
           WHERE job.status = 'running'
             AND job.requested IS NULL
             AND EXISTS (SELECT FROM backfill_nodes AS me
                          WHERE me.number = :loader
                            AND NOT EXISTS (SELECT FROM backfill_nodes AS other
                                             WHERE other.number = job.owner AND other.folder <> me.folder))
             AND (SELECT coalesce(sum(chunks), 0) FROM flight) < :clusterLoaders
           ORDER BY coalesce(flight.chunks, 0), random()) AS job
   CROSS JOIN LATERAL (
     SELECT chunk.ctid AS place
       FROM backfill_chunks AS chunk
      WHERE chunk.job_id = job.id
        AND chunk.state = 'pending'
        AND chunk.loader IS NULL
        AND CASE WHEN chunk.tail
                 THEN job.oldest IS NULL
                      AND NOT EXISTS (SELECT FROM backfill_chunks AS before
                                       WHERE before.job_id = job.id
                                         AND before.state = 'pending'
                                         AND before.tail
                                         AND before.lane = chunk.lane
                                         AND before.chunk_no < chunk.chunk_no)
                 ELSE NOT job.budgeted
                      OR chunk.chunk_no < job.oldest + least(:clusterLoaders, greatest(1, job.oldest))
            END
      ORDER BY chunk.tail, chunk.chunk_no
      LIMIT 1
        FOR UPDATE SKIP LOCKED) AS free
   WHERE NOT job.budgeted
      OR ${job/beyond-budget} IS NOT TRUE
   LIMIT 1)
UPDATE backfill_chunks AS chunk
   SET loader     = :loader,
       attempts   = chunk.attempts + 1,
       claimed_at = now(),
       tried_by   = chunk.tried_by || CAST(:node AS text)
  FROM next
  JOIN backfill_jobs AS job ON job.id = next.id,
       set_config('synchronous_commit', 'off', true)
 WHERE chunk.ctid = next.place
RETURNING job.header, job.delimiter, job.line_end, job.on_duplicate, job.dry_run, job.timezone,
          job.file_etag, job.aside_etag, chunk.*,
          EXISTS (SELECT FROM backfill_chunks AS met WHERE met.job_id = job.id AND met.duplicates) AS expects_duplicates
