-- Whether a reject is among those that a request asks for.
(reject.job_id = :jobId
 AND (CAST(:cause AS text) IS NULL OR reject.causes @> ARRAY[CAST(:cause AS text)])
 AND (CAST(:message AS text) IS NULL
      OR strpos('; ' || reject.message || '; ', CAST(:message AS text)) > 0)
 AND (CAST(:cell AS text) IS NULL
      OR backfill_reject_cell(reject.raw, :delimiter, :place) = CAST(:cell AS text))
 AND (NOT :open OR reject.source_row NOT IN (SELECT ancestor_row FROM backfill_taken_rejects(:jobId))))
