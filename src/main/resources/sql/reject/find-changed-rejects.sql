-- Open rejects that corrections may change: the named ones, and those that contain a value somewhere. All
-- contain an empty value.
INSERT INTO open_rejects (place, source_row)
SELECT row_number() OVER (ORDER BY 'invalid-quoting' = ANY (reject.causes), reject.source_row),
       reject.source_row
  FROM backfill_rejects AS reject
 WHERE reject.job_id = :jobId
   AND (reject.source_row = ANY (:rows)
        OR EXISTS (SELECT FROM unnest(CAST(:values AS bytea[])) AS value
                    WHERE length(value) = 0 OR position(value IN reject.raw) > 0))
   AND NOT EXISTS (
     SELECT FROM backfill_taken_rejects(:jobId) AS taken WHERE taken.ancestor_row = reject.source_row)
