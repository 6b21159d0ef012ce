-- A page of rejects: at most 1000 rows, and not many more bytes than a row that comes with its page may have.
-- A longer row, and one that is not stored here, has no bytes.
SELECT source_row, CASE WHEN NOT too_long THEN raw END AS raw, too_long, raw_offset, raw_length, message
  FROM (SELECT *, sum(bytes) OVER (ORDER BY source_row) - bytes AS before
          FROM (SELECT *, octet_length(raw) > :longest AS too_long,
                       CASE WHEN octet_length(raw) <= :longest THEN octet_length(raw) ELSE 0 END AS bytes
                  FROM backfill_rejects
                 WHERE job_id = :jobId
                   AND source_row > :after
                   AND (CAST(:cause AS text) IS NULL OR causes @> ARRAY[CAST(:cause AS text)])
                 ORDER BY source_row
                 LIMIT 1000) AS next) AS page
 WHERE before < :longest
 ORDER BY source_row
