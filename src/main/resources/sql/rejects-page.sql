-- A page of rejects: at most 1000 rows, and not many more than 8 MB.
SELECT source_row, raw, raw_offset, raw_length, message
  FROM (SELECT *, sum(octet_length(raw)) OVER (ORDER BY source_row) - octet_length(raw) AS before
          FROM (SELECT *
                  FROM backfill_rejects
                 WHERE job_id = :jobId AND source_row > :after
                 ORDER BY source_row
                 LIMIT 1000) AS next) AS page
 WHERE coalesce(before, 0) < 8000000
 ORDER BY source_row
