-- Addresses of open rejects that no user has by now, the most frequent first.
WITH needing AS (
  SELECT source_row, causes, message
    FROM backfill_rejects
   WHERE job_id = :jobId
     AND source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(:jobId))),
${reject/needed-addresses}
SELECT missing.*, NULL AS needed,
       ${reject/addresses-without-users}
