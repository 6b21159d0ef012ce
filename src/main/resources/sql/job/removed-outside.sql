SELECT coalesce((SELECT sum(successful) FROM backfill_chunks WHERE job_id = :id), 0)
     - (SELECT count(*) FROM kintell_sessions WHERE job_id = :id)
