-- Gives back a chunk that was not loaded. It does not count as an attempt, because the process lives.
UPDATE backfill_chunks
   SET loader = NULL, attempts = attempts - 1, tried_by = trim_array(tried_by, least(1, cardinality(tried_by)))
 WHERE job_id = :jobId
   AND chunk_no = :chunkNo
   AND state = 'pending'
   AND loader = :loader
   AND attempts = :attempt
