SELECT chunk_no
  FROM backfill_chunks
 WHERE job_id = :id AND state = 'loaded' AND rolled_back_at IS NULL
 ORDER BY chunk_no
