-- A chunk that imported nothing has no events to publish.
UPDATE backfill_chunks
   SET state = 'loaded', successful = :successful, failed = :failed, loaded_at = now(),
       published_at = CASE WHEN :successful = 0 THEN now() END
 WHERE job_id = :jobId AND chunk_no = :chunkNo
RETURNING loaded_at
