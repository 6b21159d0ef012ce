SELECT EXISTS (SELECT FROM backfill_rejects WHERE job_id = :jobId)
