-- Like count-values.sql for a rule whose messages name the column: a row may break it in several columns.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(reject.source_row) AS first
          FROM unnest(CAST(:columns AS text[])) AS value
          JOIN backfill_rejects AS reject
            ON strpos('; ' || reject.message || '; ', '; ' || :begin || value || '; ') > 0
         WHERE reject.job_id = :jobId
           AND reject.causes @> ARRAY[CAST(:cause AS text)]
           AND (NOT :open OR reject.source_row NOT IN (
                  SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
