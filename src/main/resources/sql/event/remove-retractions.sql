DELETE FROM backfill_retractions AS retraction
 USING unnest(CAST(:jobIds AS uuid[]), CAST(:sessionIds AS uuid[])) AS told (job_id, session_id)
 WHERE retraction.job_id = told.job_id AND retraction.session_id = told.session_id
