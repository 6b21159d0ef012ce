SELECT count(DISTINCT origin.ancestor_row)
  FROM backfill_origins AS origin
  JOIN kintell_sessions AS session
    ON session.job_id = origin.job_id AND session.source_row = origin.source_row
 WHERE origin.ancestor_job_id = :jobId
