-- Like count-cell-values.sql, in a sample of the rejects.
SELECT value, count(*) AS rows, min(source_row) AS first, sum(count(*)) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT reject.source_row,
               ${reject/cell-value} AS value
          FROM ${reject/sample} AS reject,
               split_part(encode(substring(reject.raw FOR 4096), 'escape'), :delimiter, :place) AS cell
         WHERE reject.causes @> ARRAY[CAST(:cause AS text)]
           AND strpos(reject.message, :message) > 0) AS faulty
 GROUP BY value
 ORDER BY rows DESC, first
 LIMIT :limit
