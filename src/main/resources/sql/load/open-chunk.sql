-- It counts the process, which survives that process; only with the machine of the database it may be lost,
-- so that nobody waits for the disk.
UPDATE backfill_chunks AS chunk
   SET begun    = chunk.begun + CASE WHEN chunk.begun_by IS DISTINCT FROM :owner THEN 1 ELSE 0 END,
       begun_by = :owner
  FROM backfill_jobs AS job, set_config('synchronous_commit', 'off', true)
 WHERE job.id = chunk.job_id
   AND chunk.job_id = :jobId
   AND chunk.chunk_no = :chunkNo
   AND chunk.state = 'pending'
   AND job.status = 'running'
   AND job.owner = :owner
RETURNING job.header, job.delimiter, job.line_end, job.on_duplicate, job.dry_run, job.timezone,
          NOT job.budget_spent AND num_nonnulls(job.max_errors, job.max_error_rate) > 0 AS budgeted,
          chunk.*
