-- A page of rejects: at most 1000 rows, and not many more than 8 MB. Of a row that is not kept here
-- there are no bytes.
SELECT source_row, raw, raw_offset, raw_length, message
  FROM (SELECT *, sum(bytes) OVER (ORDER BY source_row) - bytes AS before
          FROM (SELECT *, coalesce(octet_length(raw), 0) AS bytes
                  FROM backfill_rejects
                 WHERE job_id = :jobId AND source_row > :after
                 ORDER BY source_row
                 LIMIT 1000) AS next) AS page
 WHERE before < 8000000
 ORDER BY source_row
