-- What Job.map reads of a job besides its id and the name of its file, with job-chunks.sql as events.
       job.status, job.queued_at, job.requested, job.total_rows, job.processed_rows, job.successful_rows,
       job.failed_rows, job.skipped_rows, job.updated_rows, job.last_processed_row, job.message,
       job.error_file_path, job.on_duplicate, job.max_errors, job.max_error_rate, job.dry_run,
       job.parent_job_id, job.sha256, job.charset, job.timezone, job.purged_at,
       job.created_at, job.started_at, job.completed_at, job.last_loaded_at,
       events.*, now() AS as_of,
       EXISTS (SELECT FROM backfill_origins WHERE ancestor_job_id = job.id) AS corrected,
       -- By jobs made of its rejects, and of theirs; only where that may be all of its rejects.
       CASE WHEN job.status = 'completed' AND job.failed_rows > 0 THEN (
         WITH RECURSIVE later AS (
           SELECT child.id, child.successful_rows
             FROM backfill_jobs AS child
            WHERE child.parent_job_id = job.id AND NOT child.dry_run
            UNION
           SELECT child.id, child.successful_rows
             FROM later JOIN backfill_jobs AS child ON child.parent_job_id = later.id AND NOT child.dry_run)
         SELECT sum(successful_rows - (SELECT coalesce(sum(removed), 0)
                                         FROM backfill_chunks
                                        WHERE job_id = later.id AND rolled_back_at IS NOT NULL))
           FROM later) END AS imported_later,
       -- This transaction may have begun before another one let the job run.
       extract(epoch FROM job.ran + CASE WHEN job.status = 'running' THEN greatest(now() - job.phase_at, interval '0')
                                         ELSE interval '0' END) AS seconds_run
