UPDATE backfill_jobs SET milestones = array_remove(milestones, :stored) WHERE id = :jobId
