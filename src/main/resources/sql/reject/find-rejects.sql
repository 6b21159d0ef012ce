-- Rejects by row number; one that is too long has no bytes.
SELECT source_row, CASE WHEN octet_length(raw) <= :longest THEN raw END AS raw
  FROM backfill_rejects
 WHERE job_id = :jobId AND source_row = ANY (:rows)
