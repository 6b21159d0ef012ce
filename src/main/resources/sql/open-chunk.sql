SELECT job.header, job.delimiter, job.line_end, job.on_duplicate, job.dry_run,
       NOT job.budget_spent AND num_nonnulls(job.max_errors, job.max_error_rate) > 0 AS budgeted,
       chunk.*
  FROM backfill_chunks AS chunk
  JOIN backfill_jobs AS job ON job.id = chunk.job_id
 WHERE chunk.job_id = :jobId
   AND chunk.chunk_no = :chunkNo
   AND chunk.state = 'pending'
   AND job.status = 'running'
   AND job.owner = :owner
