UPDATE backfill_chunks
   SET state = 'loaded', successful = :successful, failed = :failed, loaded_at = now()
 WHERE job_id = :jobId AND chunk_no = :chunkNo
