-- Locks the root of a family of jobs. Others that take rejects of the family wait here and then see which
-- are taken.
WITH RECURSIVE line AS (
  SELECT id, parent_job_id FROM backfill_jobs WHERE id = :parentJobId
   UNION
  SELECT job.id, job.parent_job_id FROM line JOIN backfill_jobs AS job ON job.id = line.parent_job_id)
SELECT FROM backfill_jobs
 WHERE id = (SELECT id FROM line WHERE parent_job_id IS NULL)
   FOR NO KEY UPDATE
