INSERT INTO backfill_dry_run_sessions (job_id, external_session_id)
SELECT job_id, external_session_id FROM tried_sessions
