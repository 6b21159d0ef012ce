-- Without the file's header, which may be a megabyte long.
SELECT job.id, job.file_name,
       ${job/job-columns}
  FROM backfill_jobs AS job,
       ${job/job-chunks}
 WHERE job.id IN (:ids)
