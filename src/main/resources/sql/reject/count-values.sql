-- Values that break a rule, as messages repeat them, with the first row of each.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(source_row) AS first
          FROM (SELECT reject.source_row,
                       ${reject/message-value} AS value
                  FROM backfill_rejects AS reject
                 WHERE reject.job_id = :jobId
                   AND CAST(:cause AS text) = ANY (reject.causes)
                   AND (NOT :open OR reject.source_row NOT IN (
                          SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))) AS faulty
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
