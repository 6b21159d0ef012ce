-- Some of the bytes of a long reject, so that neither driver nor server has to hold it more than once.
SELECT substring(raw FROM CAST(:from AS integer) FOR CAST(:count AS integer))
  FROM backfill_rejects
 WHERE job_id = :jobId AND source_row = :row
