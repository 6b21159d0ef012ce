-- Rows with broken quoting come last, where an unclosed quote cannot swallow other rows.
INSERT INTO open_rejects (place, source_row)
SELECT row_number() OVER (ORDER BY 'invalid-quoting' = ANY (reject.causes), reject.source_row),
       reject.source_row
  FROM backfill_rejects AS reject
 WHERE reject.job_id = :jobId
   AND reject.causes && CAST(:causes AS text[])
   AND NOT EXISTS (
     SELECT FROM backfill_taken_rejects(:jobId) AS taken WHERE taken.ancestor_row = reject.source_row)
