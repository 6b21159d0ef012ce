SELECT job_id, chunk_no
  FROM backfill_chunks
 WHERE state = 'loaded'
   AND published_at IS NULL
   AND (rolled_back_at IS NULL OR updated > 0)
   AND (publisher IS NULL OR publisher IN (0, :publisher))
 ORDER BY loaded_at
 LIMIT 100
