-- As rejects-page, of those that are listed.
SELECT place AS position, source_row, raw, raw_offset, raw_length, message
  FROM (SELECT *, sum(bytes) OVER (ORDER BY place) - bytes AS before
          FROM (SELECT next.place, reject.*, coalesce(octet_length(raw), 0) AS bytes
                  FROM (SELECT place, source_row
                          FROM open_rejects
                         WHERE place > :after
                         ORDER BY place
                         LIMIT 1000) AS next
                  JOIN backfill_rejects AS reject
                    ON reject.job_id = :jobId AND reject.source_row = next.source_row) AS found) AS page
 WHERE before < 8000000
 ORDER BY place
