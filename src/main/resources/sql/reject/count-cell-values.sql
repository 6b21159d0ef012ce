-- Like count-values.sql for a rule whose messages do not repeat the value: grouped by the bytes between
-- two delimiters, or, which is slower, by the cell where a field is quoted or not of ASCII.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(source_row) AS first
          FROM (SELECT reject.source_row,
                       CASE WHEN position('"'::bytea IN reject.raw) = 0 AND strpos(cell, '\') = 0
                            THEN btrim(cell, E' \t\r\n\f\x0b')
                            ELSE backfill_reject_cell(reject.raw, :delimiter, :place)
                       END AS value
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
