-- Part of a long reject, to limit the memory of driver and server.
SELECT substring(raw FROM CAST(:from AS integer) FOR CAST(:count AS integer))
  FROM backfill_rejects
 WHERE job_id = :jobId AND source_row = :row
