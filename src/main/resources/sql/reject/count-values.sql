-- Values that break a rule, as messages repeat them, with the first row of each. In a message with one fault,
-- the value is the whole rest; in others it ends at the next separator.
SELECT value, rows, first, sum(rows) OVER () AS all_rows, count(*) OVER () AS total
  FROM (SELECT value, count(*) AS rows, min(source_row) AS first
          FROM (SELECT reject.source_row,
                       CASE WHEN cardinality(reject.causes) = 1 AND NOT :columns
                            THEN substr(reject.message, :beginning + 1)
                            ELSE part.value END AS value
                  FROM backfill_rejects AS reject
                  LEFT JOIN LATERAL (
                       SELECT substr(one, :beginning + 1) AS value
                         FROM unnest(string_to_array(reject.message, '; ')) AS one
                        WHERE (cardinality(reject.causes) > 1 OR :columns) AND starts_with(one, :begin)) AS part
                    ON cardinality(reject.causes) > 1 OR :columns
                 WHERE reject.job_id = :jobId
                   AND reject.causes @> ARRAY[CAST(:cause AS text)]
                   AND (NOT :open OR reject.source_row NOT IN (
                          SELECT ancestor_row FROM backfill_taken_rejects(:jobId)))) AS faulty
         GROUP BY value) AS counted
 ORDER BY rows DESC, first
 LIMIT :limit
