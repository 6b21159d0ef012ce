-- A page of jobs, the newest first. Reads the ledger for the jobs on the page only, and omits the headers of
-- the files (up to a megabyte each) and the part of a name beyond the length of a file name.
SELECT job.id, left(job.file_name, 255) AS file_name,
       ${job/job-columns}
  FROM (SELECT *
          FROM backfill_jobs
         WHERE NOT dry_run
           AND status = ANY (CAST(:statuses AS text[]))
           AND strpos(lower(file_name), lower(:name)) > 0
           AND (created_at, id) < (CAST(:createdBefore AS timestamptz), CAST(:idBefore AS uuid))
         ORDER BY created_at DESC, id DESC
         LIMIT :limit) AS job,
       ${job/job-chunks}
 ORDER BY job.created_at DESC, job.id DESC
