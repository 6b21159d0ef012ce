-- Like count-values.sql for a rule whose messages name the column: a row may break it in several columns. Rows
-- with the same messages are counted together first. Of a message with other faults counts what stands before
-- the value of the first one, and from the next fault of this rule on.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, sum(alike.rows) AS rows, min(alike.first) AS first
          FROM (SELECT message, count(*) AS rows, min(source_row) AS first
                  FROM (SELECT source_row,
                               CASE WHEN cardinality(causes) = 1 OR strpos(message, ': ') = 0 THEN message
                                    WHEN strpos(message, '; ' || :begin) = 0 THEN split_part(message, ': ', 1)
                                    ELSE split_part(message, ': ', 1)
                                         || substr(message, strpos(message, '; ' || :begin)) END AS message
                          FROM backfill_rejects
                         WHERE job_id = :jobId
                           AND CAST(:cause AS text) = ANY (causes)
                           AND (NOT :open OR source_row NOT IN (
                                  SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))) AS faulty
                 GROUP BY message) AS alike
          JOIN unnest(CAST(:columns AS text[])) AS value
            ON strpos('; ' || alike.message || '; ', '; ' || :begin || value || '; ') > 0
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
