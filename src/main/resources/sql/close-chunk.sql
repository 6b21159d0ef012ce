-- A chunk that imported and updated nothing has no events to publish.
UPDATE backfill_chunks
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, loaded_at = now(),
       published_at = CASE WHEN :successful + :updated = 0 THEN now() END
 WHERE job_id = :jobId AND chunk_no = :chunkNo
RETURNING loaded_at
