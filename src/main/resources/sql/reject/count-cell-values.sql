-- Like count-values.sql for a rule whose messages do not repeat the value.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(source_row) AS first
          FROM (SELECT reject.source_row,
                       ${reject/cell-value} AS value
                  FROM backfill_rejects AS reject,
                       split_part(encode(substring(reject.raw FOR 4096), 'escape'), :delimiter, :place) AS cell
                 WHERE reject.job_id = :jobId
                   AND reject.causes @> ARRAY[CAST(:cause AS text)]
                   AND strpos(reject.message, :message) > 0
                   AND (NOT :open OR reject.source_row NOT IN (
                          SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))) AS faulty
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
