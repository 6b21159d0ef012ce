-- One statement, so one snapshot: the figures belong together, also while chunks are committed.
WITH job AS (
  SELECT * FROM backfill_jobs WHERE id = :id),
chunk AS MATERIALIZED (
  SELECT * FROM backfill_chunks WHERE job_id = :id),
-- Each main chunk begins where the one before it ends.
main AS (
  SELECT chunk_no, first_row, first_row + row_span AS next_row,
         row_number() OVER in_file AS place,
         first_row = lag(first_row + row_span, 1, 1::bigint) OVER in_file AS row_follows,
         start_offset = lag(end_offset, 1, start_offset) OVER in_file AS offset_follows
    FROM chunk
   WHERE NOT tail
  WINDOW in_file AS (ORDER BY first_row, chunk_no)),
-- Each row that a main chunk leaves out is in one tail chunk.
aside AS (
  SELECT source_row,
         count(*) FILTER (WHERE tail) = 1 AND count(*) FILTER (WHERE NOT tail) = 1 AS once,
         max(chunk_no) FILTER (WHERE NOT tail) AS main_no,
         max(chunk_no) FILTER (WHERE tail) AS tail_no
    FROM chunk, unnest(aside_rows) AS row (source_row)
   GROUP BY source_row),
-- The sessions between the bounds of each main chunk; at place 0 those of no row of the file.
spread AS MATERIALIZED (
  SELECT CASE WHEN source_row <= (SELECT total_rows FROM job)
              THEN width_bucket(source_row, (SELECT array_agg(first_row ORDER BY place) FROM main))
              ELSE 0
         END AS place,
         count(*) AS sessions
    FROM kintell_sessions
   WHERE job_id = :id
   GROUP BY 1),
-- The sessions of rows that were set aside, and of rows that were rejected, of which there are none.
-- A probe of the index for each of them, whatever statistics say; a join would hash all sessions of
-- the job for the sake of a few rejects. If it has no sessions there is nothing to look up.
marked AS MATERIALIZED (
  SELECT main_no, tail_no, rejected, sum(sessions) AS sessions
    FROM (SELECT main_no, tail_no, rejected,
                 (SELECT count(*)
                    FROM kintell_sessions
                   WHERE job_id = :id AND source_row = mark.source_row) AS sessions
            FROM (SELECT source_row, main_no, tail_no, false AS rejected FROM aside
                   UNION ALL
                  SELECT source_row, NULL, NULL, true FROM backfill_rejects WHERE job_id = :id) AS mark
           WHERE EXISTS (SELECT FROM spread)) AS look_up
   GROUP BY main_no, tail_no, rejected),
session AS (
  SELECT chunk_no, sum(sessions) AS sessions
    FROM (SELECT chunk_no, sessions FROM main JOIN spread USING (place)
           UNION ALL
          SELECT main_no, - sessions FROM marked WHERE NOT rejected
           UNION ALL
          SELECT tail_no, sessions FROM marked WHERE NOT rejected) AS part
   GROUP BY chunk_no),
orphan AS (
  SELECT id
    FROM kintell_sessions AS session
   WHERE :users AND job_id = :id AND NOT EXISTS (SELECT FROM users WHERE users.id = session.participant_id)
   UNION
  SELECT id
    FROM kintell_sessions AS session
   WHERE :users AND job_id = :id AND NOT EXISTS (SELECT FROM users WHERE users.id = session.volunteer_id)),
reject AS (
  SELECT chunk_no, count(*) AS rejects,
         count(*) FILTER (WHERE source_row > (SELECT total_rows FROM job)) AS beyond
    FROM backfill_rejects
   WHERE job_id = :id
   GROUP BY chunk_no),
change AS (
  SELECT chunk_no, count(*) AS changes FROM backfill_updates WHERE job_id = :id GROUP BY chunk_no),
loaded AS (
  SELECT chunk.*, coalesce(sessions, 0) AS sessions, coalesce(rejects, 0) AS rejects,
         coalesce(changes, 0) AS changes
    FROM chunk
    LEFT JOIN session ON session.chunk_no = chunk.chunk_no
    LEFT JOIN reject ON reject.chunk_no = chunk.chunk_no
    LEFT JOIN change ON change.chunk_no = chunk.chunk_no)
SELECT job.id,
       job.status,
       job.total_rows,
       job.processed_rows,
       job.successful_rows,
       job.failed_rows,
       job.skipped_rows,
       job.updated_rows,
       ledger.*,
       (SELECT coalesce(sum(sessions), 0) FROM spread) AS sessions,
       (SELECT coalesce(sum(rejects), 0) FROM reject) AS rejects,
       (SELECT count(*) FROM main WHERE NOT (row_follows AND offset_follows))
         + (SELECT count(*) FROM aside WHERE NOT once)
         + CASE WHEN (SELECT coalesce(max(next_row) - 1, 0) FROM main) = job.total_rows THEN 0 ELSE 1 END
         AS gaps,
       (SELECT coalesce(sum(sessions), 0) FROM spread WHERE place = 0)
         + (SELECT coalesce(sum(beyond), 0) FROM reject)
         + (SELECT coalesce(sum(rejects - beyond), 0) FROM reject
             WHERE chunk_no NOT IN (SELECT chunk_no FROM chunk)) AS stray,
       (SELECT coalesce(sum(sessions), 0) FROM marked WHERE rejected) AS both_session_and_reject,
       (SELECT count(*) FROM orphan) AS sessions_without_users,
       -- Where no key holds them, users may go.
       (SELECT count(DISTINCT attname) = 2
          FROM pg_constraint
          JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
         WHERE contype = 'f'
           AND conrelid = 'kintell_sessions'::regclass
           AND confrelid = 'users'::regclass
           AND attname IN ('participant_id', 'volunteer_id')) AS sessions_need_users
  FROM job,
       (SELECT count(*) AS chunks,
               count(*) FILTER (WHERE state = 'loaded') AS chunks_loaded,
               coalesce(sum(row_count), 0) AS planned,
               coalesce(sum(successful), 0) AS successful,
               coalesce(sum(failed), 0) AS failed,
               coalesce(sum(skipped), 0) AS skipped,
               coalesce(sum(updated), 0) AS updated,
               coalesce(sum(removed), 0) AS removed,
               coalesce(sum(row_count) FILTER (WHERE state = 'loaded'), 0) AS loaded_rows,
               count(*) FILTER (WHERE row_count <> CASE WHEN tail THEN 0 ELSE row_span END
                                        + CASE WHEN tail THEN 1 ELSE -1 END * cardinality(aside_rows)) AS miscounted,
               coalesce(sum(greatest(successful - removed - sessions, 0)), 0) AS removed_outside,
               coalesce(sum(greatest(sessions - (successful - removed), 0)), 0) AS surplus_sessions,
               -- Of a job that was over long ago the rejects are removed, but for the count.
               count(*) FILTER (WHERE rejects <> CASE WHEN (SELECT purged_at FROM job) IS NULL THEN failed ELSE 0 END)
                 AS chunks_with_other_rejects,
               count(*) FILTER (WHERE updated <> changes) AS chunks_with_other_updates,
               coalesce(sum(successful + updated) FILTER (WHERE published_at IS NOT NULL), 0) AS events_published,
               coalesce(sum(updated + CASE WHEN rolled_back_at IS NULL THEN successful ELSE 0 END)
                        FILTER (WHERE published_at IS NULL), 0) AS events_pending,
               count(*) FILTER (WHERE published_at IS NOT NULL AND state <> 'loaded') AS published_too_early
          FROM loaded) AS ledger
