-- What Job.map reads of a job besides its id and the name of its file, with job-chunks.sql as events.
       job.status, job.queued_at, job.requested, job.total_rows, job.processed_rows, job.successful_rows,
       job.failed_rows, job.skipped_rows, job.updated_rows, job.last_processed_row, job.message,
       job.error_file_path, job.on_duplicate, job.max_errors, job.max_error_rate, job.dry_run,
       job.parent_job_id, job.sha256, job.charset, job.timezone, job.purged_at,
       job.created_at, job.started_at, job.completed_at,
       events.*, now() AS as_of,
       EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id) AS corrected,
       extract(epoch FROM job.ran + CASE WHEN job.status = 'running' THEN now() - job.phase_at
                                         ELSE interval '0' END) AS seconds_run
