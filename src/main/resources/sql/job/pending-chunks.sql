SELECT chunk_no, row_count
  FROM backfill_chunks
 WHERE job_id = :id AND tail = :tail AND state = 'pending'
 ORDER BY chunk_no
