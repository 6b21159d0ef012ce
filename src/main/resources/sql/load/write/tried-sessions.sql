SELECT external_session_id
  FROM backfill_dry_run_sessions
 WHERE job_id = ? AND external_session_id = ANY (?)
