-- Marked as published, because there are no events.
UPDATE backfill_chunks
   SET state = 'loaded', successful = :successful, failed = :failed, skipped = :skipped,
       updated = :updated, loaded_at = now(), published_at = now()
 WHERE job_id = :jobId AND chunk_no = :chunkNo
