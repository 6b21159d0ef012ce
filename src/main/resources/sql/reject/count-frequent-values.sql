-- Like count-values.sql, for some of the values. The server searches them by their hashes only if it knows them
-- when it plans.
SELECT value, count(*) AS rows, min(source_row) AS first
  FROM (SELECT reject.source_row,
               ${reject/message-value} AS value
          FROM backfill_rejects AS reject
         WHERE reject.job_id = :jobId
           AND CAST(:cause AS text) = ANY (reject.causes)
        -- Keeps PostgreSQL from composing each value twice.
        OFFSET 0) AS faulty
 WHERE value = ANY (CAST(:values AS text[]))
 GROUP BY value
