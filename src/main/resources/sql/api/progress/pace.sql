-- Rows and rejects of a job by when they were loaded, in at most "most" spans of equal length, from its
-- start to its end or, while it runs, to now.
WITH span AS (
  SELECT job.started_at AS start,
         greatest(CASE WHEN job.status = 'running' THEN now() ELSE coalesce(job.completed_at, job.started_at) END,
                  job.last_loaded_at) AS stop
    FROM backfill_jobs AS job
   WHERE job.id = :jobId AND job.started_at IS NOT NULL),
scale AS (
  SELECT start, greatest(extract(epoch FROM stop - start) / :most, :shortest) AS seconds,
         extract(epoch FROM stop - start) AS all_seconds
    FROM span),
loaded AS (
  SELECT least(greatest(CAST(floor(extract(epoch FROM chunk.loaded_at - scale.start) / scale.seconds) AS integer), 0),
               :most - 1) AS place,
         sum(chunk.row_count) AS rows, sum(chunk.failed) AS rejects
    FROM scale, backfill_chunks AS chunk
   WHERE chunk.job_id = :jobId AND chunk.state = 'loaded'
   GROUP BY place)
SELECT scale.start + make_interval(secs => CAST(scale.seconds * bucket AS double precision)) AS "from",
       scale.seconds, coalesce(loaded.rows, 0) AS rows, coalesce(loaded.rejects, 0) AS rejects
  FROM scale
 CROSS JOIN generate_series(0, least(:most, CAST(floor(scale.all_seconds / scale.seconds) AS integer) + 1) - 1) AS bucket
  LEFT JOIN loaded ON loaded.place = bucket
 ORDER BY bucket
