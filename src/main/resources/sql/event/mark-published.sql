UPDATE backfill_chunks SET published_at = now() WHERE job_id = :jobId AND chunk_no = :chunkNo
