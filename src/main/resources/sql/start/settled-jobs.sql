-- Of these jobs, those whose rejects later jobs have all imported.
SELECT job.id
  FROM backfill_jobs AS job
 WHERE job.id = ANY (:jobs)
   AND job.failed_rows <= (
     SELECT count(DISTINCT origin.ancestor_row)
       FROM backfill_origins AS origin
       JOIN kintell_sessions AS session
         ON session.job_id = origin.job_id AND session.source_row = origin.source_row
      WHERE origin.ancestor_job_id = job.id)
