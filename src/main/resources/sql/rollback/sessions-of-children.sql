-- Child jobs, and their children, that still have sessions.
WITH RECURSIVE descendant AS (
  SELECT id, status, created_at FROM backfill_jobs WHERE parent_job_id = :id
   UNION
  SELECT child.id, child.status, child.created_at
    FROM backfill_jobs AS child
    JOIN descendant ON child.parent_job_id = descendant.id)
SELECT *
  FROM (SELECT id, status, created_at,
               (SELECT count(*) FROM kintell_sessions WHERE job_id = descendant.id) AS sessions
          FROM descendant) AS counted
 WHERE sessions > 0
 ORDER BY created_at
