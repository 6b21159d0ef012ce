-- A reject is taken as well when another job has taken the row that it was in an ancestor of its job:
-- so a job's rejects and those of its child, which are the same rows, do not become two jobs. Not by
-- the ancestors themselves, which rejected it.
--
-- With a setting, so that it is not inlined: inside, one index look-up a row is right whatever the
-- tables' statistics know; outside, its rows are to be hashed.
CREATE OR REPLACE FUNCTION backfill_taken_rejects(ancestor uuid) RETURNS TABLE (ancestor_row bigint, job_id uuid)
  LANGUAGE sql STABLE ROWS 100000 SET enable_nestloop = on AS $$
  WITH RECURSIVE line AS (
    SELECT job.id, job.parent_job_id FROM backfill_jobs AS job WHERE job.id = ancestor
     UNION
    SELECT job.id, job.parent_job_id FROM line JOIN backfill_jobs AS job ON job.id = line.parent_job_id),
  taken AS (
    SELECT origin.ancestor_row, origin.job_id, origin.source_row
      FROM backfill_origins AS origin
     WHERE origin.ancestor_job_id = ancestor
     UNION ALL
    SELECT own.source_row, other.job_id, other.source_row
      FROM backfill_origins AS own
      JOIN backfill_origins AS other
        ON other.ancestor_job_id = own.ancestor_job_id AND other.ancestor_row = own.ancestor_row
     WHERE own.job_id = ancestor
       AND other.job_id NOT IN (SELECT id FROM line))
  SELECT taken.ancestor_row, taken.job_id
    FROM taken
    JOIN backfill_jobs AS job ON job.id = taken.job_id
   WHERE job.status IN ('pending', 'running', 'paused')
      OR EXISTS (
           SELECT FROM kintell_sessions AS session
            WHERE session.job_id = taken.job_id AND session.source_row = taken.source_row)
$$;
