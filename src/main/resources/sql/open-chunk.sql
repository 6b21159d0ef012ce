SELECT job.header, job.delimiter, job.line_end, job.dry_run, chunk.*
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.job_id = :jobId
   AND chunk.chunk_no = :chunkNo
   AND chunk.state = 'pending'
   AND job.status = 'running'
   AND job.owner = :owner
