-- The given rows that are rejects of a job, open or not.
SELECT source_row FROM backfill_rejects WHERE job_id = :jobId AND source_row = ANY (:rows) ORDER BY source_row
