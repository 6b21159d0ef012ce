UPDATE backfill_jobs SET parent_job_id = :parentJobId WHERE id = :id
