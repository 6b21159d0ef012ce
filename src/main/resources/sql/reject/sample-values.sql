-- Like count-values.sql, in a sample of the rejects.
SELECT value, count(*) AS rows, min(source_row) AS first, sum(count(*)) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT reject.source_row,
               ${reject/message-value} AS value
          FROM ${reject/sample} AS reject
         WHERE CAST(:cause AS text) = ANY (reject.causes)) AS faulty
 GROUP BY value
 ORDER BY rows DESC, first
 LIMIT :limit
