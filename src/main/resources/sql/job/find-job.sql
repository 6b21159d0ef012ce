-- Without the header of the file, which may have a megabyte.
SELECT job.id, job.file_name,
       ${job/job-columns}
  FROM backfill_jobs AS job,
       ${job/job-chunks}
 WHERE job.id IN (:ids)
