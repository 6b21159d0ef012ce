-- One statement, so one snapshot: the figures belong together, also while chunks are committed.
WITH job AS (
  SELECT * FROM backfill_jobs WHERE id = :id),
chunk AS MATERIALIZED (
  SELECT * FROM backfill_chunks WHERE job_id = :id),
-- Each main chunk begins where the one before it ends.
main AS (
  SELECT chunk_no, first_row, first_row + row_span AS next_row,
         first_row = lag(first_row + row_span, 1, 1::bigint) OVER in_file AS row_follows,
         start_offset = lag(end_offset, 1, start_offset) OVER in_file AS offset_follows
    FROM chunk
   WHERE NOT tail
  WINDOW in_file AS (ORDER BY first_row, chunk_no)),
-- Each row that a main chunk leaves out is in one tail chunk.
aside AS (
  SELECT source_row,
         count(*) FILTER (WHERE tail) = 1 AND count(*) FILTER (WHERE NOT tail) = 1 AS once,
         max(chunk_no) FILTER (WHERE tail) AS chunk_no
    FROM chunk, unnest(aside_rows) AS row (source_row)
   GROUP BY source_row),
starts AS (
  SELECT array_agg(first_row ORDER BY first_row, chunk_no) AS first_rows,
         array_agg(chunk_no ORDER BY first_row, chunk_no) AS chunk_nos
    FROM main),
session AS (
  SELECT CASE WHEN session.source_row <= total_rows
              THEN coalesce(aside.chunk_no, chunk_nos[width_bucket(session.source_row, first_rows)])
         END AS chunk_no,
         count(*) AS sessions
    FROM job
   CROSS JOIN starts
    JOIN kintell_sessions AS session ON session.job_id = job.id
    LEFT JOIN aside ON aside.source_row = session.source_row
   GROUP BY 1),
reject AS (
  SELECT chunk_no, count(*) AS rejects, count(*) FILTER (WHERE source_row > total_rows) AS beyond
    FROM job
    JOIN backfill_rejects ON job_id = id
   GROUP BY chunk_no),
loaded AS (
  SELECT chunk.*, coalesce(sessions, 0) AS sessions, coalesce(rejects, 0) AS rejects
    FROM chunk
    LEFT JOIN session ON session.chunk_no = chunk.chunk_no
    LEFT JOIN reject ON reject.chunk_no = chunk.chunk_no)
SELECT job.id,
       job.status,
       job.total_rows,
       job.processed_rows,
       job.successful_rows,
       job.failed_rows,
       ledger.*,
       (SELECT coalesce(sum(sessions), 0) FROM session) AS sessions,
       (SELECT coalesce(sum(rejects), 0) FROM reject) AS rejects,
       (SELECT count(*) FROM main WHERE NOT (row_follows AND offset_follows))
         + (SELECT count(*) FROM aside WHERE NOT once)
         + CASE WHEN (SELECT coalesce(max(next_row) - 1, 0) FROM main) = job.total_rows THEN 0 ELSE 1 END
         AS gaps,
       (SELECT coalesce(sum(sessions), 0) FROM session WHERE chunk_no IS NULL)
         + (SELECT coalesce(sum(beyond), 0) FROM reject)
         + (SELECT coalesce(sum(rejects - beyond), 0) FROM reject
             WHERE chunk_no NOT IN (SELECT chunk_no FROM chunk)) AS stray,
       (SELECT count(*)
          FROM backfill_rejects AS both_reject
          JOIN kintell_sessions AS both_session
            ON both_session.job_id = both_reject.job_id AND both_session.source_row = both_reject.source_row
         WHERE both_reject.job_id = :id) AS both_session_and_reject
  FROM job,
       (SELECT count(*) AS chunks,
               count(*) FILTER (WHERE state = 'loaded') AS chunks_loaded,
               coalesce(sum(row_count), 0) AS planned,
               coalesce(sum(successful), 0) AS successful,
               coalesce(sum(failed), 0) AS failed,
               coalesce(sum(row_count) FILTER (WHERE state = 'loaded'), 0) AS loaded_rows,
               count(*) FILTER (WHERE row_count <> CASE WHEN tail THEN 0 ELSE row_span END
                                        + CASE WHEN tail THEN 1 ELSE -1 END * cardinality(aside_rows)) AS miscounted,
               coalesce(sum(greatest(successful - sessions, 0)), 0) AS removed_outside,
               coalesce(sum(greatest(sessions - successful, 0)), 0) AS surplus_sessions,
               count(*) FILTER (WHERE failed <> rejects) AS chunks_with_other_rejects,
               coalesce(sum(successful) FILTER (WHERE published_at IS NOT NULL), 0) AS events_published,
               coalesce(sum(successful) FILTER (WHERE published_at IS NULL), 0) AS events_pending,
               count(*) FILTER (WHERE published_at IS NOT NULL AND state <> 'loaded') AS published_too_early
          FROM loaded) AS ledger
