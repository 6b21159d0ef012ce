-- Values that break a rule, as messages repeat them, with the first row of each. In a message with one fault,
-- the value is the whole rest; in others it ends at the next separator.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(source_row) AS first
          FROM (SELECT source_row,
                       CASE WHEN cardinality(causes) = 1 THEN substr(message, :beginning + 1)
                            ELSE split_part(
                                   substr(message, strpos('; ' || message, '; ' || :begin) + :beginning), '; ', 1)
                       END AS value
                  FROM backfill_rejects
                 WHERE job_id = :jobId
                   AND causes @> ARRAY[CAST(:cause AS text)]
                   AND (NOT :open OR source_row NOT IN (
                          SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))) AS faulty
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
