-- Kept for a day if the client does not wait.
UPDATE backfill_jobs
   SET dry_run = true, owner = :owner, checked_job_id = :checkedJobId,
       checked_rejects = :rejects,
       kept_until = CASE WHEN :kept THEN now() + interval '1 day' END
 WHERE id = :id
