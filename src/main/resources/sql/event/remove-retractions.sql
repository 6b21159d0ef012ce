DELETE FROM backfill_retractions AS retraction
 USING unnest(CAST(:jobIds AS uuid[]), CAST(:sessionIds AS uuid[])) AS published (job_id, session_id)
 WHERE retraction.job_id = published.job_id AND retraction.session_id = published.session_id
